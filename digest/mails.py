"""Mail about the weekly that is not the weekly: confirm, “you have it already”, and what is asked and told
of a new address. Links are made at hand-over."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from digest.links import confirm_link, manage_link, masked, move_link, not_me_link, stream_link, weekly_link
from digest.models import AddressChange, CapabilityToken, Edition, Subscription
from digest.offers import name_of, offer_for
from digest.permissions import can_edit_stream
from digest.readers import NOT_ASKED_FOR
from digest.tokens import move_token, secret_of
from digest.trials import preview_of, trial_letter
from digest.words import comes, day_there
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
        stream = token.subscription.stream
        offer = offer_for(stream, AnonymousUser())
        if offer is None:
            return Dropped("visitors can no longer read what it tells of")
        secret = secret_of(token)
        links = {"link": confirm_link(secret), "not_me": not_me_link(secret), "weekly": stream_link(stream)}
        context = {**links, "offer": offer, "days": NOT_ASKED_FOR.days}
        return letter_from("digest/mail/confirm", context)


class Already:
    """Somebody, perhaps the owner, asked again for what the address has."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        token = _token(mail, CapabilityToken.Scope.PAUSE)
        if token is None or token.subscription.state != Subscription.State.ACTIVE:
            return Dropped("the subscription has ended")
        mine = token.subscription
        when = comes(mine.stream, weekday=mine.weekday, hour=mine.local_hour, tz=mine.tz, pace=mine.pace)
        context: dict[str, object] = {"manage": manage_link(secret_of(token)), "when": when, "name": name_of(mine.stream)}
        context["slowed"] = mine.pace != Subscription.Pace.USUAL
        context["paused_until"] = day_there(mine.paused_until, tz=mine.tz) if mine.paused_until and mine.is_paused_at(at) else ""
        return letter_from("digest/mail/already", context)


class Trial:
    """The draft as its editor would get it, by mail, to see it in a real mail program."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        draft = Edition.objects.draft().select_related("editor").filter(pk=mail.params["edition"]).first()
        editor = User.objects.with_roles().filter(pk=mail.params["user"], is_active=True).first()
        if draft is None or editor is None or not can_edit_stream(editor, draft.stream):
            return Dropped("the draft is out, or its editor is none any more")
        return trial_letter(draft, preview_of(draft, editor, editor=editor, at=at).items, at=at)


class Move:
    """To a new address: is this mailbox yours, and shall what goes to the other one come here?"""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"
    tries_what_came_back: ClassVar = True

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        change = _change(mail)
        if change is None or change.moved_at is not None or change.called_off_at is not None:
            return Dropped("nothing is left to confirm")
        context = {"link": move_link(move_token(change.pk)), "before": masked(change.before.email)}
        return letter_from("digest/mail/move", context)


class Moving:
    """To the old address, at once: somebody who holds a link of yours wants it elsewhere."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        change = _change(mail)
        if change is None or change.called_off_at is not None:
            return Dropped("it was called off")
        token = _standing(change.subscription_id)
        if token is None:
            return Dropped("the link is gone")
        context = {"manage": manage_link(secret_of(token)), "after": masked(change.after.email)}
        return letter_from("digest/mail/moving", context)


class Moved:
    """To the old address, once it is done."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        change = _change(mail)
        if change is None or change.moved_at is None:
            return Dropped("it was called off")
        return letter_from("digest/mail/moved", {"after": masked(change.after.email), "weekly": weekly_link()})


def _change(mail: Mail) -> AddressChange | None:
    return AddressChange.objects.select_related("before", "after").filter(pk=mail.params["change"]).first()


def _standing(subscription_id: UUID) -> CapabilityToken | None:
    scope = CapabilityToken.Scope.PAUSE
    return CapabilityToken.objects.filter(subscription=subscription_id, scope=scope, delivery=None).first()


def _token(mail: Mail, scope: str) -> CapabilityToken | None:
    return (
        CapabilityToken.objects.filter(subscription=mail.params["subscription"], scope=scope, delivery=None)
        .select_related("subscription")
        .first()
    )
