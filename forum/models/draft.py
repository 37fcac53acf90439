from collections.abc import Mapping
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.query import QuerySet

ABOUT_FIELDS: Final = ("kind", "tags", "pinned_until", "everywhere", "keep", "note")
_KINDS: Final = {"question": "A question", "announcement": "An announcement"}


def said_beside(about: Mapping[str, str]) -> list[str]:
    """What a draft says beside its words and its poll, a line each."""
    until, place = about.get("pinned_until", ""), ", on the home page too" if about.get("everywhere") else ""
    told = [
        _KINDS.get(about.get("kind", ""), ""),
        f"Tags: {about['tags']}" if about.get("tags") else "",
        f"Pinned until {until}{place}" if until else "",
        "Kept from members of my practice" if about.get("keep") else "",
        f"What you changed: {about['note']}" if about.get("note") else "",
    ]
    return [line for line in told if line]


class DraftQuerySet(QuerySet["Draft"]):
    def unfinished(self) -> Self:
        """Those with something in them: an empty one only holds its sequence."""
        said = ~Q(title="") | ~Q(body="") | Q(poll__isnull=False) | Q(about__has_key="tags")
        return self.filter(said)

    def latest_first(self) -> Self:
        return self.order_by("-saved_at", "-pk")


class Draft(models.Model):
    """What somebody is writing and has not sent. `key` names the form (`reply:7` to a topic, `reply:7:12` to a post of it,
    `start:3` in a category, `edit:12` of a post); `sequence` rises by one with every save and is counted here, not by a device.
    `poll`: the fields of a poll that is begun with it, as they were typed; else null. `about`: what else the form says and is not
    what it says of itself (kind, tags, until when and where it is pinned, whether it is kept from one's practice; of a change,
    what was changed), as typed; else null. Without words, a poll and tags it was posted or thrown away: what was only chosen is
    no draft."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    sequence = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True)
    parent_number = models.PositiveIntegerField(null=True)
    poll = models.JSONField(null=True)
    about = models.JSONField(null=True)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_person_and_form")]

    def __str__(self) -> str:
        return f"draft {self.key}"

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.body or self.poll or self.tags)

    @property
    def tags(self) -> str:
        """Of a new topic, as they were typed."""
        return str((self.about or {}).get("tags", ""))

    @property
    def lines(self) -> list[str]:
        return said_beside(self.about or {})

    @property
    def is_kept_from_practice(self) -> bool:
        return bool((self.about or {}).get("keep"))
