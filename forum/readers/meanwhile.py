"""What came to a topic while somebody was writing."""

from typing import Final

from django.db.models import Q

from accounts.standing import Anyone, standing_of
from forum.models import Post, Topic
from forum.readers.posts import UNREAD_HERE

MOST: Final = 10


def arrived_since(topic: Topic, user: Anyone, number: int) -> list[Post]:
    """The posts after this number that the reader may see, that are not their own, under either name (`topic.own_persona_id`),
    and not of somebody they blocked: the first ten. No statement where nothing came."""
    if topic.last_number <= number:
        return []
    posts = Post.objects.visible_to(user).not_from_blocked(user).filter(topic=topic.pk, number__gt=number)
    others = posts.filter(~Q(author=standing_of(user).user_id) | Q(author=None))
    if topic.own_persona_id is not None:
        others = others.exclude(persona=topic.own_persona_id)
    return list(others.select_related("author__facts", "persona").defer(*UNREAD_HERE).in_time()[:MOST])
