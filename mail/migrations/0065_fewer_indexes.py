"""Each writing of a mail costs an entry in every index. The one by the beginning of a Message-ID was asked by nobody, the one by
address is the beginning of `one_mail_per_address_and_key`."""

import django.db.models.deletion
from django.db import migrations, models

_BY_ITS_BEGINNING = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'mail_mail' AND indexdef LIKE '%(message_id varchar_pattern_ops)'
    LOOP EXECUTE format('DROP INDEX %I', name); END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("mail", "0060_erased_addresses")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_BY_ITS_BEGINNING, migrations.RunSQL.noop),
                migrations.RunSQL(
                    "ALTER TABLE mail_mail RENAME CONSTRAINT mail_mail_message_id_key TO one_mail_per_message_id",
                    "ALTER TABLE mail_mail RENAME CONSTRAINT one_mail_per_message_id TO mail_mail_message_id_key",
                ),
            ],
            state_operations=[
                migrations.AlterField("mail", "message_id", models.CharField(max_length=200, null=True)),
                migrations.AddConstraint("mail", models.UniqueConstraint(fields=["message_id"], name="one_mail_per_message_id")),
            ],
        ),
        migrations.AlterField(
            "mail",
            "address",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="mails", to="mail.address"
            ),
        ),
    ]
