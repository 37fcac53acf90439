"""What a page shows of a post, in a line of text that the database writes: two pages of the same lines look the same."""

from typing import Final, NamedTuple

from django.db.models import Case, Exists, F, Func, OuterRef, Q, TextField, Value, When

from accounts.standing import Anyone, standing_of
from forum.models import Poll, Post
from forum.models.post import PostQuerySet

_SHOWN: Final = (
    "pk", "number", "parent_number", "state", "revision", "moderation_version", "render_version", "removed_at", "removal_reason",
    "reply_count", "agree_count", "thanks_count", "insightful_count", "disagree_count", "imported_likes",
    "author_id", "author__card_version", "persona_id", "persona__is_resting", "said",
)  # fmt: skip


class Sealed(NamedTuple):
    """A post in short. `seal` is None for what hangs on more than its row: what waits or is kept from a practice, what the reader
    wrote, what has a poll."""

    number: int
    reply_count: int
    answered_aside: bool
    author_id: int | None
    seal: str | None


def with_seals(posts: PostQuerySet, user: Anyone, persona_id: int | None) -> PostQuerySet:
    """Posts that have `said` (what the reader said of each) with their `seal`. `persona_id`: the reader's own in this topic."""
    others = ~Q(author=standing_of(user).user_id)
    if persona_id is not None:
        others &= ~Q(persona=persona_id)
    asks = Exists(Poll.objects.filter(post=OuterRef("pk")))
    plain = others & Q(kept_from=None) & (Q(state__in=Post.TOMBSTONES) | (Q(state=Post.State.PUBLISHED) & ~asks))
    line = Func(*map(F, _SHOWN), template="ROW(%(expressions)s)::text", output_field=TextField())
    return posts.annotate(seal=Case(When(plain, then=line), default=Value(None), output_field=TextField()))
