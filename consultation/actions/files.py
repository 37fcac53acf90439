"""Files as an answer: kept when they come, taken away, deleted when no answer names them."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from PIL import Image

from common.doors import open_door
from common.errors import DomainError
from common.filekinds import PICTURE_FORMATS, FileRefusedByKind, examine
from common.own_pictures import LARGE, fitted
from common.pictures import NoPicture, as_webp, opened_upright
from common.scanning import Scanner, ScannerAway
from consultation.actions.answering import save_answers
from consultation.actions.holders import holder_of, moment_kept
from consultation.actions.holding import hold_for_answering
from consultation.models import AnswerFile, Consultation, EntrySource
from consultation.permissions import can_fill_in
from consultation.readers.answers import paper_of
from consultation.readers.files import count_file, count_key
from consultation.readers.questionnaires import question_ids
from consultation.readers.seats import Writer
from questions.definitions import Definition
from questions.files import most_files

log = logging.getLogger("plenary.files")

QUALITY: Final = 86
_BATCH: Final = 200
_SCANNED_AT_ONCE: Final = 50
_NAMED_BY_NONE: Final = """
SELECT kept.* FROM consultation_answerfile kept WHERE {} AND kept.id::text NOT IN (
    SELECT file ->> 'id' FROM (
        SELECT question_id, value FROM consultation_answer UNION ALL SELECT question_id, value FROM consultation_draftanswer
    ) answered
    JOIN consultation_question asked ON asked.id = answered.question_id AND asked.kind = 'file',
    jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END) file
    WHERE file ->> 'id' IS NOT NULL
) ORDER BY kept.created_at LIMIT %s FOR UPDATE OF kept SKIP LOCKED
"""
"""One look at all answers to questions that ask for files."""


class AnswerFileRefused(DomainError):
    """A file that cannot be kept. `str()` names it and says why."""


def add_answer_file(
    consultation: Consultation, asked: Definition, *, name: str, data: bytes, by: Writer, at: datetime
) -> AnswerFile:
    """Keep one more file as this member's answer. It is what its content says; a picture is drawn anew, without place or camera;
    where a scanner is set up nothing is kept that it did not find clean. The same file twice is one. Where anything refuses it,
    nothing is left but what the next sweep deletes. Raises AnswerFileRefused, ConsultationClosed, Refused."""
    can_fill_in(by, consultation, at).enforce()
    taken = taken_in(name, data)
    _count_one_of_today(consultation, by, taken.columns["name"], at=at)
    file = AnswerFile.objects.create(
        question_id=question_ids(paper_of(by, consultation).version)[asked.key],
        created_at=moment_kept(consultation, at, by=by),
        **taken.columns,
    )
    try:
        keep_bytes(file.stored, taken.content, name=file.name, at=file.created_at)
        _change(consultation, asked, partial(_with, asked, file), by=by, at=at)
    except DomainError:
        _delete([file])
        raise
    return file


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that may be kept: `columns` as rows of files have them, and its bytes as they are kept."""

    columns: dict[str, Any]
    content: bytes


def taken_in(name: str, data: bytes) -> Taken:
    """Whatever it is called: what its content says, a picture drawn anew, found clean where a scanner is set up. Raises
    AnswerFileRefused."""
    shown = _shown_name(name)
    if len(data) > settings.FILE_MAX_MB * 1_000_000:
        raise AnswerFileRefused(f"{shown}: the file is larger than {settings.FILE_MAX_MB} MB, which is the most.")
    try:
        kind = examine(data, name)
        stored = _drawn_anew(data) if kind.name == "picture" else data
    except (FileRefusedByKind, NoPicture) as problem:
        raise AnswerFileRefused(f"{shown}: {problem}") from problem
    scanned_with = _scanned(data, shown)
    columns = {
        "name": shown,
        "kind": kind.name,
        "content_type": kind.content_type,
        "size": len(stored),
        "sha256": hashlib.sha256(stored).hexdigest(),
        "scanned_with": scanned_with,
    }
    return Taken(columns, stored)


def remove_answer_file(consultation: Consultation, asked: Definition, *, file: UUID, by: Writer, at: datetime) -> None:
    """Take a file out of the answer that is being written. It is deleted at once unless a response that was sent names it.
    Safe to call twice. Raises ConsultationClosed, Refused."""
    _change(consultation, asked, lambda told: [each for each in told if each["id"] != str(file)], by=by, at=at)
    _delete(_named_by_none("kept.id = %s", [file]))


@transaction.atomic
def sweep_answer_files(*, at: datetime) -> int:
    """Delete files that no draft and no response has named for FILE_ORPHAN_DAYS. Safe twice and in parallel. Returns how many
    went; a batch at a time."""
    return _delete(_named_by_none("kept.created_at < %s", [at - timedelta(days=settings.FILE_ORPHAN_DAYS)]))


def scan_what_was_kept() -> int:
    """Ask the scanner about files that were kept before one was set up, of answers and of what answers came as, a batch at a
    time: what it finds clean is given out again, of what it does not the bytes are deleted and the row says so. Nothing while
    no scanner is set up or it is away. Safe twice and in parallel. Returns how many were decided."""
    if not settings.FILE_SCANNER:
        return 0
    scanner: Scanner = open_door(settings.FILE_SCANNER)
    decided = 0
    answers = AnswerFile.objects.filter(scanned_with="", harmful=False).order_by("pk")
    sources = EntrySource.objects.filter(scanned_with="", harmful=False, sealed=False).order_by("pk")
    waiting: Iterator[AnswerFile | EntrySource] = chain(answers.iterator(), sources.iterator())
    for file in waiting:
        if decided == _SCANNED_AT_ONCE:
            break
        try:
            with storages["attachments"].open(file.stored) as content:
                found = scanner.found_in(content.read())
            if found:
                storages["attachments"].delete(file.stored)
        except FileNotFoundError:
            continue
        except OSError as problem:  # the scanner or the storage is away: all others would fail too
            log.warning("files that were kept before could not be scanned: %s", type(problem).__name__)
            break
        verdict = {"harmful": True} if found else {"scanned_with": scanner.name}
        decided += type(file).objects.filter(pk=file.pk, scanned_with="", harmful=False).update(**verdict)
    return decided


@transaction.atomic
def _change(
    consultation: Consultation, asked: Definition, change: Callable[[list[Any]], list[Any]], *, by: Writer, at: datetime
) -> None:
    """What the answer holds, changed, while no other request of this member, or party, can."""
    hold_for_answering(consultation.pk, by=by, at=at, to_send=False)
    told = paper_of(by, consultation).given.get(asked.key)
    save_answers(consultation, {asked.key: change(told if isinstance(told, list) else []) or None}, by=by, at=at)


def _with(asked: Definition, file: AnswerFile, told: list[Any]) -> list[Any]:
    if any(each["sha256"] == file.sha256 for each in told):
        raise AnswerFileRefused(f"{file.name}: this file is there already.")
    if len(told) >= most_files(asked):
        raise AnswerFileRefused(f"{file.name}: {most_files(asked)} is the most. Take another one away first.")
    return [*told, file.told]


def _scanned(data: bytes, shown: str) -> str:
    """The name of the scanner that found it clean; empty where none is set up. Where it cannot be asked, nothing is kept."""
    if not settings.FILE_SCANNER:
        return ""
    scanner: Scanner = open_door(settings.FILE_SCANNER)
    try:
        found = scanner.found_in(data)
    except ScannerAway as problem:
        log.warning("a file could not be scanned: %s", problem)
        refusal = f"{shown}: files cannot be checked for viruses at the moment. Try again in a few minutes."
        raise AnswerFileRefused(refusal) from problem
    if found:
        raise AnswerFileRefused(f"{shown}: the check for viruses found something in this file. It was not kept.")
    return scanner.name


def _count_one_of_today(consultation: Consultation, by: Writer, shown: str, *, at: datetime) -> None:
    if count_file(count_key(holder_of(consultation, by), by=by, at=at)) > settings.FILES_PER_DAY:
        most = settings.FILES_PER_DAY
        raise AnswerFileRefused(f"{shown}: you have added {most} files today, which is the most. Try tomorrow.")


def keep_bytes(stored: str, content: bytes, *, name: str, at: datetime) -> None:
    """Under this name in the storage; `name` is what the reader calls the file. Where files lie in a folder, the file says no
    other moment than `at`, as its row does: of a confidential answer the day alone. Raises AnswerFileRefused."""
    storage = storages["attachments"]
    try:
        storage.save(stored, ContentFile(content))
        with suppress(NotImplementedError):
            os.utime(storage.path(stored), (at.timestamp(), at.timestamp()))
    except OSError as problem:
        log.warning("a file could not be kept: %s", type(problem).__name__)
        refusal = f"{name}: files cannot be kept at the moment. Try again in a few minutes."
        raise AnswerFileRefused(refusal) from problem


def _named_by_none(where: str, values: list[Any]) -> list[AnswerFile]:
    return list(AnswerFile.objects.raw(_NAMED_BY_NONE.format(where), [*values, _BATCH]))


def _delete(files: list[AnswerFile]) -> int:
    """Bytes first: where the storage is away the row stays for the next sweep."""
    gone = 0
    for file in files:
        try:
            storages["attachments"].delete(file.stored)
        except OSError as problem:
            log.warning("file %s could not be deleted: %s", file.pk, type(problem).__name__)
            continue
        gone += AnswerFile.objects.filter(pk=file.pk).delete()[0]
    return gone


def _drawn_anew(data: bytes) -> bytes:
    picture = opened_upright(data, formats=PICTURE_FORMATS, needed=lambda size: fitted(size, LARGE))
    return as_webp(picture.resize(fitted(picture.size, LARGE), Image.Resampling.LANCZOS), quality=QUALITY)


def _shown_name(name: str) -> str:
    """The last part of whatever path came, on one line, short."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = " ".join("".join(letter for letter in bare if letter.isprintable()).split())
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:100]}{dot}{extension[:10]}" if dot else kept[:100] or "file"
