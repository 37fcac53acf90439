"""Files that were given as answers, as far as somebody may have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.cache import cache

from accounts.models import User
from accounts.standing import Anyone
from consultation.models import Answer, AnswerFile, Consultation, Draft, DraftAnswer, Response
from consultation.permissions import can_read_answers
from consultation.readers.holders import is_confidential, tag_for
from consultation.readers.seats import Seat, Writer, theirs
from forum.pace import files_key

_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Given:
    """What came for one question, in an order that says nothing of who or when."""

    text: str
    files: list[AnswerFile]


def answer_file_for(user: Anyone | Seat, consultation: Consultation, pk: UUID) -> AnswerFile | None:
    """For whoever names it among their own answers, and for organisers once it was sent and the consultation has closed. None
    while it was not scanned, where a scanner is set up, and for good where that found something. Four statements at
    most, one more of a confidential one."""
    file = AnswerFile.objects.filter(pk=pk, question__version__consultation=consultation).first()
    is_somebody = isinstance(user, Seat) or user.is_authenticated
    if file is None or not is_somebody or file.harmful or (settings.FILE_SCANNER and not file.scanned_with):
        return None
    named = {"question": file.question_id, "value__contains": [{"id": str(pk)}]}
    mine = theirs(consultation, user)  # type: ignore[arg-type]
    drafts = Draft.objects.filter(mine, version__consultation=consultation)
    sent = Response.objects.filter(mine, consultation=consultation)
    if (
        DraftAnswer.objects.filter(draft__in=drafts, **named).exists()
        or Answer.objects.filter(response__in=sent, **named).exists()
    ):
        return file
    may = (
        not isinstance(user, Seat)
        and can_read_answers(user, consultation)
        and Answer.objects.filter(response__is_current=True, **named).exists()
    )
    return file if may else None


def count_key(holder: Mapping[str, object], *, by: Writer, at: datetime) -> str:
    """Where the cache counts the files that one member adds in a day. Named: together with those of the forum. Confidential:
    under the tag alone, which says nothing that the draft does not say. From a seat: those of the whole table."""
    if isinstance(by, Seat):
        return f"consultation:files:{at:%Y-%m-%d}:{by.key}:{by.party.pk if by.party else ''}"
    tag = holder.get("holder_tag")
    return f"consultation:files:{at:%Y-%m-%d}:{tag.hex()}" if isinstance(tag, bytes) else files_key(by=by, at=at)


def count_file(key: str) -> int:
    """One more; how many there are by now."""
    cache.add(key, 0, _DAY)
    return cache.incr(key)


def files_left_today(consultation: Consultation, *, by: Writer, at: datetime) -> int:
    """How many more can be added from here today. No statement; one of a member where it is confidential."""
    is_held = isinstance(by, User) and is_confidential(consultation)
    tag = tag_for(consultation, by.pk) if isinstance(by, User) and is_held else None
    if is_held and tag is None:
        return settings.FILES_PER_DAY
    key = count_key({} if tag is None else {"holder_tag": tag}, by=by, at=at)
    return max(0, settings.FILES_PER_DAY - int(cache.get(key, 0)))


def asks_for_files(consultation: Consultation) -> bool:
    """In any version. One statement."""
    return consultation.versions.filter(questions__kind="file").exists()


def files_given(consultation: Consultation) -> list[Given]:
    """What current responses name, by question. Two statements."""
    answers = Answer.objects.filter(
        response__consultation=consultation, response__is_current=True, question__kind="file"
    ).values_list("value", flat=True)
    named = [UUID(file["id"]) for value in answers for file in value]
    found: dict[int, Given] = {}
    for file in AnswerFile.objects.filter(pk__in=named).select_related("question").order_by("question", "pk"):
        found.setdefault(file.question_id, Given(file.question.text, [])).files.append(file)
    return list(found.values())
