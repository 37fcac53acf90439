"""Rows that a transaction keeps for itself, in the order in which everybody takes them."""

from django.db import transaction

from forum.models import Post, Topic


class _StandsElsewhere(Exception):
    """The post was moved while its old topic was waited for."""


def held_post(pk: int) -> Post:
    """A post, behind the row of the topic that it stands in now, as a reply takes it, so that counters are counted in turn. Part
    of the caller's transaction. Who waits while the post is moved gives the old topic's row back before the new one's is taken:
    whoever moves takes both, in the order of their ids."""
    while True:
        topic_id = Post.objects.values_list("topic", flat=True).get(pk=pk)
        try:
            with transaction.atomic():
                return _held(pk, topic_id)
        except _StandsElsewhere:
            continue


def _held(pk: int, topic_id: int) -> Post:
    Topic.objects.select_for_update().only("pk").get(pk=topic_id)
    post = Post.objects.select_related("topic__category", "persona").select_for_update(of=("self",)).get(pk=pk)
    if post.topic_id != topic_id:
        raise _StandsElsewhere
    return post
