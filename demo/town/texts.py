"""What people write: Markdown from a small grammar of the profession's words. Pure.

A town has a few thousand different texts, each rendered once, and posts draw from them.
"""

import difflib
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from common.markdown import render
from demo.town.chance import chance
from demo.town.plan import Plan

_THING: Final = (
    "the DSPT return", "our PCN contract", "the ARRS claim", "list-size payments", "the QOF sign-off", "the new phone system",
    "total triage", "the locum budget", "our lease", "the complaints return", "the partnership deed", "smartcard renewals",
    "the CQC inspection", "the Docman backlog", "enhanced access", "the PPG", "pension certificates", "our IG policy",
    "the neighbourhood team", "appraisals", "the flu clinic", "subject access requests", "the global sum", "workflow coding",
)  # fmt: skip
_WHO: Final = (
    "the partners", "our GP", "the ICB", "the health board", "two of our receptionists", "the deputy", "our cluster lead",
    "the federation", "the training hub", "the LMC", "my assistant manager", "the landlord", "the inspector", "the accountant",
)  # fmt: skip
_DID: Final = (
    "asked for it again on Friday afternoon", "wanted it by the end of the quarter", "had not read the guidance",
    "agreed after a long meeting", "sent the old form back", "found that the portal was down", "put it on next month's agenda",
    "said that it was never the practice's job", "paid for half a day a week", "kept a spreadsheet nobody else could open",
)  # fmt: skip
_VIEW: Final = (
    "I would start small and write down what changed", "it only worked once one person owned it",
    "it costs more in time than in money", "nobody should do this alone", "a template saved us most of a week",
    "it differs too much between small and large practices", "we gave up and rang them instead",
    "the evidence was already in our files", "the framework was clearer than I feared", "it was worth it in the end",
)  # fmt: skip
_ASK: Final = (
    "How big is your list?", "Has anybody a template to share?", "Who signs this off where you are?",
    "Is that the same in Scotland?", "What did you do about cover?", "Does your ICB pay for it?", "How long did it take you?",
)  # fmt: skip
_TITLE: Final = (
    "What do you do about {thing}?", "{Thing}: who does it where you are?", "Help with {thing}, please",
    "A template for {thing}", "{Thing} and {other}", "Is {thing} worth the time?", "{Thing}, a year on",
    "When {who} will not hear about {thing}", "Small practices and {thing}", "Should accreditation cover {thing}?",
)  # fmt: skip
_PATTERNS: Final = (
    "With {thing} {who} {did}.", "{Who} {did}, so {view}.", "With {thing} {view}.", "On {thing} {view}, though {who} {did}.",
    "When {who} {did}, I rewrote our page on {thing}.",
)  # fmt: skip
_SIZE: Final = "We have {size:,} patients, and with {thing} {view}."
_AFTERTHOUGHT: Final = ("Edit: I had the wrong month.", "Edit: thank you all, it is solved.", "Edit: the link was dead, sorry.")
_LONG: Final = 0.12


@dataclass(frozen=True, slots=True)
class Text:
    """A post's source and what it is rendered to; `before` and `diff` where it was changed once."""

    body: str
    html: str
    before: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """`first` begin topics, `replies` answer; of each some were changed once."""

    first: tuple[Text, ...]
    replies: tuple[Text, ...]
    changed: tuple[Text, ...]


@cache
def texts_of(plan: Plan) -> Texts:
    """A fiftieth as many as posts, 20,000 at most."""
    luck = chance(plan, "texts")
    many = min(20_000, max(200, plan.posts // 50))
    first = tuple(_text(_long(luck)) for _ in range(many // 10))
    replies = tuple(_text(_long(luck) if luck.random() < _LONG else _short(luck)) for _ in range(many))
    changed = tuple(_changed(luck, text.body) for text in replies[: many // 20])
    return Texts(first, replies, changed)


def title(luck: Random) -> str:
    thing, other = luck.sample(_THING, 2)
    return luck.choice(_TITLE).format(thing=thing, Thing=thing[0].upper() + thing[1:], other=other, who=luck.choice(_WHO))


def _text(body: str) -> Text:
    return Text(body, render(body))


def _changed(luck: Random, before: str) -> Text:
    body = f"{before}\n\n{luck.choice(_AFTERTHOUGHT)}"
    lines = difflib.unified_diff(before.splitlines(), body.splitlines(), lineterm="", n=1)
    return Text(body, render(body), before, "\n".join(lines))


def _short(luck: Random) -> str:
    told = _sentences(luck, luck.choice((1, 1, 2, 2, 3)))
    if luck.random() < 0.35:
        told.append(luck.choice(_ASK))
    body = " ".join(told)
    return f"> {_sentences(luck, 1)[0]}\n\n{body}" if luck.random() < 0.08 else body


def _long(luck: Random) -> str:
    sizes = [luck.randint(2, 4) for _ in range(luck.randint(1, 3))]
    told = _sentences(luck, sum(sizes))
    parts = [" ".join(told.pop() for _ in range(size)) for size in sizes]
    if luck.random() < 0.4:
        parts.append("\n".join(f"- {luck.choice(_THING)}, because {luck.choice(_WHO)} {luck.choice(_DID)}" for _ in range(3)))
    if luck.random() < 0.3:
        parts.append(f"In short: **{luck.choice(_VIEW)}**.")
    parts.append(luck.choice(_ASK))
    return "\n\n".join(parts)


def _sentences(luck: Random, many: int) -> list[str]:
    """Nobody tells the size of their list twice."""
    patterns = luck.choices(_PATTERNS, k=many)
    if luck.random() < 0.3:
        patterns[luck.randrange(many)] = _SIZE
    return [_filled(luck, pattern) for pattern in patterns]


def _filled(luck: Random, pattern: str) -> str:
    who = luck.choice(_WHO)
    return pattern.format(
        thing=luck.choice(_THING),
        who=who,
        Who=who[0].upper() + who[1:],
        did=luck.choice(_DID),
        view=luck.choice(_VIEW),
        size=luck.randrange(1_800, 31_000, 50),
    )
