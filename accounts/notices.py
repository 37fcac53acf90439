"""What a notice about groups and roles says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from accounts.models import Closing, Group, RoleGrant, User
from accounts.permissions import can_decide_on_roles, can_look_at_desks
from accounts.standing import standing_of
from mail.kinds import Letter
from mail.messages import letter_from
from notifications.kinds import NoticeText
from notifications.models import Event, Notice


class GroupJoined:
    """Somebody was let into a group, or runs it now."""

    label = "I am added to a group, or become its owner"
    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(self._groups(user, [event.data["group"]]))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        groups = self._groups(user, [notice.event.data["group"] for notice in notices])
        told = {}
        for notice in notices:
            group = groups.get(notice.event.data["group"])
            if group is not None:
                did = "You are an owner of" if notice.event.data["what"] == "owner" else "You were added to"
                told[notice.pk] = NoticeText(
                    f"{did} the group “{group.name}”", reverse("accounts:group", args=[group.slug]), group.description
                )
        return told

    def _groups(self, user: AbstractBaseUser, ids: Sequence[int]) -> dict[int, Group]:
        """Those that the reader belongs to now; while suspended or lapsed, none."""
        mine = {"members__user": user.pk, "members__removed_at": None}
        return Group.objects.standing().filter(pk__in=standing_of(user).groups.intersection(ids), **mine).in_bulk()


class _AboutRole:
    by_mail_default: ClassVar = True
    can_be_off: ClassVar = False
    address: ClassVar = "accounts:roles"
    sentences: ClassVar[Mapping[str, str]] = {}
    see: ClassVar = "See who holds what, and until when"
    subjects: ClassVar[Mapping[str, str]] = {}
    """Without names: a subject is read over a shoulder."""

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        people = User.objects.in_bulk({notice.event.data["user"] for notice in notices})
        seen = [notice for notice in notices if self.may_still_see(user, notice.event, at)]
        return {notice.pk: NoticeText(self._sentence(notice.event, people), reverse(self.address)) for notice in seen}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        people = User.objects.in_bulk([notice.event.data["user"]])
        context: dict[str, object] = {
            "name": user.get_short_name(),  # type: ignore[attr-defined]
            "subject": self.subjects.get(notice.event.data["what"], "A role has changed"),
            "sentence": self._sentence(notice.event, people),
            "see": self.see,
            "link": settings.SITE_URL + reverse(self.address),
            "preferences": settings.SITE_URL + reverse("notifications:preferences"),
        }
        return letter_from("accounts/mail/role_changed", context)

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        raise NotImplementedError

    def _sentence(self, event: Event, people: Mapping[int, User]) -> str:
        role = str(RoleGrant.Role(event.data["role"]).label).lower()
        return self.sentences[event.data["what"]].format(person=people[event.data["user"]].display_name, role=role)


class RoleOfMine(_AboutRole):
    """To whoever holds the role."""

    label = "A role of mine begins or ends"
    mail_kind: ClassVar[str | None] = "accounts.role"
    address: ClassVar = "accounts:account"
    see: ClassVar = "Go to your account"
    sentences: ClassVar = {
        "given": "You have the role of {role} now.",
        "taken": "You no longer have the role of {role}.",
        "ending": "Your role of {role} ends within 30 days, unless it is given again.",
    }
    subjects: ClassVar = {
        "given": "You have a new role",
        "taken": "A role of yours has ended",
        "ending": "A role of yours ends soon",
    }

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(user.pk == event.data["user"])


class RoleOfAnother(_AboutRole):
    """To the officers."""

    label = "As an officer: somebody is proposed for a role, or a role begins or ends"
    mail_kind: ClassVar[str | None] = "accounts.officers"
    sentences: ClassVar = {
        "proposed": "{person} is proposed as {role}. It needs a second officer.",
        "declined": "The proposal to make {person} {role} was declined.",
        "given": "{person} has the role of {role} now.",
        "taken": "{person} no longer has the role of {role}.",
        "ending": "{person}’s role of {role} ends within 30 days, unless it is given again.",
    }
    subjects: ClassVar = {
        "proposed": "A role waits for a second officer",
        "declined": "A proposal was declined",
        "ending": "A role ends soon",
    }

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_look_at_desks(user))

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_look_at_desks(user))


class ClosingWaits:
    """To the officers: one of them asks that somebody's account be closed. As long as it waits."""

    label = "As an officer: an account is to be closed and needs a second officer"
    mail_kind: ClassVar[str | None] = None
    by_mail_default: ClassVar = False

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return bool(can_decide_on_roles(user)) and bool(self._waiting([event.data["closing"]]))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        if not can_decide_on_roles(user):
            return {}
        waiting = self._waiting([notice.event.data["closing"] for notice in notices])
        told = {}
        for notice in notices:
            closing = waiting.get(notice.event.data["closing"])
            if closing is not None:
                sentence = f"The account of {closing.user} is to be closed. It needs a second officer."
                told[notice.pk] = NoticeText(sentence, reverse("accounts:closings"), str(closing.get_why_display()))
        return told

    def concerns(self, user: AbstractBaseUser) -> bool:
        return bool(can_decide_on_roles(user))

    def _waiting(self, ids: Sequence[int]) -> dict[int, Closing]:
        return Closing.objects.to_agree().select_related("user").in_bulk(ids)
