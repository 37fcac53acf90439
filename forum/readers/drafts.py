"""What somebody has begun to write and not sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import Model
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.models import User
from forum.models import Category, Draft, Post, Topic

MOST: Final = 200
_NAMES: Final = r"^(reply|start|edit):[0-9]{1,18}(:[0-9]{1,9})?$"
Thing = TypeVar("Thing", bound=Model)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft, what it is to become, and where one goes on with it. `place` and `url` are empty where the writer may not go any
    more: the words are theirs, the place's name is not."""

    draft: Draft
    what: str
    place: str
    url: str


def draft_of(user: User, key: str) -> Draft | None:
    """The draft of one form, also an empty one, for its sequence."""
    return Draft.objects.filter(user=user.pk, key=key).first()


def draft_among(user: User, key: str, *, latest: Mapping[str, Any] | None) -> Draft | None:
    """The draft of a reply with words or a poll in it, out of what `topic_page` brought: `latest`, the reader's last one in the
    topic. No statement, but where that one answers another post."""
    if not latest or not (latest["body"] or latest["poll"]):
        return None
    if latest["key"] != key:
        return draft_of(user, key)
    told = {name: latest[name] for name in ("body", "poll", "about", "sequence")}
    return Draft(**told, key=key, saved_at=datetime.fromisoformat(latest["saved_at"]))


def drafts_of(user: User) -> list[DraftRow]:
    """Everything unfinished, latest first. Four statements at most."""
    drafts = list(Draft.objects.filter(user=user.pk, key__regex=_NAMES).unfinished().latest_first()[:MOST])
    topics = _visible(Topic.objects.visible_to(user).only("title", "slug"), _numbers(drafts, "reply"))
    categories = _visible(Category.objects.visible_to(user).only("name", "slug"), _numbers(drafts, "start"))
    own = Post.objects.visible_to(user).select_related("topic").filter(author=user.pk)
    posts = _visible(own.only("number", "topic__title", "topic__slug"), _numbers(drafts, "edit"))
    return [_row(draft, topics, categories, posts) for draft in drafts]


def _row(draft: Draft, topics: Mapping[int, Topic], categories: Mapping[int, Category], posts: Mapping[int, Post]) -> DraftRow:
    kind, number, to = [*draft.key.split(":"), ""][:3]
    if kind == "start":
        category = categories.get(int(number))
        url = reverse("forum:start", args=[category.slug]) if category else ""
        return DraftRow(draft, "New topic", category.name if category else "", url)
    if kind == "edit":
        post = posts.get(int(number))
        url = reverse("forum:edit", args=[post.topic_id, post.number]) if post else ""
        return DraftRow(draft, f"Change of #{post.number}" if post else "Change of a post", post.topic.title if post else "", url)
    topic = topics.get(int(number))
    url = reverse("forum:reply", args=[topic.pk]) + (f"?to={to}" if to else "") if topic else ""
    return DraftRow(draft, f"Answer to #{to}" if to else "Reply", topic.title if topic else "", url)


def _numbers(drafts: Iterable[Draft], kind: str) -> set[int]:
    return {int(draft.key.split(":")[1]) for draft in drafts if draft.key.startswith(f"{kind}:")}


def _visible(things: "QuerySet[Thing]", numbers: set[int]) -> Mapping[int, Thing]:
    return things.in_bulk(numbers) if numbers else {}
