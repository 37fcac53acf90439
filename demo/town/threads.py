"""One topic: who wrote when, in answer to whom, and what became of it. Pure; memory for one topic at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from demo.town.categories import Place, busy_places, places
from demo.town.chance import Zipf, chance
from demo.town.people import offices, panel_writers, panels, writers
from demo.town.plan import Plan
from demo.town.texts import Text, texts_of, title

_DAY: Final = 86_400
_HOURS: Final = (1, 1, 1, 1, 1, 2, 6, 14, 22, 18, 14, 13, 20, 18, 12, 12, 14, 18, 12, 10, 12, 14, 8, 3)
_SUMS: Final = list(accumulate(_HOURS))
_DEEPEST: Final = 12
_REASONS: Final = ("Names a patient.", "Names a colleague.", "Advertises a product.", "Went beyond the argument.")


@dataclass(slots=True)
class Written:
    """A post. `by` is a user's id, 0 for the topic's persona; times are seconds since 1970."""

    number: int
    parent: int
    root: int
    depth: int
    by: int
    at: int
    text: Text
    state: str = "published"
    removed_at: int = 0
    reason: str = ""
    edited_at: int = 0
    replies: int = 0
    descendants: int = 0
    said: list[tuple[int, str, int]] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(1 for _, what, _ in self.said if what == kind)


@dataclass(slots=True)
class Thread:
    """A topic with everything that hangs on it."""

    id: int
    place: Place
    title: str
    kind: str
    state: str
    posts: list[Written]
    pinned_until: int
    locked_at: int
    solution: int
    has_persona: bool

    @property
    def published(self) -> list[Written]:
        return [post for post in self.posts if post.state == "published"]


def thread(plan: Plan, number: int) -> Thread:
    """Topic `number` of the town: always the same."""
    luck, size = chance(plan, "topic", number), plan.sizes[number - 1]
    place = places(plan)[(1 if number == plan.biggest_topic else busy_places(plan).draw(luck)) - 1]
    state = _state(luck, number, size)
    posts = _posts(plan, luck, number, size, place)
    if state == "pending":
        posts[0].state = "pending"
    has_persona = size > 6 and state == "published" and luck.random() < 0.03
    if has_persona:
        _lend_to_a_persona(luck, posts)
    _change_and_remove(plan, luck, posts)
    end = int(plan.end.timestamp())
    solvable = [post.number for post in posts[1:] if post.state == "published"]
    asks = luck.random() < 0.2
    made = Thread(
        id=number,
        place=place,
        title=title(luck),
        kind="question" if asks else "discussion",
        state=state,
        posts=posts,
        pinned_until=end + _DAY * luck.choice((-200, -20, 30, 90)) if luck.random() < 0.001 else 0,
        locked_at=min(end, posts[-1].at + _DAY * 7) if state == "published" and luck.random() < 0.01 else 0,
        solution=luck.choice(solvable[:12]) if asks and solvable and luck.random() < 0.4 else 0,
        has_persona=has_persona,
    )
    _count(made)
    _react(plan, luck, made, end)
    return made


def _state(luck: Random, number: int, size: int) -> str:
    drawn = luck.random()
    if size == 1 and drawn < 0.01:
        return "pending"
    return "hidden" if number % 400 == 7 else "published"


def _posts(plan: Plan, luck: Random, number: int, size: int, place: Place) -> list[Written]:
    pool = panel_writers(plan, place.panel) if place.panel else writers(plan)
    texts, times = texts_of(plan), _times(plan, luck, number, size)
    posts: list[Written] = []
    for index, at in enumerate(times):
        by = posts[int(luck.random() * index)].by if index and luck.random() < 0.4 else pool.draw(luck)
        text = luck.choice(texts.replies if index else texts.first)
        parent = _parent(luck, posts)
        if parent is None:
            posts.append(Written(index + 1, 0, index + 1, 0, by, at, text))
        else:
            posts.append(Written(index + 1, parent.number, parent.root, parent.depth + 1, by, at, text))
    return posts


def _parent(luck: Random, posts: list[Written]) -> Written | None:
    """A recent post that may be answered; none for a reply to the topic as a whole."""
    if not posts or luck.random() < 0.4:
        return None
    parent = posts[max(0, len(posts) - 1 - int(luck.expovariate(0.35)))]
    return parent if parent.depth < _DEEPEST else None


def _times(plan: Plan, luck: Random, number: int, size: int) -> list[int]:
    """Rising seconds: topics begin one after another over the three years, replies come thick at first; working days and waking
    hours most."""
    begin, days = int(plan.begin.timestamp()), (plan.end - plan.begin).days - 1
    first = int(days * (number / plan.topics) ** 0.85)
    span = min(days - first, max(1, int(size**0.75) + luck.choice((1, 2, 5, 30))))
    weekday = plan.begin.weekday()
    return sorted(begin + _moment(luck, min(days, first + int(span * luck.random() ** 2.2)), weekday) for _ in range(size))


def _moment(luck: Random, day: int, weekday: int) -> int:
    """Seconds since the town's first day, which was a `weekday`. Three of four that fall on a weekend are moved to Friday."""
    late = (weekday + day) % 7 - 4
    if late > 0 and day >= late and luck.random() < 0.75:
        day -= late
    return day * _DAY + luck.choices(range(24), cum_weights=_SUMS)[0] * 3_600 + int(luck.random() * 3_600)


def _lend_to_a_persona(luck: Random, posts: list[Written]) -> None:
    for post in posts[1:]:
        if luck.random() < 0.15:
            post.by = 0
    posts[1].by = 0


def _change_and_remove(plan: Plan, luck: Random, posts: list[Written]) -> None:
    """Some were edited, some taken back or hidden, few wait; what waits has no answers."""
    end, texts = int(plan.end.timestamp()), texts_of(plan)
    answered = {post.parent for post in posts}
    for post in posts[1:]:
        drawn = luck.random()
        if drawn < 0.03:
            post.text = luck.choice(texts.changed)
            post.edited_at = min(end, post.at + 60 + int(luck.random() * 7_200))
        elif drawn < 0.036:
            post.state, post.removed_at = "withdrawn", min(end, post.at + 3_600)
        elif drawn < 0.040 and post.by:
            post.state, post.removed_at, post.reason = "hidden", min(end, post.at + _DAY), luck.choice(_REASONS)
        elif drawn < 0.0405 and post.number not in answered:
            post.state, post.parent, post.root, post.depth = "pending", 0, post.number, 0


def _count(made: Thread) -> None:
    for post in made.posts:
        if post.parent:
            made.posts[post.parent - 1].replies += 1
            made.posts[post.root - 1].descendants += 1


@cache
def _readers(plan: Plan, panel: int) -> Zipf:
    if panel:
        return Zipf(panels(plan)[panel - 1].all, power=0.5)
    ids = list(range(1, plan.registered + 1))
    chance(plan, "readers").shuffle(ids)
    return Zipf(ids, power=0.5, blunt=50)


def _react(plan: Plan, luck: Random, made: Thread, end: int) -> None:
    """Most posts get none or one, a few get dozens. One kind a person and post; nobody reacts to their own."""
    readers = _readers(plan, made.place.panel)
    for post in made.posts:
        if post.state != "published" or luck.random() > 0.45:
            continue
        many = min(60, int(luck.paretovariate(1.5)))
        kinds: dict[int, str] = {}
        for _ in range(many):
            who = readers.draw(luck)
            if who != post.by and who not in kinds:
                kinds[who] = luck.choices(("agree", "thanks", "insightful", "disagree"), cum_weights=(50, 80, 95, 100))[0]
        post.said = [(who, kind, min(end, post.at + int(luck.random() * 3 * _DAY))) for who, kind in kinds.items()]


def marks(plan: Plan, made: Thread) -> Iterator[tuple[int, int, int, str, int]]:
    """Who stands where in it: user, last read number, when, level, bookmark (0: none). Writers follow; some more only read."""
    luck, last = chance(plan, "marks", made.id), len(made.posts)
    mine: dict[int, int] = {}
    for post in made.posts:
        if post.by:
            mine[post.by] = post.number
    readers = _readers(plan, made.place.panel)
    for _ in range(min(400, 3 + last // 4)):
        mine.setdefault(readers.draw(luck), 0)
    for user, wrote in mine.items():
        read = last if luck.random() < 0.6 else max(wrote, 1 + int(luck.random() * last))
        level = luck.choices(("watching", "tracking", "normal", "muted"), cum_weights=(8, 60 if wrote else 20, 97, 100))[0]
        yield user, read, made.posts[read - 1].at, level, read if luck.random() < 0.01 else 0


def keeper_of(plan: Plan, place: Place, number: int, *, but: int = 0) -> int:
    """Who hid or locked something there, never its author: a moderator, and in a private place one of its owners."""
    keepers = panels(plan)[place.panel - 1].owners if place.panel else offices(plan).moderators
    found = keepers[number % len(keepers)]
    return found if found != but else keepers[(number + 1) % len(keepers)]
