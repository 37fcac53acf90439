"""Accepting the terms."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import TermsAcceptance, User
from common import audit


@transaction.atomic
def accept_terms(user: User, *, at: datetime) -> None:
    """Note that somebody accepted the terms as they stand (settings.TERMS_VERSION). Safe to call twice: the first time stays."""
    version = settings.TERMS_VERSION
    _, made = TermsAcceptance.objects.get_or_create(user=user, version=version, defaults={"accepted_at": at})
    if user.terms_version != version:
        user.terms_version = version
        user.save(update_fields=["terms_version"])
    if made:
        audit.record("account.accept_terms", subject=("user", user.pk), by=user.pk, at=at, version=version)
