from datetime import datetime

from django.db import transaction

from common.leavers import Leaver
from notifications.models import Notice, NoticePreference


@transaction.atomic
def forget_notices(leaver: Leaver, *, at: datetime) -> bool:
    """What they were told of, and how they wanted to be told. One of settings.ACCOUNT_ERASED."""
    Notice.objects.filter(user__in=leaver.accounts).delete()
    NoticePreference.objects.filter(user__in=leaver.accounts).delete()
    return True
