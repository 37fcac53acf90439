"""What the button “Undo” in a message carries: the state before, signed for whoever did it, and good for an hour. It is kept
nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest

GOOD_FOR: Final = timedelta(hours=1)
MARK: Final = "undo:"
"""Begins the tags of a message that has such a button (ui/_messages.html)."""
_SALT: Final = "forum.undo"


@dataclass(frozen=True, slots=True)
class Undo:
    """`kind` says what was done, `before` how it was, `back` the page to go to."""

    kind: str
    before: Mapping[str, Any]
    back: str


def offer_undo(request: HttpRequest, sentence: str, undo: Undo) -> None:
    """Say what was done, with a button that takes it back."""
    messages.success(request, sentence, extra_tags=signed(undo, who=request.user.pk))


def signed(undo: Undo, *, who: int | None) -> str:
    """What the button carries, for that person."""
    told = {"who": who, "kind": undo.kind, "before": undo.before, "back": undo.back}
    return MARK + signing.dumps(told, salt=_SALT, compress=True)


def read_undo(request: HttpRequest, *, who: int | None) -> Undo | None:
    """What is to be taken back; None for what is not that person's, or too old."""
    try:
        told = signing.loads(request.POST.get("undo", "").removeprefix(MARK), salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    return Undo(told["kind"], told["before"], told["back"]) if told["who"] == who else None
