"""Every address of ours, asked and told the worst: it may refuse, it may not break, and asking changes nothing."""

import base64
import json
import os

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.urls import NoReverseMatch, reverse

from tests.digest.factories import EditionFactory, SubscriptionFactory
from tests.project.test_surfaces import patterns
from tests.visibility.probes import addresses, signed_in
from tests.visibility.scenario import build_world

pytestmark = pytest.mark.django_db

KEPT_APART = {"django_session", "django_migrations"}
"""Reading may begin or lengthen a session."""

READERS = ("other member",)

HUGE = "9" * 30
NESTED = base64.urlsafe_b64encode(b"[" * 20_000).decode()
HOSTILE = (
    "\0", "\r\nSet-Cookie: a=b", "'\"><script>alert(1)</script>", "{{ 7|add:7 }}", HUGE, "-1", "1e309", "NaN", "٣", "\u202e",
    "../../etc/passwd", "//evil.example", "javascript:alert(1)", NESTED,
    base64.urlsafe_b64encode(json.dumps(["\ud800", 10**400]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps([10**400, -1]).encode()).decode(),
    base64.urlsafe_b64encode(json.dumps([2**63, 2**63]).encode()).decode(),
)  # fmt: skip
MADE_UP = (
    {"pk": HUGE}, {"pk": HUGE, "number": HUGE}, {"pk": HUGE, "slug": "x"}, {"number": HUGE}, {"token": "x" * 22},
    {"slug": "x", "number": HUGE}, {"slug": "x", "pk": HUGE}, {"slug": "x", "source_id": HUGE}, {"notice_id": HUGE}, {"bookmark_id": HUGE},
    {"slug": "x", "source_id": HUGE, "number": HUGE}, {"handle": "x" * 300}, {"key": "x:y:z"}, {"stream": "weekly", "reader": "x"},
    {"uidb36": HUGE[:13], "key": "set-password"},
)  # fmt: skip
QUERY = ("before", "after", "page", "order", "q", "to", "quote", "moved", "then", "next", "key", "number", "on", "part")
# One turn a run of the tests; FUZZ_TURNS=18 tries every way in every field, in six minutes.
TURNS = range(int(os.environ.get("FUZZ_TURNS", "1")))
FIELDS = (
    *QUERY, "title", "body", "display_name", "bio", "draft_key", "sequence", "draft_sequence", "kind", "level", "reason", "email",
    "login", "password", "password1", "password2", "oldpassword", "scheme", "go", "move", "writer", "revision", "note", "headline",
    "picks", "weekday", "hour", "weeks", "categories", "sure", "closes_on", "category", "name", "url", "text", "choices",
    "longest", "days", "outcome", "lede", "preview", "job", "nation", "purpose", "action_add", "action_remove", "remember",
    "List-Unsubscribe", "direction", "required", "offers_options", "summary", "background", "effects", "asked_by", "intro",
    "acts", "say", "span", "until", "word", "take_over", "show", "seen", "remind_on", "face", "keys", "back", "kept_back",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = build_world()
        SubscriptionFactory()
        EditionFactory(number=900)
    yield made
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def _no_throttles(statements_as_kept):
    cache.clear()


def every_address(world) -> list[str]:
    """Of each name up to three addresses that the world has (of a draft, an open one, a published one), and one that nothing
    has."""
    found = []
    for name in patterns():
        of_this_name = [
            url for url in addresses(name, world, world.people["moderator"]) if not url.startswith("/consultations/for-")
        ]
        found += [*of_this_name[:2], *of_this_name[-1:]]
        for made_up in MADE_UP:
            try:
                found.append(reverse(name, kwargs=made_up))
            except NoReverseMatch:
                continue
    return list(dict.fromkeys(found))


def fingerprints() -> dict[str, str]:
    """Of every table: how many rows, and a digest of what they say."""
    told = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - KEPT_APART):
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(r::text, chr(10) ORDER BY r::text), '')) FROM \"{table}\" r"
            )
            told[table] = str(cursor.fetchone())
    return told


def whoever(world, name):
    return world.people.get(name, AnonymousUser())


@pytest.mark.parametrize("reader", READERS)
def test_asking_changes_nothing(world, reader, short_refusals):
    client = signed_in(whoever(world, reader))
    before = fingerprints()
    for url in every_address(world):
        status = client.get(url).status_code
        assert status < 500 or url.startswith("/readyz"), f"{url}: {status}"
    after = fingerprints()
    assert after == before, {table for table in before if before[table] != after[table]}


def worst(fields: tuple[str, ...], turn: int) -> dict[str, str]:
    """Each field hostile in another way; within as many turns as there are ways each field was hostile in all of them."""
    return {name: HOSTILE[(turn + place) % len(HOSTILE)] for place, name in enumerate(fields)}


@pytest.mark.parametrize("reader", ["director"])
def test_no_query_breaks_a_page_and_asking_it_changes_nothing(world, reader):
    client = signed_in(whoever(world, reader))
    before = fingerprints()
    for number, url in enumerate(every_address(world)):
        for turn in TURNS:
            told = worst(QUERY, number + turn)
            status = client.get(url, told).status_code
            assert status < 500 or url.startswith("/readyz"), f"{url} with {told}: {status}"
    after = fingerprints()
    assert after == before, {table for table in before if before[table] != after[table]}


@pytest.mark.parametrize("reader", ["director"])
def test_no_form_breaks_a_page(world, reader):
    client = signed_in(whoever(world, reader))
    for number, url in enumerate(url for url in every_address(world) if "logout" not in url):
        for turn in TURNS:
            cache.clear()
            told = worst(FIELDS, number + turn)
            response = client.post(url, told)
            assert response.status_code < 500 or url.startswith("/readyz"), f"{url} with {told}: {response.status_code}"
            assert not response.headers.get("Location", "").startswith(("//", "http", "javascript")), url
