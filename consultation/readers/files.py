"""Files that were given as answers, as far as somebody may have them."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from accounts.standing import Anyone
from consultation.models import Answer, AnswerFile, Consultation, Draft, DraftAnswer, Response
from consultation.permissions import can_read_answers
from consultation.readers.seats import Seat, theirs


@dataclass(frozen=True, slots=True)
class Given:
    """What came for one question, in an order that says nothing of who or when."""

    text: str
    files: list[AnswerFile]


def answer_file_for(user: Anyone | Seat, consultation: Consultation, pk: UUID) -> AnswerFile | None:
    """For whoever names it among their own answers, and for organisers once it was sent and the consultation has closed. None
    while it was not scanned, where a scanner is set up. Four statements at most, one more of a confidential one."""
    file = AnswerFile.objects.filter(pk=pk, question__version__consultation=consultation).first()
    is_somebody = isinstance(user, Seat) or user.is_authenticated
    if file is None or not is_somebody or (settings.FILE_SCANNER and not file.scanned_with):
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
