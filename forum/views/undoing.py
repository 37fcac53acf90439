"""The button “Undo” in a message."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from common.errors import DomainError
from forum.actions.reading import FollowBefore, MarksBefore, ReadBefore
from forum.actions.undoing import (
    hear_as_before,
    put_bookmark_back,
    put_marks_back,
    unfollow_as_before,
    unfollow_category_as_before,
    unread_as_before,
)
from forum.undoing import read_undo

Before = Mapping[str, Any]


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Everything as it was before, where it was not changed again since."""
    found = read_undo(request, who=request.user.pk)
    if found is None:
        messages.warning(request, "That cannot be undone any more.")
        return redirect("forum:index")
    try:
        _WAYS[found.kind](found.before, cast("User", request.user))
    except DomainError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, "Undone. All is as it was.")
    return redirect(found.back)


def _follow(before: Before, by: User) -> None:
    unfollow_as_before(before["topic"], FollowBefore(*before["was"]), by=by, level=before["level"])


def _mute(before: Before, by: User) -> None:
    muted_at = datetime.fromisoformat(before["at"])
    hear_as_before(before["topic"], FollowBefore(*before["was"]), by=by, muted_at=muted_at)


def _read(before: Before, by: User) -> None:
    unread_as_before(before["topic"], ReadBefore(*before["was"]), by=by)


def _category(before: Before, by: User) -> None:
    unfollow_category_as_before(before["category"], FollowBefore(*before["was"]), by=by, level=before["level"])


def _marks(before: Before, by: User) -> None:
    put_marks_back(MarksBefore(**before), by=by)


def _bookmark(before: Before, by: User) -> None:
    put_bookmark_back(
        before["post"],
        by=by,
        note=before["note"],
        remind_on=date.fromisoformat(before["remind_on"]) if before["remind_on"] else None,
        reminded_at=datetime.fromisoformat(before["reminded_at"]) if before["reminded_at"] else None,
        created_at=datetime.fromisoformat(before["created_at"]),
    )


_WAYS: Final[Mapping[str, Callable[[Before, User], None]]] = {
    "follow": _follow,
    "mute": _mute,
    "read": _read,
    "category": _category,
    "marks": _marks,
    "bookmark": _bookmark,
}
