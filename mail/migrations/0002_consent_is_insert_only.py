from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial"), ("common", "0002_extensions_and_insert_only_audit")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON mail_consentevent"
            " FOR EACH ROW EXECUTE FUNCTION plenary_insert_only()",
            "DROP TRIGGER insert_only ON mail_consentevent",
        ),
    ]
