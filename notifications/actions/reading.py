"""Marking notices as read, and taking it back."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from notifications.models.notice import NoticeQuerySet


def mark_read(which: NoticeQuerySet, *, by: AbstractBaseUser, at: datetime) -> int:
    """Mark those of `by`'s own notices as read that are among `which`; returns how many were not read before.

    `mark_read(Notice.objects.about(topic=7, number__lte=12), by=reader, at=now)`. Other people's are never touched, whatever
    `which` says. Safe to call twice: the first moment stays.
    """
    return which.of(by.pk).unread().update(read_at=at)


def mark_unread(which: NoticeQuerySet, *, by: AbstractBaseUser, read_at: datetime) -> int:
    """Take back what was marked at exactly `read_at`; what was read before or since stays read. Safe to call twice."""
    return which.of(by.pk).filter(read_at=read_at).update(read_at=None)
