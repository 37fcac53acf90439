"""How much of what a town holds. Pure: every figure follows from five."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate, pairwise

REGISTER_SHARE = 16_000 / 150_851
"""Managers on the register among all members and subscribers (domain facts, section 3)."""
YEARS = 3
BIGGEST = 20_000
AT_ONCE = 20_000
"""Rows of the leading table in one part, about."""


@dataclass(frozen=True)
class Plan:
    """A town. `until` is the day on which its story ends: nothing in it is later, but for what lasts. `responses`: to a
    consultation that has closed; none where it is 0."""

    members: int
    topics: int
    posts: int
    seed: int
    until: date
    responses: int = 0

    def __post_init__(self) -> None:
        if self.members < 150 or self.topics < 24 or self.posts < 4 * self.topics:
            raise ValueError("A town has at least 150 members, 24 topics, and four posts a topic.")
        if self.responses > self.members // 2:
            raise ValueError("At most half of a town answers: it has silent members, and those who only follow.")

    @property
    def told(self) -> dict[str, object]:
        """Its parameters, as they are written down."""
        told = asdict(self) | {"until": self.until.isoformat()}
        return told if self.responses else {name: value for name, value in told.items() if name != "responses"}

    @cached_property
    def end(self) -> datetime:
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC)

    @cached_property
    def begin(self) -> datetime:
        return self.end - timedelta(days=365 * YEARS)

    @cached_property
    def registered(self) -> int:
        """How many are on the register now: users 1 to this."""
        return max(16, round(self.members * REGISTER_SHARE))

    @cached_property
    def lapsed(self) -> int:
        """How many were on it once: the users after those."""
        return max(2, self.registered // 8)

    @property
    def drafts(self) -> int:
        """How many began an answer and never sent it."""
        return self.responses // 25

    @property
    def organisations(self) -> int:
        """How many organisations answer as well."""
        return min(60, self.responses // 25)

    @property
    def respondent_parts(self) -> Sequence[range]:
        """Who answered, from 1, written together."""
        return [range(first, min(first + 5_000, self.responses + 1)) for first in range(1, self.responses + 1, 5_000)]

    def scaled(self, full: int, *, least: int = 1) -> int:
        """So many in a town of full size."""
        return max(least, round(full * self.members / 150_851))

    @cached_property
    def sizes(self) -> Sequence[int]:
        """Posts of each topic, topic 1 first: Zipf's law with a blunted head, one topic far above all, and `posts` in sum."""
        biggest = min(BIGGEST, self.posts // 5)
        weights = [(rank + 10) ** -0.85 for rank in range(self.topics - 1)]
        spare = self.posts - biggest - (self.topics - 1)
        whole = sum(weights)
        sizes = [1 + int(spare * weight / whole) for weight in weights]
        left = self.posts - biggest - sum(sizes)
        for rank in range(left):
            sizes[rank % len(sizes)] += 1
        spread = [sizes[rank * self._stride % len(sizes)] for rank in range(len(sizes))]
        spread.insert(self.biggest_topic - 1, biggest)
        return spread

    @property
    def biggest_topic(self) -> int:
        return self.topics * 2 // 3

    @property
    def _stride(self) -> int:
        """Has no divisor in common with the number of topics but the biggest, so that every size is dealt out once."""
        stride, others = 7_919, self.topics - 1
        while others % stride == 0:
            stride += 2
        return stride if _coprime(stride, others) else 1

    @cached_property
    def posts_before(self) -> Sequence[int]:
        """How many posts come before topic 1, 2, 3, …: the first post of topic n is `posts_before[n - 1] + 1`."""
        return [0, *accumulate(self.sizes)]

    @cached_property
    def topic_parts(self) -> Sequence[range]:
        """Topics written together: about AT_ONCE posts each."""
        bounds, target = [1], AT_ONCE
        while bounds[-1] <= self.topics:
            bounds.append(max(bounds[-1] + 1, bisect_right(self.posts_before, target)))
            target = self.posts_before[min(bounds[-1], self.topics + 1) - 1] + AT_ONCE
        bounds[-1] = self.topics + 1
        return [range(first, last) for first, last in pairwise(bounds) if first < last]

    @cached_property
    def people_parts(self) -> Sequence[range]:
        """User ids written together."""
        return [range(first, min(first + AT_ONCE, self.members + 1)) for first in range(1, self.members + 1, AT_ONCE)]


def _coprime(one: int, other: int) -> bool:
    while other:
        one, other = other, one % other
    return one == 1
