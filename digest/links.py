"""Addresses of pages, whole, as they stand in a mail."""

from functools import cache

from django.conf import settings
from django.urls import reverse

from digest.models import Edition
from digest.streams import WEEKLY
from digest.tokens import leave_token, reading_token
from mail.messages import bare_address
from mail.tokens import address_with


def edition_link(edition: Edition, *, read_by: int | None = None) -> str:
    """`read_by`: the delivery by which it is opened. It stands behind the #, which no program that follows links sends, so that
    only a page that somebody reads can tell (static/digest/reading.js)."""
    sign = "" if read_by is None else f"#r={reading_token(read_by)}"
    return f"{settings.SITE_URL}{edition.get_absolute_url()}{sign}"


def stream_path(stream: str) -> str:
    """What a stream is, and how to get it."""
    return reverse("digest:weekly") if stream == WEEKLY else reverse("digest:stream", args=[stream])


def stream_link(stream: str) -> str:
    return settings.SITE_URL + stream_path(stream)


def archive_path(stream: str) -> str:
    return reverse("digest:archive") if stream == WEEKLY else reverse("digest:stream_archive", args=[stream])


def feed_path(stream: str) -> str:
    return reverse("digest:feed") if stream == WEEKLY else reverse("digest:stream_feed", args=[stream])


def subscribe_path(stream: str) -> str:
    return reverse("digest:subscribe") if stream == WEEKLY else reverse("digest:stream_subscribe", args=[stream])


def desk_path(stream: str) -> str:
    """Where the edition of a stream is prepared."""
    return reverse("digest:edit") if stream == WEEKLY else reverse("digest:edit_stream", args=[stream])


def weekly_link() -> str:
    return settings.SITE_URL + reverse("digest:weekly")


def manage_link(secret: str) -> str:
    return f"{settings.SITE_URL}{_before_secret('digest:manage')}{secret}/"


def confirm_link(secret: str) -> str:
    return settings.SITE_URL + reverse("digest:confirm", args=[secret])


def not_me_link(secret: str) -> str:
    return settings.SITE_URL + reverse("digest:not_me", args=[secret])


def move_link(token: str) -> str:
    return settings.SITE_URL + reverse("digest:move_confirm", args=[token])


def leave_by_mail(delivery_id: int, secret: str) -> str:
    """For programs that know no other way, the `mailto:` that unsubscribes (RFC 2369): to an address of its own where mail comes
    in by itself, else to the office, where somebody reads the subject."""
    if settings.INBOUND_SECRET or settings.INBOUND_IMAP_URL:
        return f"mailto:{address_with('leave', leave_token(delivery_id))}?subject=unsubscribe"
    return f"mailto:{bare_address(settings.REPLY_TO)}?subject=unsubscribe%20{secret}"


def masked(email: str) -> str:
    """`maren@example.org` as `m•••@e•••.org`: enough for the owner to know it, too little for who the mail was forwarded to."""
    name, _, domain = email.partition("@")
    first, _, last = domain.rpartition(".")
    return f"{name[:1]}•••@{first[:1]}•••.{last}"


@cache
def _before_secret(name: str) -> str:
    """The path up to a secret, which is letters, figures, `-` and `_`. A run asks three times a letter."""
    return reverse(name, args=["s"]).removesuffix("s/")
