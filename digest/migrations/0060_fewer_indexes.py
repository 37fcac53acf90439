"""Each mark of a delivery costs an entry in every index: eight of them became five. The unique ones begin with what is looked for
by itself; the one by the beginning of a Message-ID was asked by nobody. Nothing waits: the new ones are built beside the old."""

import django.db.models.deletion
from django.db import migrations, models

_BY_ITS_BEGINNING = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'digest_delivery' AND indexdef LIKE '%(message_id varchar_pattern_ops)'
    LOOP EXECUTE format('DROP INDEX %I', name); END LOOP;
END $$
"""


def _renamed(was: str, becomes: str) -> str:
    """A migration that is not atomic may begin again behind this."""
    return f"""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_constraint WHERE conname = '{was}' AND conrelid = 'digest_delivery'::regclass) THEN
        ALTER TABLE digest_delivery RENAME CONSTRAINT {was} TO {becomes};
    END IF;
END $$
"""


def _turned_round(name: str, was: str, becomes: str) -> list[migrations.RunSQL]:
    """A unique constraint over the same columns in another order. Began twice, it makes the same."""

    def replaced(columns: str) -> list[str]:
        return [
            f"DROP INDEX CONCURRENTLY IF EXISTS new_{name}",
            f"CREATE UNIQUE INDEX CONCURRENTLY new_{name} ON digest_delivery ({columns})",
            f"ALTER TABLE digest_delivery DROP CONSTRAINT {name}, ADD CONSTRAINT {name} UNIQUE USING INDEX new_{name}",
        ]

    return [migrations.RunSQL(there, back) for there, back in zip(replaced(becomes), reversed(replaced(was)), strict=True)]


def _constraint(name: str, *fields: str) -> list[migrations.operations.base.Operation]:
    return [
        migrations.RemoveConstraint("delivery", name),
        migrations.AddConstraint("delivery", models.UniqueConstraint(fields=fields, name=name)),
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("digest", "0050_pace"), ("mail", "0065_fewer_indexes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_BY_ITS_BEGINNING, migrations.RunSQL.noop),
                migrations.RunSQL(
                    _renamed("digest_delivery_message_id_key", "one_delivery_per_message_id"),
                    _renamed("one_delivery_per_message_id", "digest_delivery_message_id_key"),
                ),
                *_turned_round("one_delivery_per_subscription", "edition_id, subscription_id", "subscription_id, edition_id"),
                *_turned_round("one_delivery_per_address", "edition_id, address_id", "address_id, edition_id"),
            ],
            state_operations=[
                migrations.AlterField("delivery", "message_id", models.CharField(max_length=200, null=True)),
                migrations.AddConstraint(
                    "delivery", models.UniqueConstraint(fields=["message_id"], name="one_delivery_per_message_id")
                ),
                *_constraint("one_delivery_per_subscription", "subscription", "edition"),
                *_constraint("one_delivery_per_address", "address", "edition"),
            ],
        ),
        migrations.AlterField(
            "delivery",
            "subscription",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="digest.subscription"
            ),
        ),
        migrations.AlterField(
            "delivery",
            "address",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="mail.address"
            ),
        ),
        migrations.AlterField(
            "capabilitytoken",
            "delivery",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="digest.delivery",
            ),
        ),
    ]
