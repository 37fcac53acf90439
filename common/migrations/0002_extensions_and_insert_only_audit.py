from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

TABLES = ("common_auditentry", "common_auditlink", "common_audithead")

REFUSE = """
CREATE FUNCTION plenary_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(REFUSE, "DROP FUNCTION plenary_insert_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION plenary_insert_only()",
                f"DROP TRIGGER insert_only ON {table}",
            )
            for table in TABLES
        ),
    ]
