"""What is written down of somebody’s yes and no, in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from digest.offers import name_of
from digest.wordings import WORDINGS
from mail.models import ConsentEvent

DID: Final = {
    "asked": "Somebody asked for it",
    "confirmed": "You said yes",
    "changed": "It was changed",
    "ended": "It was ended",
}
BASES: Final = {
    "consent": "you agreed to it",
    "commercial_soft_opt_in": "you are a member or customer, were told how to refuse, and did not",
    "charity_soft_opt_in": "you supported the institute’s purposes, were told how to refuse, and did not",
    "service": "it belongs to something that you use",
}
_FORMS: Final = {
    "front": "the form on the website",
    "confirm": "the page behind the link that we mailed",
    "mine": "the page of the account",
    "link": "the page behind a link in an edition",
    "one-click": "the unsubscribe button of a mail program",
    "mailto": "a mail to the address that unsubscribes",
    "address": "the page on which an address is changed",
    "list": "a list that an officer brought in",
}
HEADINGS: Final = ("When (UTC)", "Stream", "What", "Basis", "Where", "Words (id)", "Words", "Given on", "Source", "Network")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger as its owner reads it."""

    at: datetime
    what: str
    where: str
    basis: str
    words: str
    given_on: object
    source: str


def entries(events: Sequence[ConsentEvent], *, name: str) -> list[Entry]:
    return [
        Entry(
            event.at,
            DID[event.action],
            form_in_words(event.form),
            BASES[event.basis],
            words_of(event.wording_id).format(name=name, address="this address"),
            event.given_on,
            event.source,
        )
        for event in events
    ]


def form_in_words(form: str) -> str:
    """`weekly:one-click` → “the unsubscribe button of a mail program”."""
    return _FORMS.get(form.partition(":")[2].partition(":")[0], form)


def words_of(wording_id: str) -> str:
    found = WORDINGS.get(wording_id)
    return found.text if found else ""


def table(events: Iterable[ConsentEvent]) -> Iterator[tuple[object, ...]]:
    """The same for a file, the headings first; no address in it."""
    yield HEADINGS
    names: dict[str, str] = {}
    for event in events:
        name = names.get(event.stream) or names.setdefault(event.stream, name_of(event.stream))
        yield (
            f"{event.at:%Y-%m-%d %H:%M:%S}",
            event.stream,
            event.get_action_display(),
            event.get_basis_display(),
            event.form,
            event.wording_id,
            words_of(event.wording_id).format(name=name, address="this address"),
            event.given_on,
            event.source,
            event.ip_trunc,
        )
