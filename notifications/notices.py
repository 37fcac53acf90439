"""What the notices of this room itself say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from mail.returned import Trouble, trouble_with
from notifications.kinds import NoticeText
from notifications.models import Event, Notice


class MailStopped:
    """Mail to the reader comes back, and nothing is written to them any more. Gone once they put it right."""

    label: ClassVar = "Mail to me comes back"
    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False
    can_be_off: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return self._is_of(event, user, trouble_with(user.pk, at=at))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        trouble = trouble_with(user.pk, at=at)
        if trouble is None:
            return {}
        sentence = f"Mail to you comes back. We do not write to {trouble.address.email} any more"
        text = NoticeText(sentence, reverse("notifications:preferences"), f"{trouble.event.in_words} You can put it right.")
        return {notice.pk: text for notice in notices if self._is_of(notice.event, user, trouble)}

    def _is_of(self, event: Event, user: AbstractBaseUser, trouble: Trouble | None) -> bool:
        """Of this reader, and of the address that still has the trouble."""
        same = trouble is not None and trouble.stopped and trouble.address.pk == event.data["address"]
        return same and event.data["user"] == user.pk
