"""Which answers are counted together, and which apart, where a questionnaire was changed while it was open."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from consultation.changes import asks_the_same
from consultation.models import Version
from consultation.questionnaire import Questionnaire
from consultation.readers.questionnaires import questionnaire_of


@dataclass(frozen=True, slots=True)
class Tabulation:
    """One question with the versions, the first on top, whose answers to it stand in one count; the last of them says how it was
    asked."""

    key: str
    over: tuple[Version, ...]

    @property
    def version(self) -> Version:
        return self.over[-1]

    @property
    def numbers(self) -> list[int]:
        return [version.number for version in self.over]


def tabulations(versions: Sequence[Version]) -> list[Tabulation]:
    """Of all published versions, the first on top. Answers to a question are counted together over versions that differ by slips
    of the pen, and over a material change that left this very question, and of whom it is asked, as it was; else apart. In the
    order of the last questionnaire, what it does not ask any more at the end; counts of one question the earliest first. No
    statement."""
    groups = [tuple(some) for _, some in groupby(versions, key=lambda version: version.counts_from)]
    asked = {version.pk: questionnaire_of(version) for version in versions}
    keys = dict.fromkeys(one.key for version in reversed(versions) for one in asked[version.pk].questions)
    return [Tabulation(key, run) for key in keys for run in _runs(key, groups, asked)]


def _runs(key: str, groups: Sequence[tuple[Version, ...]], asked: dict[int, Questionnaire]) -> list[tuple[Version, ...]]:
    runs: list[tuple[Version, ...]] = []
    last: Version | None = None
    for group in groups:
        if key not in asked[group[-1].pk].numbers:
            last = None
            continue
        if last is not None and asks_the_same(asked[last.pk], asked[group[0].pk], key):
            runs[-1] += group
        else:
            runs.append(group)
        last = group[-1]
    return runs
