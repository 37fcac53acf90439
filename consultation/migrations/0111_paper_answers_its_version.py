"""What is on its way in on paper answers the version that it was typed under."""

from django.db import migrations

_FILL = """
UPDATE consultation_entry entry SET version_id = COALESCE(
    (SELECT version_id FROM consultation_response WHERE id = entry.response_id),
    (SELECT version_id FROM consultation_draft WHERE entry_id = entry.id),
    (SELECT id FROM consultation_version WHERE consultation_id = entry.consultation_id AND published_at IS NOT NULL
     ORDER BY number DESC LIMIT 1)
) WHERE version_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("consultation", "0110_paper_versions_and_news")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
