from typing import ClassVar

from django.db import models


class MailEvent(models.Model):
    """What a server or provider told us of a message afterwards: bounce, complaint, delivery. Told twice, kept once."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    message_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    told = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "event_id"], name="mail_event_is_told_once")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.provider}"
