"""What notices about the weekly say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from digest.models import Run
from digest.permissions import can_edit_weekly
from mail.kinds import Letter
from notifications.kinds import NoticeText
from notifications.models import Event, Notice


class RunHeld:
    """A run stopped by itself and waits for a person."""

    label: ClassVar = "The weekly stops while it is going out"
    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False
    can_be_off: ClassVar = False

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_edit_weekly(user))

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_edit_weekly(user)) and Run.objects.filter(pk=event.data["run"]).exists()

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        if not can_edit_weekly(user):
            return {}
        runs = Run.objects.select_related("edition").in_bulk({notice.event.data["run"] for notice in notices})
        return {notice.pk: _text(runs[notice.event.data["run"]]) for notice in notices if notice.event.data["run"] in runs}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        raise NotImplementedError


def _text(run: Run) -> NoticeText:
    detail = run.held_because if run.state == Run.State.PAUSED else "Somebody has looked at it."
    return NoticeText(f"The sending of no. {run.edition.number} has stopped", reverse("digest:run", args=[run.pk]), detail)
