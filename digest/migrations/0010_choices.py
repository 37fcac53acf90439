from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("digest", "0004_one_draft_per_stream")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="plain_text",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="subscription",
            name="when_empty",
            field=models.CharField(
                choices=[("short", "Send a short edition that says so"), ("none", "Send nothing")],
                db_default="short",
                default="short",
                max_length=5,
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("when_empty__in", ["short", "none"])), name="subscription_when_empty_is_known"
            ),
        ),
    ]
