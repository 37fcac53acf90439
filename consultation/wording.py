"""Sentences that a consultation says of itself in other places."""

from datetime import datetime

from common.moments import in_words
from consultation.models import Consultation, State


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
        case State.CLOSED:
            return "The consultation has closed. Its results will be published for everybody at once."
        case State.PUBLISHED:
            return "The consultation’s results are published: read what was said and what was decided."
        case _:
            return "The consultation was withdrawn. Its page says why."
