"""The acts by which a person brings a register in: receive, map, check again, approve, drop."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.models import RegisterMapping, RegisterPiece, RegisterRow, RegisterRun, User
from accounts.permissions import can_keep_register
from accounts.register.fields import BY_NAME
from accounts.register.mapping import Columns, header_key
from accounts.register.reading import Scan
from common import audit
from common.errors import DomainError
from common.wakeups import wake_on_commit

TASK: Final = "accounts.work_on_registers"
"""Carries out what waits."""
State = RegisterRun.State


class TooLarge(DomainError):
    """More bytes than settings.REGISTER_MAX_MB."""


class MappingIncomplete(DomainError):
    """The columns do not say enough. `str()` says what is missing."""


class NotNow(DomainError):
    """The run is not at the step where this can be done."""


class StaleRegister(DomainError):
    """Another register was applied since this one was checked."""


class LapsesNotConfirmed(DomainError):
    """So many would lapse that the number must be typed."""


@transaction.atomic
def receive_register(
    pieces: Iterable[bytes], *, file_name: str, by: User | None, at: datetime, is_whole: bool = True
) -> RegisterRun:
    """Keep a file and see how it is written (`by=None`: the system, from the command line). Where its header is known it is
    checked at once. Raises NotARegister and TooLarge, and then nothing is kept. Holds one piece in memory."""
    _enforce(by)
    run = RegisterRun.objects.create(
        file_name=file_name[-120:],
        size=0,
        encoding="",
        delimiter=",",
        header=[],
        is_whole=is_whole,
        uploaded_at=at,
        uploaded_by=by,
    )
    scan, size = Scan(), 0
    for number, piece in enumerate(pieces):
        size += len(piece)
        if size > settings.REGISTER_MAX_MB * 1_000_000:
            raise TooLarge(
                f"The file is larger than {settings.REGISTER_MAX_MB} MB. Export only the columns that the register needs."
            )
        RegisterPiece.objects.create(run=run, number=number, data=scan.take(piece))
    shape = scan.shape()
    run.size, run.encoding, run.delimiter, run.header = size, shape.encoding, shape.delimiter, list(shape.header)
    run.mapping = RegisterMapping.objects.filter(header_key=header_key(shape.header)).first()
    if run.mapping is not None:
        _have_it_checked(run)
    run.save()
    audit.record("register.upload", subject=("register", run.pk), by=by.pk if by else None, at=at, bytes=size)
    return run


@transaction.atomic
def map_register(
    run: RegisterRun,
    *,
    columns: Mapping[str, int],
    values: Mapping[str, Mapping[str, str]],
    is_whole: bool,
    by: User | None,
    at: datetime,
) -> RegisterRun:
    """Say which column says what; kept for the next file with this header. The file is checked (again). Raises
    MappingIncomplete."""
    _enforce(by)
    run = _lock(run, State.UPLOADED, State.CHECKED)
    unknown = set(columns) - set(BY_NAME) or any(not 0 <= place < len(run.header) for place in columns.values())
    problems = Columns(columns, values).problems
    if unknown or problems:
        raise MappingIncomplete(" ".join(problems) or "This file has no such column.")
    key = header_key(run.header)
    told = {"columns": dict(columns), "values": {name: dict(each) for name, each in values.items()}, "made_at": at, "made_by": by}
    run.mapping, _ = RegisterMapping.objects.update_or_create(header_key=key, defaults=told)
    run.is_whole = is_whole
    _have_it_checked(run)
    run.save()
    audit.record("register.map", subject=("register", run.pk), by=by.pk if by else None, at=at, fields=sorted(columns))
    return run


@transaction.atomic
def recheck_register(run: RegisterRun, *, by: User | None, at: datetime) -> RegisterRun:
    """Make the dry run anew, against the members as they are now."""
    _enforce(by)
    run = _lock(run, State.CHECKED)
    _have_it_checked(run)
    run.save()
    return run


@transaction.atomic
def approve_register(run: RegisterRun, *, by: User | None, at: datetime, typed: int | None = None) -> RegisterRun:
    """Say that what the dry run showed is to be done; a worker does it. Raises StaleRegister, and LapsesNotConfirmed where more
    than a tenth would lapse and `typed` is not how many."""
    _enforce(by)
    run = _lock(run, State.CHECKED)
    refuse_if_stale(run)
    if needs_confirming(run.counts) and typed != losses(run.counts):
        told = "More than a tenth of the members would lose their membership. If that is right, type how many: the number above."
        raise LapsesNotConfirmed(told)
    run.state, run.approved_by, run.approved_at = State.APPLYING, by, at
    run.save(update_fields=["state", "approved_by", "approved_at"])
    audit.record("register.approve", subject=("register", run.pk), by=by.pk if by else None, at=at, **run.counts)
    wake_on_commit(TASK)
    return run


@transaction.atomic
def drop_register(run: RegisterRun, *, by: User | None, at: datetime) -> None:
    """Put a run away that is not to be applied; the file and what was read of it are deleted."""
    _enforce(by)
    run = _lock(run, State.UPLOADED, State.CHECKED, State.REFUSED)
    run.state = State.DROPPED
    run.save(update_fields=["state"])
    RegisterPiece.objects.filter(run=run).delete()
    RegisterRow.objects.filter(run=run).delete()
    audit.record("register.drop", subject=("register", run.pk), by=by.pk if by else None, at=at)


def losses(counts: Mapping[str, int]) -> int:
    """How many would no longer be members."""
    return counts.get("lapses", 0) + counts.get("unlisted", 0)


def needs_confirming(counts: Mapping[str, int]) -> bool:
    """More than a tenth of those who are members now."""
    return losses(counts) * 10 > counts.get("standing", 0)


def refuse_if_stale(run: RegisterRun) -> None:
    """Raises StaleRegister where the members are no longer those that the dry run looked at."""
    last = RegisterRun.objects.applied().values_list("pk", flat=True).first()
    if last != run.based_on_id:
        raise StaleRegister("Another register was applied after this one was checked. Check it again, then look at what it does.")


def _have_it_checked(run: RegisterRun) -> None:
    run.state, run.problem, run.lines_read, run.bytes_read, run.counts = State.CHECKING, "", 0, 0, {}
    wake_on_commit(TASK)


def _lock(run: RegisterRun, *states: str) -> RegisterRun:
    found = RegisterRun.objects.select_for_update(of=("self",)).select_related("mapping").get(pk=run.pk)
    if found.state not in states:
        raise NotNow(f"This run is at another step now: {found.get_state_display().lower()}. Open its page again.")
    return found


def _enforce(by: User | None) -> None:
    """The system itself, at the command line, needs no role."""
    if by is not None:
        can_keep_register(by).enforce()
