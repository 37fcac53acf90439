"""Papers to keep: what one answered, in the words of the page of the receipt."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from common.moments import in_words
from consultation.models import Response
from consultation.readers.answers import Line

ANSWER: Final = Path(__file__).parent / "answer.typ"


def told_of(response: Response, lines: Iterable[Line], *, holds: bool, at: datetime) -> dict[str, Any]:
    """What the template `ANSWER` is told. Of a confidential response neither a name nor an hour; of a named one both."""
    when = in_words(response.submitted_at, now=at, style="full" if response.keeps_the_hour else "day")
    by = f"{_named(response)} on {when}, London time."
    if not response.keeps_the_hour:
        by = f"You answered on {when}; the hour is not kept, nor your name."
    earlier = f" This is revision {response.revision}; the earlier ones no longer count." if response.revision > 1 else ""
    reference = response.spelt_reference
    return {
        "consultation": response.consultation.title,
        "title": "What you answered",
        "lede": [f"{by}{earlier}"],
        "warning": "" if holds else "What is kept is not what you sent: it no longer fits the receipt that you were given.",
        "reference": reference,
        "reference_line": f"Reference {reference}, revision {response.revision}",
        "reference_note": "Quote it if you write to the institute about your answer."
        if response.keeps_the_hour
        else "Whoever you tell it to can find out what you answered, so tell it to nobody unless you want that.",
        "named_note": "What the fonts of this paper cannot draw is named in square brackets; your receipt file has it.",
        "answers": [
            {
                "question": line.asked.text,
                "about": line.asked.passage.label if line.asked.passage else "",
                "lines": [each for words in line.words for each in words.splitlines() if each.strip()],
            }
            for line in lines
        ],
    }


def _named(response: Response) -> str:
    if response.party is not None:
        sender = f", sent by {response.sent_by.display_name}," if response.sent_by else ""
        return f"{response.party} answered{sender}"
    return f"{response.user.display_name} answered" if response.user else "You answered"
