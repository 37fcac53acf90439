"""The editions that are being prepared: of which streams, when each is cut, whether it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.standing import Anyone
from digest.actions.editions import waits_for_an_editor
from digest.calendar import cut_after, cut_before
from digest.models import Edition, Subscription
from digest.offers import Offer, offers
from digest.streams import WEEKLY


@dataclass(frozen=True, slots=True)
class Line:
    """A stream, and what is being prepared of it. `draft` None: nothing yet. `cut_off`: when the next one is cut; `is_held`: its
    hour has come and an editor has to approve it first. `readers`: who get it."""

    offer: Offer
    draft: Edition | None
    cut_off: datetime
    readers: int
    is_held: bool

    @property
    def is_cut(self) -> bool:
        """The weekly is, any other as long as somebody gets it."""
        return self.readers > 0 or self.offer.stream == WEEKLY


def term_has_its_edition(stream: str, *, at: datetime) -> bool:
    """Whether this week's edition (of a daily, today's) is out already."""
    return Edition.objects.cut().filter(stream=stream, cut_off__gte=cut_before(at, stream=stream)).exists()


def lines_of(editor: Anyone, *, at: datetime) -> Sequence[Line]:
    """All that this editor may prepare. Three statements."""
    drafts = {draft.stream: draft for draft in Edition.objects.draft().select_related("approved_by")}
    got = dict(Subscription.objects.active().order_by().values_list("stream").annotate(readers=Count("pk")))
    return [_line(offer, drafts.get(offer.stream), got.get(offer.stream, 0), at=at) for offer in offers(editor)]


def _line(offer: Offer, draft: Edition | None, readers: int, *, at: datetime) -> Line:
    coming = cut_after(at, stream=offer.stream)
    held = draft is not None and waits_for_an_editor(draft, at=at)
    return Line(offer, draft, draft.cut_off if draft and draft.cut_off > at else coming, readers, held)
