"""The editor's note for a mail: whole addresses, and a text twin that keeps the links."""

import re
import textwrap
from html.parser import HTMLParser

from django.conf import settings

from common.html_reading import plain_text

WIDTH = 72
_HOME_LINK = re.compile(r'(<a [^>]*?href=")(/(?!/))')


def whole_links(html: str) -> str:
    """Clean HTML whose links also work outside the site."""
    return _HOME_LINK.sub(rf"\g<1>{settings.SITE_URL}\g<2>", html)


def note_text(html: str) -> str:
    """Clean HTML as text of at most 72 columns; each link becomes a number, and its address stands below."""
    numbered = _Numbered()
    numbered.feed(whole_links(html))
    numbered.close()
    blocks = [textwrap.fill(line, WIDTH, break_on_hyphens=False) for line in plain_text("".join(numbered.out)).split("\n")]
    addresses = [f"[{number}] {address}" for number, address in enumerate(numbered.addresses, start=1)]
    return "\n\n".join([block for block in blocks if block] + (["\n".join(addresses)] if addresses else []))


class _Numbered(HTMLParser):
    """Copies clean HTML and puts [n] behind the n-th link, unless the link shows its own address; lists and quotations keep their
    marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.addresses: list[str] = []
        self._open = ""
        self._words = ""
        self._lists: list[int | None] = []
        self._quotes = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")
        if tag == "a":
            self._open, self._words = dict(attrs).get("href") or "", ""
        if tag in {"ol", "ul"}:
            self._lists.append(0 if tag == "ol" else None)
        if tag == "li" and self._lists:
            self.out.append(self._bullet())
        if tag == "blockquote":
            self._quotes = True
        if tag == "p" and self._quotes:
            self.out.append("&gt; ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open and self._words != self._open:
            self.addresses.append(self._open)
            self.out.append(f" [{len(self.addresses)}]")
        if tag == "a":
            self._open = ""
        if tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        if tag == "blockquote":
            self._quotes = False
        self.out.append(f"</{tag}>")

    def _bullet(self) -> str:
        """Before a thing of the innermost list."""
        number = self._lists[-1]
        if number is None:
            return "* "
        self._lists[-1] = number + 1
        return f"{number + 1}. "

    def handle_data(self, data: str) -> None:
        self._words += data
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")
