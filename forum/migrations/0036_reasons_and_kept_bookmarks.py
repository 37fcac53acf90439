from django.db import migrations

# Whoever followed before reasons were kept: nothing is told of a persona, since only what somebody wrote under their name counts.
REASONS = """
UPDATE forum_topicmember member SET because = CASE
    WHEN member.level <> 'tracking' THEN 'chosen'
    WHEN EXISTS (SELECT FROM forum_topic topic WHERE topic.id = member.topic_id AND topic.author_id = member.user_id) THEN 'started'
    WHEN EXISTS (
        SELECT FROM forum_post post WHERE post.topic_id = member.topic_id AND post.author_id = member.user_id
    ) THEN 'replied'
    ELSE 'chosen' END
WHERE member.level <> 'normal'
"""
BOOKMARKS = """
INSERT INTO forum_bookmark (user_id, post_id, note, created_at)
SELECT member.user_id, post.id, '', coalesce(member.read_at, now())
FROM forum_topicmember member JOIN forum_post post ON post.topic_id = member.topic_id AND post.number = member.bookmark
WHERE member.bookmark IS NOT NULL
"""
BACK = """
UPDATE forum_topicmember member SET bookmark = post.number FROM forum_bookmark kept JOIN forum_post post ON post.id = kept.post_id
WHERE member.user_id = kept.user_id AND member.topic_id = post.topic_id
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0035_following_and_bookmarks")]

    operations = [
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
        migrations.RunSQL(BOOKMARKS, BACK),
        # The column itself stays until a later release, so that a process of the one before can still read the table.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model_name="topicmember", name="bookmark")]),
    ]
