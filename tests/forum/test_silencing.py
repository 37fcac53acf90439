"""A sanction on a persona reaches the person, and one on the person shows on the persona, without anybody learning who."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions.sanctions import impose_sanction, lift_sanction
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.answers import accept_answer
from forum.actions.editing import edit_post
from forum.actions.polls import put_poll, take_vote_back, vote_in_poll
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.actions.silencing import let_personas_rest, lift_silence, silence_persona
from forum.actions.tags import tag_topic
from forum.actions.topics import start_topic
from forum.models import Persona, Post, Silence
from forum.polling import PollPlan
from forum.pseudonyms import OWN, Voice
from moderation.actions.deciding import acts_on, decide_at_once
from moderation.actions.reporting import file_report
from moderation.actions.reversing import reverse_decision
from moderation.models import Case
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys

pytestmark = pytest.mark.django_db
LARK = Voice(is_persona=True, label="Calm Lark")
DAY = timedelta(days=1)
MIDDAY = timezone.now().replace(hour=12, minute=0)
WHY = "It insults others."


@pytest.fixture
def member():
    officers_with_keys(2)
    return UserFactory(member=True)


@pytest.fixture
def moderator():
    return UserFactory(member=True, moderator=True)


@pytest.fixture
def post(member):
    return reply_to_topic(TopicFactory(), by=member, body="You fools.", at=MIDDAY, voice=LARK)


class TestSilence:
    def test_keeps_its_owner_from_writing_under_any_name(self, member, moderator, post):
        silence_persona(post.persona, by=moderator, reason=WHY, ends_at=MIDDAY + 7 * DAY, at=timezone.now() - DAY / 24)
        own, question = PostFactory(author=member), TopicFactory(author=member, kind="question")
        asked, answer = PostFactory(), PostFactory(topic=question)
        put_poll(asked, PollPlan("Which?", ("a", "b"), "single", "always", MIDDAY + 9 * DAY), at=MIDDAY)
        told = {"by": member, "at": MIDDAY}
        for act in (
            lambda: reply_to_topic(post.topic, body="Me.", voice=OWN, **told),
            lambda: reply_to_topic(TopicFactory(), body="Me.", voice=LARK, **told),
            lambda: start_topic(CategoryFactory(), title="Me and others", body="Me.", **told),
            lambda: edit_post(own, body="Me again.", **told),
            lambda: react(PostFactory(), kind="agree", **told),
            lambda: vote_in_poll(asked, choices=[0], **told),
            lambda: take_vote_back(asked, **told),
            lambda: tag_topic(question, names=["access"], **told),
            lambda: accept_answer(answer, **told),
        ):
            with pytest.raises(Refused, match="silenced your pseudonym “Calm Lark”"):
                act()

    def test_touches_nobody_else_and_names_nobody(self, member, moderator, post):
        silence_persona(post.persona, by=moderator, reason=WHY, ends_at=MIDDAY + 7 * DAY, at=timezone.now() - DAY / 24)
        other = UserFactory(member=True)
        assert reply_to_topic(post.topic, by=other, body="Well.", at=MIDDAY).author == other
        entry = AuditEntry.objects.get(verb="persona.silence")
        assert (entry.subject_kind, entry.subject_id, entry.actor_id) == ("persona", str(post.persona_id), moderator.pk)

    def test_ends_by_itself_or_by_a_moderator(self, member, moderator, post):
        begun = timezone.now() - 8 * DAY
        silence = silence_persona(post.persona, by=moderator, reason=WHY, ends_at=begun + 7 * DAY, at=begun)
        reply_to_topic(post.topic, by=member, body="Sorry.", at=MIDDAY, voice=LARK)
        silence = silence_persona(post.persona, by=moderator, reason=WHY, ends_at=MIDDAY + 7 * DAY, at=begun)
        lift_silence(silence, by=moderator, at=MIDDAY)
        reply_to_topic(post.topic, by=member, body="Sorry again.", at=MIDDAY, voice=LARK)

    def test_is_the_site_s_moderators_and_not_for_one_s_own(self, member, post):
        own = reply_to_topic(
            TopicFactory(), by=(keeper := UserFactory(member=True, moderator=True)), body="I.", at=MIDDAY, voice=LARK
        )
        for by, persona in ((member, post.persona), (keeper, own.persona)):
            with pytest.raises(Refused):
                silence_persona(persona, by=by, reason=WHY, ends_at=MIDDAY + DAY, at=MIDDAY)


class TestByDecision:
    def test_a_moderator_silences_and_takes_it_back(self, moderator, post):
        now = timezone.now()
        decision = decide_at_once(post, by=moderator, acts=["hide", "suspend"], reason=WHY, at=now, ends_at=now + DAY)
        assert Silence.objects.in_force_at(now + DAY / 2).get().persona == post.persona
        assert (decision.about, decision.sanction) == (None, None)
        reverse_decision(decision.case, by=UserFactory(member=True, moderator=True), reason="Too hard.", at=now)
        assert not Silence.objects.in_force_at(now + DAY / 2).exists()
        post.refresh_from_db()
        assert post.state == Post.State.PUBLISHED

    def test_nobody_decides_on_their_own_persona(self):
        officers_with_keys(2)
        keeper = UserFactory(member=True, moderator=True)
        post = reply_to_topic(TopicFactory(), by=keeper, body="I.", at=MIDDAY, voice=LARK)
        assert "suspend" not in acts_on(keeper, post)
        with pytest.raises(Refused, match="You wrote this"):
            decide_at_once(post, by=keeper, acts=["hide"], reason=WHY, at=MIDDAY)

    def test_nobody_is_shown_the_case_about_their_own_persona(self, client):
        officers_with_keys(2)
        keeper, other = (UserFactory(member=True, moderator=True) for _ in range(2))
        post = reply_to_topic(TopicFactory(), by=keeper, body="Quarrelwort.", at=MIDDAY, voice=LARK)
        file_report(post, by=UserFactory(member=True), reason="rules", text="", at=MIDDAY)
        for who, status in ((keeper, 404), (other, 200)):
            client.force_login(who)
            assert client.get(reverse("moderation:case", args=[Case.objects.get().pk])).status_code == status
            assert ("Quarrelwort" in client.get(reverse("moderation:queue")).content.decode()) == (status == 200)


class TestTheNight:
    def test_shows_a_suspension_from_the_next_day_until_it_ends(self, client, member, moderator, post):
        sanction = impose_sanction(member, kind="suspension", reason=WHY, by=moderator, at=MIDDAY, ends_at=MIDDAY + 3 * DAY)
        let_personas_rest(at=MIDDAY + DAY / 4)
        assert not Persona.objects.get().is_resting
        assert let_personas_rest(at=MIDDAY + DAY) == 1 and let_personas_rest(at=MIDDAY + DAY) == 0
        assert Persona.objects.get().is_resting
        assert "Not writing at present" in client.get(post.topic.get_absolute_url()).content.decode()
        lift_sanction(sanction, by=moderator, reason="Enough.", at=MIDDAY + 1.1 * DAY)
        let_personas_rest(at=MIDDAY + 1.2 * DAY)
        assert Persona.objects.get().is_resting
        let_personas_rest(at=MIDDAY + 2 * DAY)
        assert not Persona.objects.get().is_resting
        assert "Not writing at present" not in client.get(post.topic.get_absolute_url()).content.decode()

    def test_shows_a_silence_on_that_persona_alone(self, member, moderator, post):
        other = reply_to_topic(TopicFactory(), by=member, body="Else.", at=MIDDAY, voice=LARK)
        silence_persona(post.persona, by=moderator, reason=WHY, ends_at=MIDDAY + 7 * DAY, at=MIDDAY)
        let_personas_rest(at=MIDDAY + DAY)
        assert list(Persona.objects.filter(is_resting=True)) == [post.persona] != [other.persona]
