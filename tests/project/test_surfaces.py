"""Nothing leaves by a door that is not listed, and a stranger at each door gets what the list says."""

import re
from functools import cache
from itertools import groupby

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache as kept
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common.permissions_table import permissions_page
from common.surfaces import Surface, all_surfaces
from notifications.kinds import Mailed, notice_kind

CSRF_EXEMPT = {
    "digest:manage": "one-click unsubscribe from the weekly (RFC 8058): the link's own token",
    "forum:mute_by_mail": "one-click end of mail about a topic (RFC 8058): the link's own token",
    "notifications:no_daily": "one-click end of the daily mail (RFC 8058): the link's own token",
    "mail:inbound": "mail that came to us, returned mail and complaints: as settings.INBOUND_WAY proves it",
    "mail:events": "what a provider tells of our mail: as settings.MAIL_EVENTS_WAY proves it (a signature, or a password)",
}
"""Why each does without (ADR 24): it acts for nobody's session."""
"""Each is authenticated by the token in its address, or by its signature (house.md, habit 15)."""

MADE_UP = {
    "int": 987654,
    "slug": "no-such-thing",
    "str": "no-such-thing",
    "stream": "daily.987654",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
OURS = re.compile(r"^(common|mail|notifications|accounts|questions|forum|consultation|search|digest|records|moderation)\.")


@cache
def patterns() -> dict[str, URLPattern]:
    """Every named URL with its namespace."""
    found: dict[str, URLPattern] = {}

    def walk(nodes, namespace: str) -> None:
        for node in nodes:
            if isinstance(node, URLResolver):
                walk(node.url_patterns, f"{namespace}{node.namespace}:" if node.namespace else namespace)
            else:
                assert node.name, f"{node.pattern} has no name"
                found[f"{namespace}{node.name}"] = node

    walk(get_resolver().url_patterns, "")
    return found


def of_kind(kind: str) -> dict[str, Surface]:
    return {surface.name: surface for surface in all_surfaces() if surface.kind == kind}


def address(name: str) -> str:
    pattern = patterns()[name]
    converters = pattern.pattern.converters
    if converters:
        made_up = {
            key: MADE_UP.get(type(kind).__name__.removesuffix("Converter").lower(), "no-such-thing")
            for key, kind in converters.items()
        }
        return reverse(name, kwargs=made_up)
    groups = pattern.pattern.regex.groupindex
    return reverse(name, kwargs=dict.fromkeys(groups, "no-such-thing")) if groups else reverse(name)


def test_every_url_is_a_listed_surface():
    assert set(of_kind("url")) == set(patterns())


def test_every_mail_is_a_listed_surface():
    assert set(of_kind("mail")) == set(settings.MAIL_KINDS)


def test_every_notice_is_a_listed_surface():
    assert set(of_kind("notice")) == set(settings.NOTICE_KINDS)


def test_every_notice_has_its_place_under_one_heading():
    headings = [settings.NOTICE_HEADINGS[name.partition(".")[0]] for name in settings.NOTICE_KINDS]
    stretches = [heading for heading, _ in groupby(headings)]
    assert len(stretches) == len(set(stretches)) > 3


def test_every_notice_that_goes_by_mail_has_a_letter():
    by_mail = [notice_kind(name) for name in settings.NOTICE_KINDS if notice_kind(name).mail_kind is not None]
    assert len(by_mail) > 10
    assert [kind for kind in by_mail if not isinstance(kind, Mailed)] == []


def test_every_live_channel_is_a_listed_surface():
    assert set(of_kind("socket")) - {"user"} == set(settings.LIVE_CHANNELS)


def test_every_task_is_a_listed_surface_and_is_registered():
    current_app.loader.import_default_modules()
    registered = {name for name in current_app.tasks if OURS.match(name)}
    assert set(of_kind("task")) == registered


def test_the_beat_and_the_routes_name_only_tasks_that_exist():
    current_app.loader.import_default_modules()
    named = {entry["task"] for entry in current_app.conf.beat_schedule.values()} | set(current_app.conf.task_routes)
    assert named <= set(current_app.tasks), named - set(current_app.tasks)


def test_what_carries_nothing_says_why():
    silent = [surface.name for surface in all_surfaces() if surface.carries == "nothing" and not surface.note]
    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(patterns()))
def test_a_stranger_gets_what_the_table_says(client, name):
    kept.clear()
    surface = of_kind("url")[name]
    response = client.get(address(name))
    status, to_sign_in = response.status_code, response.headers.get("Location", "").startswith(reverse("account_login"))
    has_parameters = bool(patterns()[name].pattern.regex.groupindex or patterns()[name].pattern.converters)
    if status == 405:
        response = client.post(address(name), {})
        status, to_sign_in = response.status_code, response.headers.get("Location", "").startswith(reverse("account_login"))
    assert status < 500 or name == "readyz", f"{name}: {status}"
    if surface.access == "public" and not has_parameters:
        assert status in {200, 302, 301, 503} and not to_sign_in, f"{name}: {status}"
    elif surface.access in {"visible", "token"} or surface.access == "public":
        assert status in {200, 301, 302, 400, 403, 404, 410}, f"{name}: {status}"
    else:
        assert to_sign_in or status in {403, 404}, f"{name} let a stranger in with {status}"


def test_only_listed_urls_do_without_a_csrf_token():
    exempt = {name for name, pattern in patterns().items() if getattr(pattern.callback, "csrf_exempt", False)}
    assert exempt == set(CSRF_EXEMPT), "each is listed with its reason, and none is that is not exempt"


def test_the_page_about_permissions_is_true():
    assert (settings.BASE_DIR / "docs" / "permissions.md").read_text() == permissions_page(), "run manage.py write_permissions"
