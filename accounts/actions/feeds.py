"""The secret by which a feed program reads as somebody, and nothing else."""

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import FeedToken, User
from accounts.permissions import can_have_own_feeds


@transaction.atomic
def make_feed_token(*, by: User, at: datetime) -> str:
    """A new secret; the one before it opens nothing from now on. It is shown once and never kept."""
    can_have_own_feeds(by).enforce()
    token = secrets.token_urlsafe(24)
    FeedToken.objects.update_or_create(user=by, defaults={"digest": FeedToken.digest_of(token), "made_at": at})
    return token


def end_feed_token(*, by: User) -> None:
    """The addresses with it open nothing from now on. Safe to call twice."""
    FeedToken.objects.filter(user=by).delete()
