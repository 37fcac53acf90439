"""What notices about the weekly say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from digest.models import Edition, Run
from digest.permissions import can_edit_weekly
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
        return {notice.pk: self.text(runs[notice.event.data["run"]]) for notice in notices if notice.event.data["run"] in runs}

    def text(self, run: Run) -> NoticeText:
        detail = run.held_because if run.state == Run.State.PAUSED else "Somebody has looked at it."
        return NoticeText(f"The sending of no. {run.edition.number} has stopped", reverse("digest:run", args=[run.pk]), detail)


class LettersTurnedAway(RunHeld):
    """A run goes on, but mail servers refuse what is in its letters."""

    label: ClassVar = "Letters of the weekly are turned away as too large or unwanted"

    def text(self, run: Run) -> NoticeText:
        detail = "More than one in a hundred, as too large or unwanted. The rest goes out."
        return NoticeText(f"Letters of no. {run.edition.number} are turned away", reverse("digest:run", args=[run.pk]), detail)


class EditionWaits(RunHeld):
    """An edition is not sent before an editor has approved it."""

    label: ClassVar = "The weekly waits for an editor's approval"

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_edit_weekly(user)) and Edition.objects.filter(pk=event.data["edition"]).exists()

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        if not can_edit_weekly(user):
            return {}
        editions = Edition.objects.in_bulk({notice.event.data["edition"] for notice in notices})
        found = {notice.pk: editions.get(notice.event.data["edition"]) for notice in notices}
        return {pk: _waits(edition) for pk, edition in found.items() if edition is not None}


def _waits(edition: Edition) -> NoticeText:
    waits = edition.state == Edition.State.DRAFT and edition.approved_at is None
    detail = "Nobody gets it before somebody has read and approved it." if waits else "Somebody has looked at it."
    return NoticeText(f"No. {edition.number} of the weekly waits for approval", reverse("digest:edit"), detail)
