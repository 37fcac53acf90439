"""What one person wrote, for others and for themselves; and whom a reader has blocked."""

import pytest
from django.urls import reverse

from accounts.actions.groups import remove_from_group
from accounts.actions.roles import revoke_role
from accounts.actions.showing import block_person, remove_avatar, set_avatar, unblock_person
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic
from mail.models import Mail
from notifications.events import record_event
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Notice
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return UserFactory(member=True, display_name="Nesta Pritchard", handle="nesta")


@pytest.fixture
def reader():
    return UserFactory(member=True)


@pytest.fixture
def private(writer):
    group = GroupFactory(owners=[UserFactory(member=True)], members=[writer])
    return CategoryFactory(private=True, group=group, name="The panel’s room")


def test_others_see_what_they_may_and_never_a_pseudonym(client, writer, reader, private):
    topic = TopicFactory(title="In the open here", author=writer, body="For all to read.")
    TopicFactory(title="Among the panel", author=writer, body="For the panel alone.", category=private)
    PostFactory(topic=topic, author=writer, pending=True, body="Waiting still.")
    PostFactory(topic=topic, author=writer, hidden=True, body="Hidden away.")
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic), body="Under a pseudonym.")
    client.force_login(reader)
    for name in ("posts_of", "topics_of"):
        html = client.get(reverse(f"forum:{name}", args=["nesta"])).content.decode()
        assert "In the open here" in html
        for words in ("panel", "Waiting still", "Hidden away", "pseudonym"):
            assert words not in html
    client.force_login(writer)
    assert "Among the panel" in client.get(reverse("forum:posts_of", args=["nesta"])).content.decode()
    client.logout()
    assert client.get(reverse("forum:posts_of", args=["nesta"])).status_code == 403


def test_who_left_reads_their_own_words_without_title_or_link(client, writer, private):
    topic = TopicFactory(title="Among the panel", author=writer, body="My **own** words.", category=private)
    client.force_login(writer)
    mine, place = reverse("forum:mine"), topic.posts.get().get_absolute_url()
    assert place in client.get(mine).content.decode()
    owner = private.group.members.get(is_owner=True).user
    remove_from_group(private.group, writer, by=owner, at=AT)
    html = client.get(mine).content.decode()
    assert "<strong>own</strong>" in html
    assert "owners can add you again" in html
    for words in ("Among the panel", place, "The panel’s room"):
        assert words not in html


def test_a_lapsed_member_reads_their_own_words_and_why(client, writer):
    TopicFactory(title="For members’ eyes", author=writer, body="I said so.", members_only=True)
    revoke_role(writer, role="member", by=None, at=AT)
    client.force_login(writer)
    html = client.get(reverse("forum:mine")).content.decode()
    assert "I said so." in html
    assert "Your membership ended on" in html
    assert "members’ eyes" not in html


def test_a_long_list_is_paged_by_key(client, writer, reader):
    topic = TopicFactory(title="A long debate indeed")
    for number in range(45):
        PostFactory(topic=topic, author=writer, body=f"Thought {number:02}.")
    client.force_login(reader)
    url, seen = reverse("forum:posts_of", args=["nesta"]), []
    while url:
        response = client.get(url)
        seen += [post.body for post in [row[0] for row in response.context["rows"]]]
        url = response.context["older_url"] and reverse("forum:posts_of", args=["nesta"]) + response.context["older_url"]
    assert len(seen) == len(set(seen)) == 45
    assert client.get(reverse("forum:posts_of", args=["nesta"]) + "?before=rubbish").status_code == 404


@pytest.mark.parametrize("name", ["posts_of", "topics_of", "mine"])
def test_the_lists_cost_the_same_for_many(client, writer, name):
    TopicFactory(author=writer)
    client.force_login(writer)
    url = reverse("forum:mine") if name == "mine" else reverse(f"forum:{name}", args=["nesta"])
    assert_queries_do_not_grow(url, client, add_rows=lambda: [TopicFactory(author=writer) for _ in range(5)], at_most=5)


def test_the_posts_of_a_blocked_person_are_folded_for_the_reader_alone(client, writer, reader):
    topic = TopicFactory()
    PostFactory(topic=topic, author=writer, body="Something rude.")
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic), body="A pseudonym’s word.")
    block_person(writer, by=reader, at=AT)
    client.force_login(reader)
    for name in ("topic", "topic_in_time"):
        html = client.get(reverse(f"forum:{name}", args=[topic.pk, topic.slug])).content.decode()
        assert html.count("You blocked this person.") == 1
    assert "You blocked" in client.get(reverse("forum:post_part", args=[topic.pk, 2])).content.decode()
    client.force_login(UserFactory(member=True))
    html = client.get(reverse("forum:topic", args=[topic.pk, topic.slug])).content.decode()
    assert "You blocked this person." not in html


def test_neither_notice_nor_mail_comes_from_a_blocked_person(writer, reader):
    topic = TopicFactory(author=reader)
    block_person(writer, by=reader, at=AT)
    reply_to_topic(topic, by=writer, body=f"Hear me, @{reader.handle}.", at=AT)
    while expand_next(at=AT):
        pass
    assert not Notice.objects.filter(user=reader).exists()
    assert not Mail.objects.exists()


def test_a_block_reaches_what_was_told_before_and_ends_with_it(writer, reader):
    topic = TopicFactory(author=reader)
    follow_topic(topic, by=reader, level="watching")
    reply_to_topic(topic, by=writer, body="A plain reply.", at=AT)
    while expand_next(at=AT):
        pass
    notice = Notice.objects.select_related("event").get(user=reader)
    kind = notice_kind(notice.kind)
    assert kind.may_still_see(reader, notice.event, AT)
    block_person(writer, by=reader, at=AT)
    assert not kind.may_still_see(reader, notice.event, AT)
    assert kind.render(reader, [notice], AT) == {}
    unblock_person(writer, by=reader)
    assert kind.may_still_see(reader, notice.event, AT)


def test_a_pseudonym_s_notice_comes_whomever_one_blocked(writer, reader):
    topic = TopicFactory(author=reader)
    block_person(writer, by=reader, at=AT)
    post = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    assert post in type(post).objects.not_from_blocked(reader)


def test_a_new_picture_stands_beside_what_was_written_before(client, writer, reader):
    topic = TopicFactory(author=writer)
    url = reverse("forum:topic", args=[topic.pk, topic.slug])
    assert "<img" not in client.get(url).content.decode()
    set_avatar(image=b"a picture", by=writer, at=AT)
    writer.refresh_from_db()
    assert writer.avatar_url in client.get(url).content.decode()
    remove_avatar(by=writer, at=AT)
    assert "<img" not in client.get(url).content.decode()


def test_a_line_of_a_post_says_what_its_writer_says_and_not_what_they_quote(client, writer, reader):
    topic = TopicFactory(author=writer)
    post = PostFactory(
        topic=topic, author=reader, body="> [Nesta, #1](/forum/topics/1/posts/1/#p1)\n>\n> Shall we?\n\nYes, on Monday."
    )
    client.force_login(writer)
    page = client.get(reverse("forum:posts_of", args=[reader.handle])).content.decode()
    assert "Yes, on Monday." in page
    assert "Shall we?" not in page
    assert reply_notice_of(post, writer).detail == "Yes, on Monday."


def reply_notice_of(post, person):
    event = record_event("forum.replied", at=AT, by=post.author_id, topic=post.topic_id, post=post.pk, number=post.number)
    notice = Notice(pk=1, user=person, kind="forum.reply", event=event, at=AT)
    return notice_kind("forum.reply").render(person, [notice], AT)[1]
