"""A notice by mail: named in settings.MAIL_KINDS once per kind of notice that has a letter."""

from datetime import datetime
from typing import Literal

from mail.kinds import Dropped, Letter
from mail.models import Mail
from notifications.kinds import notice_kind
from notifications.models import Notice
from notifications.posting import wants_mail


class NoticeMail:
    """Asks everything again at hand-over: what was true when the mail was queued may not be any more. Writes nothing."""

    lane: Literal["critical", "notify"] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        notice = Notice.objects.select_related("user", "event").filter(pk=mail.params["notice"]).first()
        if notice is None:
            return Dropped("the notice is gone")
        why_not = _why_not(notice, mail, at=at)
        return Dropped(why_not) if why_not else notice_kind(notice.kind).letter(notice.user, notice, at)


def _why_not(notice: Notice, mail: Mail, *, at: datetime) -> str:
    """The first reason against sending, in the cheapest order; empty where there is none."""
    if notice.read_at is not None:
        return "read on the page already"
    if mail.address.account_id != notice.user_id:
        return "the address is another account's now"
    if not notice.user.is_active:
        return "the account is closed"
    if not wants_mail(notice.user_id, notice.kind):
        return "not wanted by mail any more"
    if not notice_kind(notice.kind).may_still_see(notice.user, notice.event, at):
        return "may not be seen any more"
    return ""
