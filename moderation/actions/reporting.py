"""Saying that something is wrong."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from accounts.models import User
from moderation import permissions
from moderation.actions.errors import AlreadyReported, ReportUnclear, TooManyReports
from moderation.actions.opening import open_case
from moderation.models import Case, Reason, Report
from moderation.models.report import WEIGHTS
from moderation.permissions import Thing

MOST_AN_HOUR: Final = 10
AGAIN_AFTER: Final = timedelta(days=30)
"""What was decided can be reported again by the same person when so much time has gone by."""


@transaction.atomic
def file_report(thing: Thing, *, by: User, reason: str, text: str, at: datetime) -> Report:
    """Put it before the moderators. Reports of one thing join one case, and each makes it weigh more. Nobody who is concerned
    is told. Raises ReportUnclear, AlreadyReported, TooManyReports, Refused."""
    permissions.can_report(by, thing).enforce()
    text = text.strip()
    if reason not in Reason.values or len(text) > 1000 or (reason == Reason.OTHER and not text):
        raise ReportUnclear("Choose a reason. For “something else”, say in a sentence what is wrong.")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one's own reports follow each other
    if Report.objects.filter(reporter=by, at__gt=at - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise TooManyReports(
            f"You reported {MOST_AN_HOUR} things within an hour. Moderators are reading them; come back in an hour, "
            "or write to the office where it cannot wait."
        )
    case, _ = open_case(thing, origin=Case.Origin.REPORTED, at=at)
    if _reported_before(case, by, at):
        raise AlreadyReported("You have reported this already. Moderators have it, and you will hear when they have decided.")
    Case.objects.filter(pk=case.pk).update(weight=F("weight") + WEIGHTS[reason])
    return Report.objects.create(case=case, reporter=by, reason=reason, text=text, at=at)


def _reported_before(case: Case, by: User, at: datetime) -> bool:
    same = {"case__post": case.post_id, "case__topic": case.topic_id}
    if case.topic_id is None:
        same["case__about"] = case.about_id
    return Report.objects.filter(**same, reporter=by, at__gt=at - AGAIN_AFTER).exists()
