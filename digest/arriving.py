"""A list of subscribers, line by line: what each says, and what would come of it. Reads, and writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from accounts.register.reading import Line, NotARegister, Scan, lines_of
from common.errors import DomainError
from digest.models import ListLine, Subscription
from digest.readers import disowned
from mail.addresses import is_reachable
from mail.mailboxes import is_role, mailbox_of
from mail.models import Address, ConsentEvent
from mail.suppressions import suppressed

MOST_LINES: Final = 20_000
MOST_BYTES: Final = 4_000_000
_NAMES: Final = {
    "email": ("email", "e-mail", "e-mail address", "email address", "address"),
    "basis": ("basis", "legal basis"),
    "given_on": ("date", "given on", "consent date", "date of consent"),
    "source": ("source", "where", "form"),
}
_DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y")
_BASES: Final = (ConsentEvent.Basis.CONSENT, ConsentEvent.Basis.COMMERCIAL_SOFT_OPT_IN, ConsentEvent.Basis.CHARITY_SOFT_OPT_IN)
Outcome = ListLine.Outcome


class NotAList(DomainError):
    """The file cannot be read as a list of subscribers. `str()` says what to do."""


@dataclass(slots=True)
class _Said:
    """What one line says."""

    line: int
    email: str
    basis: str
    given_on: date | None
    source: str
    faults: list[str] = field(default_factory=list)


def read_list(pieces: Iterable[bytes], *, today: date) -> list[_Said]:
    """Every line below the header. Raises NotAList for a file that is too large, too long, not a CSV, or without its columns."""
    kept, scan, size = [], Scan(), 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise NotAList(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Bring it in as several files.")
            kept.append(scan.take(piece))
        shape = scan.shape()
        columns = _columns(shape.header)
        told: list[_Said] = []
        for line in lines_of(kept, shape):
            if len(told) == MOST_LINES:
                raise NotAList(f"The list has more than {MOST_LINES:,} lines. Bring it in as several files.")
            told.append(_said(line, columns, today))
    except NotARegister as problem:
        raise NotAList(str(problem).replace("the register", "the list").replace("a member", "a subscriber")) from problem
    if not told:
        raise NotAList("There is no line below the heading.")
    return told


def what_comes_of(told: Sequence[_Said], *, stream: str, at: datetime) -> Iterator[ListLine]:
    """Each line with its outcome, in order; the list is set by whoever keeps them. Four statements, whatever the length."""
    sound = [said.email for said in told if not said.faults]
    blocked = suppressed(sound, scope=stream) | disowned(sound, at=at)
    blocked |= set(Address.objects.filter(email__in=sound, state=Address.State.DEAD).values_list("email", flat=True))
    known = {mailbox_of(email) for email in _subscribed(stream)}
    before: dict[str, int] = {}
    for said in told:
        outcome, why = _outcome(said, blocked=blocked, known=known, before=before)
        yield ListLine(
            line=said.line,
            outcome=outcome,
            email=said.email[:254],
            basis=said.basis[:30],
            given_on=said.given_on,
            source=said.source[:200],
            told=why[:200],
        )


def _outcome(said: _Said, *, blocked: set[str], known: set[str], before: dict[str, int]) -> tuple[Outcome, str]:
    if said.faults:
        return Outcome.FAULT, " ".join(said.faults)
    mailbox = mailbox_of(said.email)
    first = before.setdefault(mailbox, said.line)
    if first != said.line:
        return Outcome.TWICE, f"The same mailbox as on line {first}."
    if said.email in blocked:
        return (
            Outcome.SUPPRESSED,
            "They left, complained or did not ask, or there is no such mailbox. They can ask again themselves.",
        )
    if mailbox in known:
        return Outcome.KNOWN, "Stays as it is."
    if is_role(said.email):
        return Outcome.ROLE, "Several people may read it, and one of them cannot agree for the others."
    return Outcome.NEW, ""


def _subscribed(stream: str) -> Iterator[str]:
    return Subscription.objects.active().filter(stream=stream).values_list("address__email", flat=True).iterator()


def _columns(header: Sequence[str]) -> Mapping[str, int]:
    places = {name.strip().casefold(): place for place, name in enumerate(header)}
    found = {field: next((places[name] for name in names if name in places), None) for field, names in _NAMES.items()}
    missing = [field for field in ("email", "basis") if found[field] is None]
    if missing:
        raise NotAList(f"The first line must name the columns email, basis, date and source. Missing: {', '.join(missing)}.")
    return {field: place for field, place in found.items() if place is not None}


def _said(line: Line, columns: Mapping[str, int], today: date) -> _Said:
    def cell(field: str) -> str:
        place = columns.get(field)
        return " ".join(line.cells[place].split()) if place is not None and place < len(line.cells) else ""

    email, basis = cell("email").lower(), cell("basis").casefold().replace(" ", "_").replace("-", "_")
    said = _Said(line.number, email, basis, _date(cell("given_on")), cell("source"))
    if not is_reachable(email):
        said.faults.append("This is no address that can be written to.")
    if basis not in _BASES:
        said.faults.append(f"The basis must be one of {', '.join(_BASES)}.")
    if said.given_on is None:
        said.faults.append("Say when it was given, as a date like 2025-03-31.")
    elif said.given_on > today:
        said.faults.append("The date lies ahead.")
    if not said.source:
        said.faults.append("Say where it was given: a form, an event, a paper.")
    elif len(said.source) > 200:
        said.faults.append("The source is longer than 200 characters.")
    return said


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None
