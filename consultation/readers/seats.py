"""From where an answer is written that is not the writer's own: an organisation's, by colleagues; one that came on paper, by an
organiser."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from accounts.models import User
from accounts.standing import Anyone, standing_of
from consultation.models import MEMBERS, Colleague, Consultation, Entry, Guest, Party, Response, Version
from consultation.readers.holders import held_by
from consultation.readers.questionnaires import version_asked

NO_FACTS: Final[dict[str, str]] = {"nation": "", "list_size": "", "job": "", "years": ""}

PUBLIC_SEAT: Final = "@public"
"""Stands in no address: who sits there is known by a link that they came by, not by an account."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Whoever sits here writes into the draft of the party, or of an `entry` that came on paper, and sends it as far as they may
    (`permissions.can_answer` asks the rows anew). `key` stands in addresses. Somebody of the public is no `user`: they came by
    a `link` of that number."""

    key: str
    user: User | None
    party: Party | None = None
    entry: Entry | None = None
    link: int = 0

    @property
    def columns(self) -> dict[str, Any]:
        """Of a draft or a response: whose it is."""
        return {"entry": self.entry} if self.entry else {"party": self.party}

    @property
    def rows(self) -> Q:
        return Q(**self.columns)

    @property
    def sender(self) -> dict[str, Any]:
        """Of a response: who sent it."""
        return {"sent_by": self.user} if self.is_shared else {}

    def signature(self, at: datetime) -> dict[str, Any]:
        """Of an answer in the draft: who wrote it, for the others at the table."""
        return {"by": self.user, "at": at} if self.is_shared else {}

    @property
    def facts(self) -> dict[str, str]:
        """What the answer is counted by, and what conditions ask: nothing is known of a party as of a member."""
        return {name: getattr(self.entry, name) for name in NO_FACTS} if self.entry else NO_FACTS

    @property
    def is_shared(self) -> bool:
        """Others write here too."""
        return self.entry is None and self.user is not None

    @property
    def is_named(self) -> bool:
        """Whatever the consultation's identity mode: with a name and to the second."""
        return self.is_shared

    @property
    def is_lenient(self) -> bool:
        """Nothing has to be answered: what is on paper is as it is."""
        return self.entry is not None

    @property
    def guest(self) -> Guest | None:
        """The row by which somebody of the public sits here, asked now, while no later link was used."""
        return Guest.objects.filter(party=self.party, link=self.link).first() if self.link else None

    @property
    def kind(self) -> str:
        """Whose answer it is: `member`, or the party's kind."""
        return self.party.kind if self.party else MEMBERS

    @property
    def colleague(self) -> Colleague | None:
        """The row by which they sit here, asked now; None: they left or were taken out."""
        return Colleague.objects.filter(party=self.party, user=self.user, joined_at__isnull=False, ended_at=None).first()


Writer = User | Seat
"""Whoever writes an answer: for themselves, or from a seat."""


def theirs(consultation: Consultation, writer: Writer) -> Q:
    """`held_by` for either."""
    return writer.rows if isinstance(writer, Seat) else held_by(consultation, writer.pk)


def version_before(consultation: Consultation, writer: Writer) -> Version:
    """Which questions somebody has before them: those that are asked now, or of what came on paper those that stand there. One
    statement."""
    on_paper = writer.entry.version if isinstance(writer, Seat) and writer.entry else None
    return on_paper or version_asked(consultation.pk)


def sent_from(consultation: Consultation, writer: Writer) -> Response | None:
    """The current response. One statement, one more where it is confidential."""
    return Response.objects.filter(theirs(consultation, writer), consultation=consultation, is_current=True).first()


def seat_for(user: Anyone, consultation: Consultation, key: str) -> Seat | None:
    """The seat that an address names, where this person sits there: `organisation-12` its colleagues, `paper-5` whoever typed it
    and has not handed it in. One statement."""
    kind, _, number = key.rpartition("-")
    standing = standing_of(user)
    if kind not in {"organisation", "paper"} or not number.isdecimal() or len(number) > 12 or standing.user_id is None:
        return None
    if kind == "paper":
        typed = Entry.objects.filter(pk=int(number), consultation=consultation, entered_by=standing.user_id)
        entry = typed.filter(released_at=None).select_related("party").first()
        return seat_of_entry(entry, user) if entry is not None and standing.is_organiser else None  # type: ignore[arg-type]
    mine = Colleague.objects.filter(user=standing.user_id, joined_at__isnull=False, ended_at=None)
    row = mine.filter(party=int(number), party__consultation=consultation).select_related("party").first()
    return Seat(key, user, row.party) if row is not None else None  # type: ignore[arg-type]


def seat_at(party: Party, user: User) -> Seat:
    """Of somebody who is known to sit there."""
    return Seat(f"organisation-{party.pk}", user, party)


def seat_of_entry(entry: Entry, user: User) -> Seat:
    """Of whoever types what came on paper."""
    return Seat(f"paper-{entry.pk}", user, entry.party, entry)


def seat_of_guest(guest: Guest) -> Seat:
    """Of somebody of the public who came by the link that counts."""
    return Seat(PUBLIC_SEAT, None, guest.party, link=guest.link)
