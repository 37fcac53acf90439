"""What a notice about a case says, to whom it may still say it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse

from forum.models import Post, Topic
from mail.kinds import Letter
from mail.messages import letter_from
from moderation.models import Case, Decision
from moderation.models.case import CaseQuerySet
from moderation.permissions import can_see_queue
from moderation.subjects import done_to_you, subject_of, yours
from notifications.kinds import NoticeText
from notifications.models import Event, Notice


class _AboutCase:
    """Asked through one query whether the reader may still know, on the page and before a mail."""

    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return self._told(user).filter(pk=event.data["case"]).exists()

    def seen_by(self, user: AbstractBaseUser) -> Q:
        told_of = Cast(KeyTextTransform("case", OuterRef("event__data")), BigIntegerField())
        return Q(Exists(self._told(user).filter(pk=told_of)))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        cases = self._told(user).select_related(
            "post__author", "post__persona", "topic__author", "topic__persona", "about", "decision"
        )
        found = cases.in_bulk({notice.event.data["case"] for notice in notices})
        told = ((notice, found.get(notice.event.data["case"])) for notice in notices)
        return {notice.pk: self.text(notice, case) for notice, case in told if case is not None}

    def _told(self, user: AbstractBaseUser) -> CaseQuerySet:
        raise NotImplementedError

    def text(self, notice: Notice, case: Case) -> NoticeText:
        raise NotImplementedError


class NewCase(_AboutCase):
    """To whoever may decide it."""

    label = "Something was reported, or waits to be published"

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_see_queue(user))

    def _told(self, user: AbstractBaseUser) -> CaseQuerySet:
        """Not of what is kept from the reader's own practice. The row is there all the same: whoever had none would be of it."""
        return Case.objects.worked_on_by(user).filter(
            Q(post=None) | Q(post__in=Post.objects.not_kept_from(user)),
            Q(topic=None) | Q(topic__in=Topic.objects.not_kept_from(user)),
        )

    def text(self, notice: Notice, case: Case) -> NoticeText:
        what = "Waits to be published" if case.is_held else "Reported"
        return NoticeText(f"{what}: {subject_of(case)}", reverse("moderation:case", args=[case.pk]))


class AboutYou(_AboutCase):
    """To the person concerned: what was decided, or taken back, and why. The letter's subject names nothing."""

    label = "Moderators decide about something of mine"
    mail_kind = "moderation.decision"
    by_mail_default = True
    can_be_off = False

    def _told(self, user: AbstractBaseUser) -> CaseQuerySet:
        return Case.objects.decided().filter(about=user.pk)

    def text(self, notice: Notice, case: Case) -> NoticeText:
        decision = case.decision
        url = reverse("moderation:told", args=[decision.pk])
        if notice.event.kind == "moderation.reversed":
            return NoticeText(f"A decision about {yours(case)} was taken back", url, decision.reverse_reason)
        return NoticeText(f"Moderators decided about {yours(case)}", url, decision.reason or " ".join(done_to_you(decision)))

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        decision = Decision.objects.select_related("case__post", "case__topic", "sanction").get(case=notice.event.data["case"])
        taken_back = notice.event.kind == "moderation.reversed"
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "taken_back": taken_back,
            "done": done_to_you(decision),
            "reason": decision.reverse_reason if taken_back else decision.reason,
            "ends_at": decision.sanction.ends_at if decision.sanction else None,
            "link": settings.SITE_URL + reverse("moderation:told", args=[decision.pk]),
            "office": settings.REPLY_TO,
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("moderation/mail/decision", context)


class Answered(_AboutCase):
    """To whoever reported: that it is decided, and nothing about anybody else."""

    label = "Something that I reported is decided"

    def _told(self, user: AbstractBaseUser) -> CaseQuerySet:
        return Case.objects.decided().filter(reports__reporter=user.pk)

    def text(self, notice: Notice, case: Case) -> NoticeText:
        return NoticeText("Moderators have decided about something that you reported. Thank you.", reverse("moderation:reports"))
