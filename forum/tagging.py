"""Tags as somebody types them, and as they are kept: pure."""

from collections.abc import Iterable
from typing import Final

from django.utils.text import slugify

MOST: Final = 5
LENGTH: Final = 40


def tag_names(text: str) -> list[str]:
    """“CQC, #Rotas,  part-time ” as `cqc`, `rotas`, `part-time`: small letters, one space between words, each once."""
    return different(text.replace("\n", ",").split(","))


def different(names: Iterable[str]) -> list[str]:
    """Clean names in the order given; of those with one address the first."""
    kept: dict[str, str] = {}
    for name in names:
        clean = clean_tag(name)
        if clean:
            kept.setdefault(tag_slug(clean) or clean, clean)
    return list(kept.values())


def tags_problem(names: Iterable[str]) -> str:
    """Why a topic cannot carry these; empty where it can."""
    found = list(names)
    if len(found) > MOST:
        return f"These are {len(found)} tags; {MOST} is the most. Keep the ones that somebody would look for."
    return next((problem for problem in map(tag_problem, found) if problem), "")


def tag_problem(name: str) -> str:
    """Why this cannot be a tag; empty where it can."""
    if len(name) > LENGTH:
        return f"“{name[:LENGTH]} …” is too long for a tag: {LENGTH} characters is the most. Put a comma between two tags."
    if not tag_slug(name):
        return f"“{name}” holds no letter or figure that an address can hold. Write the tag with Latin letters."
    return ""


def clean_tag(name: str) -> str:
    return " ".join(name.replace("\0", "").split()).lstrip("#").strip().lower()


def tag_slug(name: str) -> str:
    """For the address; empty where nothing of the name can stand in one."""
    return slugify(name)[:LENGTH].strip("-_")
