"""A name goes out of what others wrote: where it is mentioned, and where it stands over a quotation. Pure.

Words in which somebody is spoken of freely are their writer's, and stay.
"""

import re
from collections.abc import Collection, Iterable
from html import escape

from common.leavers import NOBODY
from forum.quoting import plain_name


def without_mentions(text: str, handles: Iterable[str]) -> str:
    """Markdown or HTML, with nobody in place of each @handle."""
    told = "|".join(re.escape(handle) for handle in sorted(handles, key=len, reverse=True))
    return re.sub(rf"(?<![\w@/.])@(?:{told})(?![\w@]|-\w)", NOBODY, text, flags=re.IGNORECASE)


def without_attribution(text: str, names: Collection[str], places: Collection[tuple[str, int]]) -> str:
    """Markdown or HTML, with nobody over quotations of this person: by name, and by where their posts stand (address of the
    topic, number), which finds what was quoted while they had another name."""
    for name in names:
        text = re.sub(rf"(?<=\[){re.escape(plain_name(name))}(?=, #\d+\]\()", NOBODY, text)
        text = re.sub(rf"(?<=>){re.escape(escape(name, quote=False))}(?=, #\d+</a>)", NOBODY, text)
    for place, number in places:
        if f"{place}#p{number}" in text:
            there = rf"{re.escape(place)}#p{number}"
            text = re.sub(rf"(\[)(?:\\.|[^\]\\\n])*?(, #{number}\]\({there}\))", rf"\1{NOBODY}\2", text)
            text = re.sub(rf'(<a [^>]*href="{there}"[^>]*>)[^<>\n]*(, #{number}</a>)', rf"\1{NOBODY}\2", text)
    return text
