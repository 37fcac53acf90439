from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0066_mail_in_doubt"), ("common", "0002_extensions_and_insert_only_audit")]

    operations = [
        migrations.CreateModel(
            name="SessionLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pool", models.CharField(max_length=40)),
                ("relay", models.CharField(max_length=260)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField()),
                ("accepted", models.PositiveIntegerField()),
                ("deferred", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
                ("uncertain", models.PositiveIntegerField()),
            ],
            options={"indexes": [models.Index(models.F("pool"), models.F("id"), name="session_log_by_pool")]},
        ),
        migrations.RunSQL(
            "CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON mail_sessionlog"
            " FOR EACH ROW EXECUTE FUNCTION plenary_insert_only()",
            "DROP TRIGGER insert_only ON mail_sessionlog",
        ),
    ]
