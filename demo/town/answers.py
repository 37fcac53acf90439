"""Who answers a town's consultation, and what: by nation and size of practice, as people differ. Pure.

Voters are who may answer: the members on the register, and where these are too few, users after them who are made members for it.
"""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

from demo.town.chance import chance
from demo.town.plan import Plan
from demo.town.register import Line, drawn, lines
from demo.town.texts import texts_of

STARTER: Final = "accreditation-routes"
SILENT: Final = 5 / 3
"""So many may answer for each who does, where the register alone does not have them."""
_EAGER: Final = {"england": 1.0, "scotland": 1.1, "wales": 0.35, "northern-ireland": 0.6}
_LEANS: Final = ("exam", "portfolio", "appraisal", "none")
_LEANING: Final = {
    "under-5k": (8, 20, 40, 32), "5-10k": (12, 34, 34, 20), "10-15k": (20, 42, 26, 12), "15-20k": (28, 44, 20, 8),
    "20k-plus": (36, 42, 16, 6), "": (30, 40, 22, 8),
}  # fmt: skip
_PURPOSE: Final = {
    "exam": ("assure", "assure", "develop"), "portfolio": ("develop", "recognise", "assure"),
    "appraisal": ("recognise", "develop", "develop"), "none": ("none", "none", "recognise"),
}  # fmt: skip
_WORTH: Final = ("strongly_disagree", "disagree", "neither", "agree", "strongly_agree")
_HOURS: Final = {"exam": (10, 30, 40, 20), "portfolio": (20, 45, 25, 10), "appraisal": (45, 40, 10, 5), "none": (70, 20, 7, 3)}
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Voter:
    """A user who may answer, and what the institute knows of them."""

    user: int
    line: Line


@cache
def voters(plan: Plan) -> tuple[Voter, ...]:
    """Members first by number; then whoever was made one. No account that was closed is among them."""
    found = [Voter(user, line) for user, line in enumerate(lines(plan)[: plan.registered], start=1)]
    wanted = round(plan.responses * SILENT) - len(found)
    others = [user for user in range(plan.registered + plan.lapsed + 1, plan.members + 1) if user % 200][: max(0, wanted)]
    told = drawn(chance(plan, "voters"), len(others))
    return (*found, *(Voter(user, line) for user, line in zip(others, told, strict=True)))


def made_members(plan: Plan) -> tuple[Voter, ...]:
    """Those of the voters who are not on the register."""
    return voters(plan)[plan.registered :]


@cache
def turnout(plan: Plan) -> tuple[tuple[Voter, ...], tuple[Voter, ...]]:
    """Who answered, and who began and never sent: the eager nations more often. In no order."""
    luck = chance(plan, "turnout")
    by_luck = sorted(voters(plan), key=lambda each: (luck.random() ** (1 / _EAGER[each.line.nation]), each.user), reverse=True)
    answered = by_luck[: plan.responses]
    luck.shuffle(answered)
    return tuple(answered), tuple(by_luck[plan.responses : plan.responses + plan.drafts])


def answers_of(plan: Plan, voter: Voter) -> dict[str, Any]:
    """What they say, by question key of the starter, as typed; the same each time."""
    luck = chance(plan, "answer", voter.user)
    lean = luck.choices(_LEANS, _LEANING[voter.line.list_size])[0]
    rest = [each for each in _LEANS if each != lean]
    luck.shuffle(rest)
    given: dict[str, Any] = {
        "purpose": luck.choice(_PURPOSE[lean]) if luck.random() > 0.04 else {"chosen": ":other", "other": "To keep good people."},
        "worth": _WORTH[min(4, max(0, round(luck.gauss(1 if lean == "none" else 3, 1))))],
        "order": [[lean], *([each] for each in rest[: luck.randint(0, 3)])] if luck.random() > 0.05 else [],
        "consent": {each: _stance(luck, near=each == lean, far=each == rest[-1]) for each in _LEANS},
    }
    if luck.random() < 0.9:
        given["hours"] = luck.choices(("under-10", "10-30", "30-60", "over-60"), _HOURS[lean])[0]
    if luck.random() < 0.45:
        given["burden"] = _words(plan, luck)
    if luck.random() < 0.2:
        given["size"] = _words(plan, luck)
    if lean == "none" and luck.random() < 0.7:
        given["instead"] = _words(plan, luck)
    return given


def _stance(luck: Random, *, near: bool, far: bool) -> dict[str, str]:
    weights = (80, 18, 2) if near else (15, 35, 50) if far else (35, 50, 15)
    stance = luck.choices(("consent", "live", "object"), weights)[0]
    return {"stance": stance, "because": luck.choice(_REASONS)} if stance == "object" else {"stance": stance}


_REASONS: Final = (
    "It takes more time than a small practice has.", "It tests memory and not management.", "Nobody here could assess it fairly.",
    "It would cost the practice more than it brings.", "It says nothing to patients or partners.",
)  # fmt: skip


def _words(plan: Plan, luck: Random) -> str:
    return luck.choice(texts_of(plan).replies).body[:_LONGEST].strip()
