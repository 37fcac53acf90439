"""What a clean piece of HTML speaks of: mentions, quotes, links, and its plain text.

Read from the sanitised HTML and outside `code`, `pre`, `a` and `blockquote`, never by a pattern over the source: a name inside
a code sample, an address or somebody else's words is not a mention.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_MENTION = re.compile(r"(?<![\w@/.])@([a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?)(?![\w@])", re.IGNORECASE)
_POST_LINK = re.compile(r"#p(\d{1,9})$")
_BLOCKS = {"p", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "ul", "ol", "div", "dt", "dd"}
_VOID = {"br", "hr", "img", "wbr"}


@dataclass
class Reading:
    """Found in order of appearance, without doubles."""

    mentions: list[str] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def read_html(html: str) -> Reading:
    """Mentions (handles in lower case), quotes (post numbers that a blockquote's links point at), links and pictures."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = reader.found
    told = (found.mentions, found.quotes, found.links, found.pictures)
    return Reading(*(list(dict.fromkeys(some)) for some in told))  # type: ignore[arg-type]


def plain_text(html: str) -> str:
    """The words of clean HTML, blocks apart by a newline, white space folded: for search, snippets and plain mail."""
    return _folded(_Text(), html)


def own_text(html: str) -> str:
    """The same without what is quoted; with it, where nothing else stands."""
    return _folded(_OwnText(), html) or plain_text(html)


def _folded(reader: "_Text", html: str) -> str:
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.out).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Reading()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._link(dict(attrs).get("href") or "")
        if tag == "img":
            self.found.pictures.append(dict(attrs).get("src") or "")
        if tag not in _VOID:
            self._open.append(tag)

    def _link(self, address: str) -> None:
        if not address:
            return
        self.found.links.append(address)
        number = _POST_LINK.search(address)
        if number and "blockquote" in self._open:
            self.found.quotes.append(int(number[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"code", "pre", "a", "blockquote"}.intersection(self._open):
            self.found.mentions.extend(name.lower() for name in _MENTION.findall(data))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.out.append(dict(attrs).get("alt") or "picture")
        elif tag in _BLOCKS or tag == "br":
            self.out.append("\n")
        elif tag in {"td", "th"}:
            self.out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        self.out.append(data.replace("\n", " "))


class _OwnText(_Text):
    def __init__(self) -> None:
        super().__init__()
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quoted += tag == "blockquote"
        if not self._quoted:
            super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        super().handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self._quoted:
            super().handle_data(data)
