"""Every surface × every reader × every state: nobody comes across what the rule does not let them see.

A surface that carries content and has no probe fails; so does a word that turns up where the rule says no.
"""

import logging
from copy import copy

import pytest
from django.core.management import call_command
from django.test import override_settings

from accounts.backends import AddressBackend
from common.surfaces import all_surfaces
from notifications import mails as notice_mails
from tests.visibility.people import READERS
from tests.visibility.probes import asked_for, mails, notices, pages, search
from tests.visibility.scenario import World, build_world

pytestmark = pytest.mark.django_db

ELSEWHERE = {
    ("task", "digest.send"): "tests/digest: the weekly as sent, reader by reader",
    ("url", "digest:edition"): "tests/digest: the web copy, reader by reader",
    **dict.fromkeys(
        (("url", "digest:feed"), ("url", "digest:stream_feed"), ("url", "digest:stream_edition")),
        "tests/digest/test_archive.py: as a visitor reads it",
    ),
    ("url", "digest:edit"): "tests/digest",
    ("url", "digest:edit_stream"): "tests/digest/test_desk_of_streams.py: a daily where its category is seen",
    ("url", "digest:preview"): "tests/digest",
    ("url", "digest:preview_letter"): "tests/digest/test_desk.py: as any kind of reader",
    ("mail", "digest.trial"): "tests/digest/test_desk.py: what the editor sees, to the editor",
    ("url", "consultation:answer_paper"): "tests/consultation/test_printing.py: one's own answer and nobody else's, as a PDF",
    ("url", "forum:mine"): "tests/forum/test_persons.py: one's own words, which stay one's own in a topic that was hidden",
}
"""Probed where the thing can be made; the reason says where."""

WHOLE = {"forum:topic", "forum:topic_in_time", "forum:post_part"}
"""Surfaces on which everything that may be read must also be there."""

ASKED = {
    "search:results": search,
    "search:feed": asked_for("search:feed", "q"),
    "search:own_feed": asked_for("search:own_feed", "q"),
    "search:similar": asked_for("search:similar", "title"),
}
"""Doors at which one asks for something."""

CARRYING = [
    surface for surface in all_surfaces() if surface.carries != "nothing" and (surface.kind, surface.name) not in ELSEWHERE
]


def probe_of(surface):
    if surface.name in ASKED:
        return ASKED[surface.name]
    return {"url": pages, "notice": notices, "mail": mails}[surface.kind](surface.name)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> World:
    """Made once; what a probe writes is rolled back with its test. Refusals by the thousand are not written to the log."""
    with django_db_blocker.unblock(), override_settings(STAFF_NEED_SECOND_FACTOR=True):
        made = build_world()
    logging.disable(logging.WARNING)
    yield made
    logging.disable(logging.NOTSET)
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def _staff_need_a_second_step(settings):
    settings.STAFF_NEED_SECOND_FACTOR = True


@pytest.fixture(autouse=True)
def _nobody_asks_too_often(settings):
    """A feed that says “too often” holds nothing."""
    settings.FEEDS_PER_MINUTE = 1_000_000


@pytest.fixture(autouse=True)
def _as_quick_as_served(short_refusals, statements_as_kept):
    """Thousands of pages are asked for here, and most of them refused."""


@pytest.fixture(autouse=True)
def _readers_are_at_hand(monkeypatch, world):
    """Loaded once as every request and every mail would load them: a matrix of some four thousand requests and as many letters
    changes nobody's standing."""
    by_pk = {person.pk: person for person in world.people.values() if person.is_authenticated}
    monkeypatch.setattr(AddressBackend, "get_user", lambda self, user_id: copy(by_pk[int(user_id)]))
    told_by = notice_mails._told_by

    def told_to_readers(mail):
        notices = told_by(mail)
        for notice in notices:
            notice.user = copy(by_pk[notice.user_id])
        return notices

    monkeypatch.setattr(notice_mails, "_told_by", told_to_readers)


def test_the_world_holds_every_reader_and_the_rules_tell_them_apart(world):
    """Written by hand: the rules, and every surface with them, could agree on something wrong."""
    assert tuple(world.people) == READERS
    sees = {kind: world.must_be_shown(person) for kind, person in world.people.items()}
    everybody = {"zopenpublicpublished", "zpostpublicpublished", "zpostpublicpersona"}
    for_members = {"zopenmemberspublished", "zpostmemberspublished", "zpostmemberspersona", "zownmemberslapsed"}
    kept = {"zopenkept", "zpostkept", "zaside"}  # from colleagues of its author, and whoever may be one
    for_the_panel = {"zopengrouppublished", "zpostgrouppublished", "zpostgrouppersona", "zowngroupsuspended"}

    def waiting(access: str) -> set[str]:
        return {f"zopen{access}pending", f"zopen{access}hidden", f"zpost{access}pending"}

    for kind in ("visitor", "subscriber", "lapsed member", "suspended member", "sleeping director"):
        assert sees[kind] == everybody, kind
    for kind in ("member", "organiser", "director", "administrator", "trustee", "sleeping moderator"):
        assert sees[kind] == everybody | for_members, kind
    assert sees["other member"] - sees["member"] == {
        *("zopenpublicpending", "zpostpublicpending", "zopenmemberspending", "zpostmemberspending"),
        *kept,
    }
    assert sees["group member"] == everybody | for_members | for_the_panel | kept
    assert sees["group owner"] == sees["group member"] - kept | waiting("group")
    assert sees["category moderator"] == sees["group member"] | waiting("members") | waiting("group")
    assert sees["moderator"] == sees["member"] | waiting("public") | waiting("members") | kept


def test_what_somebody_wrote_stays_theirs_wherever_they_may_not_go(world):
    for kind, own in (("lapsed member", "zownmemberslapsed"), ("suspended member", "zowngroupsuspended")):
        assert world.may_read(world.people[kind]) - world.may_read(world.people["visitor"]) == {own}
    beyond = world.may_read(world.people["other member"]) - world.must_be_shown(world.people["other member"])
    assert {word for word in beyond if word.startswith("zpost")} == {"zpostgrouppublished", "zpostgrouppending"}


def test_nobody_reads_what_was_taken_back(world):
    for kind, person in world.people.items():
        taken = {word for word in world.may_read(person) if word.startswith("zpost") and word.endswith(("hidden", "withdrawn"))}
        assert taken == set(), kind


def test_what_is_probed_elsewhere_is_a_surface():
    assert set(ELSEWHERE) <= {(surface.kind, surface.name) for surface in all_surfaces()}


@pytest.mark.parametrize("surface", CARRYING, ids=lambda surface: f"{surface.kind} {surface.name}")
def test_nobody_comes_across_what_they_may_not_see(world, surface):
    probe = probe_of(surface)
    for name, person in world.people.items():
        found, allowed = world.found_in(probe(world, person)), world.may_read(person)
        assert found <= allowed, f"{surface.name} shows {name}: {sorted(found - allowed)}"
        if surface.name in WHOLE:
            missing = world.must_be_shown(person) - found
            assert missing == set(), f"{surface.name} keeps from {name}: {sorted(missing)}"
