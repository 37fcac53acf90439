"""Sentences that a consultation says of itself in other places."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from common.moments import in_words
from consultation.models import Consent, Consultation, Evidence, State, Transition
from questions.definitions import Definition


def discussion_text(consultation: Consultation) -> str:
    """The first post of the discussion, in Markdown."""
    return (
        f"{consultation.lede}\n\n{consultation.background}\n\n"
        f"[The options, the questions and what there is to read]({consultation.get_absolute_url()})\n\n"
        "This is the place to debate it. What is written here is read, and it is not counted as an answer: for that, answer the "
        "consultation itself."
    )


def topic_line(consultation: Consultation, at: datetime) -> str:
    """Where it stands, on its discussion topic; one line, at most 200 characters."""
    match consultation.state_at(at):
        case State.OPEN if consultation.closes_at is not None:
            return (
                f"Put to the members: answer the consultation. It closes {in_words(consultation.closes_at, now=at, style='due')}."
            )
        case State.PAUSED:
            return "Answers are paused; its page says why. What members have begun is kept."
        case State.CLOSED | State.ANALYSING | State.REPORTING:
            return "The consultation has closed. Its results will be published for everybody at once."
        case State.PUBLISHED | State.FOLLOWED_UP | State.ARCHIVED:
            return "The consultation’s results are published: read what was said and what was decided."
        case _:
            return "The consultation was withdrawn. Its page says why."


STATES: Final[Mapping[str, str]] = {
    "draft": "Draft",
    "review": "In review",
    "scheduled": "Scheduled",
    "open": "Open",
    "paused": "Paused",
    "closed": "Closed",
    "analysing": "Being analysed",
    "reporting": "Report being written",
    "published": "Results published",
    "followed-up": "Followed up",
    "archived": "Archived",
    "withdrawn": "Withdrawn",
}
"""Each state as a heading of the desk."""


def step_taken(before: str, after: str, what: str = "") -> str:
    """A row of the record, in one or two words."""
    if what == Transition.VERSION:
        return "New version"
    return _STEPS.get((before, after)) or _ARRIVALS.get(after, after)


_STEPS: Final = {
    ("", "draft"): "Begun",
    ("review", "draft"): "Back to writing",
    ("review", "review"): "Approved",
    ("scheduled", "review"): "Put off",
    ("open", "open"): "Extended",
    ("paused", "paused"): "Extended",
    ("paused", "open"): "Went on",
    ("published", "published"): "Decision written",
    ("followed-up", "followed-up"): "Decision written",
}
_ARRIVALS: Final = {
    "review": "Sent to review",
    "scheduled": "Scheduled",
    "open": "Opened",
    "paused": "Paused",
    "closed": "Closed",
    "analysing": "Analysis begun",
    "reporting": "Report begun",
    "published": "Results published",
    "followed-up": "Followed up",
    "archived": "Archived",
    "withdrawn": "Withdrawn",
}


def evidence_line(evidence: Evidence, consent: Consent) -> str:
    """What stands under a post that is evidence, or whose author is asked under a pseudonym; empty for all else. At most 200
    characters."""
    title = evidence.consultation.title
    match consent:
        case Consent.GIVEN:
            return f"Taken as evidence in the consultation “{title}”"
        case Consent.ASKED if evidence.post.author_id is None:
            return f"Its author is asked whether this may be evidence in “{title}”"
        case _:
            return ""


def question_text(consultation: Consultation, asked: Definition) -> str:
    """The first post of the topic about one question, in Markdown."""
    choices = "\n".join(f"- {choice.label}" for choice in asked.choices)
    about = (
        f"This is one question of [{consultation.title}]({consultation.get_absolute_url()}). What is written here is read, and "
        "it is not counted as an answer. Whoever wrote a post can offer it as evidence for the question."
    )
    parts = [asked.text, asked.hint, choices, about]
    return "\n\n".join(part for part in parts if part)
