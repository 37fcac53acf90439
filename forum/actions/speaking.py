"""Under which name something is written: the one place where a persona comes to be.

Nothing is written here that names the member: the persona's row holds a tag and a seal, and the rest of the transaction is the
post's. What else could join the two is told in docs/security.md and tried by tests/security/test_personas_leak_nothing.py.
"""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Now

from accounts.models import Facts, User
from common.moments import in_words
from common.statements import Shape, Statement
from common.verdicts import Refused
from forum import permissions
from forum.actions.errors import LabelTaken, NoPseudonymsYet, VoiceUnclear
from forum.keeping import is_mark_of, new_mark
from forum.kinds import forum_screen
from forum.models import Category, OfficerKey, Persona, Post, Silence, Topic
from forum.models.persona import own_tag
from forum.pseudonyms import LABELS, OWN, Voice
from forum.sealing import seal

HELD: Final = "A moderator reads this before others do. It mostly takes less than a day."
"""Why a persona's post waits. The true reason could tell something of its author: that they are new, for one."""

_TOLD: Final = ("topic_id", "owner_tag", "label", "until", "why")


def settled_voice(topic: Topic, voice: Voice | None, *, by: User) -> Voice:
    """The voice that was said. Where none was (a reply by mail), the own name, but never in a topic where the member has a
    persona: a slip there cannot be taken back. One statement, which also finds whether they are silenced. Raises VoiceUnclear,
    Refused."""
    rows = _MINE_AND_SILENCED.tuples(None, topic=topic.pk, tag=own_tag(topic.pk, by.pk))
    _refuse(by, rows)
    if voice is None and any(until is None for *_, until, _ in rows):
        raise VoiceUnclear("You have a pseudonym in this topic. Say under which name you post: on the page you are asked for it.")
    return voice or OWN


def _mine_and_silenced(_: Shape, *, topic: int, tag: bytes) -> "QuerySet[Persona, Any]":
    mine = Persona.objects.filter(topic=topic, owner_tag=tag)
    mine = mine.annotate(until=Value(None, DateTimeField()), why=Value("", TextField()))
    return mine.values_list(*_TOLD).union(_silenced(), all=True)


_MINE_AND_SILENCED: Final = Statement(_mine_and_silenced)


def why_hold(voice: Voice, *, by: User, category: Category, html: str, at: datetime, title: str = "") -> str:
    """Why the screen (settings.FORUM_SCREEN) lets this wait, in one sentence to its author; empty where it may go on show."""
    why = forum_screen().why_hold(by, category=category, title=title, html=html, at=at)
    return HELD if why and voice.is_persona else why


def speak_as(topic: Topic, voice: Voice, *, by: User, at: datetime, reserved: int | None = None) -> Persona | None:
    """The member's persona in this topic, made now where there is none; None for their own name. Part of the caller's
    transaction. `reserved`: the id that the topic names already. Raises LabelTaken, NoPseudonymsYet."""
    if not voice.is_persona:
        return None
    found = Persona.objects.of(by.pk, topic.pk).first()
    if found is not None:
        return found
    if voice.label not in LABELS:
        raise LabelTaken("Choose one of the pseudonyms that are offered.")
    publics = {key.pk: bytes(key.public) for key in OfficerKey.objects.standing()}
    if len(publics) < 2:
        raise NoPseudonymsYet("Pseudonyms are not set up here yet: two officers have to set their passphrases first.")
    persona = Persona(pk=reserved, topic=topic, label=voice.label, owner_tag=own_tag(topic.pk, by.pk), created_at=at)
    persona.sealed_person = seal(by.pk, publics=publics, about=persona.sealed_about)
    try:
        with transaction.atomic():
            persona.save(force_insert=True)
    except IntegrityError as error:
        if "persona_label" in str(error):
            raise LabelTaken(f"Somebody else is “{voice.label}” in this topic. Choose another pseudonym.") from error
        return Persona.objects.of(by.pk, topic.pk).get()  # the same form, sent twice at once
    return persona


def mark_to_keep(topic: Topic, persona: Persona | None, *, by: User, wanted: bool) -> bytes | None:
    """The mark of the writer's present practice, where the post is to be kept from it, or the persona has kept one before: what
    it says next would give it away, also once its topic was moved to where everybody reads. None where the whole topic is kept
    from it already. No statement for whoever writes under their own name and keeps nothing."""
    if not wanted:
        if persona is None:
            return None
        if not Post.objects.filter(topic=topic, persona=persona, kept_from__isnull=False).exists():
            return None
    practices = Facts.objects.filter(user=by).values_list("practices", flat=True).first()
    if not practices or (topic.kept_from and is_mark_of(bytes(topic.kept_from), settings.PERSONA_KEY, practices[-1])):
        return None
    return new_mark(settings.PERSONA_KEY, practices[-1])


def mark_of_topic(category: Category, *, by: User, wanted: bool) -> bytes | None:
    """The same for a topic and its first post. Raises Refused."""
    if not wanted:
        return None
    permissions.can_keep_from_practice(by, category).enforce()
    practices = Facts.objects.values_list("practices", flat=True).get(user=by)
    return new_mark(settings.PERSONA_KEY, practices[-1])


def reserved_persona_id() -> int:
    """An id for a persona whose topic is still to be made: each of the two names the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('forum_persona', 'id'))")
        return int(cursor.fetchone()[0])


def refuse_the_silenced(by: User) -> None:
    """Whoever is behind a silenced persona writes nothing, under any name, and is told why. One statement. Raises Refused."""
    _refuse(by, list(_silenced()))


def _silenced() -> "QuerySet[Persona, Any]":
    held = Persona.objects.filter(pk__in=Silence.objects.in_force_at(Now()).values("persona"))
    silence = Silence.objects.in_force_at(Now()).filter(persona=OuterRef("pk")).order_by("-ends_at", "-pk")
    return held.annotate(
        until=Subquery(silence.values("ends_at")[:1]), why=Cast(Subquery(silence.values("reason")[:1]), TextField())
    ).values_list(*_TOLD)


def _refuse(by: User, rows: list[Any]) -> None:
    for topic_id, tag, label, until, why in rows:
        if until is not None and bytes(tag) == own_tag(topic_id, by.pk):
            when = in_words(until, now=until, style="full")
            raise Refused(
                f"A moderator silenced your pseudonym “{label}”, and with it you, until {when}, London time: {why} "
                "Nobody is told who you are."
            )
