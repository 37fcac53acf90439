"""Markdown to HTML, once, at write: the one place that may call a text safe.

Order: comrak (CommonMark with tables, strikethrough, autolinks, task lists; raw HTML shown as typed) → images become links,
because nothing is ever fetched from elsewhere; those that we keep ourselves are shown small and lead to the large one → nh3,
always last. The boxes of a task list become characters. Foreign HTML goes through nh3 first as well: Python's own parser takes
quadratic time on broken HTML, and what nh3 wrote is never broken.

Building a tree takes time by its depth too. What is nested absurdly, or is absurdly long, keeps its words and loses its marks
(`common.html_depth`).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from typing import Final

import nh3
from comrak import ExtensionOptions, RenderOptions, render_markdown
from django.utils.safestring import SafeString

from common.html_depth import is_bounded, words_of
from common.html_reading import Reading, read_html
from common.linkcards import link_card
from common.own_pictures import is_small_picture, own_picture

RENDER_VERSION: Final = 3
"""Raise when the same source gives other HTML; the re-bake finds what is older."""

NOT_DESCRIBED: Final = "Picture without a description"

TO_DO, DONE = "\N{BALLOT BOX}", "\N{BALLOT BOX WITH CHECK}"

CARD: Final = "linkcard"
"""The class of a paragraph that is a card; styled in pages.css."""

_TAGS: Final = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "cite", "q", "pre", "code", "kbd", "samp"),
    *("em", "strong", "del", "ins", "s", "sub", "sup", "small", "mark", "abbr", "b", "i", "u"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "a", "details", "summary"),
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}, "abbr": {"title"}}


def _cleaner(
    tags: set[str], attributes: dict[str, set[str]], keep: Callable[[str, str, str], str | None] | None = None
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=attributes,
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
        strip_comments=True,
        attribute_filter=keep,
        allowed_classes={"p": {CARD}},
    )


def _own_pictures_alone(tag: str, attribute: str, value: str) -> str | None:
    return value if (tag, attribute) != ("img", "src") or is_small_picture(value) else None


_IMAGE: Final = {"src", "alt", "width", "height", "loading"}
_CLEANER: Final = _cleaner(_TAGS | {"img"}, {**_ATTRIBUTES, "img": _IMAGE}, _own_pictures_alone)
_WITH_IMAGES: Final = _cleaner(_TAGS | {"img"}, {**_ATTRIBUTES, "img": {"src", "alt", "title"}})


def _extension_options() -> ExtensionOptions:
    options = ExtensionOptions()
    options.strikethrough = options.table = options.autolink = options.tasklist = True
    return options


def _render_options() -> RenderOptions:
    options = RenderOptions()
    options.escape = True
    options.hardbreaks = True
    return options


_EXTENSIONS: Final = _extension_options()
_RENDERING: Final = _render_options()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Clean HTML, and what it speaks of. `mentions`: handles, lower case; `quotes`: post numbers of this topic;
    `links`: addresses as written. Each in order of appearance, without doubles."""

    html: str
    mentions: tuple[str, ...]
    quotes: tuple[int, ...]
    links: tuple[str, ...]


def render(source: str) -> str:
    """Clean HTML of a Markdown text of any content."""
    return read(source).html


def read(source: str) -> Rendered:
    """Clean HTML of a Markdown text, and the mentions, quotes and links in it. Never raises on any text."""
    text = _storable(source)
    html = render_markdown(text, extension_options=_EXTENSIONS, render_options=_RENDERING)
    return _read_clean(_cleaned(_with_cards(html)) if is_bounded(html) else _CLEANER.clean(f"<p>{escape(text)}</p>"))


def sanitise(html: str) -> str:
    """Clean HTML of HTML from elsewhere (an import). Images become links to where they are. Safe to call twice. Of what is
    nested or sized beyond `common.html_depth` only the words are kept."""
    html = _storable(html)
    return _cleaned(_WITH_IMAGES.clean(html)) if is_bounded(html) else _CLEANER.clean(words_of(html))


def for_mail(clean: str, *, site: str) -> str:
    """Clean HTML as a letter carries it: links work outside the site, and a picture is a link to where it may be seen, since a
    mail program asks for it as nobody."""
    copy = _ForMail(site)
    copy.feed(clean)
    copy.close()
    return _CLEANER.clean("".join(copy.out))


def _storable(text: str) -> str:
    """Without what neither the database nor a page can hold: U+0000, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_LONE_LINK: Final = re.compile(r'<p>(<a href="([^"]*)"(?: title="[^"]*")?>(?:(?!</?a\b|</p>).)*</a>)</p>', re.DOTALL)


def _with_cards(html: str) -> str:
    """A paragraph that is nothing but a link to something to hear or to watch says so, and where it opens."""
    return _LONE_LINK.sub(_card, html)


def _card(found: re.Match[str]) -> str:
    card = link_card(unescape(found[2]))
    return f'<p class="{CARD}">{found[1]} <small>{card.kind}, opens at {card.host}</small></p>' if card else found[0]


def _cleaned(well_formed: str) -> str:
    images = _ImagesToLinks()
    images.feed(well_formed)
    images.close()
    return _CLEANER.clean("".join(images.out))


def as_html(clean: str) -> SafeString:
    """Tell the templates that this text went through `render` or `sanitise`, or that no character of it can be markup."""
    return clean if isinstance(clean, SafeString) else SafeString(clean)


def _read_clean(html: str) -> Rendered:
    reading: Reading = read_html(html)
    return Rendered(html, tuple(reading.mentions), tuple(reading.quotes), tuple(reading.links))


class _Copy(HTMLParser, ABC):
    """Copies HTML; `image` says what becomes of an image."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._in_link = 0

    @abstractmethod
    def image(self, attrs: dict[str, str | None]) -> None: ...

    def link(self, attrs: dict[str, str | None]) -> str:
        return self.get_starttag_text() or ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.image(dict(attrs))
            return
        self._in_link += tag == "a"
        self.out.append(self.link(dict(attrs)) if tag == "a" else self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.image(dict(attrs))
        else:
            self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = max(0, self._in_link - 1)
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")


class _ImagesToLinks(_Copy):
    """Turns every image from elsewhere into a link that says what it is; inside a link its text stays. A picture that we keep is
    shown small. The box of a task list, the one control that the renderer writes, becomes a character."""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.out.append(DONE if "checked" in dict(attrs) else TO_DO)
        else:
            super().handle_startendtag(tag, attrs)

    def image(self, attrs: dict[str, str | None]) -> None:
        words = escape((attrs.get("alt") or attrs.get("title") or "").strip())
        ours = own_picture(attrs.get("src") or "")
        if ours is not None:
            told = words or NOT_DESCRIBED
            shown = f'<img src="{ours.small}" alt="{told}" width="{ours.width}" height="{ours.height}" loading="lazy">'
            self.out.append(shown if self._in_link else f'<a href="{ours.large}">{shown}</a>')
        elif self._in_link:
            self.out.append(words or "image")
        elif attrs.get("src"):
            label = f"image: {words}" if words else "image"
            self.out.append(f'<a href="{escape(attrs["src"] or "")}">{label}</a>')


class _ForMail(_Copy):
    def __init__(self, site: str) -> None:
        super().__init__()
        self._site = site

    def image(self, attrs: dict[str, str | None]) -> None:
        self.out.append(escape(f"picture: {attrs.get('alt') or 'without a description'}"))

    def link(self, attrs: dict[str, str | None]) -> str:
        address = attrs.get("href") or ""
        whole = f"{self._site}{address}" if address.startswith("/") and not address.startswith("//") else address
        return f'<a href="{escape(whole)}">'
