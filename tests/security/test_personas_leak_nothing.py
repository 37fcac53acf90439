"""Nothing joins a persona with whoever is behind it: an attack on every surface.

A member writes under a pseudonym through the real pages. The member's id, name, handle and address are made unmistakable, and so
are the ids of what the persona wrote. Then every row of every table, every key and value of the cache, every page that others
see, every letter, live message and line of the log is looked through for something that holds both; and every row for one that
was written in a transaction together with the persona's, since PostgreSQL keeps that (`xmin`). What remains is told in
docs/security.md.
"""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.practice import state_practice
from accounts.models import FeedToken, User
from common import audit
from common.doors import open_door
from consultation.models import Consultation
from forum.actions.moving import move_topic
from forum.actions.polls import tell_of_closed_polls
from forum.actions.reading import follow_topic
from forum.models import Draft, Persona, Poll, Post, Topic
from mail.models import Mail
from notifications.actions.preferences import choose_ways
from notifications.expander import expand_next
from notifications.kinds import event_kind
from notifications.models import Event, Notice, Way
from tests.accounts.factories import FactsFactory, UserFactory
from tests.consultation.factories import an_open_one
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.forum.officers import officers_with_keys

AUTHOR = ("9182736455", "Zebedee Quorndon", "zebedee-quorndon", "zq@hidden.example.org", "V81998")
"""Id, name, handle, address, practice."""
LABEL, WORDS = "Woollen Curlew", "quillwort"
POSTS, PERSONAS, TOPICS = 7300000001, 6400000001, 5500000001
PERSONA = re.compile(rf"{LABEL}|{LABEL.replace(' ', '%20')}|{WORDS}|73000000\d\d|64000000\d\d", re.IGNORECASE)
WHO = re.compile("|".join(map(re.escape, AUTHOR)), re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    table: str
    xmin: str
    text: str


def rows() -> list[Row]:
    """Every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT xmin::text, row_to_json(t)::text FROM "{table}" t')
            # how far the expander came is the id of whoever was told last, not of whoever wrote
            found += [Row(table, xmin, re.sub(r'"reached":\d+', "", text)) for xmin, text in cursor.fetchall()]
    return found


def joins(kept: list[Row]) -> list[Row]:
    """Rows that hold the member and something of the persona."""
    return [row for row in kept if WHO.search(row.text) and PERSONA.search(row.text)]


def written_together(kept: list[Row]) -> list[Row]:
    """Rows with the member written in one transaction with a row of the persona."""
    transactions = {row.xmin for row in kept if PERSONA.search(row.text)}
    return [row for row in kept if row.xmin in transactions and WHO.search(row.text)]


def in_cache() -> list[str]:
    """Every key of the cache with its value."""
    client = caches["default"]._cache.get_client(write=True)
    return [f"{key!r} {client.get(key)!r}" for key in client.scan_iter("*")]


def begin_at(table: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {number}")


@pytest.fixture
def author():
    number, name, handle, email, practice = AUTHOR
    author = UserFactory(pk=int(number), display_name=name, handle=handle, email=email, member=True)
    FactsFactory(user=author, bio="Keeps bees.")
    state_practice(practice, by=author, at=timezone.now())
    return author


@pytest.fixture
def topic():
    begin_at("forum_post", POSTS - 100_000)
    topic = TopicFactory()
    TopicFactory(members_only=True, title="Among ourselves")
    for table, number in (("forum_post", POSTS), ("forum_persona", PERSONAS)):
        begin_at(table, number)
    return topic


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def acts_of(author: User, topic: Topic, room: Topic) -> Client:
    """Drafts, attaches, asks, replies, edits, takes back, reads, keeps a reply from the own practice, and starts a topic, and one that is kept from
    the own practice, all under pseudonyms and through pages; and another device saves its draft of the first late."""
    client, reply = client_of(author), reverse("forum:reply", args=[topic.pk])
    client.get(topic.get_absolute_url())
    files = {"files": SimpleUploadedFile("pond.txt", f"The {WORDS} pond.".encode())}
    file = client.post(reverse("forum:attach"), files).json()["markdown"]
    draft = {"draft_key": f"reply:{topic.pk}", "sequence": "0", "body": f"The {WORDS}. {file}"}
    assert client.post(reverse("forum:draft"), draft).json() == {"sequence": 1}
    key = "5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b11"
    # begun as an answer to a post, with a tick and no words; then to the whole topic
    tick = {"draft_key": f"reply:{room.pk}:1", "sequence": "0", "body": "", "keep": "on"}
    assert client.post(reverse("forum:draft"), tick).json() == {"sequence": 0}
    Draft.objects.create(user=author, key=f"reply:{room.pk}:1", sequence=1, about={"keep": "on"}, saved_at=timezone.now())
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    asks = {"poll-question": f"Which {WORDS}?", "poll-options": "this\nthat", "poll-kind": "single", "poll-shown": "always"}
    said = {"body": f"The {WORDS}. {file}", "voice": LABEL, "key": key, **asks, "poll-closes_on": day}
    for _ in range(2):
        sent = client.post(reply, said, follow=True)
        assert sent.status_code == 200
    client.post(reply, {"body": f"More {WORDS}.", "voice": "persona"})
    first, second = Post.objects.filter(topic=topic, persona__isnull=False).order_by("number")
    edit = reverse("forum:edit", args=[topic.pk, first.number])
    assert client.post(edit, {"body": f"The {WORDS}, put right. {file}", "revision": 1, "note": "put right"}).status_code == 302
    assert client.post(reverse("forum:withdraw", args=[topic.pk, second.number])).status_code == 302
    client.post(reverse("forum:read", args=[topic.pk]), {"number": second.number})
    kept = {"body": f"No {WORDS} for us.", "voice": LABEL, "keep": "on"}
    assert client.post(reverse("forum:reply", args=[room.pk]), kept).status_code == 302
    start = reverse("forum:start", args=[topic.category.slug])
    told = {"title": f"Where {WORDS} grows", "body": f"By the {WORDS} pond.", "voice": LABEL, "tags": WORDS, "kind": "question"}
    assert client.post(start, told).status_code == 302
    start = reverse("forum:start", args=[room.category.slug])
    told = {"title": "Not for everybody", "body": f"No {WORDS} pond for us.", "voice": LABEL, "keep": "on"}
    assert client.post(start, told).status_code == 302
    for sequence in ("1", "0"):
        assert client.post(reverse("forum:draft"), draft | {"sequence": sequence}).status_code == 400
    late = {"draft_key": f"reply:{topic.pk}", "sequence": "0", "body": "", "poll-question": asks["poll-question"]}
    assert client.post(reverse("forum:draft"), late).status_code == 400, "of the poll alone"
    assert not Draft.objects.filter(user=author).exists(), "not even an empty one, or a tick"
    assert client.get(reverse("forum:pseudonym_answers")).status_code == 200
    return client


def pages_of_others(people: list[User | None], topics: list[Topic], author: User, asked: Consultation) -> list[str]:
    """What a visitor, members and officers are shown, whether of the persona or of the member."""
    begun = Topic.objects.get(persona__isnull=False, title__contains=WORDS)
    urls = [
        reverse("home"),
        reverse("forum:index"),
        *(reverse("forum:category", args=[topic.category.slug]) for topic in (*topics, begun)),
        reverse("search:results") + f"?q={WORDS}",
        reverse("search:results") + "?q=bees",
        reverse("accounts:person", args=[author.handle]),
        reverse("forum:posts_of", args=[author.handle]),
        reverse("forum:topics_of", args=[author.handle]),
        reverse("notifications:list"),
        reverse("moderation:queue"),
        reverse("forum:pseudonyms"),
        reverse("forum:openings"),
        f"{reverse('search:results')}?q=author:{author.handle}",
        f"{reverse('search:feed')}?q={WORDS}",
        *(reverse(f"forum:{name}") for name in ("latest", "unread", "new", "followed", "top", "tags")),
        f"{reverse('search:similar')}?title=Where+{WORDS}+grows",
        reverse("consultation:evidence", args=[asked.slug]),
        reverse("consultation:evidence_waiting", args=[asked.slug]),
        reverse("forum:tag", args=[WORDS]),
        reverse("forum:tag_feed", args=[WORDS]),
        *(reverse("forum:category_feed", args=[topic.category.slug]) for topic in topics),
    ]
    for one in (*topics, begun):
        urls += [reverse(f"forum:{name}", args=[one.pk]) for name in ("topic_feed", "print", "print_whole", "split_posts")]
        urls += [reverse("forum:topic", args=[one.pk, one.slug]), reverse("forum:topic_in_time", args=[one.pk, one.slug])]
        for post in one.posts.filter(persona__isnull=False):
            place = [one.pk, post.number]
            urls += [reverse(f"forum:{name}", args=place) for name in ("post_part", "raw", "history", "replies")]
            urls += [reverse("moderation:act_on_post", args=place), reverse("forum:reacted", args=place)]
            urls += [f"{reverse('forum:reply', args=[one.pk])}?quote={post.number}"]
            urls += [reverse("consultation:evidence_of", args=place)]
            urls += [reverse("consultation:evidence_post", args=[asked.slug, post.pk])]
            urls += [reverse("forum:poll", args=place)] if Poll.objects.filter(post=post).exists() else []
            urls += [file.get_absolute_url() for file in post.attachments.all()]
    clients = [client_of(person) for person in people]
    whole = [b"".join(client.get(url, follow=True)).decode() for client in clients for url in urls]
    return whole + [page for person in people if person is not None for page in own_feeds_of(person, topics)]


def own_feeds_of(person: User, topics: list[Topic]) -> list[str]:
    """By the secret, as a program fetches them."""
    secret = f"feeds-of-{person.pk}"
    FeedToken.objects.create(user=person, digest=FeedToken.digest_of(secret), made_at=timezone.now())
    urls = [reverse("forum:own_topic_feed", args=[secret, topic.pk]) for topic in topics]
    urls += [reverse("forum:own_category_feed", args=[secret, topic.category.slug]) for topic in topics]
    urls += [reverse("search:own_feed", args=[secret]) + f"?q={WORDS}", reverse("forum:own_tag_feed", args=[secret, WORDS])]
    return [Client().get(url).content.decode() for url in urls]


@pytest.mark.django_db(transaction=True)
def test_nothing_joins_a_persona_with_its_author(author, topic, caplog):
    officers = officers_with_keys(2)
    watcher, moderator = UserFactory(member=True), UserFactory(member=True, moderator=True)
    for person in (watcher, author):
        follow_topic(topic, by=person, level="watching")
        choose_ways({"forum.poll_closed": Way.MAIL, "forum.own_poll_closed": Way.MAIL}, by=person)
    choose_ways({"forum.moved": Way.MAIL}, by=topic.author)
    asked = an_open_one(at=timezone.now() - timedelta(days=2))
    caches["default"].clear()
    before = {row.text for row in rows()}
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("django.db.backends").setLevel(logging.WARNING)
        room = Topic.objects.get(title="Among ourselves")
        mine = acts_of(author, topic, room)
        first = Post.objects.filter(topic=topic, persona__isnull=False).earliest("number")
        offer = reverse("consultation:evidence_offer", args=[asked.slug, first.pk])
        assert mine.post(offer, {"question": "why"}).status_code == 302
        other = client_of(watcher)
        other.post(reverse("forum:reply", args=[topic.pk]), {"body": "True.", "to": first.number})
        other.post(reverse("forum:react", args=[topic.pk]), {"say": f"thanks:{first.number}"})
        other.post(reverse("moderation:report_post", args=[topic.pk, first.number]), {"reason": "rules"})
        for person in (other, mine):  # whoever asked votes like anybody
            assert person.post(reverse("forum:vote", args=[topic.pk, first.number]), {"choice": "0"}).status_code == 302
        later = Poll.objects.get(post=first).closes_at + timedelta(minutes=5)
        tell_of_closed_polls(at=later)
        move_topic(topic, by=moderator, category=CategoryFactory(), reason="It is not about money.", at=later)
        topic.refresh_from_db()
        while expand_next(at=later + timedelta(minutes=5)):
            pass
    pages = pages_of_others([None, watcher, moderator, officers[0]], [topic, room], author, asked)
    kept = rows()

    # Every watcher is told of the persona's posts, whoever is behind it among them: one told less would be the one.
    # A vote names who gave it and in which poll, of a persona as of anybody: it says nothing of who asked.
    told = [row for row in kept if row.table in {"notifications_notice", "mail_mail", "forum_pollvote"}]
    assert {row.table for row in joins(told)} >= {"forum_pollvote"}
    counted = {person.pk: Notice.objects.filter(user=person, event__actor_id=None).count() for person in (watcher, author)}
    assert counted[watcher.pk] == counted[author.pk] == 2, "of a reply, and of the poll in which both voted"
    assert joins([row for row in kept if row not in told]) == []
    assert written_together([row for row in kept if row not in told]) == []
    changed = [row for row in kept if row.text not in before and WHO.search(row.text)]
    assert {row.table for row in changed} <= {
        "forum_pollvote",
        "notifications_notice",
        "mail_mail",
        "django_session",
        "accounts_user",
    }, changed

    assert [text for text in in_cache() if WHO.search(text) and PERSONA.search(text)] == []
    assert [page for page in pages if WHO.search(page) and PERSONA.search(page)] == []
    assert sum(LABEL in page for page in pages) > 20
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if WHO.search(line) and PERSONA.search(line)] == []
    for event in Event.objects.filter(kind__startswith="forum."):
        assert not any(WHO.search(str(message)) for message in event_kind(event.kind).live(event))
    subjects: set[str] = set()
    for row in Mail.objects.select_related("address").exclude(address__email=author.email):
        letter = open_door("notifications.mails.NoticeMail").write(row, at=timezone.now())
        assert not WHO.search(str(letter)), letter
        subjects.add(getattr(letter, "subject", ""))
    assert subjects >= {"A moderator moved what you wrote", "The poll that you voted in is closed"}
    shown = mine.get(reverse("forum:mine")).content.decode()
    assert not PERSONA.search(shown.split("<main")[1])

    by_author = client_of(watcher).get(reverse("search:results"), {"q": f"{WORDS} author:{author.handle}"}).content.decode()
    assert LABEL not in by_author and "put right" not in by_author, "no filter by author finds a pseudonym's"
    assert "put right" in client_of(watcher).get(reverse("search:results"), {"q": WORDS}).content.decode()

    # The attack is one: each leak that is planted is found.
    persona = Persona.objects.earliest("pk")
    audit.record("post.edit", subject=("persona", persona.pk), by=author.pk, at=timezone.now())
    assert {row.table for row in joins([row for row in rows() if row not in told])} == {"common_auditentry"}
    with transaction.atomic():
        Persona.objects.filter(pk=persona.pk).update(label=LABEL)
        User.objects.filter(pk=author.pk).update(card_version=2)
    assert {row.table for row in written_together(rows())} >= {"accounts_user"}
    caches["default"].set(f"voice:{author.pk}", LABEL)
    assert [text for text in in_cache() if WHO.search(text) and PERSONA.search(text)]
