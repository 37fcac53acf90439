"""Rows of deliveries are kept for thirteen months, the keys of their links for two years: so a key outlives its row. And the rows of
a run are found by where they lie, for which a mark costs no entry. Nothing waits: the indexes are built beside the tables."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("digest", "0060_fewer_indexes")]

    operations = [
        migrations.AddField("run", "warned_at", models.DateTimeField(null=True)),
        migrations.AddField("run", "reduced_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "capabilitytoken",
            "scope",
            models.CharField(choices=[("confirm", "Confirm"), ("unsubscribe", "Unsubscribe"), ("pause", "Pause")], max_length=12),
        ),
        migrations.AlterField(
            "capabilitytoken",
            "delivery",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="tokens",
                to="digest.delivery",
            ),
        ),
        AddIndexConcurrently(
            "delivery", django.contrib.postgres.indexes.BrinIndex("run", name="delivery_of_run", autosummarize=True)
        ),
        migrations.AlterField(
            "delivery",
            "run",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="digest.run"
            ),
        ),
        AddIndexConcurrently(
            "capabilitytoken",
            django.contrib.postgres.indexes.BrinIndex("expires_at", name="token_by_its_end", autosummarize=True),
        ),
    ]
