"""The question types by name, and what each promises."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from questions.agreement_scale import AgreementScale
from questions.definitions import Canonical, Definition, Given
from questions.long_text import LongText
from questions.ranking import Ranking
from questions.single_choice import SingleChoice


class QuestionKind(Protocol):
    """One type of question. Pure: no clock, no database."""

    name: str
    label: str
    """For the organiser who picks a type."""
    template: str
    """The control on the answering page; gets `asked` and whatever `control` gives."""
    missing: str
    """Says to the reader what to do where a required answer is not there."""

    def faults(self, asked: Definition) -> list[str]:
        """What keeps this question from being asked; a sentence each."""
        ...

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        """The answer as typed, out of a form's fields; None where nothing was."""
        ...

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        """Its one spelling; None where nothing was answered. Of its own result it gives the same. Raises InvalidAnswerError."""
        ...

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        """What the template needs beyond `asked`."""
        ...

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        """The answer as a person reads it, a line each."""
        ...

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """The tabulation as JSON can hold it; `n` is how many answers went in."""
        ...


_ALL: tuple[QuestionKind, ...] = (SingleChoice(), AgreementScale(), Ranking(), LongText())
KINDS: Mapping[str, QuestionKind] = MappingProxyType({kind.name: kind for kind in _ALL})


def kind_of(asked: Definition) -> QuestionKind:
    """Raises KeyError for a type that is not known."""
    return KINDS[asked.kind]
