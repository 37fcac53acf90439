"""Addresses of the forum that an archive came from, and where each leads here. Pure."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

_TOPIC: Final = re.compile(r"/t/(?:(?!\d+/)[^/]+/)?(\d{1,18})(?:/(\d{1,9}))?/?", re.ASCII)
_NAMED: Final = re.compile(r"/t/(?:(?!\d+[/\"?#])[^/\"\s<>]{1,300}/)?(\d{1,18})(?:/(\d{1,9}))?", re.ASCII)
_QUOTED_TOPIC: Final = re.compile(r'data-topic="(\d{1,18})"', re.ASCII)
_QUOTED_POST: Final = re.compile(r'data-post="(\d{1,9})"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A topic of the old forum that is here: its page, where a post of it is (`{number}`), and which numbers stand."""

    page: str
    post_page: str
    numbers: Container[int]


class OldForum:
    """The old forum's host, and those of its topics that are here."""

    def __init__(self, host: str, arrived: Mapping[int, Arrived]) -> None:
        self.host = host
        self._base = f"https://{host}/"
        self._arrived = arrived

    def lead(self, href: str) -> str:
        """Where a link of a post should lead: to the topic here where it is here, else to the old forum or wherever it
        led. Empty for what leads nowhere."""
        if href.startswith("#"):
            return ""
        try:
            whole = urljoin(self._base, href.strip())
            parts = urlsplit(whole)
        except ValueError:
            return ""
        if parts.scheme in {"http", "https"} and parts.netloc.lower() == self.host:
            found = _TOPIC.fullmatch(parts.path)
            here = self.post(int(found[1]), int(found[2] or 0)) if found else ""
            return here or whole
        return whole

    def post(self, topic_id: int, number: int) -> str:
        """The address here of a post of a topic, of the topic where that post is not here or the first (0: none is meant);
        empty where the topic is not here."""
        arrived = self._arrived.get(topic_id)
        if arrived is None:
            return ""
        return arrived.post_page.format(number=number) if number > 1 and number in arrived.numbers else arrived.page


@dataclass(frozen=True, slots=True)
class Named:
    """Numbers of old topics, and of posts in any of them, that texts may link to or quote: a few too many do no harm."""

    topics: frozenset[int]
    posts: frozenset[int]


def named_in(texts: Iterable[str]) -> Named:
    topics, posts = set[int](), set[int]()
    for cooked in texts:
        if "/t/" in cooked:
            for topic, post in _NAMED.findall(cooked):
                topics.add(int(topic))
                posts.add(int(post or 0))
        if "data-post" in cooked:
            topics.update(map(int, _QUOTED_TOPIC.findall(cooked)))
            posts.update(map(int, _QUOTED_POST.findall(cooked)))
    return Named(frozenset(topics), frozenset(posts))
