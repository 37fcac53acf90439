"""Choosing what comes by mail."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser

from notifications.models import NoticePreference


def choose_mail(choices: Mapping[str, bool], *, by: AbstractBaseUser) -> None:
    """Set for each kind of notice whether `by` wants it by mail too. One statement; safe to call twice."""
    NoticePreference.objects.bulk_create(
        [NoticePreference(user_id=by.pk, kind=kind, by_mail=by_mail) for kind, by_mail in choices.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["by_mail"],
    )
