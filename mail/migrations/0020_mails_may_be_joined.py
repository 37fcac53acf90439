from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0002_consent_is_insert_only")]

    operations = [
        migrations.AddField("mail", "batch", models.CharField(blank=True, db_default="", default="", max_length=80)),
        migrations.AddIndex(
            "mail",
            models.Index(
                "address",
                "batch",
                condition=models.Q(("state", "pending"), models.Q(("batch", ""), _negated=True)),
                name="mail_may_be_joined",
            ),
        ),
    ]
