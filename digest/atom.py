"""Editions as an Atom feed (RFC 4287). Ids are tag URIs (RFC 4151)."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed

from digest.letters import edition_context
from digest.links import edition_link, feed_path, stream_link
from digest.models import Edition
from digest.offers import Offer
from digest.sections import Section

_NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_NEVER)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """The whole edition as content; Django writes what it is given as a mere summary."""
        content = item.pop("content")
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", content, {"type": "html"})


def draw_editions(editions: Sequence[Edition], told: Mapping[int, Sequence[Section]], *, offer: Offer) -> bytes:
    """`told`: what a visitor may read of each edition now. An empty feed is a feed."""
    feed = _Feed(
        title=f"{offer.title} · Plenary",
        link=stream_link(offer.stream),
        description=None,
        language="en-GB",
        feed_url=settings.SITE_URL + feed_path(offer.stream),
        feed_guid=_tag(f"editions/{offer.stream}"),
    )
    for edition in editions:
        context = edition_context(edition, told.get(edition.pk, ()), chosen=())
        feed.add_item(
            title=_plain(f"No. {edition.number}: {context['headline']}"),
            link=edition_link(edition),
            description=None,  # type: ignore[arg-type]  # what Django would write as a summary
            unique_id=_tag(f"edition/{edition.stream}/{edition.number}"),
            author_name="Plenary",
            pubdate=edition.cut_at or edition.cut_off,
            updateddate=edition.cut_at or edition.cut_off,
            content=_plain(render_to_string("digest/_contents.html", context)),
        )
    return feed.writeString("utf-8").encode()


def _tag(key: str) -> str:
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{key}"


def _plain(text: str) -> str:
    """Without the characters that no XML may hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
