"""What stands on a topic beside its posts, each riding along in a statement that is made anyway."""

from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject, Substr

from accounts.standing import Anyone
from forum.models import Category, Post, Topic, TopicNote, TopicTag

_FIRST_WORDS: Final = 900
_NOTES: Final = 30


def tags_of(outer: str) -> ArraySubquery:
    """The tags of the topic that `outer` names, as `slug` and `name`."""
    rows = TopicTag.objects.filter(topic=OuterRef(outer)).order_by("tag__slug")
    return ArraySubquery(rows.values(told=JSONObject(slug="tag__slug", name="tag__name")))


def solution_of(outer: str, number: str, user: Anyone) -> Subquery:
    """The accepted answer while it is on show and this person may read it: `number`, `html` (its beginning), `name` of whoever
    wrote it."""
    posts = Post.objects.visible_to(user).filter(topic=OuterRef(outer), number=OuterRef(number), state=Post.State.PUBLISHED)
    told: dict[str, Any] = {
        "number": F("number"),
        "html": Substr("html", 1, _FIRST_WORDS),
        "name": Coalesce("persona__label", "author__display_name"),
    }
    return Subquery(posts.values(told=JSONObject(**told))[:1], output_field=JSONField())


def notes_of(outer: str, user: Anyone) -> ArraySubquery:
    """What moderators did with the topic, newest first: `kind`, `reason`, `at`, `number`, `posts`, and `other` and `category`
    where this reader may see them. Thirty of them."""
    others = Topic.objects.visible_to(user).filter(pk=OuterRef("other"))
    categories = Category.objects.visible_to(user).filter(pk=OuterRef("category"))
    rows = TopicNote.objects.filter(topic=OuterRef(outer)).order_by("-at", "-pk")
    rows = rows.annotate(
        there=Subquery(others.values(told=JSONObject(pk="pk", slug="slug", title="title"))[:1], output_field=JSONField()),
        before=Subquery(categories.values(told=JSONObject(slug="slug", name="name"))[:1], output_field=JSONField()),
    )
    told = JSONObject(kind="kind", reason="reason", at="at", number="number", posts="posts", other="there", category="before")
    return ArraySubquery(rows.values(told=told)[:_NOTES])
