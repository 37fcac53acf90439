import hmac
import struct
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet

from forum.models.topic import Topic
from forum.pseudonyms import owner_tag


def own_tag(topic_id: int, user_id: int) -> bytes:
    """The tag that a member's persona in a topic has, whether there is one or not."""
    return owner_tag(settings.PERSONA_KEY, topic=topic_id, member=user_id)


class PersonaQuerySet(QuerySet["Persona"]):
    def of(self, user_id: int | None, topic_id: int) -> Self:
        """A member's own in a topic: one or none."""
        if user_id is None:
            return self.none()
        return self.filter(topic=topic_id, owner_tag=own_tag(topic_id, user_id))


class Persona(models.Model):
    """A pseudonym that a member writes under in one topic.

    `owner_tag` is HMAC-SHA256(PERSONA_KEY, topic ‖ member), 32 bytes: it lets the signed-in author find the persona, and no
    column joins it to a person. `sealed_person` opens with two officers' passphrases only. `is_resting`: its owner may not write
    at present; set for all at once by night, so that the moment tells nothing.
    """

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="personas", db_index=False)
    label = models.CharField(max_length=40)
    owner_tag = models.BinaryField(max_length=32)
    sealed_person = models.BinaryField()
    created_at = models.DateTimeField()
    is_resting = models.BooleanField(default=False, db_default=False)

    objects = PersonaQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "owner_tag"], name="one_persona_per_member_and_topic"),
            models.UniqueConstraint(fields=["topic", "label"], name="persona_label_is_free_in_its_topic"),
            models.CheckConstraint(name="persona_has_a_label", condition=~models.Q(label="")),
        ]

    def __str__(self) -> str:
        return self.label

    def is_of(self, user_id: int | None) -> bool:
        """Whether this is theirs: computed, never stored. No statement."""
        return user_id is not None and hmac.compare_digest(bytes(self.owner_tag), own_tag(self.topic_id, user_id))

    @property
    def sealed_about(self) -> bytes:
        """What the seal is bound to: put to another persona, it does not open."""
        return struct.pack(">q", self.topic_id) + bytes(self.owner_tag)
