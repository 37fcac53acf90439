from datetime import datetime

from django.db import transaction
from django.db.models import Q

from common.leavers import Leaver
from moderation.models import Case, Decision, Report


@transaction.atomic
def forget_in_cases(leaver: Leaver, *, at: datetime) -> bool:
    """What they reported, without their words; and what was decided about them, without their name. That it was decided, and how,
    stays: those who were hurt, and those who decided, have to be able to show it. One of settings.ACCOUNT_ERASED."""
    reports = Report.objects.filter(reporter__in=leaver.accounts)
    reports.filter(reason="other").update(text="(no longer kept)")
    reports.exclude(reason="other").update(text="")
    about = Q(about__in=leaver.accounts) | Q(post__author__in=leaver.accounts) | Q(topic__author__in=leaver.accounts)
    for report in Report.objects.filter(case__in=Case.objects.filter(about)).exclude(text=""):
        report.text = leaver.without(report.text)
        report.save(update_fields=["text"])
    for decision in Decision.objects.filter(case__in=Case.objects.filter(about)):
        for name in ("reason", "note", "reverse_reason"):
            setattr(decision, name, leaver.without(getattr(decision, name)))
        decision.save(update_fields=["reason", "note", "reverse_reason"])
    return True
