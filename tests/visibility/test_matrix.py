"""Every surface × every reader × every state: nobody comes across what the rule does not let them see.

A surface that carries content and has no probe fails; so does a word that turns up where the rule says no.
"""

import pytest
from django.core.management import call_command

from common.surfaces import all_surfaces
from tests.visibility.probes import mails, notices, pages, search
from tests.visibility.scenario import World, build_world

pytestmark = pytest.mark.django_db

PEOPLE = ("visitor", "member", "other member", "lapsed member", "moderator", "organiser", "director")

ELSEWHERE = {
    ("task", "digest.send"): "tests/digest: the weekly as sent, reader by reader",
    ("url", "digest:edition"): "tests/digest: the web copy, reader by reader",
    ("url", "digest:edit"): "tests/digest",
    ("url", "digest:preview"): "tests/digest",
    ("url", "forum:mine"): "tests/forum/test_persons.py: one's own words, which stay one's own in a topic that was hidden",
}
"""Probed where the thing can be made; the reason says where."""

WHOLE = {"forum:topic", "forum:topic_in_time", "forum:post_part"}
"""Surfaces on which everything that may be read must also be there."""

CARRYING = [
    surface for surface in all_surfaces() if surface.carries != "nothing" and (surface.kind, surface.name) not in ELSEWHERE
]


def probe_of(surface):
    if surface.name == "search:results":
        return search
    return {"url": pages, "notice": notices, "mail": mails}[surface.kind](surface.name)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> World:
    """Made once; what a probe writes is rolled back with its test."""
    with django_db_blocker.unblock():
        made = build_world()
    yield made
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


def test_the_world_holds_every_reader_and_the_rules_tell_them_apart(world):
    assert tuple(world.people) == PEOPLE
    sights = {name: frozenset(world.may_read(person)) for name, person in world.people.items()}
    assert sights["visitor"] < sights["member"] < sights["moderator"] | {"zanswer"}
    assert sights["lapsed member"] == sights["visitor"]
    assert "zpostmemberspublished" in sights["member"] - sights["visitor"]
    assert "zpostpublicpending" in sights["other member"] - sights["member"]
    assert not any("withdrawn" in word and word.startswith("zpost") for sight in sights.values() for word in sight)


def test_what_is_probed_elsewhere_is_a_surface():
    assert set(ELSEWHERE) <= {(surface.kind, surface.name) for surface in all_surfaces()}


@pytest.mark.parametrize("surface", CARRYING, ids=lambda surface: f"{surface.kind} {surface.name}")
def test_nobody_comes_across_what_they_may_not_see(world, surface):
    probe = probe_of(surface)
    for name, person in world.people.items():
        found, allowed = world.found_in(probe(world, person)), world.may_read(person)
        assert found <= allowed, f"{surface.name} shows {name}: {sorted(found - allowed)}"
        if surface.name in WHOLE:
            missing = {word for word in allowed if word.startswith(("zopen", "zpost"))} - found
            assert missing == set(), f"{surface.name} keeps from {name}: {sorted(missing)}"
