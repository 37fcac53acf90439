"""The words that gather topics: put on a topic by who wrote it, kept in order by moderators."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from forum import permissions
from forum.actions.errors import TextRefused
from forum.actions.speaking import refuse_the_silenced
from forum.models import FormerTag, Tag, Topic, TopicTag
from forum.tagging import clean_tag, different, tag_problem, tag_slug, tags_problem


@transaction.atomic
def tag_topic(topic: Topic, *, by: User, names: Iterable[str], at: datetime) -> list[Tag]:
    """Give a topic exactly these tags; one that nobody used before begins with it. Raises TextRefused, Refused."""
    topic = Topic.objects.select_related("category", "persona").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_tag(by, topic).enforce()
    refuse_the_silenced(by)
    before = set(TopicTag.objects.filter(topic=topic).values_list("tag__slug", flat=True))
    tags = put_tags(topic, names)
    after = {tag.slug for tag in tags}
    if not permissions.wrote(by, topic) and before != after:  # nothing joins a persona and its owner
        audit.record("topic.tag", subject=("topic", topic.pk), by=by.pk, at=at, before=sorted(before), after=sorted(after))
    return tags


def put_tags(topic: Topic, names: Iterable[str]) -> list[Tag]:
    """The same for whoever holds the topic's row and has asked the rule. Raises TextRefused."""
    wanted = different(names)
    problem = tags_problem(wanted)
    if problem:
        raise TextRefused(problem)
    by_slug = {tag_slug(name): name for name in wanted}
    if by_slug:
        Tag.objects.bulk_create([Tag(slug=slug, name=name) for slug, name in sorted(by_slug.items())], ignore_conflicts=True)
    tags = list(Tag.objects.filter(slug__in=by_slug).by_name())
    TopicTag.objects.filter(topic=topic).exclude(tag__in=tags).delete()
    TopicTag.objects.bulk_create([TopicTag(topic=topic, tag=tag) for tag in tags], ignore_conflicts=True)
    return tags


@transaction.atomic
def rename_tag(tag: Tag, *, by: User, name: str, at: datetime) -> Tag:
    """Call a tag something else everywhere. Where a tag of that name stands already the two become one. Its old address leads on.
    Raises TextRefused, Refused."""
    permissions.can_keep_tags(by).enforce()
    name = clean_tag(name)
    problem = tag_problem(name) if name else "Write what the tag is to be called."
    if problem:
        raise TextRefused(problem)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    before, slug = tag.slug, tag_slug(name)
    other = Tag.objects.select_for_update().filter(slug=slug).exclude(pk=tag.pk).first()
    if other is None:
        tag.slug, tag.name = slug, name
        tag.save(update_fields=["slug", "name"])
    else:
        both = TopicTag.objects.filter(tag=other).values("topic")
        TopicTag.objects.filter(tag=tag, topic__in=both).delete()
        TopicTag.objects.filter(tag=tag).update(tag=other)
        FormerTag.objects.filter(tag=tag).update(tag=other)
        tag.delete()
    kept = other or tag
    FormerTag.objects.filter(slug=slug).delete()
    if before != slug:
        FormerTag.objects.update_or_create(slug=before, defaults={"tag": kept})
    audit.record("tag.rename", subject=("tag", kept.pk), by=by.pk, at=at, before=before, after=slug, merged=other is not None)
    return kept
