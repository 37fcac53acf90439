"""What happened in the demo long ago is no news."""

from datetime import datetime, timedelta

from django.db.models import F

from notifications.models import Event

NEWS = timedelta(days=2)


def let_old_news_rest(now: datetime) -> None:
    """Only what happened in the last days still becomes notices and mail."""
    Event.objects.filter(at__lt=now - NEWS, expanded_at=None).update(expanded_at=F("at"))
