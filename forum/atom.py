"""Posts as an Atom feed (RFC 4287). Ids are tag URIs (RFC 4151) that hold neither an address nor a secret."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed

from common.markdown import as_html
from forum.models import Post
from forum.readers.polls import asked_with
from forum.rendering import author_name, standing_in_words, standing_of_post

_HERE: Final = re.compile(r'(<(?:a|img)\b[^>]*?\b(?:href|src)=")/(?!/)')
_NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed that holds nothing was last changed."""


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_NEVER)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """The whole post as content; Django writes what it is given as a mere summary."""
        content = item.pop("content")
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", content, {"type": "html"})


def draw_feed(posts: Sequence[Post], *, key: str, title: str, page: str, itself: str = "") -> bytes:
    """`key` names the feed for good (`category/7`), `page` is the path of what it follows; `itself` the path of the feed, left
    out where it is a secret. Wants `topic`, `author` and `persona` of each post."""
    whole = settings.SITE_URL
    feed = _Feed(
        title=f"{_plain(title)} · Plenary",
        link=f"{whole}{page}",
        description=None,
        language=None,
        feed_url=f"{whole}{itself}" if itself else None,
        feed_guid=_tag(key),
    )
    for post in posts:
        feed.add_item(
            title=_plain(post.topic.title if post.number == 1 else f"{post.topic.title}, #{post.number}"),
            link=f"{whole}{post.get_absolute_url()}",
            description=None,  # type: ignore[arg-type]  # what Django would write as a summary
            unique_id=_tag(f"post/{post.pk}"),
            author_name=_plain(author_name(post)),
            pubdate=post.created_at,
            updateddate=post.edited_at or post.created_at,
            categories=[_plain(post.topic.category.name)],
            content=_plain(whole_links(_whole_post(post))),
        )
    return feed.writeString("utf-8").encode()


def _whole_post(post: Post) -> str:
    """What stands beside the name, the words, and what it asks: without what came of it."""
    told = {"line": standing_in_words(standing_of_post(post)), "words": as_html(post.html), "asked": asked_with(post)}
    return render_to_string("forum/_feed_entry.html", told).strip()


def whole_links(html: str) -> str:
    """Clean HTML whose links to this site lead there from anywhere. In clean HTML a `<` in a text is written `&lt;`."""
    return _HERE.sub(rf"\g<1>{settings.SITE_URL}/", html)


def _tag(key: str) -> str:
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{key}"


def _plain(text: str) -> str:
    """Without the characters that no XML may hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
