"""What happened in the demo long ago is no news."""

from datetime import datetime, timedelta

from django.db.models import F

from mail.models import Mail
from notifications.models import Event

NEWS = timedelta(days=2)


def let_old_news_rest(now: datetime) -> None:
    """Only what happened in the last days still becomes notices and mail; nobody waits for the receipts of invented answers."""
    Event.objects.filter(at__lt=now - NEWS, expanded_at=None).update(expanded_at=F("at"))
    Mail.objects.filter(kind="consultation.receipt").delete()
