"""Who said what of a post. People only: a pseudonym cannot react."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef

from accounts.models import Block, User
from accounts.standing import Anyone, standing_of
from common.paging import BadCursor, Page, read_cursor, take_page
from forum.models import Post, Reaction

FIRST: Final = 50


@dataclass(frozen=True, slots=True)
class Reactors:
    """One kind: how many said it, who, and the cursor to the next of them. `unnamed`: likes that an import brought without
    names."""

    kind: str
    label: str
    count: int
    people: Page[User]
    unnamed: int = 0


def reactors_of(post: Post, user: Anyone) -> list[Reactors]:
    """Every kind that somebody said, with its first people. One statement a kind, four at most."""
    return [one for kind in Reaction.Kind if (one := reactors(post, user, kind)).count]


def reactors(post: Post, user: Anyone, kind: Reaction.Kind, *, after: str = "") -> Reactors:
    """Who came last to this site first, by the key of the table; without whom the reader blocked, who are counted all the same.
    One statement. Raises BadCursor."""
    blocked = Block.objects.filter(user=standing_of(user).user_id, blocked=OuterRef("user"))
    rows = Reaction.objects.filter(~Exists(blocked), post=post.pk, kind=kind).select_related("user").order_by("-user_id")
    if after:
        (pk,) = read_cursor(after, length=1)
        if not isinstance(pk, int) or abs(pk) > 2**53:
            raise BadCursor(after)
        rows = rows.filter(user_id__lt=pk)
    unnamed = post.imported_likes if kind == Reaction.Kind.THANKS else 0
    count: int = getattr(post, f"{kind.value}_count")
    found = list(rows[: FIRST + 1]) if count else []
    page = take_page(found, size=FIRST, key=lambda reaction: (reaction.user_id,), has_newer=False)
    people = Page([reaction.user for reaction in page.rows], page.older)
    return Reactors(kind.value, str(kind.label), count + unnamed, people, unnamed)
