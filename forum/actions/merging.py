"""What one account wrote becomes another's: an imported author who turned out to be a member."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from common import audit
from forum.models import Post, Reaction, Topic, TopicActivity

_RECOUNT: Final = """
    UPDATE forum_topicactivity activity SET participant_count = told.people
    FROM (
        SELECT topic_id, count(DISTINCT (author_id, persona_id)) AS people FROM forum_post
        WHERE topic_id = ANY(%(topics)s) AND state = 'published' AND (kept_from IS NULL OR number = 1) GROUP BY topic_id
    ) told
    WHERE activity.topic_id = told.topic_id
"""
_UNCOUNT: Final = """
    UPDATE forum_post post SET
        agree_count = agree_count - told.agree, thanks_count = thanks_count - told.thanks,
        insightful_count = insightful_count - told.insightful, disagree_count = disagree_count - told.disagree
    FROM (
        SELECT post_id, count(*) FILTER (WHERE kind = 'agree') AS agree, count(*) FILTER (WHERE kind = 'thanks') AS thanks,
            count(*) FILTER (WHERE kind = 'insightful') AS insightful, count(*) FILTER (WHERE kind = 'disagree') AS disagree
        FROM forum_reaction WHERE user_id = %(after)s AND post_id IN (SELECT id FROM forum_post WHERE author_id = %(before)s)
        GROUP BY post_id
    ) told
    WHERE post.id = told.post_id
"""


@transaction.atomic
def move_authorship(before: User, after: User, *, at: datetime) -> int:
    """Give `after` every topic and post of `before`, an imported account that nobody ever signed in to: it has no revisions,
    reactions, drafts or read marks. Counters stay exact; what `after` thought of posts that are now their own is taken back.
    Returns how many posts moved. Cards follow: their keys name the author."""
    theirs = Q(author=before) | Q(posts__author=before) | Q(activity__last_author=before)
    wanted = Topic.objects.filter(theirs).values("pk")
    topics = list(Topic.objects.filter(pk__in=wanted).select_for_update().order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNT, {"before": before.pk, "after": after.pk})
    Reaction.objects.filter(user_id=after.pk, post__author=before).delete()
    moved = Post.objects.filter(author=before).update(author=after)
    Topic.objects.filter(author=before).update(author=after)
    TopicActivity.objects.filter(last_author=before).update(last_author=after)
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"topics": topics})
    audit.record("authorship.move", subject=("user", before.pk), by=None, at=at, to=after.pk, posts=moved, topics=len(topics))
    return moved
