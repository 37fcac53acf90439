"""Addresses of pages, whole, as they stand in a mail."""

from django.conf import settings
from django.urls import reverse

from digest.models import Edition


def edition_link(edition: Edition) -> str:
    return settings.SITE_URL + reverse("digest:edition", args=[edition.number])


def weekly_link() -> str:
    return settings.SITE_URL + reverse("digest:weekly")


def manage_link(secret: str) -> str:
    return settings.SITE_URL + reverse("digest:manage", args=[secret])


def confirm_link(secret: str) -> str:
    return settings.SITE_URL + reverse("digest:confirm", args=[secret])


def masked(email: str) -> str:
    """`maren@example.org` as `m•••@e•••.org`: enough for the owner to know it, too little for who the mail was forwarded to."""
    name, _, domain = email.partition("@")
    first, _, last = domain.rpartition(".")
    return f"{name[:1]}•••@{first[:1]}•••.{last}"
