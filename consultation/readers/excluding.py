"""Responses that are left out of the counts."""

from dataclasses import dataclass

from accounts.standing import Anyone
from common.verdicts import Verdict
from consultation.models import Consultation, Exclusion, Response
from consultation.permissions import can_agree_to_exclude
from consultation.readers.holders import is_confidential
from consultation.readers.showing import asked_by, written_in
from questions.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Listed:
    """`whose` is empty where it is confidential; `may_agree` None once it is settled."""

    row: Exclusion
    whose: str
    answers: list[tuple[str, list[str]]]
    may_agree: Verdict | None


def exclusions_of(consultation: Consultation, user: Anyone) -> list[Listed]:
    """Three statements."""
    rows = Exclusion.objects.filter(response__consultation=consultation).select_related(
        "response__consultation", "response__user", "response__version", "asked_by", "agreed_by"
    )
    rows = rows.prefetch_related("response__answers__question")
    return [
        Listed(
            row,
            row.response.user.display_name if row.response.user else "",
            _answers(row.response),
            can_agree_to_exclude(user, row) if row.agreed_at is None else None,
        )
        for row in rows
    ]


def exclusion_of(response: Response) -> Exclusion | None:
    """As its owner is told: only what two decided. One statement."""
    return Exclusion.objects.filter(response=response, agreed_at__isnull=False).first()


def response_named(consultation: Consultation, words: str) -> Response | None:
    """The current one of this reference, or where names are kept of the member with this handle."""
    current = Response.objects.filter(consultation=consultation, is_current=True)
    bare = words.strip()
    if bare.startswith("@"):
        return None if is_confidential(consultation) else current.filter(user__handle=bare[1:].lower()).first()
    return current.filter(reference__iexact="".join(bare.split())).first()


def _answers(response: Response) -> list[tuple[str, list[str]]]:
    found = []
    for answer in response.answers.all():
        answer.response = response
        asked = asked_by(answer)
        words = written_in(asked, answer.value)
        found.append((asked.text, words.split("\n") if words else kind_of(asked).words(asked, answer.value)))
    return found
