"""What stands beside the composer where a topic is begun."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from forum import permissions
from forum.models import Category
from forum.readers.tags import tags_with_counts
from forum.topic_forms import AboutForm, PollForm


def about_form(request: HttpRequest, category: Category, kept: Mapping[str, str]) -> AboutForm:
    """The kind and the tags of a new topic, as sent, as its draft kept them, or empty; for who may, until when it is pinned."""
    may_announce = bool(permissions.can_announce(request.user, category))
    return AboutForm(request.POST or None, initial=dict(kept), may_announce=may_announce, at=timezone.now())


def poll_form(request: HttpRequest, kept: Mapping[str, str] | None = None) -> PollForm:
    """A poll with a topic or a reply, as sent, as its draft kept it, or empty."""
    return PollForm(request.POST or None, initial=dict(kept or {}), at=timezone.now())


def around_start(request: HttpRequest, about: AboutForm) -> dict[str, Any]:
    return {"about": about, "known_tags": tags_with_counts(request.user, limit=50)}
