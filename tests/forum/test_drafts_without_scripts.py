"""A form that is sent while another device has a newer draft of it: both texts are shown, and its writer chooses."""

import re
from datetime import timedelta
from html import unescape
from typing import ClassVar

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.actions.drafts import save_draft
from forum.models import Draft, Poll, Post, Topic
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def form_of(page: str) -> dict[str, str]:
    """What a browser without script sends of the composer on this page."""
    form = page[page.index('<form class="composer"') :]
    form = form[: form.index("</form>")]
    told = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' in tag:
            told[name[1]] = unescape(value[1]) if value else ""
    area = re.search(r'<textarea[^>]*name="body"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return told | {"body": unescape(area[1])}


@pytest.fixture
def answered(signed_in, member):
    """A reply written at the desk while the phone saved another text of it: its address, and the page that came back."""
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    drawn = form_of(signed_in.get(url).content.decode())
    save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="Written on\nthe phone", at=AT)
    return url, signed_in.post(url, drawn | {"body": "Written at the desk"}).content.decode()


def test_nothing_is_posted_and_both_texts_are_on_the_page(answered):
    _, page = answered
    assert Post.objects.count() == 1
    assert "Nothing is posted yet" in page
    assert "Written on\nthe phone" in page[page.index('id="other"') :]
    assert form_of(page)["body"] == "Written at the desk"
    assert Draft.objects.get().body == "Written on\nthe phone"


def test_one_s_own_is_posted_by_the_same_button_again(signed_in, answered):
    url, page = answered
    assert signed_in.post(url, form_of(page)).status_code == 302
    assert Post.objects.get(number=2).body == "Written at the desk"
    assert not Draft.objects.unfinished().exists()


def test_the_other_one_changes_places_with_it_and_back(signed_in, answered):
    url, page = answered
    page = signed_in.post(url, form_of(page) | {"exchange": "1"}).content.decode()
    told = form_of(page)
    assert (told["body"], told["other_body"]) == ("Written on\nthe phone", "Written at the desk")
    assert Post.objects.count() == 1
    assert "The text that you set aside" in page
    back = form_of(signed_in.post(url, told | {"exchange": "1"}).content.decode())
    assert (back["body"], back["other_body"]) == ("Written at the desk", "Written on\nthe phone")
    assert Draft.objects.get().body == "Written at the desk"
    signed_in.post(url, back)
    assert Post.objects.get(number=2).body == "Written at the desk"


def test_it_is_asked_again_where_the_other_device_goes_on(signed_in, member, answered):
    url, page = answered
    save_draft(by=member, key=Draft.objects.get().key, seen=1, body="And more", at=AT)
    page = signed_in.post(url, form_of(page)).content.decode()
    assert "And more" in page
    assert Post.objects.count() == 1


def test_a_save_of_the_same_words_is_no_other_text(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    drawn = form_of(signed_in.get(url).content.decode())
    save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="Half", at=AT)
    assert signed_in.post(url, drawn | {"body": "Half and whole."}).status_code == 302


class TestWithPolls:
    """A poll goes with the text that it was begun with."""

    PHONE: ClassVar = {"question": "Which day?", "options": "Monday\nTuesday", "kind": "ranked"}
    DESK: ClassVar = {"question": "Which hour?", "options": "Nine\nTen", "kind": "single"}

    @pytest.fixture
    def sent(self, signed_in, member):
        """A page of two polls: its address, its own fields of a poll as the browser sends them."""
        topic = TopicFactory()
        url = reverse("forum:reply", args=[topic.pk])
        drawn = form_of(signed_in.get(url).content.decode())
        save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="The same words", poll=self.PHONE, at=AT)
        return url, drawn | {"body": "The same words"}

    def fields(self, poll):
        return {f"poll-{name}": value for name, value in poll.items()}

    def test_the_other_one_is_shown_and_changes_places_with_one_s_own_and_back(self, signed_in, sent):
        url, drawn = sent
        page = signed_in.post(url, drawn | self.fields(self.DESK)).content.decode()
        assert "Nothing is posted yet" in page, "the words are the same, the polls are not"
        assert "Poll: Which day?\nMonday" in page[page.index('id="other"') :]
        assert Draft.objects.get().poll == self.PHONE
        page = signed_in.post(url, form_of(page) | self.fields(self.DESK) | {"exchange": "1"}).content.decode()
        assert 'value="Which day?"' in page
        assert "Poll: Which hour?\nNine" in page[page.index('id="other"') :]
        assert Draft.objects.get().poll == self.PHONE
        page = signed_in.post(url, form_of(page) | self.fields(self.PHONE) | {"exchange": "1"}).content.decode()
        assert Draft.objects.get().poll == self.DESK
        day = {"poll-shown": "always", "poll-closes_on": (timezone.now() + timedelta(days=3)).date().isoformat()}
        assert signed_in.post(url, form_of(page) | self.fields(self.DESK) | day).status_code == 302
        assert Poll.objects.get().question == "Which hour?"

    def test_without_a_poll_of_one_s_own_the_fields_are_empty_after_the_way_back(self, signed_in, sent):
        url, drawn = sent
        nothing = self.fields({"question": "", "options": "", "kind": "single"})
        page = signed_in.post(url, drawn | nothing).content.decode()
        assert "Poll: Which day?" in page
        page = signed_in.post(url, form_of(page) | nothing | {"exchange": "1"}).content.decode()
        page = signed_in.post(url, form_of(page) | self.fields(self.PHONE) | {"exchange": "1"}).content.decode()
        assert 'value="Which day?"' in page[page.index('id="other"') :], "still to be had"
        assert Draft.objects.get().poll is None
        assert signed_in.post(url, form_of(page) | nothing).status_code == 302
        assert not Poll.objects.exists()

    def test_sent_from_the_topic_s_page_which_shows_no_poll_it_is_not_lost(self, signed_in, sent):
        url, drawn = sent
        drawn |= {"draft_sequence": Draft.objects.get().sequence}
        page = signed_in.post(url, drawn).content.decode()
        assert "Poll: Which day?" in page
        assert Draft.objects.get().poll == self.PHONE
        nothing = self.fields({"question": "", "options": ""})
        assert signed_in.post(url, form_of(page) | nothing).status_code == 302

    def test_a_poll_that_was_saved_a_moment_ago_is_no_other(self, signed_in, sent):
        url, drawn = sent
        told = self.fields(self.PHONE | {"shown": "", "closes_on": ""})
        assert "Nothing is posted yet" not in signed_in.post(url, drawn | told).content.decode()


def test_a_new_topic_keeps_both_titles(signed_in, member):
    category = CategoryFactory()
    url = reverse("forum:start", args=[category.slug])
    drawn = form_of(signed_in.get(url).content.decode()) | {"title": "A title at the desk", "body": "Desk."}
    save_draft(by=member, key=f"start:{category.pk}", seen=0, title="A title on the phone", body="Phone.", at=AT)
    page = signed_in.post(url, drawn).content.decode()
    page = signed_in.post(url, form_of(page) | {"title": "A title at the desk", "exchange": "1"}).content.decode()
    assert 'value="A title on the phone"' in page
    assert form_of(page)["other_title"] == "A title at the desk"
    signed_in.post(url, form_of(page) | {"title": "A title on the phone"})
    assert Topic.objects.get().title == "A title on the phone"


def test_a_change_of_a_post_is_asked_about_too(signed_in, member):
    post = PostFactory(author=member, created_at=timezone.now())
    url = reverse("forum:edit", args=[post.topic_id, post.number])
    drawn = form_of(signed_in.get(url).content.decode())
    save_draft(by=member, key=f"edit:{post.pk}", seen=0, body="Changed on the phone", at=AT)
    page = signed_in.post(url, drawn | {"body": "Changed at the desk", "note": "Put right"}).content.decode()
    assert "Changed on the phone" in page
    assert signed_in.post(url, form_of(page) | {"note": "Put right"}).status_code == 302
    post.refresh_from_db()
    assert post.body == "Changed at the desk"


def test_under_a_pseudonym_no_draft_is_looked_for(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    drawn = form_of(signed_in.get(url).content.decode())
    save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="Under my own name", at=AT)
    page = signed_in.post(url, drawn | {"body": "x", "voice": "persona", "preview": "1"}).content.decode()
    assert "Under my own name" not in page


def test_an_answer_to_what_was_removed_meanwhile_is_posted_to_the_topic_when_it_is_sent_again(signed_in, member):
    topic = TopicFactory()
    gone = PostFactory(topic=topic)
    url = reverse("forum:reply", args=[topic.pk])
    drawn = form_of(signed_in.get(f"{url}?to={gone.number}").content.decode())
    Post.objects.filter(pk=gone.pk).update(state="withdrawn", removed_at=AT)
    page = signed_in.post(url, drawn | {"body": "What I meant to answer."}).content.decode()
    assert "Post 2 is not there any more" in page
    again = form_of(page)
    assert (again["to"], again["body"]) == ("", "What I meant to answer.")
    assert signed_in.post(url, again).status_code == 302
    assert Post.objects.get(number=3).parent_number is None
    assert not Draft.objects.unfinished().exists(), "nor is it left as the answer that it was"
