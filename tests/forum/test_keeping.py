"""A reply kept from members of the writer's own practice: two faces of the rule, and every way out."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.practice import NoPractice, state_practice
from accounts.models import Facts, User
from accounts.practices import practice_code
from common.verdicts import Refused
from digest.sources.replies import Replies
from digest.sources.topics import Topics
from forum.actions.answers import NotAnAnswer, accept_answer
from forum.actions.moving import TopicNotMovable, merge_topics, move_topic, split_topic
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_category, follow_topic, mark_topic_read
from forum.actions.removal import hide_post, withdraw_post
from forum.actions.restoring import unhide_post
from forum.actions.topics import start_topic
from forum.effects import Posted
from forum.keeping import is_mark_of, new_mark
from forum.models import Post, Topic, TopicActivity
from forum.permissions import can_edit, can_see_post, can_see_topic
from forum.pseudonyms import OWN, Voice
from forum.readers.personas import answers_to_pseudonyms
from forum.readers.tags import tags_with_counts
from forum.readers.topic_list import unread_rows
from moderation.actions.reporting import file_report
from moderation.models import Case
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory
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


@pytest.mark.parametrize("voice", [OWN, LARK], ids=["own name", "pseudonym"])
def test_nothing_that_is_counted_tells_a_colleague_that_there_is_something(client, topic, author, voice):
    colleague, other = at_practice("V81998"), at_practice("V81999")
    asked = PostFactory(topic=topic, body="What do you think?")
    for person in (colleague, other):
        follow_topic(topic, by=person, level="tracking")
        mark_topic_read(topic, by=person, number=2, at=AT)
    before = TopicActivity.objects.values().get(topic=topic)
    later = AT + timedelta(hours=1)
    post = reply_to_topic(topic, by=author, body=SAID, at=later, voice=voice, parent_number=2, keep_from_practice=True)
    assert TopicActivity.objects.values().get(topic=topic) == before
    assert Posted().live(Event.objects.get(kind="forum.replied")) == ()
    asked.refresh_from_db()
    assert (asked.reply_count, asked.answered_aside) == (0, True)
    client.force_login(colleague)
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "<summary>1 reply" not in page and "Show 1 reply" not in page and "Jump to first unread" not in page
    assert not unread_rows(colleague).exists()
    client.force_login(other)
    assert "quarrelwort" in client.get(topic.get_absolute_url()).content.decode(), "whoever may read it finds it where it stands"
    hide_post(post, by=UserFactory(moderator=True), reason="It quarrels.", at=later)
    for person, told in ((other, True), (colleague, False)):
        client.force_login(person)
        urls = (topic.get_absolute_url(), reverse("forum:topic_in_time", args=[topic.pk, topic.slug]))
        assert [("It quarrels" in client.get(url).content.decode()) for url in urls] == [told, told]
    assert TopicActivity.objects.values().get(topic=topic) == before
    unhide_post(post, by=UserFactory(moderator=True), at=later)
    withdraw_post(post, by=author, at=later)
    assert TopicActivity.objects.values().get(topic=topic) == before


def test_an_answer_that_is_kept_from_a_pseudonym_s_practice_is_not_counted_for_it(topic, author):
    first = reply_to_topic(topic, by=author, body="I ask.", at=AT, voice=LARK)
    colleague = at_practice("V81998")
    reply_to_topic(topic, by=colleague, body=SAID, at=AT, parent_number=first.number, voice=OWN, keep_from_practice=True)
    assert answers_to_pseudonyms(author) == 0
    reply_to_topic(topic, by=at_practice("V81999"), body="Well.", at=AT, parent_number=first.number, keep_from_practice=True)
    assert answers_to_pseudonyms(author) == 1


def test_a_pseudonym_that_kept_goes_on_keeping_where_the_topic_was_moved_to_an_open_place(topic, author):
    kept(topic, author, LARK)
    move_topic(topic, by=at_practice(moderator=True), category=CategoryFactory(), reason="For all.", at=AT)
    topic = Topic.objects.select_related("category", "persona").get(pk=topic.pk)
    assert reply_to_topic(topic, by=author, body="And more.", at=AT, voice=LARK).kept_from is not None


def test_what_is_kept_is_not_accepted_as_the_answer_for_everybody(topic, author):
    Topic.objects.filter(pk=topic.pk).update(kind="question")
    with pytest.raises(NotAnAnswer, match="kept from some"):
        accept_answer(kept(topic, author), by=topic.author, at=AT)


def test_the_weekly_quotes_nothing_that_is_kept(topic, author):
    owner = topic.author
    week = {"starts": AT - timedelta(days=1), "ends": AT + timedelta(days=1), "told": {}, "at": AT}
    kept(topic, author)
    assert Replies().to({owner.pk: owner}, **week) == {}
    plain = reply_to_topic(topic, by=author, body="For all.", at=AT, voice=OWN)
    assert [told.quoted_id for told in Replies().to({owner.pk: owner}, **week)[owner.pk].shown] == [plain.pk]


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


class TestTopics:
    @pytest.fixture
    def category(self, db):
        officers_with_keys(2)
        return CategoryFactory(members_only=True)

    @pytest.fixture(params=[OWN, LARK], ids=["own name", "pseudonym"])
    def begun(self, request, category, author):
        told = {"title": "A partner who quarrelworts", "body": SAID, "at": AT, "tags": ["partners"]}
        topic = start_topic(category, by=author, voice=request.param, keep_from_practice=True, **told)
        reply_to_topic(topic, by=at_practice("V81999"), body="Quarrelwort with us, too.", at=AT)
        return Topic.objects.select_related("category", "persona").get(pk=topic.pk)

    def test_who_knows_of_it_is_the_same_in_both_faces(self, begun, author):
        readers = {
            "a colleague": (at_practice("V81998"), False),
            "somebody who was a colleague": (at_practice("V81998", "V81999"), False),
            "somebody else": (at_practice("V81999"), True),
            "who has not said": (at_practice(), False),
            "a moderator who has not said": (at_practice(moderator=True), True),
            "a moderator who is a colleague": (at_practice("V81998", moderator=True), False),
            "a visitor": (AnonymousUser(), False),
        }
        for who, (reader, sees) in readers.items():
            seen = Topic.objects.visible_to(reader).filter(pk=begun.pk).exists()
            assert seen == bool(can_see_topic(reader, begun)) == sees, who
            posts = list(Post.objects.select_related("topic__category", "persona").filter(topic=begun))
            visible = set(Post.objects.visible_to(reader).filter(topic=begun).values_list("number", flat=True))
            assert visible == {post.number for post in posts if can_see_post(reader, post)} == ({1, 2} if sees else set()), who
        assert can_see_topic(author, begun)
        assert Topic.objects.visible_or_own(author, topic_id=begun.pk).exists()
        assert not Topic.objects.visible_or_own(at_practice("V81998"), topic_id=begun.pk).exists()

    def test_no_list_search_count_or_feed_tells_a_colleague_of_it(self, client, begun, category):
        urls = [
            "/",
            *(reverse(f"forum:{name}") for name in ("index", "latest", "top", "new", "unread", "tags")),
            reverse("forum:tag", args=["partners"]),
            reverse("forum:category", args=[category.slug]),
            reverse("search:results") + "?q=quarrelwort",
            reverse("search:similar") + "?title=Who+quarrelworts:+a+partner",
            "/sitemap.xml",
        ]
        of_it = [begun.get_absolute_url(), *(reverse(f"forum:{name}", args=[begun.pk]) for name in ("reply", "print"))]
        of_it += [reverse(f"forum:{name}", args=[begun.pk, 2]) for name in ("post", "raw", "post_part", "history")]
        client.force_login(at_practice("V81999"))
        assert "quarrelwort" in client.get(urls[2]).content.decode().lower(), "else this test shows nothing"
        assert client.get(of_it[0]).status_code == 200
        for colleague in (at_practice("V81998"), at_practice("V81998", moderator=True)):
            client.force_login(colleague)
            for url in urls:
                answer = client.get(url, follow=True)
                page = answer.content.decode().lower().replace('value="quarrelwort"', "").replace("q=quarrelwort", "")
                assert "partner who" not in page and begun.get_absolute_url() not in page, url
            assert {client.get(url).status_code for url in of_it} == {404}
            counted = {tag.name: tag.topics for tag in tags_with_counts(colleague, limit=9)}
            assert "partners" not in counted

    def test_what_its_author_says_next_is_counted_since_the_topic_is_kept_as_a_whole(self, begun, author):
        voice = LARK if begun.persona_id else OWN
        said = reply_to_topic(begun, by=author, body="Thank you.", at=AT, voice=voice, keep_from_practice=True)
        assert said.kept_from is None and TopicActivity.objects.get(topic=begun).reply_count == 2
        follow_topic(begun, by=at_practice("V81999"), level="watching")
        told = Posted().people(Event.objects.filter(kind="forum.replied").latest("pk"), after=0, limit=9)
        assert bool(told) == (begun.persona_id is None)

    def test_its_author_reads_and_answers_in_it(self, client, begun, author):
        client.force_login(author)
        assert "too." in client.get(begun.get_absolute_url()).content.decode()
        voice = "persona" if begun.persona_id else "own"
        url = reverse("forum:reply", args=[begun.pk])
        assert client.post(url, {"body": "Thank you.", "voice": voice, "asked": "True", "to": 2, "seen": 2}).status_code == 302
        assert begun.posts.get(number=3).parent_number == 2
        assert can_edit(author, Post.objects.select_related("topic__category", "persona").get(topic=begun, number=1), at=AT)

    def test_what_stands_in_it_is_not_carried_to_where_the_practice_reads(self, begun, category):
        keeper = at_practice("V81999", moderator=True)
        with pytest.raises(TopicNotMovable, match="stay together"):
            merge_topics(begun, by=keeper, into=TopicFactory(category=category), reason="The same.", at=AT)
        with pytest.raises(TopicNotMovable, match="stay together"):
            split_topic(begun, by=keeper, numbers=[2], title="A thing apart", category=category, reason="Another.", at=AT)
        with pytest.raises(TopicNotMovable, match="open category"):
            move_topic(begun, by=keeper, category=CategoryFactory(), reason="For all.", at=AT)

    def test_nobody_is_told_of_it_who_may_not_know_and_no_edition_names_it(self, begun, category):
        colleague, other = at_practice("V81998"), at_practice("V81999")
        for person in (colleague, other):
            follow_category(category, by=person, level="watching")
        told = Posted().people(Event.objects.get(kind="forum.started"), after=0, limit=99)
        assert {recipient.user_id for recipient in told} == (set() if begun.persona_id else {other.pk})
        assert not Topics().candidates(AT - timedelta(days=1), AT + timedelta(days=1), at=AT)

    def test_the_form_offers_it_where_it_can_be_had(self, client, category, author):
        client.force_login(author)
        url = reverse("forum:start", args=[category.slug])
        assert 'id="id_keep"' in client.get(url).content.decode()
        assert 'id="id_keep"' not in client.get(reverse("forum:start", args=[CategoryFactory().slug])).content.decode()
        client.post(url, {"title": "A partner who quarrelworts", "body": SAID, "voice": "own", "keep": "on"})
        assert Topic.objects.get().kept_from is not None
        with pytest.raises(Refused):
            start_topic(CategoryFactory(), by=author, title="In the open here", body=SAID, at=AT, keep_from_practice=True)
