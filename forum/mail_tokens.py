"""What stands in our letters about topics and works without signing in: the link that mutes, the address that answers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from mail.tokens import address_with, seal, unseal

_MUTE: Final = "mute topic"
_REPLY: Final = "reply"


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """Who was told of which post when. `answers_post`: an answer stands below that post, else below the topic."""

    user_id: int
    post_id: int
    day: date
    answers_post: bool

    def is_late(self, today: date) -> bool:
        return today > self.day + timedelta(days=settings.REPLY_DAYS)


def mute_link(user_id: int, topic_id: int) -> str:
    """Ends letters and notices about this topic for this person."""
    return settings.SITE_URL + reverse("forum:mute_by_mail", args=[seal(_MUTE, user_id, topic_id)])


def read_mute(token: str) -> tuple[int, int] | None:
    """Person and topic; None for what is not ours."""
    numbers = unseal(_MUTE, token)
    return None if numbers is None else (numbers[0], numbers[1])


def reply_address(user_id: int, post_id: int, *, day: date, answers_post: bool) -> str:
    """Where this person's answer by mail goes. Nobody else can make it, and it is good for REPLY_DAYS."""
    return address_with("reply", seal(_REPLY, user_id, post_id, day.toordinal(), int(answers_post)))


def read_reply(token: str) -> ReplyToken | None:
    """None for what is not ours."""
    numbers = unseal(_REPLY, token)
    if numbers is None:
        return None
    user_id, post_id, day, answers_post = numbers
    return ReplyToken(user_id, post_id, date.fromordinal(day), bool(answers_post))
