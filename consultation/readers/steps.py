"""Where a consultation stands for who runs it: the one thing to do next, and what else may be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse

from accounts.standing import Anyone
from common.moments import in_words
from common.verdicts import Verdict
from consultation import permissions
from consultation.models import Consultation, State
from consultation.readers.files import asks_for_files
from consultation.readers.holders import is_detached
from consultation.readers.readiness import gaps_before_opening
from consultation.readers.versions import version_review, written_version
from consultation.wording import STATES


@dataclass(frozen=True, slots=True)
class Step:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Desk:
    """`why` says what the next thing is for, or what is waited for where there is none."""

    state: str
    why: str
    step: Step | None
    others: list[Step]


def desk_of(user: Anyone, consultation: Consultation, *, at: datetime) -> Desk:
    """No statement, but for a draft's: what is missing; while it is open: a new version that is being written, and its review;
    and one after the close: whether files were asked for."""
    state = consultation.state_at(at)
    why, step = _new_version(user, consultation, at) or _next(user, consultation, state, at)
    ways = [_step(name, consultation) for name in _ALLOWED if _ALLOWED[name][1](user, consultation, at)]
    return Desk(STATES[state], why, step, [other for other in ways if step is None or other.url != step.url])


def brief_of(user: Anyone, consultation: Consultation, *, at: datetime, changed: int = 0) -> Desk:
    """The next thing, for a list, and what is done beside it, also about evidence that was `changed` or taken away since. No
    statement at all."""
    state = consultation.state_at(at)
    if state is State.DRAFT:
        return Desk(STATES[state], "", _step("edit", consultation), [])
    why, step = _next(user, consultation, state, at)
    if state is State.SCHEDULED:
        step = _step("put_off", consultation)
    is_counted = state.is_being_counted and consultation.closed_at is not None
    names = ("words", "publish") if is_detached(consultation) else ("showing", "publish")
    beside = [_step(name, consultation) for name in names] if is_counted else []
    if permissions.can_enter(user, consultation, at):
        beside = [_step("entries", consultation)]
    if changed:
        text = f"{changed} post{'' if changed == 1 else 's'} of the evidence changed or taken away since its author agreed"
        beside.append(Step(text, reverse("consultation:evidence", args=[consultation.slug])))
    return Desk(STATES[state], why, step, beside)


def _new_version(user: Anyone, consultation: Consultation, at: datetime) -> tuple[str, Step] | None:
    """Where a new version of the questions waits for this very person, or for anybody to publish it."""
    if not permissions.can_change_questions(user, consultation, at):
        return None
    version = written_version(consultation)
    review = version_review(version) if version is not None else None
    if version is None or review is None:
        return None
    if permissions.can_publish_version(user, consultation, review, at):
        told = "A second person approved the new version of the questions."
        return told, Step("Put it to the members", reverse("consultation:publish_version", args=[consultation.slug]))
    if permissions.can_review_version(user, version, review, at):
        told = f"{review.asked_by} asks you to read a new version of the questions."
        return told, Step("Read what changes", reverse("consultation:version", args=[consultation.slug]))
    return None


def _next(user: Anyone, consultation: Consultation, state: State, at: datetime) -> tuple[str, Step | None]:
    told, name = _SAID[state], _NEXT.get(state, "")
    if state is State.DRAFT:
        gaps = len(gaps_before_opening(consultation, at=at))
        if gaps:
            return f"{gaps} thing{'' if gaps == 1 else 's'} to do before it can be reviewed.", _step("edit", consultation)
        told, name = "Nothing is missing. A second person reads it before it can be scheduled.", "review"
    elif state is State.REVIEW and consultation.approved_at is not None:
        told, name = "A second person approved this very text. Say when it opens.", "schedule"
    elif state is State.REVIEW:
        may = permissions.can_review(user, consultation)
        told, name = ("Its author asks you to read it.", "review") if may else ("It waits for a second person’s review.", "")
    elif state is State.SCHEDULED and consultation.opens_at is not None:
        when = in_words(consultation.opens_at, now=at, style="full")
        told = f"It opens by itself {when}, London time." if consultation.opens_at > at else "It opens shortly, by itself."
    elif state is State.PUBLISHED and not consultation.outcome:
        told, name = "The results are published. Now say what was decided because of them.", "outcome"
    return told, _step(name, consultation) if name else None


_SAID = {
    State.DRAFT: "",
    State.REVIEW: "",
    State.SCHEDULED: "",
    State.OPEN: "Members answer. See who has not been heard yet.",
    State.PAUSED: "Answers are refused until it goes on. It will close as many days later.",
    State.CLOSED: "Nobody has seen the answers yet.",
    State.ANALYSING: "The answers are being read and counted.",
    State.REPORTING: "What is told of the answers is being written.",
    State.PUBLISHED: "In some months members want to know what was done.",
    State.FOLLOWED_UP: "Members know what was done. When nothing is to be added any more, archive it.",
    State.ARCHIVED: "Nothing is added any more.",
    State.WITHDRAWN: "It was withdrawn.",
}
_NEXT = {
    State.OPEN: "participation",
    State.PAUSED: "resume",
    State.CLOSED: "analyse",
    State.ANALYSING: "report",
    State.REPORTING: "publish",
    State.PUBLISHED: "follow_up",
    State.FOLLOWED_UP: "archive",
}
_Ask = Callable[[Anyone, Consultation, datetime], bool | Verdict]
_ALLOWED: Final[Mapping[str, tuple[str, _Ask]]] = {
    "edit": ("Edit the draft", lambda user, its, at: permissions.can_write(user, its)),
    "review": ("The review", lambda user, its, at: permissions.can_organise(user)),
    "version": ("Change the questions: a new version", permissions.can_change_questions),
    "preflight": ("The list before it opens", lambda user, its, at: its.opened_at is None),
    "audience": ("Who may answer", lambda user, its, at: permissions.can_write(user, its)),
    "schedule": ("Say when it opens", lambda user, its, at: permissions.can_schedule(user, its)),
    "open": ("Open it now", lambda user, its, at: permissions.can_open(user, its)),
    "put_off": ("Put the opening off", lambda user, its, at: permissions.can_put_off(user, its)),
    "participation": ("Who has taken part", lambda user, its, at: its.opened_at is not None),
    "extend": ("Give more time", permissions.can_extend),
    "entries": (
        "Answers on paper and by e-mail",
        lambda user, its, at: its.opened_at is not None and its.withdrawn_at is None and bool(permissions.can_ask_others(its)),
    ),
    "pause": ("Pause it", permissions.can_pause),
    "resume": ("Let it go on", lambda user, its, at: permissions.can_resume(user, its)),
    "analyse": ("Begin the analysis", permissions.can_analyse),
    "report": ("Begin the report", permissions.can_report),
    "publish": ("Count and publish the results", permissions.can_publish),
    "outcome": ("Say what was decided", lambda user, its, at: permissions.can_tell_outcome(user, its)),
    "follow_up": ("Say what was done since", permissions.can_follow_up),
    "archive": ("Archive it", permissions.can_archive),
    "showing": (
        "What is shown of the answers",
        lambda user, its, at: its.closed_at is not None and its.withdrawn_at is None and not is_detached(its),
    ),
    "words": (
        "What members wrote in their own words",
        lambda user, its, at: its.closed_at is not None and its.withdrawn_at is None and is_detached(its),
    ),
    "exclusions": ("Leave an answer out of the counts", lambda user, its, at: permissions.can_exclude(user, its)),
    "given_files": (
        "Files that came as answers",
        lambda user, its, at: permissions.can_read_answers(user, its) and asks_for_files(its),
    ),
    "new_faq": ("Answer a frequent question", lambda user, its, at: permissions.can_correct(user, its)),
    "new_correction": ("Correct something", lambda user, its, at: permissions.can_correct(user, its)),
    "withdraw": ("Withdraw it", lambda user, its, at: permissions.can_withdraw(user, its)),
    "run": ("The full record", lambda user, its, at: True),
}


def _step(name: str, consultation: Consultation) -> Step:
    text = "Ask for the review" if name == "review" and consultation.review_asked_at is None else _ALLOWED[name][0]
    return Step(text, reverse(f"consultation:{name}", args=[consultation.slug]))
