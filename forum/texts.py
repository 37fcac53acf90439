"""What a title and a body must be like: pure, and each problem is the sentence that the writer sees."""

from typing import Final

from django.utils.text import slugify

TITLE_MIN: Final = 8
TITLE_MAX: Final = 150
BODY_MAX: Final = 20_000


def title_problem(title: str) -> str:
    """Why this cannot be a title; empty where it can."""
    length = len(title.strip())
    if _has_controls(title):
        return "The title holds a character that cannot be shown. Type it again instead of pasting it."
    if length < TITLE_MIN:
        return f"Write a title of at least {TITLE_MIN} characters, so that others can tell what it is about."
    if length > TITLE_MAX:
        return f"The title has {length} characters; {TITLE_MAX} is the most. Move the rest into the text."
    return ""


def body_problem(body: str) -> str:
    """Why this cannot be a post; empty where it can."""
    if "\0" in body:
        return "The text holds a character that cannot be stored. Type that part again instead of pasting it."
    if not body.strip():
        return "Write something before you post."
    if len(body) > BODY_MAX:
        return f"The text has {len(body):,} characters; {BODY_MAX:,} is the most. Cut it, or post the rest as a reply."
    return ""


def clean_title(title: str) -> str:
    """One line, white space folded."""
    return " ".join(title.split())


def clean_body(body: str) -> str:
    """One kind of line end, nothing empty at either end."""
    return body.replace("\r\n", "\n").replace("\r", "\n").strip()


def topic_slug(title: str) -> str:
    """For the address; never empty."""
    return slugify(title)[:80].strip("-") or "topic"


def _has_controls(text: str) -> bool:
    return any(ord(letter) < 32 and letter not in "\t\n\r" for letter in text)


CATEGORY_LEVELS: Final = (
    ("watching", "Watching: every new topic"),
    ("tracking", "Tracking: new topics stand out"),
    ("normal", "Normal: answers to me"),
    ("muted", "Muted: off my lists, no notices"),
)
