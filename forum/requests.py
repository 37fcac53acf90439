"""What a request to the forum says: which form it is, how far down the page."""

from hashlib import sha256
from time import time
from typing import Final
from uuid import UUID, uuid4

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from forum.models import Category, Post, Topic
from forum.models.draft import ABOUT_FIELDS

POLL: Final = "poll-"
"""Begins the names of the fields of a poll."""
FACE_COOKIE: Final = "plenary_face"
FACES: Final = ("conversations", "time")


def face_of(request: HttpRequest) -> str:
    """The face of a topic that this reader chose: `conversations`, `time`, or empty where they never did. Kept with the account,
    for every device; of a visitor, and of whoever never chose since, on the device."""
    chosen = getattr(request.user, "topic_face", "") or request.COOKIES.get(FACE_COOKIE, "")
    return chosen if chosen in FACES else ""


def face_sent(request: HttpRequest) -> str:
    """The face that whoever sent a form had before them; empty where the form says none."""
    sent = request.POST.get("face", "")
    return sent if sent in FACES else ""


def whole_numbers(text: str | None, *, most: int) -> list[int]:
    """Numbers with commas between them; what is none is left out."""
    return [number for part in (text or "").split(",")[:most] if (number := whole_number(part))]


def whole_number(text: str | None) -> int:
    """A number out of an address or a form; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def sequence_of(text: str | None) -> int:
    """The sequence of the draft that the writer had before them; 0 for none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 17 else 0


def poll_sent(request: HttpRequest, prefix: str = POLL) -> dict[str, str] | None:
    """The fields of a poll as they were typed; None where the form has none."""
    sent = {name.removeprefix(prefix): str(value) for name, value in request.POST.items() if name.startswith(prefix)}
    return {name: value.replace("\r\n", "\n") for name, value in sent.items()} if "question" in sent else None


def about_sent(request: HttpRequest, prefix: str = "") -> dict[str, str]:
    """What a form says beside its words and its poll, as it was sent: what is not ticked, and what the form does not ask, is not
    among it."""
    return {name: str(request.POST[prefix + name]) for name in ABOUT_FIELDS if request.POST.get(prefix + name)}


def form_key(request: HttpRequest) -> UUID | None:
    """The key of the form that was sent; None where it is no key."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def new_form_key() -> UUID:
    """One for each form that is drawn: sent twice, it posts once."""
    return uuid4()


def reply_key(topic: Topic, to: int | None = None) -> str:
    """The name of the draft of a reply: each post that is answered has one of its own."""
    return f"reply:{topic.pk}:{to}" if to else f"reply:{topic.pk}"


def start_key(category: Category) -> str:
    return f"start:{category.pk}"


def edit_key(post: Post) -> str:
    return f"edit:{post.pk}"


def asks_too_often(request: HttpRequest, what: str, most: int) -> bool:
    """More of this in the minute than `most` from one address, which is kept for the minute as a digest."""
    address = sha256(str(get_adapter().get_client_ip(request)).encode()).hexdigest()[:24]
    key = f"{what}:{address}:{int(time()) // 60}"
    if cache.add(key, 1, 60):
        return most < 1
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ran out between the two
        return False
