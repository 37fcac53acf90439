"""Notices by mail, named in settings.MAIL_KINDS: `NoticeMail` once per kind of notice that has a letter, `DailyMail` once.

Both ask everything again at hand-over: what was true when the mail was queued may not be any more. Neither writes anything.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.urls import reverse

from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail
from mail.tokens import seal
from notifications.kinds import Gathering, Mailed, Summarising, SummaryLine, notice_kind
from notifications.models import Notice, Way
from notifications.readers import texts_of
from notifications.ways import chosen_ways

MOST_LINES = 60
NO_DAILY = "no daily mail"


class NoticeMail:
    """One notice, or those about one thing that came while the first waited."""

    lane: Literal["critical", "notify"] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        notices = _told_by(mail)
        if not notices:
            return Dropped("the notice is gone")
        reasons = _why_not(notices, mail, at=at)
        standing = [notice for notice in notices if not reasons[notice.pk]]
        if not standing:
            return Dropped(reasons[notices[0].pk])
        user, kind = standing[0].user, notice_kind(standing[0].kind)
        if len(standing) > 1 and isinstance(kind, Gathering):
            return kind.gathered(user, standing, at)
        if not isinstance(kind, Mailed):
            return Dropped("notices of this kind do not go by mail")
        return kind.letter(user, standing[0], at)


class WorksAgain:
    """To somebody who says that their mailbox works: what they see if it does."""

    lane: Literal["critical", "notify"] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        preferences = settings.SITE_URL + reverse("notifications:preferences")
        return letter_from("notifications/mail/works_again", {"preferences": preferences})


class DailyMail:
    """What is unread and may still be seen, under its topics; nothing where there is nothing."""

    lane: Literal["critical", "notify"] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        notices = _told_by(mail)
        if not notices:
            return Dropped("the notices are gone")
        reasons = _why_not(notices, mail, at=at, ask_kinds=False)
        standing = [notice for notice in notices if not reasons[notice.pk]]
        user = notices[0].user
        lines = _lines(user, standing, at=at)
        if not lines:
            return Dropped(next((reason for reason in reasons.values() if reason), "may not be seen any more"))
        return _daily_letter(user, [lines[notice.pk] for notice in standing if notice.pk in lines])


def _told_by(mail: Mail) -> list[Notice]:
    """Oldest first: the notice it began with, and those that joined it."""
    mine = Q(pk=mail.params["notice"]) if mail.params.get("notice") else Q()
    if mail.pk is not None:
        mine |= Q(mail=mail.pk)
    return list(Notice.objects.filter(mine).select_related("user", "event").oldest_first())


def _why_not(notices: Sequence[Notice], mail: Mail, *, at: datetime, ask_kinds: bool = True) -> Mapping[int, str]:
    """By notice id the first reason against sending, in the cheapest order; empty where there is none."""
    user = notices[0].user
    ways = chosen_ways([user.pk], {notice.kind for notice in notices if notice.kind in settings.NOTICE_KINDS})

    def reason(notice: Notice) -> str:
        if notice.read_at is not None:
            return "read on the page already"
        if mail.address.account_id != notice.user_id:
            return "the address is another account's now"
        if not user.is_active:
            return "the account is closed"
        if ways.get((user.pk, notice.kind), Way.OFF) in (Way.OFF, Way.SITE):
            return "not wanted by mail any more"
        if ask_kinds and not notice_kind(notice.kind).may_still_see(user, notice.event, at):
            return "may not be seen any more"
        return ""

    return {notice.pk: reason(notice) for notice in notices}


def _lines(user: AbstractBaseUser, notices: Sequence[Notice], *, at: datetime) -> Mapping[int, SummaryLine]:
    """Each kind asks the right itself, as on the page."""
    found: dict[int, SummaryLine] = {}
    for name in {notice.kind for notice in notices}:
        some, kind = [notice for notice in notices if notice.kind == name], notice_kind(name)
        if isinstance(kind, Summarising):
            found.update(kind.lines(user, some, at))
        else:
            texts = texts_of(user, some, at=at)
            found.update(
                {pk: SummaryLine(f"notice:{pk}", "", text.sentence, settings.SITE_URL + text.url) for pk, text in texts.items()}
            )
    return found


def _daily_letter(user: AbstractBaseUser, lines: Sequence[SummaryLine]) -> Letter:
    groups: dict[str, list[SummaryLine]] = {}
    for line in lines[:MOST_LINES]:
        groups.setdefault(line.group, []).append(line)
    stop = settings.SITE_URL + reverse("notifications:no_daily", args=[seal(NO_DAILY, user.pk)])
    context: dict[str, object] = {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "count": len(lines),
        "groups": list(groups.values()),
        "more": max(0, len(lines) - MOST_LINES),
        "link": settings.SITE_URL + reverse("notifications:list"),
        "stop": stop,
        "preferences": settings.SITE_URL + reverse("notifications:preferences"),
    }
    headers = {
        "List-Id": f"Plenary, your daily notices <daily.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return letter_from("notifications/mail/daily", context, headers=headers)
