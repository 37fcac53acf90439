"""Mail about the weekly that is not the weekly: confirm, and “you have it already”. Links are made at hand-over."""

from datetime import datetime
from typing import ClassVar, Literal

from accounts.models import User
from digest.links import confirm_link, manage_link, weekly_link
from digest.models import CapabilityToken, Edition, Subscription
from digest.permissions import can_edit_weekly
from digest.tokens import secret_of
from digest.trials import preview_of, trial_letter
from digest.words import day_and_hour
from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail


class Confirm:
    """Is this mailbox yours, and do you want the weekly? The link opens a page with one button. Goes also to an address that mail
    came back from, once a day at most: whoever has no account has no other way to say that it works."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"
    tries_what_came_back: ClassVar = True

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        token = _token(mail, CapabilityToken.Scope.CONFIRM)
        if token is None or token.subscription.state != Subscription.State.PENDING:
            return Dropped("nothing is left to confirm")
        context = {"link": confirm_link(secret_of(token)), "weekly": weekly_link()}
        return letter_from("digest/mail/confirm", context)


class Already:
    """Somebody, perhaps the owner, asked again for what the address has."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        token = _token(mail, CapabilityToken.Scope.PAUSE)
        if token is None or token.subscription.state != Subscription.State.ACTIVE:
            return Dropped("the subscription has ended")
        mine = token.subscription
        context = {"manage": manage_link(secret_of(token)), "when": day_and_hour(mine.weekday, mine.local_hour)}
        return letter_from("digest/mail/already", context)


class Trial:
    """The draft as its editor would get it, by mail, to see it in a real mail program."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        draft = Edition.objects.draft().select_related("editor").filter(pk=mail.params["edition"]).first()
        editor = User.objects.with_roles().filter(pk=mail.params["user"], is_active=True).first()
        if draft is None or editor is None or not can_edit_weekly(editor):
            return Dropped("the draft is out, or its editor is none any more")
        return trial_letter(draft, preview_of(draft, editor, editor=editor, at=at).items, at=at)


def _token(mail: Mail, scope: str) -> CapabilityToken | None:
    return (
        CapabilityToken.objects.filter(subscription=mail.params["subscription"], scope=scope, delivery=None)
        .select_related("subscription")
        .first()
    )
