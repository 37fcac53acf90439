from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0020_mails_may_be_joined")]

    operations = [
        migrations.CreateModel(
            name="InboundMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("message_id", models.CharField(blank=True, max_length=250)),
                ("raw", models.BinaryField(null=True)),
                ("came_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("taken", "Taken"), ("refused", "Refused"), ("dropped", "Dropped"), ("unknown", "Unknown")],
                        max_length=10,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=400)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index("id", condition=models.Q(("outcome", "")), name="inbound_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", ""),
                            models.Q(("outcome__in", ["taken", "refused", "dropped", "unknown"]), ("raw", None)),
                            _connector="OR",
                        ),
                        name="inbound_mail_is_kept_only_until_it_is_taken_in",
                    )
                ],
            },
        ),
    ]
