"""Whom one may name where: suggestions while one types, and who of those named would not hear of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q

from accounts.handles import sort_key
from accounts.models import Block, GroupMember, RoleGrant, User
from accounts.standing import Anyone, standing_of
from common.html_reading import read_html
from forum.models import Category, Post, Topic
from forum.permissions import can_see_category, can_see_topic

MOST: Final = 8
SHORTEST: Final = 2
_LOOKED_AT: Final = 40
_NAMED: Final = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is being written: a topic, or a category for a new one."""

    category: Category
    topic: Topic | None = None

    @property
    def noun(self) -> str:
        return "topic" if self.topic else "category"


def place_of(user: Anyone, key: str) -> Place | None:
    """The place that a draft's key speaks of, if this person may know of it. One statement."""
    kind, number, *_ = [*key.split(":"), "", ""]
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    if kind == "start":
        category = Category.objects.visible_to(user).filter(pk=number).first()
        return Place(category) if category else None
    topics = Topic.objects.visible_to(user).select_related("category").defer("search")
    if kind == "reply":
        topic = topics.filter(pk=number).first()
    else:
        topic = topics.filter(pk__in=Post.objects.filter(pk=number).values("topic")).first() if kind == "edit" else None
    return Place(topic.category, topic) if topic else None


def people_to_name(writer: User, place: Place, words: str, *, at: datetime) -> list[User]:
    """At most eight who take part, may read the place and are not blocked by the writer, by the beginning of a name or a handle;
    whoever wrote in the topic under their own name first, as far as the writer may read it. Whoever blocked the writer is among
    them, and is told nothing when they are named: one missing here would be known to have. Nobody for less than two letters. One
    statement."""
    words = sort_key(words.replace("\0", ""))
    if len(words) < SHORTEST:
        return []
    named = Q(sort_key__startswith=words) | Q(sort_key__contains=f" {words}") | Q(handle__startswith=words)
    people = (
        User.objects.with_roles()
        .filter(named, Exists(RoleGrant.objects.held_at(at).filter(user=OuterRef("pk"))), is_active=True)
        .exclude(pk=writer.pk)
    )
    blocks = Block.objects.filter(user=writer.pk, blocked=OuterRef("pk"))
    people = people.filter(~Exists(blocks)).select_related("facts")
    category = place.category
    if category.access == Category.Access.GROUP:
        theirs = GroupMember.objects.standing().filter(group__in=[category.group_id, category.moderate_group_id])
        people = people.filter(pk__in=theirs.values("user"))
    order = ["sort_key", "pk"]
    if place.topic is not None:
        wrote = Post.objects.visible_to(writer).filter(topic=place.topic.pk, author=OuterRef("pk"), state=Post.State.PUBLISHED)
        people, order = people.annotate(wrote_here=Exists(wrote)), ["-wrote_here", *order]
    found = people.order_by(*order)[:_LOOKED_AT]
    return [person for person in found if standing_of(person).takes_part and _may_read(person, place)][:MOST]


def unheard(writer: Anyone, place: Place, html: str) -> list[str]:
    """For each name in a text that leads to nobody there, a sentence to the writer. Whoever blocked the writer is not given away.
    One statement; none where nobody is named."""
    handles = read_html(html).mentions[:_NAMED]
    if not handles:
        return []
    people = {person.handle: person for person in User.objects.with_roles().filter(handle__in=handles, is_active=True)}
    return [sentence for handle in handles if (sentence := _why_unheard(people.get(handle), handle, place))]


def _why_unheard(person: User | None, handle: str, place: Place) -> str:
    if person is None:
        return f"Nobody here is called @{handle}."
    return "" if _may_read(person, place) else f"@{handle} cannot read this {place.noun} and will not be told."


def _may_read(person: User, place: Place) -> bool:
    verdict = can_see_topic(person, place.topic) if place.topic else can_see_category(person, place.category)
    return bool(verdict)
