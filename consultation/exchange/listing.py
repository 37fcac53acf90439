"""A template about a list: the same list stands in several of its questions, and is written once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from consultation.exchange.shape import Written, WrittenQuestion

LONGEST: Final = 200
"""Characters of a choice."""


def listed(written: Written) -> list[str]:
    """What the first question offers, as labels."""
    return [label for _, label in _first(written).choices]


def with_list(written: Written, labels: Sequence[str]) -> Written:
    """Every question that offers this list offers `labels` instead; its hint, which is about the examples, goes. Nothing changes
    where the list is the same."""
    if list(labels) == listed(written):
        return written
    examples = _first(written).choices
    choices = tuple(("", label) for label in labels)

    def asked(question: WrittenQuestion) -> WrittenQuestion:
        offers = [label for _, label in question.choices] == [label for _, label in examples]
        return replace(question, choices=choices, hint="") if offers else question

    pages = (replace(page, questions=tuple(asked(question) for question in page.questions)) for page in written.pages)
    return replace(written, pages=tuple(pages))


def list_problem(labels: Sequence[str], *, most: int) -> str:
    """What to mend before anybody is asked about this list; empty where nothing is."""
    if not 2 <= len(labels) <= most:
        return f"Write two to {most}, one a line: there {'is one' if len(labels) == 1 else f'are {len(labels)}'}"
    if long := [label for label in labels if len(label) > LONGEST]:
        return f"Make it {LONGEST} characters at most: “{long[0][:60]}…”"
    if twice := [label for label, number in Counter(map(str.casefold, labels)).items() if number > 1]:
        return f"“{twice[0]}” stands there more than once"
    return ""


def _first(written: Written) -> WrittenQuestion:
    return written.pages[0].questions[0]
