from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.verdicts import Refused
from moderation.actions.errors import AlreadyReported, ReportUnclear, TooManyReports
from moderation.actions.reporting import MOST_AN_HOUR, file_report
from moderation.models import Case, Report
from moderation.permissions import can_report
from notifications.models import Event
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import AT, LATER, a_case, a_member, decided, standing

pytestmark = pytest.mark.django_db


def test_reports_of_one_thing_join_one_case_and_make_it_weigh_more():
    post = PostFactory()
    first = a_case(post, reason="place")
    second = a_case(post, reason="names", at=LATER)
    assert first == second
    assert second.weight == 6
    assert second.reports.count() == 2
    assert second.about == post.author
    assert Event.objects.filter(kind="moderation.opened").count() == 1


def test_a_post_its_topic_and_its_author_are_three_cases():
    post = PostFactory()
    assert len({a_case(thing).pk for thing in (post, post.topic, post.author)}) == 3
    assert {case.noun for case in Case.objects.all()} == {"post", "topic", "person"}


def test_the_same_person_reports_once_and_again_when_a_month_has_gone_by():
    post, member = PostFactory(), a_member()
    case = a_case(post, by=member)
    with pytest.raises(AlreadyReported):
        a_case(post, by=member, at=LATER)
    decided(case, "nothing", reason="")
    with pytest.raises(AlreadyReported):
        a_case(post, by=member, at=LATER)
    assert Case.objects.open().count() == 0, "the refused one left no case behind"
    assert a_case(post, by=member, at=AT + timedelta(days=31)) != case


def test_somebody_reports_two_people():
    member = a_member()
    assert a_case(UserFactory(member=True), by=member) != a_case(UserFactory(member=True), by=member)


def test_more_than_anybody_needs_is_refused_in_words_and_comes_back_with_the_hour():
    member = a_member()
    for post in PostFactory.create_batch(MOST_AN_HOUR):
        a_case(post, by=member)
    one_more = PostFactory()
    with pytest.raises(TooManyReports, match="come back in an hour"):
        a_case(one_more, by=member, at=AT + timedelta(minutes=59))
    a_case(one_more, by=member, at=AT + timedelta(minutes=61))


@pytest.mark.parametrize(("reason", "text"), [("", ""), ("spite", ""), ("other", " "), ("rules", "x" * 1001)])
def test_an_unclear_report_is_none(reason, text):
    with pytest.raises(ReportUnclear):
        file_report(PostFactory(), by=a_member(), reason=reason, text=text, at=AT)
    assert not Case.objects.exists()


def test_nobody_reports_themselves_nor_what_they_may_not_see_nor_what_is_off():
    member, stranger = a_member(), standing(UserFactory())
    group = GroupFactory(members=[member])
    private = TopicFactory(category=CategoryFactory(access="group", group=group), author=member)
    for person, thing in [
        (member, PostFactory(author=member)),
        (member, TopicFactory(author=member)),
        (member, member),
        (a_member(), private),
        (a_member(), private.posts.get()),
        (a_member(), PostFactory(hidden=True)),
        (a_member(), PostFactory(pending=True)),
        (a_member(), TopicFactory(hidden=True)),
        (stranger, PostFactory()),
        (standing(UserFactory(trustee=True)), PostFactory()),
    ]:
        assert not can_report(person, thing)
        with pytest.raises(Refused):
            file_report(thing, by=person, reason="rules", text="", at=AT)


def test_a_persona_can_be_reported_and_nothing_says_who_it_is():
    case = a_case(PostFactory(by_persona=True))
    assert case.about_id is None


@pytest.mark.parametrize("thing", ["post", "topic", "person"])
def test_the_database_holds_one_open_case_for_a_thing(thing):
    post = PostFactory()
    case = a_case({"post": post, "topic": post.topic, "person": post.author}[thing])
    case.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        case.save(force_insert=True)


def test_the_database_holds_one_report_per_person_and_words_for_something_else():
    case = a_case(PostFactory())
    report = case.reports.get()
    with pytest.raises(IntegrityError, match="one_report_per_person"), transaction.atomic():
        Report.objects.create(case=case, reporter=report.reporter, reason="rules", at=AT)
    with pytest.raises(IntegrityError, match="something_else"), transaction.atomic():
        Report.objects.create(case=case, reporter=UserFactory(), reason="other", at=AT)


class TestPages:
    def test_from_the_menu_of_a_post_to_a_report(self, client):
        post, member = PostFactory(), a_member()
        client.force_login(member)
        url = reverse("moderation:report_post", args=[post.topic_id, post.number])
        assert url in client.get(post.topic.get_absolute_url()).content.decode()
        page = client.get(url).content.decode()
        assert "never told that it was you" in page
        assert str(post.author) in page
        assert client.post(url, {"reason": "other", "text": ""}).status_code == 200, "it needs words"
        response = client.post(url, {"reason": "names", "text": "Her street is in it."}, follow=True)
        assert "Thank you" in response.content.decode()
        assert "already" in client.post(url, {"reason": "names"}).content.decode()
        mine = client.get(reverse("moderation:reports")).content.decode()
        assert "Her street is in it." in mine
        assert "Waits for a moderator" in mine

    def test_a_topic_and_a_person_have_the_link_too(self, client):
        post = PostFactory()
        client.force_login(a_member())
        assert (
            reverse("moderation:report_topic", args=[post.topic_id]) in client.get(post.topic.get_absolute_url()).content.decode()
        )
        person = reverse("accounts:person", args=[post.author.handle])
        report = reverse("moderation:report_person", args=[post.author.handle])
        assert report in client.get(person).content.decode()
        assert client.post(report, {"reason": "rules"}).status_code == 302
        assert client.post(reverse("moderation:report_topic", args=[post.topic_id]), {"reason": "place"}).status_code == 302

    def test_one_s_own_posts_have_no_such_link(self, client):
        member = a_member()
        post = PostFactory(author=member)
        client.force_login(member)
        url = reverse("moderation:report_post", args=[post.topic_id, post.number])
        assert url not in client.get(post.topic.get_absolute_url()).content.decode()
        assert client.get(url).status_code == 403
