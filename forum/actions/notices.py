"""Lines that rooms above put on a topic, and under a post."""

from datetime import datetime

from django.db.models import F

from forum.models import Post, Topic, TopicNotice


def put_topic_notice(topic: Topic, *, kind: str, text: str, url: str, at: datetime) -> TopicNotice:
    """Say on the topic's page that something concerns it (`consultation.open`, `consultation.outcome`), with the path where it
    is. Said again of the same kind and path, the newer words stay."""
    said = TopicNotice(topic=topic, kind=kind, url=url, text=text[:200], at=at)
    (notice,) = TopicNotice.objects.bulk_create(
        [said], update_conflicts=True, unique_fields=["topic", "kind", "url"], update_fields=["text", "at"]
    )
    return notice


def take_topic_notice_away(topic: Topic, *, kind: str, url: str) -> None:
    """Nothing happens where there is none."""
    TopicNotice.objects.filter(topic=topic, kind=kind, url=url).delete()


def put_post_notice(post: Post, *, kind: str, text: str, url: str) -> None:
    """Say under a post that something concerns it, for everybody who reads it; one line per kind and path, the newer words stay.
    Within a transaction: the post is held."""
    _set_notices(post, kind, url, [{"kind": kind, "text": text[:200], "url": url}])


def take_post_notice_away(post: Post, *, kind: str, url: str) -> None:
    """Nothing happens where there is none."""
    _set_notices(post, kind, url, [])


def _set_notices(post: Post, kind: str, url: str, new: list[dict[str, str]]) -> None:
    held = Post.objects.select_for_update().only("notices").get(pk=post.pk)
    others = [notice for notice in held.notices if (notice["kind"], notice["url"]) != (kind, url)]
    if [*others, *new] != held.notices:  # what is drawn of the post is kept under its version
        Post.objects.filter(pk=post.pk).update(notices=[*others, *new], moderation_version=F("moderation_version") + 1)
