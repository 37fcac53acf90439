"""Drafts: nothing that was typed is lost, whichever window or device was first."""

import re
from datetime import timedelta
from typing import ClassVar

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions.practice import state_practice
from forum.actions.drafts import DraftGone, DraftMovedOn, discard_draft, finish_draft, forget_draft, save_draft
from forum.actions.errors import TextRefused
from forum.models import Draft, Poll, Post
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
URL = "/forum/draft/"


def body_of(key: str) -> str:
    return Draft.objects.get(key=key).body


def test_the_sequence_is_counted_by_the_database_and_an_unseen_draft_is_never_overwritten(member):
    assert save_draft(by=member, key="reply:1", seen=0, body="At the desk", at=AT) == 1
    assert save_draft(by=member, key="reply:1", seen=1, body="At the desk, more", at=AT) == 2
    with pytest.raises(DraftMovedOn) as moved:
        save_draft(by=member, key="reply:1", seen=1, body="On the phone", at=AT + timedelta(days=300))
    assert (moved.value.newer.body, moved.value.newer.sequence) == ("At the desk, more", 2)
    assert body_of("reply:1") == "At the desk, more", "whatever the phone's clock says"


def test_the_same_words_again_are_no_conflict(member):
    save_draft(by=member, key="reply:1", seen=0, body="An answer that was not heard", at=AT)
    assert save_draft(by=member, key="reply:1", seen=0, body="An answer that was not heard", at=AT) == 1


def test_each_answer_has_a_draft_of_its_own_and_each_person(member):
    save_draft(by=member, key="reply:1", seen=0, body="To all", at=AT)
    save_draft(by=member, key="reply:1:4", seen=0, body="To four", at=AT, parent_number=4)
    save_draft(by=UserFactory(), key="reply:1", seen=0, body="Somebody else", at=AT)
    assert sorted(Draft.objects.filter(user=member).values_list("body", flat=True)) == ["To all", "To four"]


@pytest.mark.parametrize(
    "key", ["", "reply:", "reply:x", "topic:1", "reply:1:2:3", "edit:1", "reply:1\n", "edit:99999999999999999999"]
)
def test_only_a_form_of_ours_has_a_draft(member, key):
    with pytest.raises(TextRefused):
        save_draft(by=member, key=key, seen=0, body="x", at=AT)


def test_a_change_of_a_pseudonym_s_post_is_kept_nowhere(member):
    post = PostFactory(author=None, persona=PersonaFactory())
    with pytest.raises(TextRefused):
        save_draft(by=member, key=f"edit:{post.pk}", seen=0, body="x", at=AT)
    finish_draft(by=member, key=f"edit:{post.pk}", text="x", at=AT)
    assert not Draft.objects.exists()


def test_what_was_posted_is_no_draft_any_more_and_a_late_save_does_not_bring_it_back(member):
    save_draft(by=member, key="reply:1", seen=0, body="Half", at=AT)
    finish_draft(by=member, key="reply:1", text="Half and whole.", seen=1, at=AT)
    with pytest.raises(DraftMovedOn):
        save_draft(by=member, key="reply:1", seen=1, body="Half and", at=AT)
    assert not Draft.objects.unfinished().exists()
    finish_draft(by=member, key="reply:2", text="At once.", at=AT)
    with pytest.raises(DraftMovedOn):
        save_draft(by=member, key="reply:2", seen=0, body="At on", at=AT)
    finish_draft(by=member, key="reply:3", text="Later.", at=AT + timedelta(days=2))
    assert list(Draft.objects.values_list("key", flat=True)) == ["reply:3"], "emptied ones go after a day"


def test_what_another_device_wrote_and_was_not_posted_stays(member):
    save_draft(by=member, key="reply:1", seen=0, body="Begun", at=AT)
    save_draft(by=member, key="reply:1", seen=1, body="Begun, and gone on with on the phone", at=AT)
    finish_draft(by=member, key="reply:1", text="Begun, and finished at the desk", seen=1, at=AT)
    assert body_of("reply:1") == "Begun, and gone on with on the phone"


def test_throwing_away_throws_away_what_was_looked_at(member):
    save_draft(by=member, key="reply:1", seen=0, body="One", at=AT)
    save_draft(by=member, key="reply:1", seen=1, body="Two", at=AT)
    with pytest.raises(DraftMovedOn):
        discard_draft(by=member, key="reply:1", seen=1, at=AT)
    discard_draft(by=member, key="reply:1", seen=2, at=AT)
    assert not Draft.objects.unfinished().exists()
    discard_draft(by=member, key="reply:9", at=AT)
    forget_draft(by=member, key="reply:1")
    assert not Draft.objects.exists()


def test_the_page_is_told_of_the_newer_text(signed_in):
    topic = TopicFactory()
    key = f"reply:{topic.pk}"
    assert signed_in.post(URL, {"draft_key": key, "sequence": 0, "body": "Newer words"}).json() == {"sequence": 1}
    answer = signed_in.post(URL, {"draft_key": key, "sequence": 0, "body": "Older"})
    assert answer.status_code == 409
    assert (answer.json()["body"], answer.json()["sequence"]) == ("Newer words", 1)
    assert signed_in.get(URL, {"draft_key": key}).json()["body"] == "Newer words"
    assert signed_in.get(URL, {"draft_key": "reply:0"}).json()["sequence"] == 0
    assert signed_in.post(URL, {"draft_key": "nonsense", "sequence": 0, "body": "x"}).status_code == 400
    page = signed_in.get(topic.get_absolute_url()).content.decode()
    assert "Newer words" in page
    assert "Your draft is back" in page
    signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": "Newer words, sent.", "draft_sequence": 1})
    assert "Your draft is back" not in signed_in.get(topic.get_absolute_url()).content.decode()
    signed_in.post(URL, {"draft_key": key, "sequence": 2, "body": "Again"})
    signed_in.post(URL, {"draft_key": key, "forget": 1})
    assert not Draft.objects.exists()


def test_the_topic_s_page_opens_with_the_latest_answer_and_whom_it_answers(signed_in, member):
    topic = TopicFactory()
    PostFactory(topic=topic)
    save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="To the topic", at=AT)
    save_draft(by=member, key=f"reply:{topic.pk}:2", seen=0, body="To the second", parent_number=2, at=AT + timedelta(minutes=1))
    page = signed_in.get(topic.get_absolute_url()).content.decode()
    assert f'data-draft="reply:{topic.pk}:2"' in page
    assert "To the second" in page
    finish_draft(by=member, key=f"reply:{topic.pk}:2", text="To the second", seen=1, at=AT)
    assert f'data-draft="reply:{topic.pk}"' in signed_in.get(topic.get_absolute_url()).content.decode()
    assert "To the topic" in signed_in.get(reverse("forum:reply", args=[topic.pk])).content.decode()


def test_a_form_that_comes_back_is_kept_without_any_script(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    page = signed_in.post(url, {"body": "Look **first**", "preview": 1}).content.decode()
    assert body_of(f"reply:{topic.pk}") == "Look **first**"
    assert 'name="draft_sequence" value="1"' in page
    signed_in.post(url, {"body": "Under another name", "preview": 1, "voice": "persona", "draft_sequence": 1})
    assert not Draft.objects.exists(), "nothing names who writes under a pseudonym"


def test_the_list_shows_everything_unfinished_and_where_to_go_on(signed_in, member):
    category, topic, post = CategoryFactory(name="Money"), TopicFactory(title="Exam or portfolio?"), PostFactory(author=member)
    for key, words in (
        (f"start:{category.pk}", "A new one"), (f"reply:{topic.pk}:1", "An answer"), (f"edit:{post.pk}", "A change"), ("reply:7", ""),
    ):  # fmt: skip
        save_draft(by=member, key=key, seen=0, body=words, at=AT)
    page = signed_in.get("/forum/drafts/").content.decode()
    for words in ("A new one", "Money", "An answer", "Exam or portfolio?", "A change", post.topic.title):
        assert words in page
    assert page.count("Go on writing") == 3
    assert reverse("forum:reply", args=[topic.pk]) + "?to=1" in page


def test_of_a_place_that_is_closed_now_the_words_stay_and_the_title_goes(client):
    person = UserFactory(member=True)
    group = GroupFactory(members=[person])
    topic = TopicFactory(title="Merger talks", category=CategoryFactory(private=True, group=group))
    save_draft(by=person, key=f"reply:{topic.pk}", seen=0, body="My own words", at=AT)
    group.members.update(removed_at=AT)
    client.force_login(person)
    page = client.get("/forum/drafts/").content.decode()
    assert "My own words" in page
    assert "Merger talks" not in page


def test_a_draft_is_deleted_after_a_question_and_only_by_its_writer(client, signed_in, member):
    save_draft(by=member, key="reply:1", seen=0, body="Not like this", at=AT)
    draft = Draft.objects.get()
    url = reverse("forum:draft_discard", args=[draft.pk])
    assert "Not like this" in signed_in.get(url).content.decode()
    save_draft(by=member, key="reply:1", seen=1, body="Rather so", at=AT)
    assert "still here" in signed_in.post(url, {"sequence": 1}, follow=True).content.decode()
    assert "is deleted" in signed_in.post(url, {"sequence": 2}, follow=True).content.decode()
    save_draft(by=member, key="reply:1", seen=3, body="Mine", at=AT)
    client.force_login(UserFactory(member=True))
    assert client.get(url).status_code == client.post(url, {"sequence": 4}).status_code == 404


def test_the_list_costs_the_same_for_one_draft_and_for_thirty(signed_in, member):
    def add(count: int) -> None:
        for topic in TopicFactory.create_batch(count):
            save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="x", at=AT)
            save_draft(by=member, key=f"start:{topic.category_id}", seen=0, body="x", at=AT)

    add(1)
    assert_queries_do_not_grow("/forum/drafts/", signed_in, add_rows=lambda: add(8), at_most=7)


def test_a_change_goes_on_from_its_draft(signed_in, member):
    post = PostFactory(author=member, body="As posted")
    save_draft(by=member, key=f"edit:{post.pk}", seen=0, body="As it is to be", at=AT)
    page = signed_in.get(reverse("forum:edit", args=[post.topic_id, post.number])).content.decode()
    assert "As it is to be" in page
    assert "is back" in page
    assert Post.objects.get(pk=post.pk).body == "As posted"


def test_what_was_changed_is_kept_with_the_change_and_comes_back_in_its_line(signed_in, member):
    post = PostFactory(author=member, body="As posted")
    told = {"draft_key": f"edit:{post.pk}", "sequence": 0, "body": "As it is to be", "note": "A figure put right"}
    assert signed_in.post(URL, told).json() == {"sequence": 1}
    page = signed_in.get(reverse("forum:edit", args=[post.topic_id, post.number]))
    assert page.context["form"]["note"].value() == "A figure put right"
    assert 'value="A figure put right"' in page.text
    assert "What you changed: A figure put right" in signed_in.get("/forum/drafts/").text


def test_what_is_posted_under_a_pseudonym_leaves_no_draft_of_another_answer_in_its_topic(member):
    save_draft(by=member, key="reply:7", seen=0, body="Half of what I", at=AT)
    save_draft(by=member, key="reply:7:3", seen=0, body="Something else altogether", at=AT)
    save_draft(by=member, key="reply:71", seen=0, body="Half of what I", at=AT)
    forget_draft(by=member, key="reply:7:12", text="Half of what I think.")
    assert set(Draft.objects.filter(user=member).values_list("key", flat=True)) == {"reply:7:3", "reply:71"}


def test_nor_one_that_has_no_words_and_holds_a_tick_or_a_poll(member):
    poll = {"question": "Which day?"}
    Draft.objects.create(user=member, key="reply:7:12", sequence=1, about={"keep": "on"}, saved_at=AT)
    Draft.objects.create(user=member, key="reply:7", sequence=3, saved_at=AT)
    save_draft(by=member, key="reply:7:4", seen=0, body="", poll=poll, at=AT)
    save_draft(by=member, key="reply:71", seen=0, body="", poll=poll, at=AT)
    forget_draft(by=member, key="reply:7:9", text="What I think.")
    assert set(Draft.objects.filter(user=member).values_list("key", flat=True)) == {"reply:71"}


def test_what_was_only_chosen_makes_no_row_stays_in_none_and_is_swept_where_it_stood(member):
    keep = {"keep": "on"}
    assert save_draft(by=member, key="reply:7:12", seen=0, body="", about=keep, at=AT) == 0
    assert not Draft.objects.exists()
    assert save_draft(by=member, key="reply:7:12", seen=0, body="Words", about=keep, at=AT) == 1
    assert save_draft(by=member, key="reply:7:12", seen=1, body="", about=keep, at=AT) == 2
    assert Draft.objects.get().about is None
    save_draft(by=member, key="reply:8", seen=0, body="", poll={"question": "Which day?"}, at=AT)
    save_draft(by=member, key="reply:8", seen=1, body="", about=keep, at=AT)
    assert Draft.objects.get(key="reply:8").about == keep, "it belongs to the poll, which that page does not show"
    Draft.objects.create(user=member, key="reply:9", sequence=1, about=keep, saved_at=AT)
    finish_draft(by=member, key="reply:1", text="Elsewhere.", at=AT + timedelta(days=2))
    assert not Draft.objects.filter(key="reply:9").exists()


class TestAfterAPostUnderAPseudonym:
    WORDS = "What I would never say under my own name, at some length."
    LARK: ClassVar = {"voice": "Calm Lark", "asked": "on"}

    @pytest.fixture(autouse=True)
    def _officers(self):
        officers_with_keys(2)

    def test_a_late_save_from_another_device_makes_no_row(self, signed_in, member):
        topic = TopicFactory()
        key = f"reply:{topic.pk}"
        seen = save_draft(by=member, key=key, seen=0, body=self.WORDS, at=AT)
        signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": self.WORDS, **self.LARK})
        assert topic.posts.filter(persona__isnull=False).count() == 1
        late = signed_in.post(URL, {"draft_key": key, "sequence": seen, "body": "Quite other words by now."})
        assert (late.status_code, Draft.objects.count()) == (400, 0)
        assert "pseudonym" not in late.json()["why"]
        for name in (key, f"{key}:1"):
            for body in (self.WORDS, f"{self.WORDS}  \r\n", f"And: {self.WORDS}", self.WORDS[:-5]):
                again = signed_in.post(URL, {"draft_key": name, "sequence": 0, "body": body})
                assert (again.status_code, again.json()) == (400, late.json()), "whatever sequence it says"
        assert signed_in.post(URL, {"draft_key": key, "sequence": 0, "body": "What"}).status_code == 200

    def test_nor_a_late_save_of_the_poll_that_it_asked(self, signed_in, member):
        topic = TopicFactory()
        late = {"question": " Which  day?", "options": ""}
        asks = {"poll-question": "Which day?", "poll-options": "Monday\nFriday", "poll-kind": "single", "poll-shown": "always"}
        asks["poll-closes_on"] = (timezone.now() + timedelta(days=3)).date().isoformat()
        signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": self.WORDS, **self.LARK, **asks})
        start = reverse("forum:start", args=[topic.category.slug])
        signed_in.post(start, {"title": "What nobody says", "body": self.WORDS, **self.LARK, **asks})
        assert Poll.objects.count() == 2
        for key in (f"reply:{topic.pk}", f"reply:{topic.pk}:1", f"start:{topic.category_id}"):
            for body, poll in (("", late), ("What", late), ("", {"question": "Whi", "options": "Monday\nFriday\n"})):
                with pytest.raises(DraftGone):
                    save_draft(by=member, key=key, seen=0, body=body, poll=poll, at=AT)
            save_draft(by=UserFactory(), key=key, seen=0, body="", poll=late, at=AT)
            save_draft(by=member, key=key, seen=0, body="", poll={"question": "Which week?", "options": "Monday"}, at=AT)

    def test_nor_of_a_topic(self, signed_in, member):
        category = CategoryFactory()
        url, told = reverse("forum:start", args=[category.slug]), {"title": "What nobody says", "body": self.WORDS}
        signed_in.post(url, told | self.LARK)
        for title, body in (("", self.WORDS), ("What nobody  says", ""), ("What nobody says", "Anything")):
            with pytest.raises(DraftGone):
                save_draft(by=member, key=f"start:{category.pk}", seen=0, title=title, body=body, at=AT)
            save_draft(by=UserFactory(), key=f"start:{category.pk}", seen=0, title=title, body=body, at=AT)
        save_draft(by=member, key=f"start:{category.pk}", seen=0, title="Another", body="Anything", at=AT)

    def test_who_goes_back_to_the_own_name_has_a_draft_again(self, signed_in, member):
        topic = TopicFactory()
        seen = save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="Half", at=AT)
        url, told = reverse("forum:reply", args=[topic.pk]), {"body": "Half", "preview": "1", "draft_sequence": seen}
        page = signed_in.post(url, told | self.LARK)
        assert not Draft.objects.exists()
        signed_in.post(url, told | {"voice": "own", "draft_sequence": page.context["form"].data["draft_sequence"]})
        assert Draft.objects.get().body == "Half"


ASKED = {"poll-question": "Which day?", "poll-options": "Monday\r\nFriday", "poll-kind": "ranked", "poll-closes_on": "2099-01-02"}


def test_a_poll_that_is_begun_comes_back_with_its_draft(signed_in, member):
    category = CategoryFactory()
    url, key = reverse("forum:start", args=[category.slug]), f"start:{category.pk}"
    signed_in.post(url, ASKED | {"title": "", "body": "Half a topic", "preview": 1, "draft_sequence": 0})
    assert Draft.objects.get().poll == {
        "question": "Which day?", "options": "Monday\nFriday", "kind": "ranked", "closes_on": "2099-01-02",
    }  # fmt: skip
    form = signed_in.get(url).context["poll_form"]
    assert (form.is_kept, form["question"].value(), form["kind"].value()) == (True, "Which day?", "ranked")
    signed_in.post(URL, {"draft_key": key, "sequence": 1, "body": "A window without a poll"})
    assert Draft.objects.get().poll["question"] == "Which day?"
    signed_in.post(URL, ASKED | {"draft_key": key, "sequence": 2, "body": "x", "poll-question": "", "poll-options": " "})
    assert Draft.objects.get().poll is None
    assert signed_in.get(URL, {"draft_key": key}).json()["poll"] is None


def test_a_poll_goes_with_its_draft_and_comes_back_with_undo(signed_in, member):
    topic = TopicFactory()
    key = f"reply:{topic.pk}"
    save_draft(by=member, key=key, seen=0, body="", poll={"question": "Which day?", "options": "Monday"}, at=AT)
    draft = Draft.objects.unfinished().get()
    page = signed_in.post(reverse("forum:draft_discard", args=[draft.pk]), {"sequence": 1}).content.decode()
    assert Draft.objects.get().poll is None
    assert 'name="poll-question" value="Which day?"' in page
    told = {"sequence": 2, "title": "", "body": "", "poll-question": "Which day?", "poll-options": "Monday"}
    signed_in.post(reverse("forum:draft_restore", args=[draft.pk]), told)
    assert Draft.objects.get().poll == {"question": "Which day?", "options": "Monday"}
    finish_draft(by=member, key=key, text="Posted.", seen=3, at=AT)
    assert not Draft.objects.unfinished().exists()


ABOUT = {"kind": "question", "tags": "CQC, rotas", "keep": "on"}


class TestWhatElseATopicSays:
    """Its kind, its tags, until when it is pinned, and that it is kept from one's practice come back with its words."""

    @pytest.fixture
    def start(self):
        category = CategoryFactory(members_only=True)
        return reverse("forum:start", args=[category.slug]), f"start:{category.pk}"

    @pytest.fixture
    def practised(self, member):
        state_practice("V81998", by=member, at=AT)
        return member

    def test_it_is_in_the_form_again_on_every_device(self, signed_in, practised, start):
        url, key = start
        signed_in.post(URL, {"draft_key": key, "sequence": 0, "title": "Half", "body": "", **ABOUT})
        page = signed_in.get(url)
        about = page.context["about"]
        assert (about["kind"].value(), about["tags"].value()) == ("question", "CQC, rotas")
        assert page.context["form"]["keep"].value() is True
        assert re.search(r'name="kind" value="question"[^>]*checked', page.content.decode())
        assert signed_in.get(URL, {"draft_key": key}).json()["about"] == ABOUT

    def test_a_form_that_comes_back_keeps_it_without_any_script(self, signed_in, practised, start):
        url, key = start
        signed_in.post(url, ABOUT | {"title": "", "body": "Half a topic", "preview": 1, "draft_sequence": 0})
        assert Draft.objects.get(key=key).about == ABOUT
        signed_in.post(url, {"title": "", "body": "Half a topic", "kind": "discussion", "preview": 1, "draft_sequence": 1})
        assert Draft.objects.get(key=key).about is None, "what is taken back is not kept either"

    def test_a_pin_comes_back_to_who_may_pin(self, client, start):
        url = start[0]
        client.force_login(UserFactory(organiser=True))
        pin = {"kind": "announcement", "pinned_until": "2099-12-24", "everywhere": "on"}
        client.post(url, pin | {"title": "Closed", "body": "", "tags": "", "draft_sequence": 0})
        page = client.get(url)
        about = page.context["about"]
        assert (about["kind"].value(), about["pinned_until"].value()) == ("announcement", "2099-12-24")
        assert 'value="2099-12-24"' in page.content.decode()
        assert "Pinned until 2099-12-24, on the home page too" in client.get("/forum/drafts/").content.decode()

    def test_tags_alone_are_a_draft_and_what_was_only_chosen_is_none(self, signed_in, member, start):
        url, key = start
        assert save_draft(by=member, key=key, seen=0, body="", about={"kind": "question"}, at=AT) == 0
        assert not Draft.objects.exists()
        assert "Your draft of" not in signed_in.get(url).content.decode()
        save_draft(by=member, key=key, seen=0, body="", about={"tags": "cqc"}, at=AT)
        assert Draft.objects.unfinished().get().lines == ["Tags: cqc"]
        finish_draft(by=member, key="reply:1", text="Elsewhere.", at=AT + timedelta(days=2))
        assert Draft.objects.unfinished().count() == 1, "nor is it swept as an empty one"

    def test_another_device_s_is_never_overwritten_unseen(self, signed_in, member, start):
        key = start[1]
        save_draft(by=member, key=key, seen=0, title="Same", body="", about={"tags": "cqc"}, at=AT)
        answer = signed_in.post(URL, {"draft_key": key, "sequence": 0, "title": "Same", "body": "", "tags": "rotas"})
        assert (answer.status_code, answer.json()["about"]) == (409, {"tags": "cqc"})

    def test_it_comes_back_with_undo(self, signed_in, member, start):
        _, key = start
        save_draft(by=member, key=key, seen=0, title="Half", body="", about={"tags": "cqc", "keep": "on"}, at=AT)
        draft = Draft.objects.get()
        page = signed_in.post(reverse("forum:draft_discard", args=[draft.pk]), {"sequence": 1}).content.decode()
        assert Draft.objects.get().about is None
        back = dict(re.findall(r'type="hidden" name="(tags|keep|sequence|title)" value="([^"]*)"', page))
        signed_in.post(reverse("forum:draft_restore", args=[draft.pk]), back)
        assert Draft.objects.get().about == {"tags": "cqc", "keep": "on"}

    def test_that_a_reply_is_kept_from_one_s_practice_stands_on_the_topic_s_page(self, signed_in, practised):
        topic = TopicFactory(members_only=True)
        save_draft(by=practised, key=f"reply:{topic.pk}", seen=0, body="Not for them", about={"keep": "on"}, at=AT)
        for url in (topic.get_absolute_url(), reverse("forum:reply", args=[topic.pk])):
            assert re.search(r'name="keep"[^>]*checked', signed_in.get(url).content.decode()), url

    def test_what_another_device_asks_in_a_poll_stays_when_something_else_is_posted(self, member):
        save_draft(by=member, key="reply:1", seen=0, body="", poll={"question": "Which day?"}, at=AT)
        finish_draft(by=member, key="reply:1", text="Posted from a window that had no poll.", at=AT)
        finish_draft(by=member, key="reply:2", text="Much later.", at=AT + timedelta(days=2))
        assert Draft.objects.unfinished().get().poll == {"question": "Which day?"}

    def test_a_mail_that_joins_it_leaves_the_tick(self, member):
        save_draft(by=member, key="reply:1", seen=0, body="Not for them", about={"keep": "on"}, at=AT)
        save_draft(by=member, key="reply:1", seen=1, body="Not for them\n\nMore", at=AT)
        assert Draft.objects.get().is_kept_from_practice

    def test_after_a_pseudonym_s_topic_its_tags_are_nobody_s_draft(self, signed_in, member, start):
        officers_with_keys(2)
        url, key = start
        told = {"title": "What nobody says", "body": "Said by a lark.", "tags": "cqc, rotas"}
        signed_in.post(url, told | {"voice": "Calm Lark", "asked": "on"})
        with pytest.raises(DraftGone):
            save_draft(by=member, key=key, seen=0, body="", about={"tags": "Rotas, CQC"}, at=AT)
        save_draft(by=UserFactory(), key=key, seen=0, body="", about={"tags": "CQC, rotas"}, at=AT)
        for seen, others in enumerate(("payroll", "cqc", "cqc, rotas, payroll")):
            assert save_draft(by=member, key=key, seen=seen, body="", about={"tags": others}, at=AT) == seen + 1, (
                "one tag in common"
            )


@pytest.mark.parametrize("to", [None, 1])
def test_a_poll_that_was_begun_is_told_of_on_the_topic_s_page_which_shows_no_poll(signed_in, member, to):
    topic = TopicFactory()
    key = f"reply:{topic.pk}:{to}" if to else f"reply:{topic.pk}"
    assert "A poll that you began" not in signed_in.get(topic.get_absolute_url()).text
    save_draft(by=member, key=key, seen=0, body="", poll={"question": "Which day?"}, parent_number=to, at=AT)
    page = signed_in.get(topic.get_absolute_url()).text
    link = re.search(r'A poll that you began is kept.</span><a class="btn quiet" href="([^"]+)"', page)[1]
    assert 'value="Which day?"' in signed_in.get(link).text
