"""Under which name something is written: the one place where a persona comes to be.

Nothing is written here that names the member: the persona's row holds a tag and a seal, and the rest of the transaction is the
post's. What else could join the two is told in docs/security.md and tried by tests/security/test_personas_leak_nothing.py.
"""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from accounts.models import User
from common.moments import in_words
from common.verdicts import Refused
from forum.actions.errors import LabelTaken, NoPseudonymsYet, VoiceUnclear
from forum.models import OfficerKey, Persona, Silence, Topic
from forum.models.persona import own_tag
from forum.pseudonyms import LABELS, OWN, Voice
from forum.sealing import seal

HELD: Final = "A moderator reads this before others do. It mostly takes less than a day."
"""Why a persona's post waits. The true reason could tell something of its author: that they are new, for one."""


def settled_voice(topic: Topic, voice: Voice | None, *, by: User) -> Voice:
    """The voice that was said. Where none was (a reply by mail), the own name, but never in a topic where the member has a
    persona: a slip there cannot be taken back. Raises VoiceUnclear. No statement where a voice was said."""
    if voice is not None:
        return voice
    if Persona.objects.of(by.pk, topic.pk).exists():
        raise VoiceUnclear("You have a pseudonym in this topic. Say under which name you post: on the page you are asked for it.")
    return OWN


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


def reserved_persona_id() -> int:
    """An id for a persona whose topic is still to be made: each of the two names the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('forum_persona', 'id'))")
        return int(cursor.fetchone()[0])


def refuse_the_silenced(by: User) -> None:
    """Whoever is behind a silenced persona writes nothing, under any name, and is told why. One statement. Raises Refused."""
    rows = Silence.objects.in_force_at(Now()).select_related("persona").defer("persona__sealed_person")
    for silence in rows.order_by("-ends_at", "-pk"):
        if silence.persona.is_of(by.pk):
            until = in_words(silence.ends_at, now=silence.ends_at, style="full")
            raise Refused(
                f"A moderator silenced your pseudonym “{silence.persona.label}”, and with it you, until {until}, London time: "
                f"{silence.reason} Nobody is told who you are."
            )
