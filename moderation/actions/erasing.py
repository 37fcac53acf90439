"""Taking the words of a post away for good, as a decision that its author is told of."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from forum.actions.erasing import erase_post_words
from forum.models import Post
from moderation.actions.deciding import decide_at_once
from moderation.models import Act


@transaction.atomic
def take_words_away(post: Post, *, by: User, reason: str, at: datetime) -> Post:
    """What is still on show, or waits, is hidden first by a decision with this reason, so that its author hears of it. Raises
    what `decide_at_once` and `erase_post_words` do."""
    if not post.is_tombstone:
        act = Act.REFUSE if post.state == Post.State.PENDING else Act.HIDE
        decide_at_once(post, by=by, acts=[act], reason=reason, at=at)
    return erase_post_words(post, by=by, reason=reason, at=at)
