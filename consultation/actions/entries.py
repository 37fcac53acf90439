"""What came on paper or by e-mail: typed by one organiser, checked against its source by another, counted once it is released."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.actions.eligible import add_to_supplement
from consultation.actions.files import AnswerFileRefused, keep_bytes, taken_in
from consultation.actions.holders import facts_with, hold_the_member, holder_of, key_of, moment_kept
from consultation.actions.holding import ConsultationClosed, hold_open
from consultation.actions.organisations import Statement, party_of
from consultation.actions.submitting import NameNotKept, NothingToSend, checked_answers, mail_the_way_to_it, write_response
from consultation.confidentiality import sealed
from consultation.models import Consultation, Draft, Entry, EntryLook, EntrySource, Party, Response
from consultation.permissions import can_check_entry, can_enter, can_fill_in, can_look_into, can_organise
from consultation.readers.audience import is_entitled
from consultation.readers.holders import held_by, is_confidential
from consultation.readers.questionnaires import version_asked
from consultation.readers.seats import seat_of_entry

log = logging.getLogger("plenary.files")
MOST_SOURCES = 5


class NoSource(DomainError):
    """Nothing is attached against which it could be checked."""


class NotOnTheList(DomainError):
    """Not somebody whom this consultation asks."""


class AnsweredThemselves(DomainError):
    """They gave an answer of their own, which nobody writes over."""


class NothingTyped(DomainError):
    """No answer was typed yet."""


class NoWordGiven(DomainError):
    """Whoever typed it has to know what to mend."""


@dataclass(frozen=True, slots=True)
class Source:
    """How it came: `files` are names with bytes, `text` an e-mail as pasted; `version` is the number of the version that stands
    there, None: what is asked now."""

    way: str
    received_on: date
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    version: int | None = None


@transaction.atomic
def begin_entry(consultation: Consultation, whose: User | Party, source: Source, *, by: User, at: datetime) -> Entry:
    """Begin to type it, for a member whom the consultation asks or for a party. Of a confidential one whose it is is kept as a
    tag from here on. Raises NoSource, NotOnTheList, AnsweredThemselves, AnswerFileRefused, ConsultationClosed, Refused."""
    consultation = hold_open(consultation.pk)
    can_enter(by, consultation, at).enforce()
    if not source.text.strip() and not source.files:
        raise NoSource("Attach what came, or paste the e-mail: a second person checks the answer against it.")
    if len(source.files) > MOST_SOURCES:
        raise AnswerFileRefused(f"{MOST_SOURCES} files are the most.")
    if isinstance(whose, User):
        _enforce_asked(consultation, whose, by=by, at=at)
    entry = Entry.objects.create(
        consultation=consultation,
        way=source.way,
        received_on=source.received_on,
        version=version_asked(consultation.pk, source.version),
        text=source.text.strip(),
        entered_by=by,
        entered_at=moment_kept(consultation, at),
        **_holder(consultation, whose),
    )
    for name, data in source.files:
        taken = taken_in(name, data)
        row = EntrySource.objects.create(entry=entry, **taken.columns)
        keep_bytes(row.stored, taken.content, name=row.name, at=entry.entered_at)
    _record("begin", entry, by=by, at=at)
    return entry


@transaction.atomic
def begin_organisations_entry(
    consultation: Consultation, statement: Statement, source: Source, *, by: User, at: datetime, is_another: bool = False
) -> Entry:
    """The same for an organisation that is not there yet. Raises NameAlreadyThere, and what `begin_entry` raises."""
    can_enter(by, consultation, at).enforce()
    party = party_of(consultation, statement, at=at, is_another=is_another)
    return begin_entry(consultation, party, source, by=by, at=at)


@transaction.atomic
def begin_publics_entry(
    consultation: Consultation, source: Source, *, by: User, at: datetime, sort: str, name: str = ""
) -> Entry:
    """The same for somebody of the public, of whom no address is known. Raises what `begin_entry` raises."""
    can_enter(by, consultation, at).enforce()
    hidden = is_confidential(consultation)
    told = {"kind": Party.Kind.PUBLIC, "sort": sort, "name": "" if hidden else name}
    party = Party.objects.create(consultation=consultation, created_at=moment_kept(consultation, at), **told)
    return begin_entry(consultation, party, source, by=by, at=at)


@transaction.atomic
def hand_in_entry(entry: Entry, *, consent: str, by: User, at: datetime, kept_back: Collection[str] = ()) -> Entry:
    """Have it checked: whoever typed it. `consent` and `kept_back` as they are on the paper, else for analysis only; of what was
    not answered nothing is kept back. Raises IncompleteAnswers, NothingTyped, NameNotKept, ConsultationClosed, Refused."""
    entry = _held(entry)
    seat = seat_of_entry(entry, by)
    can_fill_in(seat, entry.consultation, at).enforce()
    draft = Draft.objects.filter(entry=entry).select_related("version").first()
    answers = checked_answers(draft.version, draft, by=seat) if draft is not None else {}
    if not answers:
        raise NothingTyped("Type at least one answer first.")
    if consent == Response.Consent.NAMED and is_confidential(entry.consultation):
        raise NameNotKept("Answers are kept without a name here, so they can be shown without one only.")
    entry.consent, entry.kept_back, entry.handed_in_at = consent, sorted(answers.keys() & set(kept_back)), at
    entry.returned_at = entry.returned_by = None
    entry.returned_because = ""
    entry.save()
    _record("hand_in", entry, by=by, at=at)
    return entry


@transaction.atomic
def return_entry(entry: Entry, *, because: str, by: User, at: datetime) -> Entry:
    """Send it back to whoever typed it, with a word: a second person. Raises NoWordGiven, Refused."""
    entry = _held(entry)
    can_check_entry(by, entry, at).enforce()
    because = because.strip()
    if not because:
        raise NoWordGiven("Say what does not agree with the source.")
    entry.handed_in_at, entry.returned_at, entry.returned_by, entry.returned_because = None, at, by, because
    entry.save()
    _record("return", entry, by=by, at=at)
    return entry


@transaction.atomic
def release_entry(entry: Entry, *, by: User, at: datetime) -> Response:
    """It agrees with its source: it counts from now on, as the answer of whoever sent it. A second person, before the close.
    Never over what they gave themselves; under the version that stands on the paper. The source of a confidential one is sealed;
    of a named one its member is told. Raises AnsweredThemselves, ConsultationClosed, Refused."""
    entry = _held(entry)
    consultation = entry.consultation
    can_check_entry(by, entry, at).enforce()
    if not consultation.accepts_at(at):
        raise ConsultationClosed("Answers are paused. It can be released when it goes on.")
    draft = Draft.objects.filter(entry=entry).select_related("version__consultation").first()
    if draft is None:
        raise NothingToSend("There is nothing to release.")
    holder = {"user": entry.user, "holder_tag": entry.holder_tag, "party": entry.party}
    _hold_whose(entry)
    sent = Response.objects.filter(_same(entry), consultation=consultation, is_current=True).first()
    _enforce_not_their_own(sent)
    seat = seat_of_entry(entry, entry.entered_by)
    answers = checked_answers(draft.version, draft, by=seat)
    named = entry.party is not None and entry.party.is_organisation
    sent_at = at if named else moment_kept(consultation, at)
    told: dict[str, Any] = {**holder, **seat.facts, "submitted_at": sent_at}
    try:
        with transaction.atomic():
            response = write_response(
                draft.version, draft, answers, sent, at=at, consent=entry.consent, kept_back=entry.kept_back, **told
            )
    except IntegrityError as second:
        raise AnsweredThemselves("Another answer of the same person came in at this very moment. Look again.") from second
    if sent is not None:
        Entry.objects.filter(response=sent).update(response=None)
    entry.response, entry.released_at, entry.released_by = response, sent_at, by
    if is_confidential(consultation) and not named:
        _seal(entry)
    entry.save()
    if entry.user is not None:
        mail_the_way_to_it(response, to=entry.user, at=at)
    _record("release", entry, by=by, at=at)
    return response


@transaction.atomic
def look_into_entry(entry: Entry, *, by: User, at: datetime) -> None:
    """An organiser who did not type it opens it, to check it: before the close each look is written down, and everybody is told
    how many there were. Safe twice. Raises Refused."""
    can_organise(by).enforce()
    if can_look_into(by, entry):
        return
    looked = {"consultation": entry.consultation, "at": moment_kept(entry.consultation, at)}
    _, made = EntryLook.objects.get_or_create(entry=entry, by=by, defaults=looked)
    if made:
        _record("look", entry, by=by, at=at)


@transaction.atomic
def drop_entry(entry: Entry, *, by: User, at: datetime) -> None:
    """Throw away what was typed and what it came as, before it is handed in: whoever typed it. Raises Refused."""
    entry = _held(entry)
    can_fill_in(seat_of_entry(entry, by), entry.consultation, at).enforce()
    _record("drop", entry, by=by, at=at)
    forget_entries([entry])


def forget_entries(entries: Iterable[Entry]) -> None:
    """Inside a transaction: these entries for good, with what they came as, and a party that has nothing else. The bytes go once
    that is certain."""
    for entry in list(entries):
        stored = [source.stored for source in entry.sources.all()]
        entry.delete()
        party = entry.party
        if party is not None and not (party.responses.exists() or party.entries.exists() or party.colleagues.exists()):
            Party.objects.filter(pk=party.pk, guest=None).delete()
        transaction.on_commit(partial(_delete_bytes, stored))


def _held(entry: Entry) -> Entry:
    """Locked, after its consultation."""
    consultation = hold_open(entry.consultation_id)
    rows = Entry.objects.select_for_update(of=["self"]).select_related("user", "party", "entered_by")
    entry = rows.get(pk=entry.pk)
    entry.consultation = consultation
    return entry


def _holder(consultation: Consultation, whose: User | Party) -> dict[str, object]:
    return {**holder_of(consultation, whose), **facts_with(consultation, whose)} if isinstance(whose, User) else {"party": whose}


def _enforce_asked(consultation: Consultation, whose: User, *, by: User, at: datetime) -> None:
    """Of a confidential one it is not told whether they answered: who asks would learn it of a name."""
    if whose.pk == by.pk:
        raise NotOnTheList("Your own answer you give yourself.")
    if not is_entitled(whose.pk, consultation, at=at) or not whose.is_active:
        raise NotOnTheList("They are not among those whom this consultation asks.")
    if is_confidential(consultation):
        return
    add_to_supplement(consultation, at=at, user_id=whose.pk)
    _enforce_not_their_own(
        Response.objects.filter(held_by(consultation, whose.pk), consultation=consultation, is_current=True).first()
    )


def _enforce_not_their_own(sent: Response | None) -> None:
    if sent is not None and not Entry.objects.filter(response=sent).exists():
        raise AnsweredThemselves(
            "An answer that they gave themselves is there, and nobody writes over it. If it should say something else, they can "
            "change it until the close."
        )


def _hold_whose(entry: Entry) -> None:
    """What they send themselves comes before or after. Of a tag nobody knows whom to hold: there the database refuses a second
    one."""
    if entry.user is not None:
        hold_the_member(entry.consultation, entry.user)
    elif entry.party is not None:
        Party.objects.select_for_update(no_key=True).get(pk=entry.party.pk)


def _same(entry: Entry) -> Q:
    if entry.party_id is not None:
        return Q(party=entry.party_id)
    return Q(user=entry.user_id) if entry.user_id is not None else Q(holder_tag=entry.holder_tag)


def _seal(entry: Entry) -> None:
    """What it came as can be opened by nobody through this site any more, and by nobody at all once the key is deleted."""
    key = key_of(entry.consultation)
    entry.sealed, entry.text = sealed(entry.text.encode(), key=key, consultation=entry.consultation_id), ""
    plain = []
    entry.sources.filter(harmful=True).update(name="", sha256="")
    for source in entry.sources.filter(harmful=False):
        with storages["attachments"].open(source.stored) as content:
            data = sealed(content.read(), key=key, consultation=entry.consultation_id)
        plain.append(source.stored)
        source.sealed, source.name, source.sha256 = True, "", ""
        source.save(update_fields=["sealed", "name", "sha256"])
        keep_bytes(source.stored, data, name="The source", at=entry.entered_at)
    transaction.on_commit(partial(_delete_bytes, plain))


def _delete_bytes(stored: list[str]) -> None:
    for name in stored:
        try:
            storages["attachments"].delete(name)
        except OSError as problem:
            log.warning("what an answer came as could not be deleted: %s", type(problem).__name__)


def _record(verb: str, entry: Entry, *, by: User, at: datetime) -> None:
    """Without whose it is."""
    subject = ("consultation", entry.consultation_id)
    audit.record(f"consultation.entry_{verb}", subject=subject, by=by.pk, at=at, entry=entry.pk)
