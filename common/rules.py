"""The rules that docs/permissions.md shows: each room names its own as `RULES` in its `surfaces.py`, and each is asked, not told.

A rule is a sentence's end (`reply in an open topic`) with a function that asks the real permission about one person and a sample
thing. Who is asked comes by the door `settings.SAMPLE_PEOPLE`. Nothing here makes a statement.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from common.doors import open_door


@dataclass(frozen=True, slots=True)
class Rule:
    """`what` somebody may do; `ask` says whether they may, as the actions would."""

    what: str
    ask: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody of a kind; `describes` what the kind is, where it is a role."""

    name: str
    person: Any
    describes: str = ""


def all_rules() -> Iterator[tuple[str, Sequence[Rule]]]:
    """Each room that names rules, from the ground up."""
    for label in reversed(settings.INSTALLED_APPS):
        if "." not in label and find_spec(f"{label}.surfaces") is not None:
            found: Sequence[Rule] = getattr(import_module(f"{label}.surfaces"), "RULES", ())
            if found:
                yield label, found


def sample_people() -> Sequence[Sample]:
    found: Sequence[Sample] = open_door(settings.SAMPLE_PEOPLE)()
    return found
