"""Mail about the weekly that is not the weekly: confirm, and “you have it already”. Links are made at hand-over."""

from datetime import datetime
from typing import ClassVar, Literal

from digest.links import confirm_link, manage_link, weekly_link
from digest.models import CapabilityToken, Subscription
from digest.tokens import secret_of
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


def _token(mail: Mail, scope: str) -> CapabilityToken | None:
    return (
        CapabilityToken.objects.filter(subscription=mail.params["subscription"], scope=scope, delivery=None)
        .select_related("subscription")
        .first()
    )
