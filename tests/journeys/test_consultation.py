"""A consultation from the first draft to published counts, by the pages alone."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultation.models import Consultation, Result
from consultation.tasks import tick
from tally import Ballot, Profile, count
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
WISHES = [
    ("floor", "agree", {"a-portfolio": "1", "an-exam": "2"}, "Because it shows real work."),
    ("floor", "strongly_agree", {"an-exam": "1"}, ""),
    ("spur", "disagree", {"a-portfolio": "1", "an-exam": "1", "appraisal": "3"}, "Time."),
    ("spur", "", {"appraisal": "1", "a-portfolio": "5"}, ""),
    ("none", "strongly_disagree", None, "None of these."),
]
"""Purpose, agreement, numbers in the ranking (None: would rather not), own words; one for each member."""


def address(name, *args):
    return reverse(f"consultation:{name}", args=args)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, where, /, **data):
    """Send a form; it has to be taken (a redirect)."""
    response = client.post(where, data)
    assert response.status_code == 302, re.findall(r'class="error".*?</p>', response.content.decode())[:5]
    return response["Location"]


def written_by_an_organiser(organiser):
    """Write the draft by its forms; gives its slug."""
    bare = dict.fromkeys(
        ("assessment", "evidence", "entry", "cost", "renewal", "awarding_body", "level", "suits", "suits_not"), ""
    )
    where = post(organiser, address("new"), title="Routes to accreditation", days="42", identity_mode="named")
    slug = where.split("/")[2]
    assert "5 things" in organiser.get(where).content.decode() or "things to do" in organiser.get(where).content.decode()
    post(
        organiser,
        address("edit_details", slug),
        title="Routes to accreditation",
        lede="Three ways. Which?",
        asked_by="The board",
        background="Because **nobody** knows.",
        effects="None that we know of.",
        days="42",
        identity_mode="named",
    )
    for name, time in (("An exam", "60 hours"), ("A portfolio", "45 hours"), ("Appraisal", "6 hours")):
        post(organiser, address("new_option", slug), name=name, summary=f"{name} in short", time=time, **bare)
    post(organiser, address("new_discarded", slug), name="A licence", reason="No power to.")
    post(organiser, address("new_document", slug), title="Costs", url="https://example.org/", note="")
    for title in ("Purpose", "Routes"):
        post(organiser, address("new_page", slug), title=title, intro="")
    pages = list(Consultation.objects.get(slug=slug).versions.get().pages.all())
    ask = lambda page, **words: post(organiser, address("new_question", slug, page.pk), hint="", **words)  # noqa: E731
    ask(pages[0], kind="single_choice", text="Purpose", required="on", choices="Floor\nSpur\nNone")
    ask(pages[0], kind="agreement_scale", text="Value", choices="")
    ask(pages[1], kind="ranking", text="Order", required="on", offers_options="on", choices="")
    ask(pages[1], kind="long_text", text="Why", choices="", longest="100")
    assert "Nothing is missing" in organiser.get(address("edit", slug)).content.decode()
    assert organiser.get(address("preview", slug, 2)).status_code == 200
    return slug


def answer(client, slug, purpose, agreement, numbers, words):
    """Page by page, as without script."""
    first, second = address("page", slug, 1), address("page", slug, 2)
    assert post(client, first, **{"q-purpose": purpose, "q-value": agreement, "go": "on"}) == second
    ranks = {"q-order::abstain": "on"} if numbers is None else {f"q-order:{key}": place for key, place in numbers.items()}
    assert post(client, second, **ranks, **{"q-why": words, "go": "on"}) == address("check", slug)
    assert "Check your answers" in client.get(address("check", slug)).content.decode()
    assert post(client, address("check", slug)) == address("receipt", slug)


def approved_by_a_second(organiser, slug):
    """Another organiser reads the text and approves it."""
    post(organiser, address("ask_review", slug))
    second = signed_in(UserFactory(organiser=True))
    (digest,) = re.findall(r'name="digest" value="(\w+)"', second.get(address("review", slug)).content.decode())
    post(second, address("approve", slug), digest=digest)


def test_from_the_first_draft_to_counts_that_anybody_can_recount():
    organiser, visitor = signed_in(UserFactory(organiser=True)), Client()
    members = [signed_in(UserFactory(member=True)) for _ in WISHES]
    category = CategoryFactory()
    with time_machine.travel(BEGIN, tick=False):
        slug = written_by_an_organiser(organiser)
        assert visitor.get(address("detail", slug)).status_code == 404
        approved_by_a_second(organiser, slug)
        assert post(organiser, address("open", slug), category=category.pk, closes_on="2026-10-13") == address("detail", slug)

    with time_machine.travel(BEGIN + timedelta(days=3), tick=False):
        page = visitor.get(address("detail", slug)).content.decode()
        assert "Sign in to answer" in page
        assert "Tuesday 13 October 2026, 23:59" in page
        topic = Consultation.objects.get().topic
        assert topic.get_absolute_url() in page
        assert address("detail", slug) in visitor.get(topic.get_absolute_url()).content.decode(), "each leads to the other"
        for client, wish in zip(members, WISHES, strict=True):
            answer(client, slug, *wish)
        # the first member thinks again
        assert "Change your answer" in members[0].get(address("detail", slug)).content.decode()
        post(members[0], address("page", slug, 1), **{"q-purpose": "spur", "q-value": "agree", "go": "on", "then": "check"})
        post(members[0], address("check", slug))
        receipt = members[0].get(address("receipt", slug)).content.decode()
        assert "This is revision 2" in receipt
        refused = organiser.get(address("results", slug))
        assert refused.status_code == 403
        assert "after the close" in refused.content.decode()

    with time_machine.travel(datetime(2026, 10, 13, 22, 59, tzinfo=UTC), tick=False):
        late = members[1].post(address("page", slug, 1), {"q-purpose": "none", "go": "on"})
        assert late.status_code == 403
        assert "It has closed" in late.content.decode()
        assert tick() == 1

    with time_machine.travel(datetime(2026, 10, 20, 9, 0, tzinfo=UTC), tick=False):
        assert "5 responses are counted" in organiser.get(address("publish", slug)).content.decode()
        assert post(organiser, address("publish", slug)) == address("results", slug)
        fates = {f"fate-{key}": "open" for key in ("an-exam", "appraisal")} | {"fate-a-portfolio": "preferred"}
        post(organiser, address("outcome", slug), outcome="We will build **the portfolio**.", **fates)
        page = visitor.get(address("results", slug)).content.decode()

    now = [("spur", *WISHES[0][1:]), *WISHES[1:]]
    counted = {result.question.key: result.counts for result in Result.objects.select_related("question")}
    purposes = Counter(purpose for purpose, *_ in now)
    assert {row[0]: row[3] for row in counted["purpose"]["choices"]} == dict(purposes)
    agreements = Counter(agreement for _, agreement, *_ in now if agreement)
    assert {row[0]: row[3] for row in counted["value"]["choices"] if row[3]} == dict(agreements)
    assert counted["why"] == {"n": sum(1 for *_, words in now if words)}
    ballots = [by_number(numbers) for _, _, numbers, _ in now if numbers]
    expected = count(Profile(("an-exam", "a-portfolio", "appraisal"), tuple(map(Ballot.of, ballots))))
    for method in ("plurality", "borda", "irv", "schulze"):
        assert counted["order"]["results"][method]["ranking"] == [list(group) for group in expected[method].ranking]
    assert (counted["order"]["ranked"], counted["order"]["abstained"]) == (4, 1)

    assert "<strong>the portfolio</strong>" in page
    assert "4 of 5 answered this question; 1 left it out" in page
    assert "“Spur” was chosen most, by 3 of 5 (60.0%)" in page
    assert "Time." not in page, "what members wrote is not published"
    assert page.count("How this was counted:") == 4


def by_number(numbers):
    places = sorted({int(place) for place in numbers.values()})
    return [[key for key, place in numbers.items() if int(place) == level] for level in places]


def test_the_questions_are_changed_while_it_is_open_by_two_people_and_a_member_says_that_their_answer_stands():
    """By the pages alone, and each of them follows a link from the consultation’s own."""
    organiser, member = signed_in(UserFactory(organiser=True)), signed_in(UserFactory(member=True))
    with time_machine.travel(BEGIN, tick=False):
        slug = written_by_an_organiser(organiser)
        approved_by_a_second(organiser, slug)
        post(organiser, address("open", slug), category=CategoryFactory().pk, closes_on="2026-10-13")
    with time_machine.travel(BEGIN + timedelta(days=3), tick=False):
        answer(member, slug, *WISHES[0])
        assert f'href="{address("version", slug)}"' in organiser.get(address("detail", slug)).content.decode()
        assert "Start a new version" in organiser.get(address("version", slug)).content.decode()
        assert post(organiser, address("start_version", slug)) == address("edit", slug)
        version = Consultation.objects.get(slug=slug).versions.get(published_at=None)
        why = version.questions.get(key="why")
        assert address("edit_question", slug, why.pk) in organiser.get(address("edit", slug)).content.decode()
        words = {
            "kind": "long_text",
            "text": "Why that order, in your own practice?",
            "hint": "",
            "choices": "",
            "longest": "100",
        }
        post(organiser, address("edit_question", slug, why.pk), **words)
        asked = {"materiality": "", "reason": ""}
        refused = organiser.post(address("ask_version_review", slug), asked).content.decode()
        assert "This field is required" in refused or 'aria-invalid="true"' in refused
        reason = "Answers were about practices in general."
        assert post(organiser, address("ask_version_review", slug), materiality="material", reason=reason) == address(
            "version", slug
        )
        second = signed_in(UserFactory(organiser=True))
        page = second.get(address("version", slug)).content.decode()
        assert "in your own practice" in page.split("<ins>", 1)[1][:120]
        (digest,) = re.findall(r'name="digest" value="(\w+)"', page)
        post(second, address("approve_version", slug), digest=digest)
        assert "asked whether their answer stands" in organiser.get(address("publish_version", slug)).content.decode()
        assert post(organiser, address("publish_version", slug)) == address("detail", slug)
    with time_machine.travel(BEGIN + timedelta(days=4), tick=False):
        assert address("confirm", slug) in member.get(address("detail", slug)).content.decode()
        page = member.get(address("confirm", slug)).content.decode()
        assert reason in page and "My answer stands" in page
        assert post(member, address("confirm", slug), version="2") == address("receipt", slug)
        assert "revision 2" in member.get(address("receipt", slug)).content.decode()
        run = Client().get(address("run", slug)).content.decode()
        assert "version 2 is material, approved by a second person; 1 who had answered were asked again and 1 said" in run
