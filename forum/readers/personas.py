"""What a member is shown of their own personas: found by computing tags, since no column tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, F, IntegerField, JSONField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, Now

from accounts.models import User
from accounts.standing import Anyone, standing_of
from forum.models import OfficerKey, Opening, Persona, Post, Silence, Topic, TopicMember
from forum.models.persona import own_tag
from forum.models.rules import not_kept_rule
from forum.permissions import can_see_topic

LOOKED_THROUGH: Final = 20_000
"""So many of the newest personas are compared with the reader's tags: 20,000 take some 0.2 s on a busy machine of two cores."""


@dataclass(frozen=True, slots=True)
class OwnPersona:
    """The reader's persona in a topic; `answers`: replies to it that came since they last read here."""

    id: int
    label: str
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Voices:
    """Under which names somebody may write in a topic. `own_name`: the name on their account; `is_offered`: a pseudonym can be
    taken here. `may_keep`: what they write can be kept from their own practice."""

    own_name: str
    persona: OwnPersona | None = None
    is_offered: bool = False
    may_keep: bool = False

    @property
    def are_asked_for(self) -> bool:
        """There is something to choose."""
        return bool(self.persona or self.is_offered or self.may_keep)


@dataclass(frozen=True, slots=True)
class PersonaRow:
    """One of the reader's pseudonyms, in the list of all: `may_go` is False where the topic is closed to them now, `waits` where
    they began it and a moderator has not let it on."""

    persona: Persona
    posts: int
    answers: int
    may_go: bool
    waits: bool
    openings: Sequence[Opening]
    silence: Silence | None


def pseudonyms_are_offered() -> bool:
    """Two officers have keys, so that what is sealed can be opened. One statement."""
    return OfficerKey.objects.standing()[:2].count() == 2


def about_the_reader(user: Anyone, tag: bytes) -> Subquery | Value:
    """For `topic_page`: the reader's persona in this topic, which has this tag, as one JSON value."""
    user_id = standing_of(user).user_id
    if user_id is None:
        return Value(None, output_field=JSONField())
    mine = Persona.objects.filter(topic=OuterRef("pk"), owner_tag=tag)
    told = JSONObject(id="pk", label="label", answers=_answers_since(user))
    return Subquery(mine.values(told=told)[:1], output_field=JSONField())


def as_own_persona(told: dict[str, Any] | None) -> OwnPersona | None:
    return OwnPersona(told["id"], told["label"], told["answers"]) if told else None


def officers_with_keys() -> Subquery:
    """For `topic_page`: how many there are, at most two."""
    keys = OfficerKey.objects.standing().order_by().values(one=Value(1)).annotate(keys=Count("pk")).values("keys")
    return Coalesce(Subquery(keys, output_field=IntegerField()), 0)  # type: ignore[return-value]


def _answers_since(user: Anyone) -> Any:
    """Replies to a persona's posts that the member may read, beyond what they have read in its topic."""
    standing = standing_of(user)
    read = TopicMember.objects.filter(user=standing.user_id, topic=OuterRef("topic")).values("last_read")[:1]
    parents = Post.objects.filter(topic=OuterRef("topic"), number=OuterRef("parent_number"), persona=OuterRef(OuterRef("pk")))
    answers = (
        Post.objects.filter(topic=OuterRef("topic"), parent_number__isnull=False, state=Post.State.PUBLISHED)
        .filter(Q(persona=None) | ~Q(persona=OuterRef("pk")), Exists(parents))
        .filter(not_kept_rule(standing, "topic__category__"))
        .annotate(read=Coalesce(Subquery(read), 0))
        .filter(number__gt=F("read"))
        .order_by()
        .values("topic")
        .annotate(answers=Count("pk"))
        .values("answers")
    )
    return Coalesce(Subquery(answers, output_field=IntegerField()), 0)


def mixes_voices(topic_id: int, *, by: User, as_persona: bool, parent_number: int | None, persona_id: int | None) -> str:
    """Why writing so would give the pseudonym away to a careful reader; empty where it would not. At most two statements."""
    if parent_number is not None:
        parent = Post.objects.filter(topic=topic_id, number=parent_number).values("author_id", "persona_id").first()
        if parent and as_persona and parent["author_id"] == by.pk:
            return "This answers a post that you wrote under your own name. Answering yourself draws eyes to both."
        if parent and not as_persona and persona_id is not None and parent["persona_id"] == persona_id:
            return "This answers your own pseudonym, under your own name. Answering yourself draws eyes to both."
    if as_persona and persona_id is None and Post.objects.filter(topic=topic_id, author=by).exists():
        return "You have written in this topic under your own name. Two names with one way of writing are easily told to be one."
    return ""


def own_personas(user: User, *, at: datetime) -> list[PersonaRow]:
    """Every pseudonym of a member, newest first, with what came of it. Four statements; compares LOOKED_THROUGH tags."""
    mine = _own_ids(user)
    found = (
        Persona.objects.filter(pk__in=mine)
        .select_related("topic__category")
        .defer("topic__search", "sealed_person")
        .annotate(posts_there=Count("posts", filter=Q(posts__state__in=Post.KEPT)), answers=_answers_since(user))
        .order_by("-pk")
    )
    openings: dict[int, list[Opening]] = {}
    for opening in Opening.objects.filter(persona__in=mine, second_at__isnull=False).select_related("first_by", "second_by"):
        openings.setdefault(opening.persona_id, []).append(opening)
    silences = {silence.persona_id: silence for silence in Silence.objects.in_force_at(Now()).filter(persona__in=mine)}
    return [_row(persona, user, openings, silences) for persona in found]


def answers_to_pseudonyms(user: User) -> int:
    """How many answers to all of them the member has not read. Two statements; compares LOOKED_THROUGH tags."""
    mine = _own_ids(user)
    found = Persona.objects.filter(pk__in=mine).values_list(_answers_since(user), flat=True) if mine else ()
    return sum(found)


def _own_ids(user: User) -> list[int]:
    known = Persona.objects.order_by("-pk").values_list("pk", "topic_id", "owner_tag")[:LOOKED_THROUGH]
    return [pk for pk, topic_id, tag in known if bytes(tag) == own_tag(topic_id, user.pk)]


def _row(persona: Any, user: User, openings: dict[int, list[Opening]], silences: dict[int, Silence]) -> PersonaRow:
    return PersonaRow(
        persona=persona,
        posts=persona.posts_there,
        answers=persona.answers,
        may_go=bool(can_see_topic(user, persona.topic)),
        waits=persona.topic.state == Topic.State.PENDING and persona.topic.persona_id == persona.pk,
        openings=openings.get(persona.pk, []),
        silence=silences.get(persona.pk),
    )
