"""A row of a delivery is looked up once instead of twice when it is made: its run and edition are one foreign key, which holds besides
that the edition is the run's. And a subscription that no list brought costs no entry in the index of those that one did. Nothing
waits: what is there already is looked at beside all else. Begun twice, it makes the same."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_NAME = "delivery_is_of_its_runs_edition"
_TO_POINT_AT = [
    f"ALTER TABLE digest_delivery DROP CONSTRAINT IF EXISTS {_NAME}",
    "ALTER TABLE digest_run DROP CONSTRAINT IF EXISTS run_with_its_edition",
    "DROP INDEX CONCURRENTLY IF EXISTS new_run_with_its_edition",
    "CREATE UNIQUE INDEX CONCURRENTLY new_run_with_its_edition ON digest_run (id, edition_id)",
    "ALTER TABLE digest_run ADD CONSTRAINT run_with_its_edition UNIQUE USING INDEX new_run_with_its_edition",
]
_TOGETHER = [
    f"""ALTER TABLE digest_delivery ADD CONSTRAINT {_NAME} FOREIGN KEY (run_id, edition_id)
        REFERENCES digest_run (id, edition_id) DEFERRABLE INITIALLY DEFERRED NOT VALID""",
    f"ALTER TABLE digest_delivery VALIDATE CONSTRAINT {_NAME}",
]


def _one_by_one(name: str) -> migrations.AlterField:
    field = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="deliveries",
        to=f"digest.{name}",
    )
    return migrations.AlterField("delivery", name, field)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("digest", "0061_thirteen_months")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_TO_POINT_AT, "ALTER TABLE digest_run DROP CONSTRAINT IF EXISTS run_with_its_edition")
            ],
            state_operations=[
                migrations.AddConstraint("run", models.UniqueConstraint(fields=("id", "edition"), name="run_with_its_edition"))
            ],
        ),
        migrations.RunSQL(_TOGETHER, _TO_POINT_AT[0]),
        _one_by_one("run"),
        _one_by_one("edition"),
        AddIndexConcurrently(
            "subscription",
            models.Index("brought_by", name="subscription_brought", condition=models.Q(brought_by__isnull=False)),
        ),
        migrations.AlterField(
            "subscription",
            "brought_by",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subscriptions",
                to="digest.subscriberlist",
            ),
        ),
    ]
