"""A name goes out of what others wrote: where it is mentioned, and where it stands over a quotation. Pure.

Words in which somebody is spoken of freely are their writer's, and stay.
"""

import re
from collections.abc import Collection, Iterable
from html import escape
from typing import Final

from common.leavers import NOBODY
from forum.quoting import plain_name

_PLACE: Final = r'[^\s")]*/topics/(?P<topic>\d{1,18})[^\s")#]*#p(?P<number>\d{1,9})'
"""Where a post stands: its topic's address with whatever title, and its number."""
_IN_MARKDOWN: Final = re.compile(rf"\[(?P<name>(?:\\.|[^\]\\\n])*)(?P<rest>, #\d{{1,9}}\]\({_PLACE}\))")
_IN_HTML: Final = re.compile(rf'(?P<link><a [^>]*href="{_PLACE}"[^>]*>)(?P<name>[^<>\n]*)(?P<rest>, #\d{{1,9}}</a>)')


def without_mentions(text: str, handles: Iterable[str]) -> str:
    """Markdown or HTML, with nobody in place of each @handle."""
    told = "|".join(re.escape(handle) for handle in sorted(handles, key=len, reverse=True))
    return re.sub(rf"(?<![\w@/.])@(?:{told})(?![\w@]|-\w)", NOBODY, text, flags=re.IGNORECASE)


def without_attribution(text: str, names: Collection[str], places: Collection[tuple[int, int]]) -> str:
    """Markdown or HTML, with nobody over quotations of this person: by name, and by where their posts stand (topic, number),
    which finds what was quoted while they had another name."""
    in_markdown, in_html = {plain_name(name) for name in names}, {escape(name, quote=False) for name in names}

    def is_theirs(found: re.Match[str], spelt: Collection[str]) -> bool:
        return found["name"] in spelt or (int(found["topic"]), int(found["number"])) in places

    def markdown(found: re.Match[str]) -> str:
        return f"[{NOBODY}{found['rest']}" if is_theirs(found, in_markdown) else found[0]

    def html(found: re.Match[str]) -> str:
        return f"{found['link']}{NOBODY}{found['rest']}" if is_theirs(found, in_html) else found[0]

    return _IN_HTML.sub(html, _IN_MARKDOWN.sub(markdown, text))
