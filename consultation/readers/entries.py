"""What came on paper or by e-mail, for organisers."""

from collections.abc import Sequence
from dataclasses import dataclass

from consultation.models import Consultation, Draft, Entry
from consultation.readers.answers import Line, Paper, as_sent, fallen_away, lines_of, paper_of
from consultation.readers.seats import Seat, seat_of_entry


@dataclass(frozen=True, slots=True)
class Queue:
    """Entries by what they wait for."""

    waiting: Sequence[Entry]
    returned: Sequence[Entry]
    begun: Sequence[Entry]
    released: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed from an entry's source, beside which it is read. `left_out`: what stands on paper and is not asked of
    them."""

    seat: Seat
    paper: Paper
    lines: Sequence[Line]
    left_out: Sequence[Line]


def queue_of(consultation: Consultation) -> Queue:
    """The longest waiting on top. One statement."""
    rows = Entry.objects.filter(consultation=consultation).select_related("user", "party", "entered_by", "released_by")
    found: dict[str, list[Entry]] = {"waiting": [], "returned": [], "begun": [], "released": []}
    for entry in rows.order_by("received_on", "pk"):
        found[entry.state].append(entry)
    return Queue(**found)


def waiting_in(consultation: Consultation) -> int:
    """How many wait for a second person. One statement."""
    return Entry.objects.filter(consultation=consultation, handed_in_at__isnull=False, released_at=None).count()


def typed_of(entry: Entry) -> Typed:
    """Five statements at most. Wants `consultation`, `party` and `entered_by`."""
    seat = seat_of_entry(entry, entry.entered_by)
    paper = paper_of(seat, entry.consultation)
    if entry.released_at is not None and paper.response is not None:
        paper = as_sent(paper, seat)
    return Typed(seat, paper, lines_of(paper), fallen_away(paper))


def has_draft(entry: Entry) -> bool:
    return Draft.objects.filter(entry=entry).exists()
