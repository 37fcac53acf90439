from django.db import migrations

BEGAN_WITH_IT = """
UPDATE forum_topicnote note SET number = 1 WHERE kind = 'split_from' AND EXISTS (
    SELECT FROM forum_postmove moved JOIN forum_post post ON post.id = moved.post_id
    WHERE post.topic_id = note.topic_id AND post.number = 1 AND moved.moved_at = note.at
)
"""
BEHIND_THE_LAST = """
UPDATE forum_topicnote note SET number = (
    SELECT max(post.number) FROM forum_post post WHERE post.topic_id = note.topic_id AND post.created_at <= note.at
) WHERE number IS NULL
"""


class Migration(migrations.Migration):
    """Notes stand among the posts: a note of a split tells where in its own topic, the others behind which post."""

    dependencies = [("forum", "0052_handovers")]

    operations = [
        migrations.RunSQL(BEGAN_WITH_IT, migrations.RunSQL.noop),
        migrations.RunSQL(BEHIND_THE_LAST, migrations.RunSQL.noop),
    ]
