from typing import ClassVar

from django.db import models

from forum.models.topic import Topic


class Persona(models.Model):
    """A pseudonym that a member writes under in one topic.

    `owner_tag` is HMAC-SHA256(PERSONA_KEY, topic ‖ member), 32 bytes: it lets the signed-in author find the persona, and no
    column joins it to a person. `sealed_person` opens with two officers' passphrases only.
    """

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="personas", db_index=False)
    label = models.CharField(max_length=40)
    owner_tag = models.BinaryField(max_length=32)
    sealed_person = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "owner_tag"], name="one_persona_per_member_and_topic"),
            models.UniqueConstraint(fields=["topic", "label"], name="persona_label_is_free_in_its_topic"),
            models.CheckConstraint(name="persona_has_a_label", condition=~models.Q(label="")),
        ]

    def __str__(self) -> str:
        return self.label
