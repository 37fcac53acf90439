from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet

from notifications.models.event import Event


class NoticeQuerySet(QuerySet["Notice"]):
    def of(self, user_id: int) -> Self:
        return self.filter(user_id=user_id)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def about(self, **data: int | str) -> Self:
        """Whose event says so: `about(topic=7, number__lte=12)`."""
        return self.filter(**{f"event__data__{name}": value for name, value in data.items()})

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def oldest_first(self) -> Self:
        return self.order_by("at", "pk")


class Notice(models.Model):
    """One person is told of one thing, once: `key` names the thing (`forum.reply:812`).

    Holds no words. What it says is made when it is read, by the kind's class (settings.NOTICE_KINDS), which first asks
    whether the person may still see the thing. `mail` is the one letter that tells of it together with others; a notice
    belongs to at most one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = models.ForeignKey("mail.Mail", models.SET_NULL, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_per_person_and_key")]
        indexes: ClassVar = [
            models.Index(fields=["user", "-at", "-id"], name="notice_newest_first"),
            models.Index(fields=["user"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
