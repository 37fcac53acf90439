from django.db import migrations

# A reply's draft is now kept for each post that is answered. An older row is moved to the name that its form has from now on.
RENAME = """
UPDATE forum_draft SET key = key || ':' || parent_number
WHERE parent_number IS NOT NULL AND key ~ '^reply:[0-9]+$'
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0037_by_date_and_newest_of_all")]

    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
