from django.db import migrations

PARENT = """
ALTER TABLE forum_post ADD CONSTRAINT post_parent_is_in_the_same_topic
    FOREIGN KEY (topic_id, parent_number) REFERENCES forum_post (topic_id, number) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial"), ("common", "0002_extensions_and_insert_only_audit")]

    operations = [
        migrations.RunSQL(PARENT, "ALTER TABLE forum_post DROP CONSTRAINT post_parent_is_in_the_same_topic"),
        # Written once. Deleting stays possible, with the post, for erasure.
        migrations.RunSQL(
            "CREATE TRIGGER insert_only BEFORE UPDATE ON forum_revision FOR EACH ROW EXECUTE FUNCTION plenary_insert_only()",
            "DROP TRIGGER insert_only ON forum_revision",
        ),
        # Counters change in place: room on the page keeps the update from touching any index.
        migrations.RunSQL(
            "ALTER TABLE forum_post SET (fillfactor = 85); ALTER TABLE forum_topic SET (fillfactor = 85)",
            "ALTER TABLE forum_post RESET (fillfactor); ALTER TABLE forum_topic RESET (fillfactor)",
        ),
    ]
