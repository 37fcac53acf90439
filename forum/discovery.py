"""What a public topic tells programs of itself: a description, and schema.org's DiscussionForumPosting with what stands on the
page. Nothing of a topic that not everybody may read; of a pseudonym its label alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.safestring import SafeString

from common.linked_data import linked_data
from forum.models import Post, Topic
from forum.rendering import author_name, snippet

DESCRIPTION: Final = 200
OPENING: Final = 1_000
COMMENT: Final = 160
"""Characters. The whole text stands on the page beside it; twenty whole posts would double its size."""

MOST_COMMENTS: Final = 20


@dataclass(frozen=True, slots=True)
class Discovery:
    """`description`: the first words; `data`: JSON-LD."""

    description: str
    data: SafeString


def discovery_of(topic: Topic, posts: Iterable[Post]) -> Discovery | None:
    """For the page that holds the first post; None on others, and for what is not for everybody. No statement."""
    if not topic.category.is_public or topic.state != Topic.State.PUBLISHED:
        return None
    shown = [post for post in posts if post.state == Post.State.PUBLISHED]
    if not shown or shown[0].number != 1:
        return None
    first, rest = shown[0], shown[1:]
    told = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "mainEntityOfPage": _whole(topic.get_absolute_url()),
        "headline": topic.title,
        **_posting(first, OPENING),
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/CommentAction",
            "userInteractionCount": topic.activity.reply_count,
        },
        "comment": [{"@type": "Comment", **_posting(post, COMMENT)} for post in rest[:MOST_COMMENTS]],
    }
    return Discovery(snippet(first.html, DESCRIPTION), linked_data(told))


def _posting(post: Post, length: int) -> dict[str, Any]:
    changed = {"dateModified": post.edited_at.isoformat(timespec="seconds")} if post.edited_at else {}
    return {
        "author": {"@type": "Person", "name": author_name(post)},
        "datePublished": post.created_at.isoformat(timespec="seconds"),
        **changed,
        "text": snippet(post.html, length) or "…",
        "url": _whole(post.get_absolute_url()),
    }


def _whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
