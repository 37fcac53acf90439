"""A post becomes evidence for a question with its author's yes, and never without."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.models import AuditEntry
from common.verdicts import Refused
from consultation.actions.closing import close_what_is_due
from consultation.actions.evidence import (
    AlreadySettled,
    NoSuchQuestion,
    ask_for_evidence,
    consider_again,
    consider_post,
    decline_evidence,
    let_lapse,
    offer_evidence,
    open_question_topic,
    withdraw_evidence,
)
from consultation.actions.publishing import publish_results
from consultation.models import Consent, Evidence
from consultation.readers.evidence import evidence_by_question, my_posts, not_yet_considered
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.removal import withdraw_post
from forum.pseudonyms import Voice
from notifications.expander import expand_next
from notifications.models import Event, Notice
from tests.consultation.factories import AFTER_CLOSE, DAY, WHILE_OPEN, a_person, an_open_one, an_organiser
from tests.forum.factories import TopicFactory
from tests.forum.officers import officers_with_keys

pytestmark = pytest.mark.django_db
LARK = Voice(is_persona=True, label="Calm Lark")


@pytest.fixture
def organiser():
    return an_organiser()


@pytest.fixture
def asked(organiser):
    return an_open_one(by=organiser)


@pytest.fixture
def author():
    return a_person("Ash Author")


@pytest.fixture
def post(asked, author):
    return reply_to_topic(asked.topic, by=author, body="A portfolio took me **ninety** hours.", at=WHILE_OPEN)


@pytest.fixture
def lark(asked, author):
    officers_with_keys(2)
    return reply_to_topic(asked.topic, by=author, body="My partners would never pay.", at=WHILE_OPEN, voice=LARK)


def lines_for(reader, asked, key="why", at=WHILE_OPEN):
    return next(group.lines for group in evidence_by_question(reader, asked, at=at) if group.asked.key == key)


def as_seen_by(reader, path):
    client = Client()
    if reader is not None:
        client.force_login(reader)
    return client.get(path)


def test_the_menu_of_a_post_offers_it_only_where_something_takes_evidence(asked, author, post, organiser):
    elsewhere = reply_to_topic(TopicFactory(), by=author, body="Something else altogether.", at=WHILE_OPEN)
    offered = {}
    for moment in (WHILE_OPEN, AFTER_CLOSE, AFTER_CLOSE + DAY):
        cache.delete("consultation:evidence:places")
        if moment > AFTER_CLOSE:
            close_what_is_due(at=moment)
            asked.refresh_from_db()
            publish_results(asked, by=organiser, at=moment)
        with time_machine.travel(moment, tick=False):
            pages = [as_seen_by(author, one.topic.get_absolute_url()).content.decode() for one in (post, elsewhere)]
        offered[moment] = tuple("Offer as evidence" in page for page in pages)
    assert list(offered.values()) == [(True, True), (True, False), (False, False)]
    cache.delete("consultation:evidence:places")


class TestAnAuthor:
    def test_offers_a_post_which_then_says_so_to_everybody(self, asked, author, post):
        before = as_seen_by(a_person(), asked.topic.get_absolute_url()).content
        offer_evidence(asked, post, "why", by=author, at=WHILE_OPEN)
        (line,) = lines_for(a_person(), asked)
        assert (line.consent, line.told.words, line.is_changed) == (Consent.GIVEN, "A portfolio took me ninety hours.", False)
        assert b"Taken as evidence" not in before
        page = as_seen_by(a_person(), asked.topic.get_absolute_url()).content.decode()
        assert f"Taken as evidence in the consultation “{asked.title}”" in page

    def test_takes_it_back_until_results_are_published_and_may_offer_it_again(self, asked, author, post, organiser):
        evidence = offer_evidence(asked, post, "why", by=author, at=WHILE_OPEN)
        withdraw_evidence(evidence, by=author, at=WHILE_OPEN)
        assert lines_for(a_person(), asked) == []
        assert "Taken as evidence" not in as_seen_by(author, asked.topic.get_absolute_url()).content.decode()
        offer_evidence(asked, post, "why", by=author, at=WHILE_OPEN)
        assert Evidence.objects.get().consent_at(WHILE_OPEN) is Consent.GIVEN
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(asked, by=organiser, at=AFTER_CLOSE)
        with pytest.raises(Refused, match="stays as it is"):
            withdraw_evidence(evidence, by=author, at=AFTER_CLOSE)

    def test_takes_it_back_also_when_the_post_is_gone(self, asked, author, post):
        evidence = offer_evidence(asked, post, "why", by=author, at=WHILE_OPEN)
        withdraw_post(post, by=author, at=WHILE_OPEN)
        withdraw_evidence(evidence, by=author, at=WHILE_OPEN)
        assert Evidence.objects.get().consent_at(WHILE_OPEN) is Consent.WITHDRAWN

    def test_is_nobody_else(self, asked, post, organiser):
        for other in (a_person(), organiser):
            with pytest.raises(Refused, match="Only its author"):
                offer_evidence(asked, post, "why", by=other, at=WHILE_OPEN)

    def test_is_asked_for_a_question_that_is_there(self, asked, author, post):
        with pytest.raises(NoSuchQuestion):
            offer_evidence(asked, post, "what", by=author, at=WHILE_OPEN)

    def test_under_a_pseudonym_stays_one(self, asked, author, lark):
        offer_evidence(asked, lark, "why", by=author, at=WHILE_OPEN)
        (line,) = lines_for(a_person(), asked)
        assert line.told.author == "Calm Lark"
        entry = AuditEntry.objects.get(verb="consultation.evidence_offer")
        assert (entry.actor_kind, entry.actor_id) == (AuditEntry.ActorKind.PERSONA, lark.persona_id)
        row = Evidence.objects.values().get()
        assert author.pk not in {row["asked_by_id"]}
        assert lark in my_posts(author, asked)
        assert lark not in my_posts(a_person(), asked)


class TestAnOrganiser:
    def test_asks_and_the_author_has_a_notice_with_a_page_to_answer(self, asked, author, post, organiser):
        ask_for_evidence(asked, post, "why", by=organiser, at=timezone.now())
        while expand_next(at=timezone.now()):
            pass
        notice = Notice.objects.get(kind="consultation.evidence")
        assert notice.user == author
        client = Client()
        client.force_login(author)
        assert "May your post in" in client.get(reverse("notifications:list")).content.decode()
        page = client.get(reverse("consultation:evidence_post", args=[asked.slug, post.pk])).content.decode()
        assert "Yes, it may" in page
        assert lines_for(a_person(), asked) == []

    def test_hears_no_when_the_author_says_so_and_when_fourteen_days_have_passed(self, asked, author, post, organiser):
        evidence = ask_for_evidence(asked, post, "why", by=organiser, at=WHILE_OPEN)
        assert evidence.consent_at(WHILE_OPEN + 14 * DAY - timedelta(seconds=1)) is Consent.ASKED
        assert evidence.consent_at(WHILE_OPEN + 14 * DAY) is Consent.LAPSED
        decline_evidence(evidence, by=author, at=WHILE_OPEN)
        (line,) = lines_for(organiser, asked)
        assert line.consent is Consent.DECLINED
        with pytest.raises(AlreadySettled):
            ask_for_evidence(asked, post, "why", by=organiser, at=WHILE_OPEN)

    def test_asks_a_pseudonym_under_its_post_and_tells_nobody(self, asked, author, lark, organiser):
        ask_for_evidence(asked, lark, "why", by=organiser, at=WHILE_OPEN)
        assert not Event.objects.filter(kind="consultation.evidence_asked").exists()
        page = as_seen_by(author, asked.topic.get_absolute_url()).content.decode()
        assert "Its author is asked whether this may be evidence" in page
        offer_evidence(asked, lark, "why", by=author, at=WHILE_OPEN)
        (line,) = lines_for(None or a_person(), asked)
        assert line.consent is Consent.GIVEN

    def test_sees_that_a_post_was_changed_or_taken_away_since(self, asked, author, post, organiser):
        offer_evidence(asked, post, "why", by=author, at=WHILE_OPEN)
        edit_post(post, by=author, body="A portfolio took me nine hours.", note="I counted again", at=WHILE_OPEN + DAY)
        (line,) = lines_for(organiser, asked)
        assert line.is_changed
        assert line.agreed == "A portfolio took me ninety hours."
        assert lines_for(AnonymousUser(), asked)[0].agreed == "", "what a post said before is for members"
        evidence = reverse("consultation:evidence", args=[asked.slug])
        assert "ninety hours" in as_seen_by(a_person(), evidence).content.decode(), "as its author agreed to it"
        visitors = as_seen_by(None, evidence).content.decode()
        assert "hours" not in visitors
        assert "something else now" in visitors
        post.refresh_from_db()
        withdraw_post(post, by=author, at=WHILE_OPEN + DAY)
        (line,) = lines_for(organiser, asked)
        assert line.is_gone
        assert line.told is None
        assert lines_for(a_person(), asked) == []
        desk = as_seen_by(organiser, reverse("consultation:desk")).content.decode()
        assert "1 post of the evidence changed or taken away since its author agreed" in desk
        withdraw_evidence(Evidence.objects.get(), by=author, at=WHILE_OPEN + DAY)
        assert "of the evidence" not in as_seen_by(organiser, reverse("consultation:desk")).content.decode()

    def test_lists_the_posts_that_nobody_has_considered(self, asked, author, post, lark, organiser):
        assert [row.pk for row in not_yet_considered(organiser, asked).rows] == [lark.pk, post.pk]
        consider_post(asked, post, by=organiser, at=WHILE_OPEN)
        ask_for_evidence(asked, lark, "why", by=organiser, at=WHILE_OPEN)
        assert not not_yet_considered(organiser, asked).rows
        consider_again(asked, post, by=organiser, at=WHILE_OPEN)
        assert [row.pk for row in not_yet_considered(organiser, asked).rows] == [post.pk]

    def test_finds_what_was_set_aside_and_takes_it_up_again(self, asked, post, organiser):
        client = Client()
        client.force_login(organiser)
        waiting = reverse("consultation:evidence_waiting", args=[asked.slug])
        press = reverse("consultation:evidence_consider", args=[asked.slug, post.pk])
        client.post(press)
        assert press not in client.get(waiting).content.decode()
        page = client.get(waiting, {"show": "aside"}).content.decode()
        assert press in page
        assert "Consider again" in page
        client.post(press, {"again": "1"})
        assert press in client.get(waiting).content.decode()

    def test_opens_a_topic_for_a_question_once_whose_posts_count_as_the_debate(self, asked, author, organiser):
        topic = open_question_topic(asked, "why", by=organiser, at=WHILE_OPEN)
        assert open_question_topic(asked, "why", by=organiser, at=WHILE_OPEN) == topic
        said = reply_to_topic(topic, by=author, body="Because it costs less.", at=WHILE_OPEN)
        assert [row.pk for row in not_yet_considered(organiser, asked).rows] == [said.pk]


def test_the_topic_of_a_question_stands_below_it_and_opens_beside_what_is_typed(asked, organiser):
    topic = open_question_topic(asked, "why", by=organiser, at=WHILE_OPEN)
    with time_machine.travel(WHILE_OPEN, tick=False):
        page = as_seen_by(a_person(), reverse("consultation:page", args=[asked.slug, 2])).content.decode()
    (link,) = re.findall(rf'<a href="{topic.get_absolute_url()}"[^>]*>', page)
    assert 'target="_blank"' in link, "the page stays as it is, without scripts too"
    assert page.index("Why that order?") < page.index(link) < page.index('value="back"')
    assert page.index("Put the routes in order.") < page.index("Why that order?")


def test_a_member_comes_from_the_post_to_the_offer_by_links(asked, author, post):
    client = Client()
    client.force_login(author)
    topic = client.get(asked.topic.get_absolute_url()).content.decode()
    (link,) = re.findall(rf'href="(/consultations/evidence/{asked.topic_id}/\d+/)"', topic)
    page = client.get(link, follow=True)
    assert page.redirect_chain[-1][0] == reverse("consultation:evidence_post", args=[asked.slug, post.pk])
    refused = client.post(reverse("consultation:evidence_offer", args=[asked.slug, post.pk]), {"question": ""})
    assert "Choose the question that it says something to" in refused.content.decode()
    client.post(reverse("consultation:evidence_offer", args=[asked.slug, post.pk]), {"question": "why"})
    assert (
        "A portfolio took me ninety hours."
        in as_seen_by(None, reverse("consultation:evidence", args=[asked.slug])).content.decode()
    )


def test_what_is_kept_of_a_post_in_the_cache_follows(asked, author, post, settings):
    settings.KEPT_IS_COMPARED = False
    cache.clear()
    path = asked.topic.get_absolute_url()
    assert "Taken as evidence" not in as_seen_by(None, path).content.decode()
    evidence = offer_evidence(asked, post, "why", by=author, at=WHILE_OPEN)
    assert "Taken as evidence" in as_seen_by(None, path).content.decode()
    withdraw_evidence(evidence, by=author, at=WHILE_OPEN)
    assert "Taken as evidence" not in as_seen_by(None, path).content.decode()


def test_the_line_under_a_pseudonyms_post_goes_with_the_time_to_answer(asked, organiser, lark, settings):
    ask_for_evidence(asked, lark, "why", by=organiser, at=WHILE_OPEN)
    ask_for_evidence(asked, lark, "value", by=organiser, at=WHILE_OPEN + DAY)
    over = WHILE_OPEN + settings.EVIDENCE_DAYS * DAY
    assert let_lapse(at=over - DAY / 2) == 0
    assert let_lapse(at=over) == 1
    lark.refresh_from_db()
    assert [notice["url"].rpartition("#")[2] for notice in lark.notices] == ["value"]
    assert let_lapse(at=over) == 0
