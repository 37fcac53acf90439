"""Who hears that a pseudonym is to be opened, and the one person who hears that theirs was.

The event of an opening names the person and the two officers, and neither persona nor topic nor reason: the person finds those on
“Your pseudonyms”, where they are worked out (docs/adr/0013-personas.md).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from accounts.models import User
from common.clock import london_day
from forum.models import OfficerKey, Opening
from forum.permissions import can_hold_a_key, can_see_openings
from mail.kinds import Letter
from mail.messages import letter_from
from notifications.kinds import LiveMessage, NoticeText, Recipient
from notifications.models import Event, Notice


class _Quiet:
    """No page waits for it."""

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class OpeningAsked(_Quiet):
    """Somebody asks, or a first officer agreed. Told: every officer with a key but the one who did it."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        keys = OfficerKey.objects.standing().filter(user__gt=after).exclude(user=event.actor_id or 0).order_by("user")
        key = f"forum.opening:{event.pk}"
        return [Recipient(user, "forum.opening", key) for user in keys.values_list("user", flat=True)[:limit]]


class PersonaOpened(_Quiet):
    """Told: the person it was about."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        user = event.data["user"]
        return [Recipient(user, "forum.persona_opened", f"forum.persona_opened:{event.pk}")] if user > after else []


class LetIn(_Quiet):
    """An officer's key opens earlier pseudonyms from now on. Told: that officer, once for all that was let in on one day."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        user, key = event.data["user"], f"forum.let_in:{london_day(event.at)}"
        return [Recipient(user, "forum.let_in", key, mail=False)] if user > after else []


class YouAreLetIn:
    """To that officer; names no pseudonym and nobody."""

    label: ClassVar = "As an officer: I am let in on earlier pseudonyms"
    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_hold_a_key(user))

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_hold_a_key(user)) and bool(event.data["user"] == user.pk)

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        text = NoticeText(
            "Two officers let you in on pseudonyms from before you had a passphrase",
            reverse("forum:openings"),
            "Together with another officer you can open them from now on.",
        )
        return {notice.pk: text for notice in notices if self.may_still_see(user, notice.event, at)}


class OpeningWaits:
    """To the officers."""

    label: ClassVar = "As an officer: somebody asks to open a pseudonym"
    mail_kind: ClassVar[str | None] = "forum.opening"
    by_mail_default: ClassVar = True

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_see_openings(user))

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_see_openings(user)) and Opening.objects.waiting().filter(pk=event.data["opening"]).exists()

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        if not can_see_openings(user):
            return {}
        openings = Opening.objects.in_bulk({notice.event.data["opening"] for notice in notices})
        told = ((notice.pk, openings.get(notice.event.data["opening"])) for notice in notices)
        return {pk: NoticeText(_asked(opening), _place(opening), opening.reason) for pk, opening in told if opening}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        opening = Opening.objects.get(pk=notice.event.data["opening"])
        return _letter(user, subject="A pseudonym waits for the officers", sentence=_asked(opening), link=_place(opening))


class YoursWasOpened:
    """To the person."""

    label: ClassVar = "Two officers opened a pseudonym of mine"
    mail_kind: ClassVar[str | None] = "forum.persona_opened"
    by_mail_default: ClassVar = True
    can_be_off: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(event.data["user"] == user.pk)

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        mine = [notice for notice in notices if self.may_still_see(user, notice.event, at)]
        people = User.objects.in_bulk({notice.event.data[who] for notice in mine for who in ("first", "second")})
        link = reverse("forum:pseudonyms")
        return {notice.pk: NoticeText(_opened(notice.event, people), link) for notice in mine}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        people = User.objects.in_bulk([notice.event.data[who] for who in ("first", "second")])
        sentence = _opened(notice.event, people)
        return _letter(user, subject="Something about your account", sentence=sentence, link=reverse("forum:pseudonyms"))


def _asked(opening: Opening) -> str:
    if opening.first_at is None:
        return "Somebody asks to open a pseudonym. It takes two officers."
    return "One officer agreed to open a pseudonym. It takes a second."


def _place(opening: Opening) -> str:
    return reverse("forum:opening", args=[opening.pk])


def _opened(event: Event, people: Mapping[int, User]) -> str:
    first, second = (people[event.data[who]].display_name for who in ("first", "second"))
    return f"{first} and {second} opened a pseudonym of yours and know that it is you. Which one, and why, stands on your list."


def _letter(user: AbstractBaseUser, *, subject: str, sentence: str, link: str) -> Letter:
    """The subject says nothing: it is read over a shoulder."""
    context: dict[str, object] = {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "subject": subject,
        "sentence": sentence,
        "link": settings.SITE_URL + link,
        "preferences": settings.SITE_URL + reverse("notifications:preferences"),
    }
    return letter_from("forum/mail/opening", context)
