"""What is taken off a page is off every other way out at once; what is taken away for good is nowhere any more."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from common.doors import open_door
from common.models import AuditDetail
from digest.fragments import fragment_html, fragment_text
from digest.models import Item
from digest.readership import VISITOR, Sight
from digest.sources.shape import Candidate
from digest.sources.topics import QUOTE
from forum.actions.attachments import keep_file
from forum.actions.drafts import save_draft
from forum.actions.editing import edit_post
from forum.actions.erasing import erase_post_words
from forum.actions.history import restore_revision, take_revision_away
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic
from forum.actions.removal import hide_post, withdraw_post
from forum.actions.restoring import unhide_post
from forum.models import Draft, Post, Revision, Topic
from forum.readers.quoted import quotes_of
from forum.rendering import snippet
from mail.addresses import attach
from mail.delivery import deliver
from mail.kinds import Letter
from mail.models import Mail
from moderation.actions.reversing import reverse_decision
from moderation.models import Case
from notifications.actions.preferences import choose_ways
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Event, Notice, Way
from tests.accounts.factories import UserFactory
from tests.digest.factories import ItemFactory
from tests.forum.factories import AT, TopicFactory
from tests.moderation.factories import a_moderator

pytestmark = pytest.mark.django_db
WORD, BEFORE = "zsecretword", "zearlierword"
LATER = AT + timedelta(hours=1)


@pytest.fixture
def author():
    return UserFactory(member=True)


@pytest.fixture
def reader():
    return UserFactory(member=True)


@pytest.fixture
def post(author):
    """Changed once, with a file, and chosen for the weekly."""
    kept = keep_file(by=author, name="notes.txt", data=b"zsecretfile", at=AT)
    made = reply_to_topic(TopicFactory(), by=author, body=f"{BEFORE} {kept.markdown}", at=AT)
    made = edit_post(made, by=author, body=f"{WORD} zfindable {kept.markdown}", note="Once more.", at=LATER)
    save_draft(by=author, key=f"edit:{made.pk}", seen=0, body=WORD, at=LATER)
    ItemFactory(object_id=made.topic_id, quoted_id=made.pk, fragment_html=f"<p>{WORD}</p>", fragment_text=WORD)
    return Post.objects.select_related("topic__category").get(pk=made.pk)


def ways_out(client, reader, post) -> str:
    """Everything that anybody is given of it: pages, search, notices and mail as they are written now, the weekly on the web."""
    client.force_login(reader)
    topic, number = post.topic_id, post.number
    slug = post.topic.slug
    addresses = [
        reverse("forum:topic", args=[topic, slug]),
        reverse("forum:topic_in_time", args=[topic, slug]),
        *(reverse(f"forum:{name}", args=[topic, number]) for name in ("post_part", "raw", "history", "replies")),
        reverse("forum:reply", args=[topic]) + f"?quote={number}",
        reverse("search:results") + "?q=zfindable",
        reverse("forum:category", args=[post.topic.category.slug]),
        reverse("forum:posts_of", args=[post.author.handle]),
        reverse("forum:print", args=[topic]),
        reverse("forum:print_whole", args=[topic]),
        reverse("forum:topic_feed", args=[topic]),
        "/",
        post.attachments.get().get_absolute_url(),
    ]
    told = [b"".join(client.get(address)).decode(errors="replace") for address in addresses]
    event = Event.objects.create(
        kind="forum.reply", at=LATER, data={"topic": topic, "post": post.pk, "number": number}, expanded_at=LATER
    )
    notice = Notice.objects.create(user=reader, key=f"k{event.pk}", kind="forum.reply", event=event, at=LATER)
    texts = notice_kind("forum.reply").render(reader, [notice], LATER)
    told += [f"{text.sentence} {text}" for text in texts.values()]
    address = attach(reader, email=reader.email, at=LATER)
    for kind in ("forum.reply", "notifications.daily"):
        mail = Mail(address=address, kind=kind, key=notice.key, params={"notice": notice.pk}, lane="notify", created_at=AT)
        letter = open_door(settings.MAIL_KINDS[kind]).write(mail, at=timezone.now())
        told += [f"{kind}: {letter.subject} {letter.text} {letter.html}"] if isinstance(letter, Letter) else []
    items = list(Item.objects.all())
    seen = Sight(items).of(VISITOR)
    told += [item.fragment_html + item.fragment_text for item in items if item.pk in seen]
    return "\n".join(told)


def test_before_it_is_taken_down_it_is_everywhere(client, reader, post):
    told = ways_out(client, reader, post)
    assert told.count(WORD) >= 10
    assert WORD in told.partition("notifications.daily: ")[2]
    assert BEFORE in told
    assert "zsecretfile" in told


@pytest.mark.parametrize("how", ["hide", "withdraw", "erase"])
def test_what_is_taken_down_leaves_by_no_door(client, reader, post, author, how):
    ways_out(client, reader, post)  # whatever can be kept in a cache is
    if how == "hide":
        hide_post(post, by=a_moderator(), reason="names a patient", at=LATER)
    elif how == "withdraw":
        withdraw_post(post, by=author, at=LATER)
    else:
        erase_post_words(post, by=a_moderator(), reason="names a patient", at=LATER)
    for person in (reader, a_moderator(), author):
        told = ways_out(client, person, post)
        assert WORD not in told
        assert BEFORE not in told
        assert "zsecretfile" not in told


def test_what_is_taken_away_for_good_is_in_no_table(client, post):
    erase_post_words(post, by=a_moderator(), reason="names a patient", at=LATER)
    post.refresh_from_db()
    assert (post.body, post.html, post.state, post.removal_reason) == ("", "", "hidden", "names a patient")
    assert not Revision.objects.filter(post=post).exists()
    assert not Draft.objects.exists()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" row WHERE row::text LIKE %s OR row::text LIKE %s', [f"%{WORD}%", f"%{BEFORE}%"]
            )
            assert cursor.fetchone() == (0,), table


def cut_item(post) -> Item:
    """As an edition quotes the post now."""
    found = Candidate(
        kind="topic", object_id=post.topic_id, section="topics", title=post.topic.title, url="https://x.test/", facts="f", why="w",
        quote=snippet(post.html, QUOTE), quoted_id=post.pk,
    )  # fmt: skip
    Item.objects.all().delete()
    drawn = {"fragment_html": fragment_html(found), "fragment_text": fragment_text(found), "title": found.title}
    return ItemFactory(object_id=post.topic_id, quoted_id=post.pk, **drawn)


@pytest.mark.parametrize("how", ["changed by its author", "put back by a moderator"])
def test_what_is_edited_out_of_a_post_is_out_of_past_editions_too(post, author, how):
    item = cut_item(post)
    if how == "changed by its author":
        edit_post(post, by=author, body="Something <else> & more.", note="Too much was said.", at=LATER)
    else:
        restore_revision(post, by=a_moderator(), number=1, reason="Too much was said.", at=LATER)
    item.refresh_from_db()
    assert WORD not in item.fragment_html + item.fragment_text
    now = "Something &lt;else&gt; &amp; more." if how.startswith("changed") else BEFORE
    assert now in item.fragment_html and post.topic.title in item.fragment_text


def test_an_edition_that_quotes_a_version_of_long_ago_says_nothing_once_that_is_taken_away(post, author):
    old = cut_item(post)
    Item.objects.filter(pk=old.pk).update(
        fragment_html=old.fragment_html.replace(WORD, BEFORE), fragment_text=old.fragment_text.replace(WORD, BEFORE)
    )
    take_revision_away(post, by=a_moderator(), number=1, reason="names a patient", at=LATER)
    old.refresh_from_db()
    assert BEFORE not in old.fragment_html + old.fragment_text


def test_a_title_that_names_a_patient_is_corrected_everywhere_and_what_it_was_is_for_moderators(client, reader, post):
    topic, moderator = post.topic, a_moderator()
    Topic.objects.filter(pk=topic.pk).update(title="Mrs zsecretname of Leek & us", slug="mrs-zsecretname")
    topic.refresh_from_db()
    item, url = cut_item(post), reverse("forum:correct_title", args=[topic.pk])
    client.force_login(reader)
    assert client.get(url).status_code == 403
    client.force_login(moderator)
    assert url in client.get(topic.get_absolute_url()).content.decode()
    assert "Say why" in client.post(url, {"title": "A patient who moved"}).content.decode()
    assert client.post(url, {"title": "A patient & who moved", "reason": "It named one."}).status_code == 302
    item.refresh_from_db()
    assert "A patient &amp; who moved" in item.fragment_html and "A patient & who moved" in item.fragment_text
    assert "zsecretname" in client.get(url).content.decode()
    assert "zsecretname" not in f"{list(AuditDetail.objects.values())}"
    client.force_login(reader)
    told = ways_out(client, reader, Post.objects.select_related("topic__category").get(pk=post.pk))
    assert "zsecretname" not in told + item.title + item.fragment_html + item.fragment_text
    page = client.get(reverse("forum:topic", args=[topic.pk, "mrs-zsecretname"]), follow=True).content.decode()
    assert "its title was changed by a moderator" in page and "It named one." in page


def test_it_cannot_be_brought_back_by_anybody(client, post):
    moderator = a_moderator()
    client.force_login(moderator)
    url = reverse("moderation:erase_post", args=[post.topic_id, post.number])
    assert client.get(url).status_code == 200
    assert "Give a reason" in client.post(url, {"reason": ""}).content.decode()
    assert client.post(url, {"reason": "names a patient"}).status_code == 302
    post.refresh_from_db()
    assert post.words_gone_at is not None
    with pytest.raises(Exception, match="nothing to bring back"):
        unhide_post(post, by=moderator, at=LATER)
    reverse_decision(Case.objects.get(post=post), by=moderator, reason="It was a mistake.", at=LATER)
    post.refresh_from_db()
    assert (post.state, post.body) == ("hidden", "")
    assert client.get(url).status_code == 404
    with pytest.raises(IntegrityError, match="post_whose_words_are_gone"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(body="Back")


def test_what_was_hidden_before_can_be_taken_away_too_and_others_who_quote_it_are_named(client, post):
    moderator = a_moderator()
    quoting = reply_to_topic(
        post.topic,
        by=UserFactory(member=True),
        body=f"> [A, #{post.number}]({post.get_absolute_url()}#p{post.number})\n> {WORD}",
        at=LATER,
    )
    assert quotes_of(post, moderator) == [quoting]
    hide_post(post, by=moderator, reason="names a patient", at=LATER)
    client.force_login(moderator)
    url = reverse("moderation:erase_post", args=[post.topic_id, post.number])
    assert quoting.get_absolute_url() in client.get(url).content.decode()
    client.post(url, {"reason": "names a patient"})
    post.refresh_from_db()
    assert post.body == ""


def test_only_who_keeps_the_place_in_order_takes_words_away(client, reader, post, author):
    url = reverse("moderation:erase_post", args=[post.topic_id, post.number])
    for person, status in ((reader, 403), (author, 403)):
        client.force_login(person)
        assert client.post(url, {"reason": "names a patient"}).status_code == status
    post.refresh_from_db()
    assert WORD in post.body


def test_a_daily_mail_that_was_put_off_no_longer_says_what_was_taken_down_meanwhile(sink, reader, post, author):
    """Written once for a mail server that asked to wait, it is written anew: one post gone, then both."""
    other = reply_to_topic(post.topic, by=author, body="zremains", at=LATER)
    attach(reader, email=reader.email, at=LATER)
    follow_topic(post.topic, by=reader, level="watching")
    choose_ways({"forum.reply": Way.DAILY}, by=reader)
    while expand_next(at=LATER) is not None:
        pass
    mail = Mail.objects.get(kind="notifications.daily", address__account=reader)
    sink.answer_rcpt = lambda address: "451 4.3.0 try later"
    deliver("notify", clock=lambda: mail.next_attempt_at)
    mail.refresh_from_db()
    assert (mail.state, sink.received) == ("deferred", [])
    hide_post(post, by=a_moderator(), reason="names a patient", at=LATER)
    sink.answer_rcpt = lambda address: None
    deliver("notify", clock=lambda: mail.next_attempt_at)
    (received,) = [one for one in sink.received if one.recipient == reader.email]
    assert "zremains" in received.text
    assert WORD not in received.text + received.html
    Mail.objects.filter(pk=mail.pk).update(state="deferred")
    hide_post(other, by=a_moderator(), reason="names a patient", at=LATER)
    deliver("notify", clock=lambda: mail.next_attempt_at)
    mail.refresh_from_db()
    assert (mail.state, len([one for one in sink.received if one.recipient == reader.email])) == ("cancelled", 1)
