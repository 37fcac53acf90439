import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0021_inbound_mail")]

    operations = [
        migrations.AddField(
            model_name="mailevent",
            name="address",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="events", to="mail.address"
            ),
        ),
        migrations.AlterField(
            model_name="mailevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("hard", "There is no such mailbox"),
                    ("soft", "The mail was sent back"),
                    ("complaint", "Reported as unwanted"),
                    ("again", "Written to again"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="reason",
            field=models.CharField(
                choices=[
                    ("asked", "They asked for no mail"),
                    ("hard_bounce", "There is no such mailbox"),
                    ("soft_bounce", "The mailbox kept sending mail back"),
                    ("complaint", "Reported as unwanted"),
                    ("by_hand", "By hand"),
                ],
                max_length=20,
            ),
        ),
        # nothing wrote into this table before
        migrations.AddIndex(model_name="mailevent", index=models.Index("at", "id", name="mail_event_by_time")),
    ]
