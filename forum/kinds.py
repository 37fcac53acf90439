"""What a room above puts behind our door: who reads a post before it is stored (settings.FORUM_SCREEN)."""

from datetime import datetime
from typing import Protocol

from django.conf import settings

from accounts.models import User
from common.doors import open_door
from forum.models import Category, Post


class Screen(Protocol):
    """Asked by the actions that store what somebody wrote. Makes no change when asked; told when something was held."""

    def why_hold(self, by: User, *, category: Category, title: str, html: str, at: datetime) -> str:
        """Why this has to wait for a moderator, in one sentence to its author; empty where it has not."""
        ...

    def why_refuse_change(self, by: User, *, post: Post, html: str, at: datetime) -> str:
        """Why a published post may not be changed to this, in one sentence that says what to do; empty where it may."""
        ...

    def held(self, post: Post, *, at: datetime) -> None:
        """In the transaction that stored it as waiting. `post.number` is 1: the topic waits as a whole."""
        ...


def forum_screen() -> Screen:
    """The one that is in force. Raises ImportError naming the path."""
    found: Screen = open_door(settings.FORUM_SCREEN)
    return found
