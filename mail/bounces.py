"""Mail of ours that came back, and what follows for the address that it went to.

A report counts only where it is bound to a message that we sent: it came to that message's own envelope address, or brings back
that message's own Message-ID. Neither can be guessed, and it is the message's address that is suppressed, never one that the
report names (docs/security.md).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import transaction

from common import audit
from common.doors import open_door
from common.errors import DomainError
from mail.addresses import mark_alive, mark_dead
from mail.kinds import Taken
from mail.messages import sent_under
from mail.models import Address, HandOver, MailEvent, Suppression
from mail.reports import Report
from mail.session import Outcome
from mail.suppressions import lift, suppress, why_suppressed

GOOD_FOR: Final = timedelta(days=30)
"""A server gives up after five days, a reader complains within weeks. Later nobody who holds an old mail can speak of it."""
TRIED_AFTER: Final = timedelta(days=1)
A_CROWD: Final = 20
TOLD_OF: Final = "the mail server told of it afterwards"
_ENDS: Final = frozenset({Suppression.Reason.HARD_BOUNCE, Suppression.Reason.SOFT_BOUNCE, Suppression.Reason.CLOSED})
"""What ends once the owner follows a link that only a mail to it brings: mail came back, or they had gone and come again."""
KEPT_FOR: Final = timedelta(days=365)
_REASONS: Final = {
    MailEvent.Kind.HARD: Suppression.Reason.HARD_BOUNCE,
    MailEvent.Kind.SOFT: Suppression.Reason.SOFT_BOUNCE,
    MailEvent.Kind.COMPLAINT: Suppression.Reason.COMPLAINT,
}


class NotOursToLift(DomainError):
    """It was asked for, and did not follow from mail that came back."""


class TriedToday(DomainError):
    """Once a day is enough to see whether mail comes back."""


@transaction.atomic
def take_report(report: Report, *, came_to: tuple[str, ...], at: datetime) -> Taken:
    """Note what a report says of the message that it is bound to. `unknown` where it is bound to none, or says nothing bad. Safe
    to call twice."""
    sent = next(_bound(report, came_to), None)
    since = sent and (sent[1].accepted_at or sent[1].first_attempt_at)
    if sent is None or since is None or at - since > GOOD_FOR:
        return Taken("unknown")
    kind, row = sent
    count_as_taken(kind, row, at=at)
    address: Address = row.address  # type: ignore[attr-defined]
    told = report.verdict_on(address.email)
    if told is None:
        return Taken("dropped")
    what, code = told
    note_trouble(address, what=what, event_id=f"{kind}.{row.pk}", code=code, message_id=row.message_id or "", at=at)
    return Taken("taken")


@transaction.atomic
def note_trouble(
    address: Address, *, what: str, event_id: str, code: str, message_id: str = "", provider: str = "report", at: datetime
) -> None:
    """A message came back (`hard`, `soft`) or was complained of (`complaint`): keep it, and write to the address no more where
    that follows. One message counts once."""
    kind = MailEvent.Kind(what)
    told = {"told": {"code": code}} if code else {}
    _, new = MailEvent.objects.get_or_create(
        provider=provider,
        event_id=f"{event_id}.{kind}",
        defaults={"kind": kind, "address": address, "message_id": message_id, "at": at} | told,
    )
    if not new or (kind is MailEvent.Kind.SOFT and not _too_often(address, at=at)):
        return
    was_written_to = why_suppressed(address.email) is None
    suppress(address.email, scope="all", reason=_REASONS[kind], at=at)
    for door in settings.MAIL_STOPPED if was_written_to else ():
        open_door(door)(address, at=at)
    if kind is MailEvent.Kind.HARD:
        mark_dead(address)
        for door in settings.MAILBOX_DEAD:
            open_door(door)(address, at=at)


def count_as_taken(kind: str, row: HandOver, *, at: datetime) -> None:
    """Whatever is told of a message afterwards, its server took it: where nobody knew, that is known now, and it is not sent
    again. Safe to call twice."""
    _table(kind).filter(pk=row.pk, state=HandOver.State.UNCERTAIN).update(
        state=HandOver.State.ACCEPTED, reason=TOLD_OF, accepted_at=at
    )


def bury_the_dead(answers: Sequence[tuple[HandOver, Outcome]], *, kind: str, at: datetime) -> None:
    """Note each mailbox that the server called gone while it was asked. Where it says so of most of a crowd it is us whom it
    refuses, and nobody is buried for that. `kind`: of the table (settings.MESSAGE_TABLES)."""
    dead = [(row, outcome) for row, outcome in answers if outcome.is_dead_mailbox]
    if len(answers) >= A_CROWD and len(dead) * 2 > len(answers):
        return
    for row, outcome in dead:
        address: Address = row.address  # type: ignore[attr-defined]
        code = outcome.enhanced_code or str(outcome.code)
        note_trouble(address, what="hard", event_id=f"{kind}.{row.pk}", code=code, at=at)


@transaction.atomic
def write_again(address: Address, *, by: int, own: bool, at: datetime) -> None:
    """Somebody says that the mailbox works: its owner (`own`), or an officer whom they told. What came back before is
    forgiven; if mail comes back again, it counts again. A complaint is taken back by the owner alone. Raises NotOursToLift,
    TriedToday."""
    address = Address.objects.select_for_update().get(pk=address.pk)
    reason = why_suppressed(address.email)
    if reason in {Suppression.Reason.ASKED, Suppression.Reason.BY_HAND, Suppression.Reason.CLOSED}:
        raise NotOursToLift("Somebody asked for no mail to this address. That cannot be changed here; write to the office.")
    if reason == Suppression.Reason.COMPLAINT and not own:
        raise NotOursToLift("Our mail was reported as unwanted from this mailbox. Only its owner can ask for mail again.")
    again, new = MailEvent.objects.get_or_create(
        provider="plenary",
        event_id=f"again.{address.pk}.{at.date()}",
        defaults={"kind": MailEvent.Kind.AGAIN, "address": address, "at": at},
    )
    if not new and MailEvent.objects.trouble().filter(address=address, at__gte=again.at).exists():
        raise TriedToday("That was tried today, and the mail came back. Change the address, or try again tomorrow.")
    lift(address.email, scope="all")
    mark_alive(address)
    audit.record("mail.written_to_again", subject=("address", address.pk), by=by, at=at, reason=reason or "", own=own)


def may_be_tried(address: Address, *, at: datetime) -> bool:
    """Whether one mail that its owner may have asked for can go to an address that is written to no more: where mail came back
    from it, and not within TRIED_AFTER, or where they closed their account. Never where somebody wished for no mail or called
    it unwanted."""
    if why_suppressed(address.email) not in _ENDS:
        return False
    return not MailEvent.objects.trouble().filter(address=address, at__gt=at - TRIED_AFTER).exists()


@transaction.atomic
def forgive_what_came_back(address: Address, *, at: datetime) -> None:
    """Its owner followed a link that only a mail to it brings, so it arrives. A complaint, and a wish for no mail, stay. Safe to
    call twice."""
    reason = why_suppressed(address.email)
    if reason not in _ENDS:
        return
    told = {"kind": MailEvent.Kind.AGAIN, "address": address, "at": at}
    MailEvent.objects.get_or_create(provider="plenary", event_id=f"answered.{address.pk}.{at.date()}", defaults=told)
    lift(address.email, scope="all")
    mark_alive(address)
    audit.record("mail.written_to_again", subject=("address", address.pk), by=None, at=at, reason=reason or "", own=True)


def forget_old_events(*, at: datetime) -> int:
    """What was told more than a year ago. A suppression stays."""
    return MailEvent.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def message_named(message_id: str) -> tuple[str, HandOver] | None:
    """The message of ours with this Message-ID, with the kind of its table (settings.MESSAGE_TABLES)."""
    for kind in settings.MESSAGE_TABLES:
        row = _table(kind).select_related("address").filter(message_id=message_id).first()
        if row is not None:
            return kind, row
    return None


def newest_message_to(email: str, *, since: datetime) -> tuple[str, HandOver] | None:
    """The last message that we began to send to this address since then."""
    found: list[tuple[str, HandOver]] = []
    for kind in settings.MESSAGE_TABLES:
        rows = _table(kind).select_related("address").filter(address__email=email, first_attempt_at__gte=since)
        found += [(kind, row) for row in rows.order_by("-first_attempt_at", "-pk")[:1]]
    return max(found, key=lambda each: each[1].first_attempt_at or since, default=None)


def _bound(report: Report, came_to: tuple[str, ...]) -> Iterator[tuple[str, HandOver]]:
    """The message, by the address that the report came to or says the message came from, else by its Message-ID."""
    for envelope in (*came_to, *report.senders):
        named = sent_under(envelope)
        if named and named[0] in settings.MESSAGE_TABLES:
            yield from ((named[0], row) for row in _table(named[0]).select_related("address").filter(pk=named[1]))
    named_by_id = message_named(report.message_id) if report.message_id else None
    if named_by_id is not None:
        yield named_by_id


def _table(kind: str):  # type: ignore[no-untyped-def]
    return apps.get_model(settings.MESSAGE_TABLES[kind])._default_manager


def _too_often(address: Address, *, at: datetime) -> bool:
    """On SOFT_BOUNCES different days within SOFT_BOUNCE_DAYS, since somebody last said that it works: ten mails of one hour
    are one full mailbox."""
    tried = MailEvent.objects.filter(address=address, kind=MailEvent.Kind.AGAIN)
    again = tried.latest_first().values_list("at", flat=True).first()
    since = max(filter(None, (again, at - timedelta(days=settings.SOFT_BOUNCE_DAYS))))
    soft = MailEvent.objects.filter(address=address, kind=MailEvent.Kind.SOFT, at__gt=since)
    return soft.values("at__date").distinct().count() >= settings.SOFT_BOUNCES
