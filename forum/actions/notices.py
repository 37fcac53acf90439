"""Lines that rooms above put on a topic."""

from datetime import datetime

from forum.models import Topic, TopicNotice


def put_topic_notice(topic: Topic, *, kind: str, text: str, url: str, at: datetime) -> TopicNotice:
    """Say on the topic's page that something concerns it (`consultation.open`, `consultation.outcome`), with the path where it
    is. Said again of the same kind and path, the newer words stay."""
    notice, _ = TopicNotice.objects.update_or_create(topic=topic, kind=kind, url=url, defaults={"text": text[:200], "at": at})
    return notice


def take_topic_notice_away(topic: Topic, *, kind: str, url: str) -> None:
    """Nothing happens where there is none."""
    TopicNotice.objects.filter(topic=topic, kind=kind, url=url).delete()
