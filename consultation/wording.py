"""Sentences that a consultation says of itself in other places."""

from datetime import datetime

from common.moments import in_words
from consultation.models import Consent, Consultation, Evidence, State
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
        case State.CLOSED:
            return "The consultation has closed. Its results will be published for everybody at once."
        case State.PUBLISHED:
            return "The consultation’s results are published: read what was said and what was decided."
        case _:
            return "The consultation was withdrawn. Its page says why."


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
