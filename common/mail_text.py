"""Clean HTML as plain text that is read, not searched: paragraphs apart, lists and quotes marked, links written out."""

from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = {"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "div", "blockquote", "li", "tr"}


def mail_text(html: str) -> str:
    """For the plain part of a letter. Never raises; the words are those of `common.html_reading.plain_text`."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    writer.end_block()
    return "\n".join(writer.lines).strip("\n")


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._words: list[str] = []
        self._quotes = 0
        self._lists: list[int | None] = []  # the next number, or None for a list of bullets
        self._mark = ""
        self._pre = False
        self._link = ("", 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._between(tag)
        if tag == "blockquote":
            self._quotes += 1
        elif tag in {"ul", "ol"}:
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._mark = self._bullet()
        elif tag == "pre":
            self._pre = True
        elif tag == "a":
            self._link = (told.get("href") or "", len(self._words))
        else:
            self._words.append({"br": "\n", "td": "  ", "th": "  ", "img": told.get("alt") or "picture"}.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._between(tag)
        if tag == "a":
            address, began = self._link
            if address.startswith("http") and "".join(self._words[began:]).strip() != address:
                self._words.append(f" ({address})")
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
            if self.lines and self.lines[-1].startswith(">") and not self.lines[-1].strip("> "):
                self.lines[-1] = ("> " * self._quotes).rstrip()
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._pre = False

    def _between(self, tag: str) -> None:
        """A block begins or ends; within a list nothing stands apart."""
        if tag in _BLOCKS:
            within = bool(self._lists) and not (tag in {"ul", "ol"} and len(self._lists) == 1 and not self._words)
            self.end_block(apart=tag not in {"tr", "li"} and not within)

    def handle_data(self, data: str) -> None:
        self._words.append(data if self._pre else data.replace("\n", " "))

    def end_block(self, *, apart: bool = True) -> None:
        """What was gathered becomes lines; with an empty one before the next block where it stands apart."""
        text, self._words = "".join(self._words), []
        margin = "> " * self._quotes + "  " * max(0, len(self._lists) - 1)
        for line in text.strip("\n").split("\n") if text.strip() else []:
            words = line.rstrip() if self._pre else " ".join(line.split())
            self.lines.append(f"{margin}{self._mark}{words}".rstrip())
            self._mark = " " * len(self._mark)
        self._mark = "" if text.strip() else self._mark
        if apart and self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * self._quotes).rstrip())

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "
