"""What records about somebody say of who they are, when their account is erased: the record stays, without the name."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from accounts.models import RoleProposal, Sanction
from common.leavers import Leaver
from common.models import AuditDetail

_SUBJECT: Final = "user"


@transaction.atomic
def forget_in_records(leaver: Leaver, *, at: datetime) -> bool:
    """Reasons of sanctions and proposals without the name; and what the audit says beyond its ids where it is about them or names
    them, which is why it lies apart: its chain holds as before. One of settings.ACCOUNT_ERASED."""
    for sanction in Sanction.objects.filter(user__in=leaver.accounts):
        sanction.reason, sanction.lift_reason = leaver.without(sanction.reason), leaver.without(sanction.lift_reason)
        sanction.save(update_fields=["reason", "lift_reason"])
    for proposal in RoleProposal.objects.select_for_update(of=("self",)).filter(user__in=leaver.accounts):
        proposal.reason = leaver.without(proposal.reason)
        if not proposal.outcome:
            proposal.outcome, proposal.decided_at = RoleProposal.Outcome.WITHDRAWN, at
            proposal.decided_by_id = proposal.proposed_by_id
        proposal.save(update_fields=["reason", "outcome", "decided_at", "decided_by"])
    details = AuditDetail.objects.annotate(told=Cast("details", TextField()))
    names_them = Q(told__iregex=rf"(^|\W)({'|'.join(re.escape(word) for word in leaver.words)})($|\W)")
    about_them = Q(entry__subject_kind=_SUBJECT, entry__subject_id__in=[str(pk) for pk in leaver.accounts])
    AuditDetail.objects.filter(pk__in=details.filter(names_them | about_them).exclude(told="{}").values("pk")).delete()
    return True
