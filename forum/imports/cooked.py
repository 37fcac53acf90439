"""Discourse's rendered HTML ("cooked") as ours: what its own scripts and style sheets brought to life becomes plain words and
links. What comes out is not safe yet: `common.markdown.sanitise` goes over it, always last.

- a quote (`aside.quote`) becomes a blockquote that says whose words these are and leads to the post;
- a mention becomes its name, an emoji its short name, an avatar nothing;
- a preview of another site (`aside.onebox`), a video or a frame becomes one link to it;
- a picture in a frame that enlarges it (`a.lightbox`) becomes a link to the picture;
- every address is made whole, and leads here where its topic is here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

from forum.imports.addresses import OldForum

_NO_TAG: Final = re.compile(r"<(?!/?[a-zA-Z](?>(?:[^<>\"']++|\"[^\"]{0,20000}+\"|'[^']{0,20000}+'){0,200}+)>)")
"""A "<" that begins no whole tag. The parsers' time grows with the square of such, so they become text first."""
_NEEDS_WORK: Final = ("<img", "<aside", "<a", "<iframe", "<video", "<svg", "class=")
_VOID: Final = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SPANS: Final = {"bbcode-b": "strong", "bbcode-i": "em", "bbcode-u": "u", "bbcode-s": "s"}
_DEPTH_MAX: Final = 100
"""Deeper elements lose their tags, not their words: cleaning takes the square of the depth."""
_DROPPED: Final = {"svg", "script", "style", "template", "noscript", "object", "math"}
_DROPPED_CLASSES: Final = {"meta", "quote-controls", "codeblock-button-wrapper", "badge-wrapper"}

Attributes = dict[str, str]


@dataclass(slots=True)
class _Quote:
    """The quote whose inside is being read. `said`: its attribution is written."""

    author: str
    topic: str
    post: str
    title: list[str] = field(default_factory=list)
    said: bool = False


@dataclass(slots=True)
class _Box:
    """The preview whose inside is being read, for one link."""

    href: str
    title: str
    words: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    tag: str
    end: str
    then: Callable[[], None] | None = None


def convert(cooked: str, forum: OldForum, *, topic_id: int, is_here: Callable[[int], bool]) -> str:
    """Cooked HTML of a post of the old topic `topic_id` as simple HTML. `is_here` says which posts of that topic came in."""
    cooked = _NO_TAG.sub("&lt;", cooked)
    low = cooked.lower()
    if not any(sign in low for sign in _NEEDS_WORK) and low.count("<") < 1_000:
        return cooked
    converter = _Converter(forum, topic_id, is_here)
    converter.feed(cooked)
    converter.close()
    return "".join(converter.out)


class _Converter(HTMLParser):
    """Copies what it reads to `out`, except where one of the rules above applies. `_open` are the elements it is in."""

    def __init__(self, forum: OldForum, topic_id: int, is_here: Callable[[int], bool]) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._forum = forum
        self._topic_id = topic_id
        self._is_here = is_here
        self._open: list[_Open] = []
        self._quotes: list[_Quote] = []
        self._box: _Box | None = None
        self._title: _Quote | None = None
        self._silent = 0

    # What is read ------------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        classes = set(told.get("class", "").split())
        if tag in _VOID:
            self._void(tag, told, classes)
        elif len(self._open) >= _DEPTH_MAX:
            return
        elif self._silent or self._box:
            self._inside_box(tag, told)
        elif tag in _DROPPED or classes & _DROPPED_CLASSES:
            self._enter_silence(tag)
        elif told.get("data-youtube-id") or told.get("data-video-id"):
            self._enter_box(tag, _youtube(told))
        elif "onebox" in classes and tag != "a":
            self._enter_box(tag, _Box(told.get("data-onebox-src", ""), ""))
        elif tag in {"iframe", "video", "audio"}:
            self._enter_box(tag, _Box(told.get("src", ""), told.get("title", "")))
        else:
            self._copy(tag, told, classes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """HTML knows no self-closing element: the slash means nothing but in the void ones and in drawings."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and self._silent:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self._open):
            while self._leave() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._title is not None and not self._silent:
            self._title.title.append(data)
        elif self._box is not None:
            self._box.words.append(data)
            if any(one.tag in {"h3", "h4"} for one in self._open):
                self._box.heading.append(data)
        elif not self._silent:
            self.out.append(escape(data, quote=False))

    def close(self) -> None:
        super().close()
        while self._open:
            self._leave()

    # What is made of it ------------------------------------------------------------------------------------------------

    def _copy(self, tag: str, told: Attributes, classes: set[str]) -> None:
        if tag == "aside" and "quote" in classes:
            self._quotes.append(_Quote(told.get("data-username", ""), told.get("data-topic", ""), told.get("data-post", "")))
            self._push(tag, "", self._leave_quote)
        elif tag == "div" and "title" in classes and self._quotes and not self._quotes[-1].said:
            self._title = self._quotes[-1]
            self._push(tag, "", self._leave_title)
        elif self._title is not None:
            self._push(tag, "")
        elif tag == "blockquote" and self._quotes and not self._quotes[-1].said:
            self._quotes[-1].said = True
            self._push(tag, "</blockquote>")
            self.out.append(f"<blockquote>{self._attribution(self._quotes[-1])}")
        elif tag == "a":
            self._link(told, classes)
        else:
            name = next((_SPANS[one] for one in classes if one in _SPANS), tag)
            self._push(tag, f"</{name}>")
            self.out.append(_start(name, told))

    def _link(self, told: Attributes, classes: set[str]) -> None:
        href = "" if classes & {"mention", "mention-group", "anchor"} else self._forum.lead(told.get("href", ""))
        self._push("a", "</a>" if href else "")
        if href:
            self.out.append(_start("a", {"href": href}))

    def _void(self, tag: str, told: Attributes, classes: set[str]) -> None:
        if self._silent or self._title is not None:
            return
        if tag == "source" and self._box is not None:
            self._box.href = self._box.href or told.get("src", "")
        elif self._box is not None or "avatar" in classes:
            return
        elif tag == "img" and "emoji" in classes:
            self.out.append(escape(told.get("alt") or told.get("title") or ""))
        elif tag == "img" and any(one.tag == "a" for one in self._open):
            self.out.append(escape(f"image: {told['alt']}" if told.get("alt") else "image"))
        elif tag == "img":
            self.out.append(_start("img", {"src": self._forum.lead(told.get("src", "")), "alt": told.get("alt", "")}))
        else:
            self.out.append(_start(tag, {}))

    def _attribution(self, quote: _Quote) -> str:
        words = quote.author or " ".join("".join(quote.title).split()).rstrip(":").strip()
        number = int(quote.post) if quote.post.isascii() and quote.post.isdigit() and len(quote.post) < 10 else 0
        topic = int(quote.topic) if quote.topic.isascii() and quote.topic.isdigit() and len(quote.topic) < 19 else self._topic_id
        if topic == self._topic_id:
            href = f"#p{number}" if number and self._is_here(number) else ""
        else:
            href = self._forum.post(topic, number)
        if not words and not href:
            return ""
        words = escape(words or "A post")
        return f'<p><cite><a href="{escape(href)}">{words}</a>:</cite></p>' if href else f"<p><cite>{words}:</cite></p>"

    def _leave_quote(self) -> None:
        self._quotes.pop()

    def _leave_title(self) -> None:
        self._title = None

    # Previews and what is passed over ----------------------------------------------------------------------------------

    def _inside_box(self, tag: str, told: Attributes) -> None:
        if self._box is not None and tag == "a" and not self._box.href:
            self._box.href = told.get("href", "")
        self._push(tag, "")

    def _enter_box(self, tag: str, box: _Box) -> None:
        self._box = box
        self._push(tag, "", self._leave_box)

    def _leave_box(self) -> None:
        box, self._box = self._box, None
        href = self._forum.lead(box.href) if box and box.href else ""
        if box is None or self._title is not None:
            return
        words = " ".join("".join([box.title] if box.title else box.heading or box.words).split())
        if href:
            self.out.append(f'<p><a href="{escape(href)}">{escape(words[:300] or href)}</a></p>')
        elif words:
            self.out.append(f"<p>{escape(words)}</p>")

    def _enter_silence(self, tag: str) -> None:
        self._silent += 1
        self._push(tag, "", self._leave_silence)

    def _leave_silence(self) -> None:
        self._silent -= 1

    def _push(self, tag: str, end: str, then: Callable[[], None] | None = None) -> None:
        self._open.append(_Open(tag, end, then))

    def _leave(self) -> str:
        left = self._open.pop()
        self.out.append(left.end)
        if left.then is not None:
            left.then()
        return left.tag


def _start(tag: str, told: Attributes) -> str:
    written = "".join(f' {name}="{escape(value)}"' for name, value in told.items())
    return f"<{tag}{written}>"


def _youtube(told: Attributes) -> _Box:
    video = told.get("data-youtube-id") or told.get("data-video-id", "")
    title = told.get("data-youtube-title") or told.get("data-title", "")
    return _Box(f"https://www.youtube.com/watch?{urlencode({'v': video})}", title)
