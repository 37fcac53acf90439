"""Taking an answer: right for its type, and there where it is required."""

from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.kinds import kind_of


def check(asked: Definition, given: Given | None) -> Canonical | None:
    """The answer in its one spelling, None where an optional question was left alone. Raises InvalidAnswerError."""
    kind = kind_of(asked)
    answer = kind.clean(asked, given)
    if answer is None and asked.required:
        raise InvalidAnswerError(kind.missing)
    return answer
