"""Another title for a topic that nobody but its author and moderators has seen."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from forum import permissions
from forum.actions.errors import TextRefused
from forum.actions.speaking import refuse_the_silenced
from forum.models import Topic
from forum.texts import clean_title, title_problem, topic_slug


@transaction.atomic
def retitle_topic(topic: Topic, *, by: User, title: str, at: datetime) -> Topic:
    """It waits for a moderator, who reads it as it then stands; its address goes with the title. Nothing says who did it: under a
    pseudonym nothing may. Raises TextRefused, Refused."""
    problem = title_problem(title)
    if problem:
        raise TextRefused(problem)
    topic = Topic.objects.select_related("category", "persona").select_for_update(of=("self",)).get(pk=topic.pk)
    permissions.can_retitle(by, topic).enforce()
    refuse_the_silenced(by)
    topic.title = clean_title(title)
    topic.slug = topic_slug(topic.title)
    topic.save(update_fields=["title", "slug"])
    return topic
