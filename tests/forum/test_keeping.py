"""A reply kept from members of the writer's own practice: two faces of the rule, and every way out."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.practice import NoPractice, state_practice
from accounts.models import Facts, User
from accounts.practices import practice_code
from common.verdicts import Refused
from digest.sources.replies import Replies
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic
from forum.effects import Posted
from forum.keeping import is_mark_of, new_mark
from forum.models import Post
from forum.permissions import can_see_post
from forum.pseudonyms import OWN, Voice
from moderation.actions.reporting import file_report
from moderation.models import Case
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, TopicFactory
from tests.forum.officers import officers_with_keys

KEY = bytes(range(32))
LARK = Voice(is_persona=True, label="Calm Lark")
SAID = "The partners quarrelwort."


@given(st.from_regex(r"[A-HJ-NP-WY]\d{5}", fullmatch=True), st.from_regex(r"[A-HJ-NP-WY]\d{5}", fullmatch=True))
def test_a_mark_is_one_practice_s_and_no_two_are_alike(code, other):
    mark, again = new_mark(KEY, code), new_mark(KEY, code)
    assert is_mark_of(mark, KEY, code) and is_mark_of(again, KEY, code)
    assert is_mark_of(mark, KEY, other) == (code == other)
    assert not is_mark_of(mark, bytes(32), code)
    assert len(mark) == 48
    assert mark != again


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("v81998", "V81998"),
        (" A 99999 ", "A99999"),
        ("12345", "S12345"),
        ("JER999", "JER999"),
        ("I12345", ""),
        ("A1234", ""),
        ("", ""),
    ],
)
def test_a_code_is_read(text, code):
    assert practice_code(text) == code


@pytest.fixture
def author(db):
    return at_practice("V81998")


@pytest.fixture
def topic(db):
    officers_with_keys(2)
    return TopicFactory(members_only=True)


def at_practice(*codes: str, **roles: bool) -> User:
    person = UserFactory(member=True, **roles)
    for code in codes:
        state_practice(code, by=person, at=AT)
    return User.objects.with_roles().get(pk=person.pk)


def kept(topic, author, voice=OWN) -> Post:
    post = reply_to_topic(topic, by=author, body=SAID, at=AT, voice=voice, keep_from_practice=True)
    return Post.objects.select_related("topic__category", "persona").get(pk=post.pk)


@pytest.mark.parametrize("voice", [OWN, LARK], ids=["own name", "pseudonym"])
def test_who_sees_it_is_the_same_in_both_faces(topic, author, voice):
    post = kept(topic, author, voice)
    readers = {
        "a colleague": (at_practice("V81998"), False),
        "somebody who was a colleague": (at_practice("V81998", "V81999"), False),
        "somebody else": (at_practice("V81999"), True),
        "who has not said": (at_practice(), False),
        "a moderator who has not said": (at_practice(moderator=True), True),
        "a moderator who is a colleague": (at_practice("V81998", moderator=True), False),
    }
    for who, (reader, sees) in readers.items():
        assert Post.objects.visible_to(reader).filter(pk=post.pk).exists() == bool(can_see_post(reader, post)) == sees, who
    if voice is OWN:
        assert can_see_post(author, post) and Post.objects.visible_to(author).filter(pk=post.pk).exists()


@pytest.mark.parametrize("voice", [OWN, LARK], ids=["own name", "pseudonym"])
def test_no_way_out_leads_to_a_colleague_and_its_author_keeps_it(client, topic, author, voice):
    post, colleague = kept(topic, author, voice), at_practice("V81998")
    place = [topic.pk, post.number]
    urls = [
        reverse("forum:topic", args=[topic.pk, topic.slug]),
        reverse("forum:topic_in_time", args=[topic.pk, topic.slug]),
        reverse("search:results") + "?q=quarrelwort",
        reverse("forum:posts_of", args=[author.handle]),
        *(reverse(f"forum:{name}", args=place) for name in ("raw", "post_part", "history")),
        reverse("forum:reply", args=[topic.pk]) + f"?quote={post.number}",
    ]
    client.force_login(colleague)
    assert [url for url in urls if "partners" in client.get(url).content.decode()] == []
    client.force_login(at_practice("V81999"))
    assert "partners" in client.get(urls[0]).content.decode()
    client.force_login(author)
    assert "partners" in client.get(urls[0]).content.decode()
    assert client.get(reverse("forum:edit", args=place)).status_code == 200


def test_colleagues_are_not_told(topic, author):
    colleague, other = at_practice("V81998"), at_practice("V81999")
    for person in (colleague, other):
        follow_topic(topic, by=person, level="watching")
    kept(topic, author)
    event = Event.objects.get(kind="forum.replied")
    told = {recipient.user_id for recipient in Posted().people(event, after=0, limit=50)}
    assert other.pk in told and colleague.pk not in told


def test_of_a_pseudonym_s_nobody_is_told_because_the_others_would_be_of_the_practice(topic, author):
    follow_topic(topic, by=at_practice("V81999"), level="watching")
    kept(topic, author, LARK)
    assert Posted().people(Event.objects.get(kind="forum.replied"), after=0, limit=50) == ()


def test_the_weekly_quotes_nothing_that_is_kept(topic, author):
    owner = topic.author
    week = {"starts": AT - timedelta(days=1), "ends": AT + timedelta(days=1), "viewers": {owner.pk: owner}}
    kept(topic, author)
    assert Replies().to([owner.pk], **week) == {}
    plain = reply_to_topic(topic, by=author, body="For all.", at=AT, voice=OWN)
    assert [told.quoted_id for told in Replies().to([owner.pk], **week)[owner.pk]] == [plain.pk]


def test_a_moderator_of_the_practice_is_shown_no_case_about_it(client, topic, author):
    post = kept(topic, author)
    file_report(post, by=at_practice("V81999"), reason="rules", text="", at=AT)
    case = Case.objects.get()
    for codes, status in ((("V81998",), 404), (("V81999",), 200), ((), 200)):
        client.force_login(at_practice(*codes, moderator=True))
        assert client.get(reverse("moderation:case", args=[case.pk])).status_code == status
        assert ("quarrelwort" in client.get(reverse("moderation:queue")).content.decode()) == (status == 200)


def test_what_the_persona_says_next_is_kept_too(topic, author):
    kept(topic, author, LARK)
    later = reply_to_topic(topic, by=author, body="And more.", at=AT, voice=LARK)
    own = reply_to_topic(topic, by=author, body="As myself.", at=AT, voice=OWN)
    assert later.kept_from is not None and own.kept_from is None
    assert later.kept_from != topic.posts.get(number=2).kept_from


def test_nothing_is_kept_where_everybody_reads_nor_by_who_has_not_said(topic, author):
    with pytest.raises(Refused, match="Everybody can read here"):
        kept(TopicFactory(), author)
    with pytest.raises(Refused, match="at which practice"):
        kept(topic, at_practice())


def test_saying_another_practice_opens_nothing(topic, author):
    post, colleague = kept(topic, author), at_practice("V81998")
    state_practice("V81999", by=colleague, at=AT)
    assert Facts.objects.get(user=colleague).practices == ["V81998", "V81999"]
    assert not Post.objects.visible_to(User.objects.get(pk=colleague.pk)).filter(pk=post.pk).exists()
    with pytest.raises(NoPractice):
        state_practice("the one by the church", by=colleague, at=AT)


def test_the_database_wants_a_whole_mark(topic, author):
    post = kept(topic, author)
    with pytest.raises(IntegrityError, match="mark_of_a_practice"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(kept_from=b"short")


def test_on_the_pages(client, topic, author):
    client.force_login(author)
    assert "Keep it from members of my practice" in client.get(topic.get_absolute_url()).content.decode()
    told = {"body": SAID, "voice": "Calm Lark", "keep": "on"}
    assert client.post(reverse("forum:reply", args=[topic.pk]), told).status_code == 302
    assert Post.objects.get(persona__label="Calm Lark").kept_from is not None
    fresh = UserFactory(member=True)
    client.force_login(fresh)
    assert "Keep it from" not in client.get(topic.get_absolute_url()).content.decode()
    url = reverse("accounts:practice")
    assert "no practice code" in client.post(url, {"code": "nowhere"}).content.decode()
    assert client.post(url, {"code": "v81998"}).status_code == 302
    assert "V81998" in client.get(url).content.decode()
    client.force_login(author)
    assert "V81998" not in client.get(reverse("accounts:person", args=[fresh.handle])).content.decode()
