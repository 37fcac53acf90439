"""Writing as a persona: what the actions do, and that the author finds, changes and takes back what they wrote."""

import re
from uuid import UUID

import pytest
from django.urls import reverse

from accounts.actions.showing import block_person
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.editing import edit_post
from forum.actions.errors import LabelTaken, NoPseudonymsYet, VoiceUnclear
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.actions.reading import mark_topic_read
from forum.actions.removal import withdraw_post
from forum.actions.topics import start_topic
from forum.models import Draft, Persona, Post, Revision, Topic, TopicActivity, TopicMember
from forum.pseudonyms import OWN, Voice
from forum.readers import topic_page
from forum.readers.personas import own_personas
from moderation.actions.reporting import file_report
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys

pytestmark = pytest.mark.django_db
LARK = Voice(is_persona=True, label="Calm Lark")


@pytest.fixture
def topic():
    officers_with_keys(2)
    return TopicFactory()


def spoken(topic, by, body="What nobody says.", **told) -> Post:
    return reply_to_topic(topic, by=by, body=body, at=AT, voice=told.pop("voice", LARK), **told)


class TestReplying:
    def test_is_by_the_persona_and_by_nobody_else(self, topic, member):
        post = spoken(topic, member)
        assert (post.author, str(post.persona)) == (None, "Calm Lark")
        assert Event.objects.latest("pk").actor_id is None
        assert not TopicMember.objects.filter(user=member).exists()
        assert TopicActivity.objects.get(topic=topic).participant_count == 2

    def test_there_is_one_persona_a_member_and_topic(self, topic, member):
        first, second = spoken(topic, member), spoken(topic, member, voice=Voice(is_persona=True, label="Grey Otter"))
        assert first.persona == second.persona
        elsewhere = spoken(TopicFactory(), member)
        assert elsewhere.persona != first.persona and bytes(elsewhere.persona.owner_tag) != bytes(first.persona.owner_tag)
        assert TopicActivity.objects.get(topic=topic).participant_count == 2

    def test_nobody_types_a_name(self, topic, member):
        with pytest.raises(LabelTaken):
            spoken(topic, member, voice=Voice(is_persona=True, label="The one in Leeds"))
        assert not Persona.objects.exists() and Topic.objects.get().last_number == 1

    def test_a_name_is_one_persona_s_in_its_topic(self, topic, member):
        spoken(topic, member)
        with pytest.raises(LabelTaken, match="Somebody else"):
            spoken(topic, UserFactory(member=True))

    def test_it_takes_two_officers(self, member):
        officers_with_keys(1)
        with pytest.raises(NoPseudonymsYet):
            spoken(TopicFactory(), member)

    def test_sent_twice_it_posts_once(self, topic, member):
        key = UUID("5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b11")
        assert spoken(topic, member, key=key) == spoken(topic, member, key=key)
        assert topic.posts.count() == 2

    def test_without_a_voice_it_is_the_own_name_but_never_after_a_pseudonym(self, topic, member):
        assert spoken(topic, member, voice=None).author == member
        spoken(topic, member)
        with pytest.raises(VoiceUnclear):
            spoken(topic, member, voice=None)
        assert spoken(topic, member, voice=OWN).author == member


class TestStarting:
    def test_the_topic_is_the_persona_s(self, member):
        officers_with_keys(2)
        key = "5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b11"
        told = {"by": member, "title": "What nobody says", "body": "This.", "at": AT, "voice": LARK, "key": key}
        topic = start_topic(CategoryFactory(), **told)
        topic.refresh_from_db()
        assert (topic.author, str(topic.persona), topic.posts.get().persona) == (None, "Calm Lark", topic.persona)
        assert not TopicMember.objects.exists() and Event.objects.get().actor_id is None
        assert start_topic(topic.category, **told) == topic

    def test_what_waits_does_not_say_why(self, member, settings):
        settings.SCREEN_FIRST_POSTS = 2
        officers_with_keys(2)
        fresh = UserFactory(member=True, created_at=AT)
        topic = start_topic(CategoryFactory(), by=fresh, title="What nobody says", body="This.", at=AT, voice=LARK)
        post = topic.posts.get()
        assert post.state == "pending" and "new member" not in post.held_because
        assert topic_page(fresh, topic.pk) is None

    def test_what_waits_can_be_changed_by_its_author_and_by_nobody_else(self, client, settings):
        settings.SCREEN_FIRST_POSTS = 2
        officers_with_keys(2)
        fresh, category = UserFactory(member=True, created_at=AT), CategoryFactory()
        client.force_login(fresh)
        begun = {"title": "What nobody says", "body": "This.", "voice": "Calm Lark"}
        page = client.post(reverse("forum:start", args=[category.slug]), begun, follow=True).content.decode()
        topic = Topic.objects.get()
        edit, withdraw = (reverse(f"forum:{name}", args=[topic.pk, 1]) for name in ("edit", "withdraw"))
        assert edit in page and withdraw in page and "In a place that you cannot see now" not in page
        assert "This." in client.get(edit).content.decode()
        saved = client.post(edit, {"body": "This, put right.", "revision": 1}, follow=True)
        assert "Your change is saved." in saved.content.decode()
        assert (topic.posts.get().body, topic.posts.get().state) == ("This, put right.", "pending")
        reading = ("forum:follow", "forum:read", "forum:mute")
        assert {client.post(reverse(name, args=[topic.pk])).status_code for name in reading} == {404}, "no row of theirs about it"
        client.force_login(UserFactory(member=True))
        assert client.get(edit).status_code == client.get(withdraw).status_code == 404
        client.force_login(fresh)
        assert client.post(withdraw).status_code == 302
        topic.refresh_from_db()
        assert topic.state == "hidden"

    def test_its_title_too_and_nothing_says_who_did_it(self, client, settings):
        settings.SCREEN_FIRST_POSTS = 2
        officers_with_keys(2)
        fresh = UserFactory(member=True, created_at=AT)
        topic = start_topic(CategoryFactory(), by=fresh, title="What nobody says", body="This.", at=AT, voice=LARK)
        url, told = reverse("forum:topic_title", args=[topic.pk]), (Event.objects.count(), AuditEntry.objects.count())
        client.force_login(fresh)
        assert url in client.get(reverse("forum:pseudonyms")).content.decode()
        assert 'value="What nobody says"' in client.get(url).content.decode()
        assert "at least 8 characters" in client.post(url, {"title": "Short"}).content.decode()
        asked = client.post(url, {"title": "Ask 943 476 5919 about it"}).content.decode()
        assert "Not published yet" in asked, "an NHS number"
        page = client.post(url, {"title": "What  hardly anybody says"}, follow=True).content.decode()
        assert "What hardly anybody says" in page
        topic.refresh_from_db()
        assert (topic.title, topic.slug, topic.state) == ("What hardly anybody says", "what-hardly-anybody-says", "pending")
        assert (Event.objects.count(), AuditEntry.objects.count()) == told
        for reader, status in ((UserFactory(member=True), 404), (UserFactory(member=True, moderator=True), 403)):
            client.force_login(reader)
            assert client.post(url, {"title": "Mine from now on"}).status_code == status
        Topic.objects.filter(pk=topic.pk).update(state="published")
        topic.posts.update(state="published", held_because="")
        client.force_login(fresh)
        assert "so it keeps it" in client.get(url).content.decode()


class TestOwnPosts:
    def test_the_author_changes_and_takes_back_and_the_history_names_the_persona(self, topic, member):
        post = spoken(topic, member)
        edit_post(post, by=member, body="What hardly anybody says.", at=AT)
        revision = Revision.objects.get()
        assert (revision.author, revision.persona) == (None, post.persona)
        withdraw_post(post, by=member, at=AT)
        post.refresh_from_db()
        assert (post.state, post.removed_by) == ("withdrawn", None)

    def test_nobody_else_does(self, topic, member):
        post, other = spoken(topic, member), UserFactory(member=True)
        for act in (
            lambda: edit_post(post, by=other, body="Mine now.", at=AT),
            lambda: withdraw_post(post, by=other, at=AT),
        ):
            with pytest.raises(Refused):
                act()

    def test_the_author_neither_reacts_nor_reports(self, topic, member):
        post = spoken(topic, member)
        with pytest.raises(Refused, match="You wrote this"):
            react(post, by=member, kind="agree", at=AT)
        with pytest.raises(Refused, match="You wrote this"):
            file_report(post, by=member, reason="rules", text="", at=AT)

    def test_what_waits_is_on_the_author_s_page_and_can_be_changed(self, client, topic, settings):
        settings.SCREEN_FIRST_POSTS = 2
        fresh = UserFactory(member=True, created_at=AT)
        post = spoken(topic, fresh)
        assert post.state == "pending"
        url = reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
        assert "What nobody says." not in client.get(url).content.decode()
        client.force_login(UserFactory(member=True))
        assert "What nobody says." not in client.get(url).content.decode()
        client.force_login(fresh)
        assert "What nobody says." in client.get(url).content.decode()
        assert client.get(reverse("forum:edit", args=[topic.pk, post.number])).status_code == 200

    def test_the_list_is_worked_out_and_counts_answers(self, topic, member):
        post = spoken(topic, member)
        reply_to_topic(topic, by=UserFactory(member=True), body="True.", at=AT, parent_number=post.number)
        reply_to_topic(topic, by=member, body="And more.", at=AT, parent_number=post.number, voice=LARK)
        PostFactory(topic=TopicFactory(), by_persona=True)
        (row,) = own_personas(member, at=AT)
        assert (row.persona, row.posts, row.answers) == (post.persona, 2, 1)
        assert topic_page(member, topic.pk).voices.persona.answers == 1
        assert own_personas(UserFactory(), at=AT) == []

    def test_the_number_under_the_bell_is_asked_for_by_everybody_and_worked_out_for_each(self, client, topic, member):
        post = spoken(topic, member)
        reply_to_topic(topic, by=UserFactory(member=True), body="True.", at=AT, parent_number=post.number)
        numbers, trays = [], set()
        for person in (member, UserFactory(member=True)):
            client.force_login(person)
            answer = client.get(reverse("forum:pseudonym_answers"))
            numbers.append(answer.content.decode().strip())
            assert answer["Cache-Control"] == "no-store"
            trays.add(
                re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", client.get(reverse("notifications:tray")).content.decode())
            )
        assert numbers == ['<span class="count">1<span class="sr"> new</span></span>', ""]
        assert len(trays) == 1 and reverse("forum:pseudonym_answers") in trays.pop()

    def test_a_read_mark_does_not_end_at_the_author_s_own_persona(self, topic, member):
        mark_topic_read(topic, by=member, number=1, at=AT)
        post = spoken(topic, member)
        topic.refresh_from_db()
        later = AT.replace(hour=12)
        mark_topic_read(topic, by=member, number=post.number, at=later)
        mine = TopicMember.objects.get(user=member)
        assert (mine.last_read, mine.read_at) == (1, AT)


class TestThePage:
    def send(self, client, topic, voice, **told):
        url = reverse("forum:reply", args=[topic.pk])
        return client.post(url, {"body": "What nobody says.", "voice": voice, **told})

    def test_asks_anew_once_there_is_a_pseudonym(self, client, topic, member):
        client.force_login(member)
        assert self.send(client, topic, "Calm Lark").status_code == 302
        page = client.get(topic.get_absolute_url()).content.decode()
        assert "Choose a name…" in page and "Calm Lark, your pseudonym here" in page
        refused = self.send(client, topic, "").content.decode()
        assert "so nothing is chosen for you" in refused and "What nobody says.</textarea>" in refused
        assert self.send(client, topic, "persona").status_code == 302
        assert topic.posts.filter(persona__label="Calm Lark").count() == 2

    def test_asks_again_where_the_form_was_drawn_before_the_pseudonym_was_taken(self, client, topic, member):
        client.force_login(member)
        stale = client.get(topic.get_absolute_url()).context["form"]["voice"].value()
        self.send(client, topic, "Calm Lark")
        again = self.send(client, topic, stale).content.decode()
        assert "so nothing is chosen for you" in again
        assert '<option value="" selected>' in again
        assert '<input type="hidden" name="asked" value="True">' in again
        assert not topic.posts.filter(author=member).exists()
        assert self.send(client, topic, "own", asked="True").status_code == 302

    def test_blocking_the_person_does_not_fold_what_the_pseudonym_wrote(self, client, topic, member):
        post, reader = spoken(topic, member), UserFactory(member=True)
        block_person(member, by=reader, at=AT)
        client.force_login(reader)
        page = client.get(topic.get_absolute_url()).content.decode()
        assert post.html in page
        assert "You blocked this person" not in page

    def test_warns_before_both_names_meet(self, client, topic, member):
        own = reply_to_topic(topic, by=member, body="By me.", at=AT)
        client.force_login(member)
        assert "one way of writing" in self.send(client, topic, "Calm Lark").content.decode()
        assert self.send(client, topic, "Calm Lark", sure="on").status_code == 302
        answer = self.send(client, topic, "persona", to=own.number).content.decode()
        assert "Answering yourself" in answer
        mine = Post.objects.get(persona__isnull=False)
        assert "Answering yourself" in self.send(client, topic, "own", to=mine.number, asked="True").content.decode()

    def test_leaves_no_draft_behind(self, client, topic, member):
        client.force_login(member)
        told = {"draft_key": f"reply:{topic.pk}", "sequence": "7", "body": "What nobody says."}
        client.post(reverse("forum:draft"), told)
        self.send(client, topic, "Calm Lark")
        assert not Draft.objects.exists()

    def test_asks_nothing_where_officers_have_no_keys(self, client, member):
        client.force_login(member)
        topic = TopicFactory()
        assert "Writing as" not in client.get(topic.get_absolute_url()).content.decode()
        assert "not set up here yet" in client.get(reverse("forum:persona_about")).content.decode()

    def test_starts_a_topic_under_a_pseudonym(self, client, topic, member):
        client.force_login(member)
        url = reverse("forum:start", args=[topic.category.slug])
        told = {"title": "What nobody says", "body": "This.", "voice": "Calm Lark"}
        assert client.post(url, told).status_code == 302
        assert Topic.objects.get(title="What nobody says").author is None
