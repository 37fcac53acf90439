"""Every button of the site pressed by the wrong person, on everything there is: nothing of what is not theirs changes.

The same presses by the right person do change it, or this would prove nothing.
"""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import resolve, reverse

from accounts.models import User
from digest.models import Delivery, Edition, Run
from tests.digest.factories import MONDAY, SubscriptionFactory
from tests.security.test_fuzz import every_address, fingerprints, world  # noqa: F401 - a fixture
from tests.visibility.probes import signed_in

pytestmark = pytest.mark.django_db

NOT_FOR_THIS = {
    "account_signup",
    "account_reset_password",
    "digest:subscribe",
    "digest:stream_subscribe",
    "account_logout",
    "account_login",
}
"""Open to everybody on purpose."""
OWN_BUSINESS = {
    *("forum:reply", "forum:start", "forum:react", "consultation:page", "consultation:save", "consultation:check"),
    *("moderation:report_post", "moderation:report_topic"),
    *("consultation:take_back", "consultation:files", "consultation:remove_file"),
}
"""What a member may do."""

DEBATE = {"forum_post", "forum_topic", "forum_revision", "forum_reaction", "forum_topicactivity", "forum_category"}
QUESTIONS = {f"consultation_{name}" for name in (
    "consultation", "version", "page", "question", "choice", "option", "discarded", "document", "transition", "result",
)}  # fmt: skip
ANSWERS = {"consultation_draft", "consultation_draftanswer", "consultation_response", "consultation_answer"}
WEEKLY = {"digest_edition", "digest_run", "digest_delivery", "digest_item"}


@pytest.fixture(autouse=True)
def _as_quick_as_served(short_refusals, statements_as_kept):
    """Most buttons refuse."""


def presses(category, url):
    common = {
        "title": "A title that is long enough", "body": "Some words of mine.", "reason": "Because I say so.", "revision": "1",
        "level": "watching", "number": "1", "say": "agree:1", "sure": "yes", "category": category, "name": "A name", "url": "https://example.org",
        "text": "A question?", "choices": "One\nTwo\nThree", "longest": "100", "days": "42", "outcome": "Decided.", "note": "Note.",
        "headline": "Headline", "weekday": "1", "hour": "1", "weeks": "1", "closes_on": (date.today() + timedelta(days=90)),
        "purpose": "floor", "List-Unsubscribe": "One-Click", "draft_key": "reply:1", "sequence": "1",
    }  # fmt: skip
    if "/moderation/topics/" in url:
        common["acts"] = "hide" if "/posts/" in url else "lock"
    return [{**common, "kind": "long_text"}]


def changed_by(world, person, *, but=frozenset()):  # noqa: F811
    """The tables in which something is otherwise after this person pressed everything, apart from the buttons named."""
    run, client = a_run(), signed_in(person)
    of_run = [reverse(f"digest:run_{step}", args=[run.pk]) for step in ("pause", "resume", "abort")]
    before = fingerprints()
    for url in [*every_address(world), *of_run]:
        if resolve(url).view_name in NOT_FOR_THIS | but:
            continue
        for told in presses(world.categories[0].pk, url):
            cache.clear()
            assert client.post(url, told).status_code < 500, url
    after = fingerprints()
    return {table for table in before if before[table] != after[table]}


def a_run():
    """A run that can be paused and ended."""
    edition = Edition.objects.get(number=900)
    run = Run.objects.create(edition=edition, slot=MONDAY, state="sending", made_at=MONDAY)
    mine = SubscriptionFactory()
    Delivery.objects.create(run=run, edition=edition, subscription=mine, address=mine.address)
    return run


def test_a_visitor_changes_nothing(world):  # noqa: F811
    assert changed_by(world, world.people["visitor"]) == set()


def test_a_session_of_somebody_suspended_changes_nothing(world):  # noqa: F811
    person = world.people["director"]
    a_run()
    client = signed_in(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    before = fingerprints()
    for url in every_address(world):
        if resolve(url).view_name not in NOT_FOR_THIS:
            client.post(url, presses(world.categories[0].pk, url)[0])
    assert fingerprints() == before


def test_who_lapsed_keeps_their_own_marks_and_nothing_else(world):  # noqa: F811
    changed = changed_by(world, world.people["lapsed member"])
    assert not changed & (DEBATE | QUESTIONS | ANSWERS | WEEKLY | {"accounts_rolegrant"}), changed


def test_a_member_changes_nothing_that_others_wrote_or_run(world):  # noqa: F811
    changed = changed_by(world, world.people["member"], but=OWN_BUSINESS)
    assert not changed & (DEBATE | QUESTIONS | ANSWERS | WEEKLY | {"accounts_rolegrant"}), changed


def test_a_moderator_runs_neither_consultations_nor_the_weekly(world):  # noqa: F811
    changed = changed_by(world, world.people["moderator"], but=OWN_BUSINESS)
    assert not changed & (QUESTIONS | ANSWERS | WEEKLY | {"accounts_rolegrant"}), changed
    assert {"forum_post", "common_auditentry"} <= changed, "who may, can"
    before = fingerprints()  # what the walk did to topics it may have undone at the end
    archive = reverse("forum:archive", args=[world.topics[0].pk])
    told = presses(world.categories[0].pk, archive)[0]
    assert signed_in(world.people["moderator"]).post(archive, told).status_code == 302
    assert fingerprints()["forum_topic"] != before["forum_topic"], "who may, can"


def test_an_organiser_moderates_nothing(world):  # noqa: F811
    changed = changed_by(
        world, world.people["organiser"], but={*OWN_BUSINESS, "consultation:open", "consultation:question_topic"}
    )
    assert not changed & {"forum_post", "forum_reaction", "forum_revision", *ANSWERS, "accounts_rolegrant"}, changed
    assert {"consultation_consultation", "consultation_option", "digest_run"} <= changed, "who may, can"
