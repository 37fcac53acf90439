"""Addresses of the forum that an archive came from, and where each leads here. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

_TOPIC_PATH: Final = re.compile(r"/t/(?:(?!\d+/)[^/]+/)?(\d{1,18})(?:/(\d{1,9}))?(?:\.json)?/?", re.ASCII)
_TOPIC_ANYWHERE: Final = re.compile(r"/t/(?:(?!\d+[/\"?#])[^/\"\s<>]+/)?(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A topic of the old forum that is here: where its page is, and where post `{number}` of it is."""

    page: str
    post_page: str


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
            found = _TOPIC_PATH.fullmatch(parts.path)
            here = self.post(int(found[1]), int(found[2]) if found[2] else None) if found else ""
            return here or whole
        return whole

    def post(self, topic_id: int, number: int | None) -> str:
        """The address here of a topic, or of a post in it; empty where the topic is not here."""
        arrived = self._arrived.get(topic_id)
        if arrived is None:
            return ""
        return arrived.page if number is None or number == 1 else arrived.post_page.format(number=number)


def topics_named(cooked: str) -> Iterator[int]:
    """The numbers of old topics that this HTML might link to or quote: some may be no topics at all."""
    for found in _TOPIC_ANYWHERE.finditer(cooked):
        yield int(found[1])
    for found in re.finditer(r'data-topic="(\d{1,18})"', cooked):
        yield int(found[1])
