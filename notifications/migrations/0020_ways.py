import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """How a notice comes was a yes or no to mail. The old column stays for processes that still run the release before, empty
    from now on; whoever wrote into it meanwhile has chosen before."""

    dependencies = [("notifications", "0001_initial"), ("mail", "0020_mails_may_be_joined")]

    operations = [
        migrations.AddField(
            "noticepreference",
            "way",
            models.CharField(
                choices=[("off", "Off"), ("site", "On the site"), ("daily", "Daily mail"), ("mail", "Mail at once")],
                db_default="site",
                max_length=5,
            ),
        ),
        migrations.RunSQL(
            "UPDATE notifications_noticepreference SET way = 'mail' WHERE by_mail",
            "UPDATE notifications_noticepreference SET by_mail = way IN ('mail', 'daily')",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE notifications_noticepreference ALTER COLUMN by_mail DROP NOT NULL",
                    "UPDATE notifications_noticepreference SET by_mail = way IN ('mail', 'daily') WHERE by_mail IS NULL;"
                    " ALTER TABLE notifications_noticepreference ALTER COLUMN by_mail SET NOT NULL",
                )
            ],
            state_operations=[migrations.RemoveField("noticepreference", "by_mail")],
        ),
        migrations.AddConstraint(
            "noticepreference",
            models.CheckConstraint(
                condition=models.Q(("way__in", ["off", "site", "daily", "mail"])), name="preference_is_a_known_way"
            ),
        ),
        migrations.AddField(
            "notice",
            "mail",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="notices", to="mail.mail"),
        ),
    ]
