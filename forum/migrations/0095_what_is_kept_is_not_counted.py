from django.db import migrations, models

ANSWERED_ASIDE = """
UPDATE forum_post parent SET answered_aside = true FROM forum_post reply
WHERE reply.topic_id = parent.topic_id AND reply.parent_number = parent.number
    AND (reply.state = 'pending' OR reply.kept_from IS NOT NULL)
"""
BELOW = """
UPDATE forum_post parent SET
    reply_count = (
        SELECT count(*) FROM forum_post reply WHERE reply.topic_id = parent.topic_id AND reply.parent_number = parent.number
            AND reply.state NOT IN ('pending', 'gap') AND reply.kept_from IS NULL
    ),
    descendant_count = CASE WHEN parent.parent_number IS NULL THEN (
        SELECT count(*) FROM forum_post reply WHERE reply.topic_id = parent.topic_id AND reply.root_number = parent.number
            AND reply.number > parent.number AND reply.state NOT IN ('pending', 'gap') AND reply.kept_from IS NULL
    ) ELSE 0 END
WHERE EXISTS (
    SELECT FROM forum_post kept WHERE kept.topic_id = parent.topic_id AND kept.kept_from IS NOT NULL
        AND parent.number IN (kept.parent_number, kept.root_number)
)
"""
ACTIVITY = """
UPDATE forum_topicactivity activity SET reply_count = told.replies, participant_count = told.people
FROM (
    SELECT topic_id, count(*) FILTER (WHERE number > 1) AS replies, count(DISTINCT (author_id, persona_id)) AS people
    FROM forum_post WHERE state = 'published' AND (kept_from IS NULL OR number = 1)
        AND topic_id IN (SELECT topic_id FROM forum_post WHERE kept_from IS NOT NULL AND number > 1)
    GROUP BY topic_id
) told WHERE activity.topic_id = told.topic_id
"""
LAST = """
UPDATE forum_topicactivity activity SET
    last_post_number = told.number, last_posted_at = told.created_at,
    last_author_id = told.author_id, last_persona_id = told.persona_id
FROM (
    SELECT DISTINCT ON (topic_id) topic_id, number, created_at, author_id, persona_id FROM forum_post
    WHERE state = 'published' AND (kept_from IS NULL OR number = 1)
        AND topic_id IN (SELECT topic_id FROM forum_post WHERE kept_from IS NOT NULL AND number > 1)
    ORDER BY topic_id, number DESC
) told WHERE activity.topic_id = told.topic_id
"""


class Migration(migrations.Migration):
    """Counters count what everybody who may read a topic may read; what is kept from a practice is looked for, not counted. Only
    topics with such posts are counted anew. Backwards, the counters stay as they are until something is removed."""

    dependencies = [("forum", "0090_a_revision_loses_a_name")]

    operations = [
        migrations.AddField(model_name="post", name="answered_aside", field=models.BooleanField(default=False, db_default=False)),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (ANSWERED_ASIDE, BELOW, ACTIVITY, LAST)),
    ]
