from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet

from mail.models.address import Address


class MailEventQuerySet(QuerySet["MailEvent"]):
    def trouble(self) -> Self:
        """Bounces and complaints, without what was tried again."""
        return self.filter(kind__in=[MailEvent.Kind.HARD, MailEvent.Kind.SOFT, MailEvent.Kind.COMPLAINT])

    def since(self, moment: datetime) -> Self:
        return self.filter(at__gte=moment)

    def latest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class MailEvent(models.Model):
    """What was told of a message afterwards: a bounce, a complaint; and that its owner or an officer said "write again".
    Told twice, kept once: `event_id` names the message and what became of it, so that one message is one bounce, however
    often it is told.

    `told`: `code` as the server gave it.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "There is no such mailbox"
        SOFT = "soft", "The mail was sent back"
        COMPLAINT = "complaint", "Reported as unwanted"
        AGAIN = "again", "Written to again"

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    address = models.ForeignKey(Address, models.CASCADE, null=True, related_name="events")
    message_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    told = models.JSONField(default=dict)

    objects = MailEventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "event_id"], name="mail_event_is_told_once")]
        indexes: ClassVar = [models.Index("at", "id", name="mail_event_by_time")]

    @property
    def in_words(self) -> str:
        """What is wrong, as far as the code says it (RFC 3463), for whoever can put it right."""
        code = str(self.told.get("code", ""))
        if self.kind != MailEvent.Kind.SOFT:
            return f"{MailEvent.Kind(self.kind).label}."
        finer = {"2.2": "The mailbox is full.", "2.1": "The mailbox is switched off."}
        broad = {
            "2": "The mailbox takes no mail.",
            "4": "The mail server could not be reached.",
            "7": "The mail server does not let our mail in.",
        }
        subject = code.partition(".")[2]
        return finer.get(subject) or broad.get(subject.partition(".")[0]) or f"{MailEvent.Kind.SOFT.label}."

    def __str__(self) -> str:
        return f"{self.kind} by {self.provider}"
