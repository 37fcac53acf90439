"""From an empty draft to an edition that is out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from common import audit
from common.errors import DomainError
from common.markdown import render
from common.models import AuditHead
from consultation.actions.drafting import enforce_as_seen
from digest.calendar import cut_after, cut_before, is_daily
from digest.composing import compose
from digest.models import Edition, Subscription
from digest.permissions import can_edit_stream
from digest.streams import WEEKLY
from notifications.events import record_event


class EditionIsOut(DomainError):
    def __init__(self) -> None:
        super().__init__("This edition is out and can no longer be changed.")


class DraftIsAnother(DomainError):
    def __init__(self) -> None:
        super().__init__("Somebody, or you in another window, changed the draft since you opened this page. It is as below now.")


class TermHasItsEdition(DomainError):
    """One goes out each week, of a daily each day."""

    def __init__(self, stream: str) -> None:
        told = ("Today's", "tomorrow") if is_daily(stream) else ("This week's", "on Monday")
        super().__init__("{} edition is out. The next one is cut {} at 06:00.".format(*told))


def draft_edition(*, at: datetime, stream: str = WEEKLY) -> Edition:
    """The edition of a stream that is being prepared, made where missing: it begins where the last one ended and ends at the
    next cut. Safe to call twice and in parallel."""
    found: Edition | None = Edition.objects.draft().filter(stream=stream).first()
    if found is not None:
        return found
    # Only what is out counts as the last one: another's draft, made since the line above, is what the database refuses below.
    last = Edition.objects.cut().filter(stream=stream).newest_first().first()
    cut_off = cut_after(last.ends if last else at, stream=stream)
    starts = last.ends if last else cut_before(cut_off - timedelta(seconds=1), stream=stream)
    try:
        with transaction.atomic():
            return Edition.objects.create(
                stream=stream,
                number=last.number + 1 if last else 1,
                window=DateTimeTZRange(starts, cut_off),
                cut_off=cut_off,
            )
    except IntegrityError:
        made_by_another: Edition = Edition.objects.filter(stream=stream).newest_first()[0]
        return made_by_another


@transaction.atomic
def write_note(
    edition: Edition,
    *,
    by: User,
    headline: str,
    note: str,
    at: datetime,
    picks: Sequence[tuple[str, int]] | None = None,
    as_seen: str = "",
) -> Edition:
    """The editor's headline, note (Markdown) and, unless they stay as they are, picks. An approval is taken back by it. Raises
    EditionIsOut, ChangedMeanwhile where the row is not `as_seen` any more."""
    edition = draft_to_change(edition, by=by)
    enforce_as_seen(edition, as_seen)
    edition.headline, edition.editors_note, edition.editors_note_html = (
        headline.strip(),
        note,
        render(note) if note.strip() else "",
    )
    edition.editor, edition.approved_at, edition.approved_by = by, None, None
    if picks is not None:
        edition.picks = [list(pick) for pick in picks]
    edition.save(update_fields=["headline", "editors_note", "editors_note_html", "picks", "editor", "approved_at", "approved_by"])
    return edition


def draft_to_change(edition: Edition, *, by: User, as_seen: str = "") -> Edition:
    """The draft as it stands, for an editor's change, ours until the transaction ends. `as_seen`: the mark of the draft that the
    editor knew, where they say that they read it. Raises EditionIsOut, DraftIsAnother."""
    locked = _locked(edition)
    can_edit_stream(by, locked.stream).enforce()
    if locked.state != Edition.State.DRAFT:
        raise EditionIsOut
    _enforce_as_seen(locked, as_seen)
    return locked


def cut_due_editions(*, at: datetime) -> list[Edition]:
    """The same for the weekly and for every other stream that somebody gets."""
    wanted = {WEEKLY, *Subscription.objects.active().order_by().values_list("stream", flat=True).distinct()}
    cut = [cut_due_edition(at=at, stream=stream) for stream in sorted(wanted)]
    return [edition for edition in cut if edition is not None]


def cut_due_edition(*, at: datetime, stream: str = WEEKLY) -> Edition | None:
    """Cut a stream's draft if its Monday, or its day, has come. After an outage it is cut for the one that came last, and tells
    of all the time since the last edition. None where nothing is due. Safe to call twice and in parallel."""
    draft = draft_edition(at=at, stream=stream)
    if draft.cut_off > at:
        return None
    with transaction.atomic():
        edition = _locked(draft)
        if edition.state != Edition.State.DRAFT or _waits_for_an_editor(edition, at=at):
            return None
        cut_off = max(edition.cut_off, cut_before(at, stream=stream))
        return _cut(edition, ends=cut_off, cut_off=cut_off, by=None, at=at)


@transaction.atomic
def cut_now(edition: Edition, *, by: User | None, at: datetime, as_seen: str = "") -> Edition:
    """Cut the draft before its Monday (of a daily, its morning), for the running week (or day), where that has none: a first
    edition, or one after an outage. `by=None`: from the command line. Raises TermHasItsEdition, EditionIsOut, DraftIsAnother."""
    edition = _locked(edition)
    if by is not None:
        can_edit_stream(by, edition.stream).enforce()
    if edition.state != Edition.State.DRAFT:
        raise EditionIsOut
    _enforce_as_seen(edition, as_seen)
    cut_off = cut_before(at, stream=edition.stream)
    if Edition.objects.cut().filter(stream=edition.stream, cut_off__gte=cut_off).exists():
        raise TermHasItsEdition(edition.stream)
    if by is not None and edition.approved_at is None:
        edition.approved_at, edition.approved_by = at, by
    return _cut(edition, ends=at, cut_off=cut_off, by=by, at=at)


def waits_for_an_editor(edition: Edition, *, at: datetime) -> bool:
    """Its Monday has come, and by settings.WEEKLY_UNAPPROVED it does not go out before somebody has approved it."""
    late = edition.state == Edition.State.DRAFT and edition.cut_off <= at
    return late and edition.stream == WEEKLY and settings.WEEKLY_UNAPPROVED == "hold" and edition.approved_at is None


def _waits_for_an_editor(edition: Edition, *, at: datetime) -> bool:
    """The same; the editors hear of it once."""
    waits = waits_for_an_editor(edition, at=at)
    if waits and edition.hold_told_at is None:
        edition.hold_told_at = at
        edition.save(update_fields=["hold_told_at"])
        record_event("digest.unapproved", at=at, by=None, edition=edition.pk)
    return waits


def _cut(edition: Edition, *, ends: datetime, cut_off: datetime, by: User | None, at: datetime) -> Edition:
    head = AuditHead.objects.order_by("-position").first()
    edition.window = DateTimeTZRange(min(edition.starts, ends - timedelta(seconds=1)), ends)
    edition.cut_off, edition.cut_at, edition.cut_by, edition.state = cut_off, at, by, Edition.State.CUT
    if head is not None:
        edition.audit_position, edition.audit_head = head.position, bytes(head.hash).hex()
    edition.save()
    compose(edition, at=at)
    audit.record("edition.cut", subject=("edition", edition.audit_name), by=by.pk if by else None, at=at)
    return edition


def _enforce_as_seen(draft: Edition, as_seen: str) -> None:
    if as_seen and as_seen != draft.mark:
        raise DraftIsAnother


def _locked(edition: Edition) -> Edition:
    locked: Edition = Edition.objects.select_for_update().get(pk=edition.pk)
    return locked
