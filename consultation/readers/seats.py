"""From where an answer is written that is not the writer's own: an organisation's, by colleagues."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from accounts.models import User
from accounts.standing import Anyone, standing_of
from consultation.models import Colleague, Consultation, Party, Response
from consultation.readers.holders import held_by

NO_FACTS: Final[dict[str, str]] = {"nation": "", "list_size": "", "job": "", "years": ""}


@dataclass(frozen=True, slots=True)
class Seat:
    """Whoever sits here writes into the party's draft and sends the party's answer, as far as the party lets them
    (`permissions.can_answer` asks the rows anew). `key` stands in addresses."""

    key: str
    party: Party
    user: User

    @property
    def columns(self) -> dict[str, Any]:
        """Of a draft or a response: whose it is."""
        return {"party": self.party}

    @property
    def sender(self) -> dict[str, Any]:
        """Of a response: who sent it."""
        return {"sent_by": self.user}

    def signature(self, at: datetime) -> dict[str, Any]:
        """Of an answer in the draft: who wrote it, for the others at the table."""
        return {"by": self.user, "at": at}

    @property
    def rows(self) -> Q:
        return Q(party=self.party)

    @property
    def facts(self) -> dict[str, str]:
        """What the answer is counted by, and what conditions ask: nothing is known of a party as of a member."""
        return NO_FACTS

    @property
    def is_shared(self) -> bool:
        """Others write here too."""
        return True

    @property
    def is_named(self) -> bool:
        """Whatever the consultation's identity mode: with a name and to the second."""
        return True

    @property
    def colleague(self) -> Colleague | None:
        """The row by which they sit here, asked now; None: they left or were taken out."""
        return Colleague.objects.filter(party=self.party, user=self.user, joined_at__isnull=False, ended_at=None).first()


Writer = User | Seat
"""Whoever writes an answer: for themselves, or from a seat."""


def theirs(consultation: Consultation, writer: Writer) -> Q:
    """`held_by` for either."""
    return writer.rows if isinstance(writer, Seat) else held_by(consultation, writer.pk)


def sent_from(consultation: Consultation, writer: Writer) -> Response | None:
    """The current response. One statement, one more where it is confidential."""
    return Response.objects.filter(theirs(consultation, writer), consultation=consultation, is_current=True).first()


def seat_for(user: Anyone, consultation: Consultation, key: str) -> Seat | None:
    """The seat that an address names, where this person sits there: `organisation-12`. One statement."""
    kind, _, number = key.rpartition("-")
    standing = standing_of(user)
    if kind != "organisation" or not number.isdecimal() or len(number) > 12 or standing.user_id is None:
        return None
    mine = Colleague.objects.filter(user=standing.user_id, joined_at__isnull=False, ended_at=None)
    row = mine.filter(party=int(number), party__consultation=consultation).select_related("party").first()
    return Seat(key, row.party, user) if row is not None else None  # type: ignore[arg-type]


def seat_at(party: Party, user: User) -> Seat:
    """Of somebody who is known to sit there."""
    return Seat(f"organisation-{party.pk}", party, user)
