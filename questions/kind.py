"""What every question type promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from questions.definitions import Canonical, Choice, Definition, Given
from questions.findings import NOBODY, Told, answers

Check = Callable[[Any], bool]
_NONE: Final[Mapping[str, Check]] = MappingProxyType({})


class Kind(ABC):
    """One type of question. Pure: no clock, no database."""

    name: ClassVar[str]
    label: ClassVar[str]
    """For the organiser who picks a type; `use` says in a sentence what it is good for."""
    use: ClassVar[str]
    template: ClassVar[str]
    """The control on the answering page; gets `asked` and whatever `control` gives."""
    missing: ClassVar[str]
    """Says to the reader what to do where a required answer is not there."""
    settings: ClassVar[Mapping[str, Check]] = _NONE
    """The settings that it knows, and what each may be."""
    takes_choices: ClassVar[bool] = False
    """Its choices are written by the organiser, or are the consultation's options."""
    fixed_choices: ClassVar[tuple[Choice, ...]] = ()
    """Choices that are always the same."""
    most_characters: ClassVar[int] = 0
    """The most that an organiser may allow of a text; 0 where there is none. `usual_characters`: where they say nothing."""
    usual_characters: ClassVar[int] = 0
    stores_files: ClassVar[bool] = False
    """Its answers are files, which come by a page of their own."""

    def faults(self, asked: Definition) -> list[str]:
        """What keeps this question from being asked; a sentence each."""
        unknown = [f"Its type does not know the setting “{name}”." for name in asked.settings if name not in self.settings]
        wrong = [
            f"Its setting “{name}” cannot be read."
            for name, fits in self.settings.items()
            if name in asked.settings and not fits(asked.settings[name])
        ]
        return [*unknown, *wrong]

    def instruction(self, asked: Definition) -> str:
        """What to do, in a sentence before the hint: on screen and on paper."""
        return ""

    @abstractmethod
    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        """The answer as typed, out of a form's fields; None where nothing was."""

    @abstractmethod
    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        """Its one spelling; None where nothing was answered. Of its own result it gives the same. Raises InvalidAnswerError."""

    def cleared(self, asked: Definition, given: Given | None, row: str) -> Given | None:
        """What is left of an answer as typed when it is taken back: nothing, or all but one `row` of a type that has rows."""
        return {key: told for key, told in given.items() if key != row} or None if row and isinstance(given, dict) else None

    @abstractmethod
    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        """What the template needs beyond `asked`. Raises InvalidAnswerError for what no form of ours can have sent."""

    @abstractmethod
    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        """The answer as a person reads it, a line each."""

    @abstractmethod
    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """The tabulation as JSON can hold it; `n` is how many answers went in."""

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        """The tabulation as a page tells it."""
        return Told(f"{answers(counts['n'])}.") if counts["n"] else NOBODY
