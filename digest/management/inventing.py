"""Readers of nobody's acquaintance, for drills and benches: in a database of their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test.utils import override_settings

from accounts.handles import sort_key
from accounts.models import Group, GroupMember, RoleGrant, User
from digest.actions.editions import cut_now, draft_edition
from digest.models import Edition, Subscription
from digest.streams import WEEKLY
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.models import Category, Level, Topic, TopicMember
from mail.models import Address

GROUPS: Final = 9
"""Enough for 511 kinds of members: which of these somebody belongs to is what they may see."""
AT_ONCE: Final = 5_000
AUTHORS, FOLLOWED = 10, 3
TOPICS_FOR_ALL: Final = 24
"""More than an edition tells of, so that there is news in what people follow beside it."""

_ADDRESSES = """
INSERT INTO mail_address (email, state, bounce_score, verified_at, created_at)
SELECT 'reader' || n || '@' || (ARRAY['example.org', 'example.net', 'example.com'])[1 + n %% 3], 'verified', 0, %(at)s, %(at)s
FROM generate_series(1, %(many)s) AS n
"""
_SUBSCRIPTIONS = """
INSERT INTO digest_subscription
    (id, address_id, stream, state, weekday, local_hour, tz, topics, categories, basis, made_at, confirmed_at, next_due_at,
     ended_reason)
SELECT gen_random_uuid(), id, %(stream)s, 'active', 4, 7, 'Europe/London', '{}', '{}', 'consent', %(at)s, %(at)s, %(due)s, ''
FROM mail_address
"""


def invent_readers(many: int, *, due: datetime) -> None:
    """So many active subscriptions of addresses without an account, all due at one moment."""
    long_ago = due - timedelta(days=30)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, {"many": many, "at": long_ago})
        cursor.execute(_SUBSCRIPTIONS, {"stream": WEEKLY, "at": long_ago, "due": due})
    analyse(User, Address, Subscription)


def invent_accounts(many: int, *, classes: int, at: datetime) -> None:
    """So many of the readers have an account and are members, of `classes` (up to 511) visibility classes, as the groups go that
    they belong to; each group has a room with a topic of the week. Each follows topics in which there is news for them."""
    came, groups = at - timedelta(days=90), _invent_groups(at=at - timedelta(days=90))
    addresses = list(Address.objects.order_by("pk")[:many])
    for first in range(0, many, AT_ONCE):
        some = list(enumerate(addresses[first : first + AT_ONCE], start=first))
        users = User.objects.bulk_create(_account(number, each, at=came) for number, each in some)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role="member", granted_at=came) for user in users)
        theirs = [
            (user, group) for (number, _), user in zip(some, users, strict=True) for group in _groups_of(number, groups, classes)
        ]
        GroupMember.objects.bulk_create(GroupMember(user=user, group=group, added_at=came) for user, group in theirs)
        for (_, address), user in zip(some, users, strict=True):
            address.account = user
        Address.objects.bulk_update([address for _, address in some], ["account"])
    authors = list(User.objects.order_by("pk")[:AUTHORS])
    _follow(_invent_debate(groups, authors, at=at), at=came)
    analyse(User, RoleGrant, GroupMember, Address, Topic, TopicMember)


def _account(number: int, address: Address, *, at: datetime) -> User:
    name = f"Reader {number}"
    return User(
        email=address.email,
        display_name=name,
        handle=f"reader-{number}",
        sort_key=sort_key(name),
        created_at=at,
        password=make_password(None),
        terms_version=settings.TERMS_VERSION,
    )


def _invent_groups(*, at: datetime) -> list[Group]:
    groups = Group.objects.bulk_create(Group(slug=f"panel-{n}", name=f"Panel {n}", created_at=at) for n in range(GROUPS))
    Category.objects.bulk_create(
        Category(slug=group.slug, name=group.name, access="group", group=group, position=n) for n, group in enumerate(groups)
    )
    Category.objects.create(slug="for-everybody", name="For everybody", access="public", position=GROUPS)
    return groups


def _groups_of(number: int, groups: Sequence[Group], classes: int) -> list[Group]:
    kind = number % classes
    return [group for place, group in enumerate(groups) if kind >> place & 1]


def _invent_debate(groups: Sequence[Group], authors: Sequence[User], *, at: datetime) -> list[Topic]:
    """A topic in each group's room and many where everybody reads. Returns the latter."""
    GroupMember.objects.bulk_create(
        (GroupMember(user=author, group=group, added_at=at) for author in authors for group in groups), ignore_conflicts=True
    )
    rooms = [*Category.objects.filter(access="group"), *[Category.objects.get(access="public")] * TOPICS_FOR_ALL]
    made, moment, turn = [], at - timedelta(days=2), cycle(authors)
    with override_settings(PACE_TOPICS=0, PACE_REPLIES=0):
        for number, room in enumerate(rooms):
            words = f"How does your practice go about matter {number}?"
            topic = start_topic(room, by=next(turn), title=words, body=f"{words} We tried it for a year.", at=moment)
            for _ in range(2):
                reply_to_topic(topic, by=next(turn), body=f"On {number}: the partners asked for it in writing.", at=moment)
            made.append(topic)
    return [topic for topic in made if topic.category.is_public]


def _follow(topics: Sequence[Topic], *, at: datetime) -> None:
    """Everybody follows some, by turns, and has read the first post."""
    readers = list(User.objects.order_by("pk").values_list("pk", flat=True))
    rows = (
        TopicMember(user_id=reader, topic=topics[(reader + step) % len(topics)], level=Level.WATCHING, last_read=1, read_at=at)
        for reader in readers
        for step in range(FOLLOWED)
    )
    TopicMember.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def cut_edition(*, at: datetime) -> Edition:
    """This week's edition, with a note of the editor's."""
    draft = draft_edition(at=at)
    Edition.objects.filter(pk=draft.pk).update(
        headline="Seven days left to say which route",
        editors_note="The argument was about *Tuesday* afternoons.",
        editors_note_html="<p>The argument was about <em>Tuesday</em> afternoons.</p>",
    )
    return cut_now(draft, by=None, at=at)


def analyse(*models: type) -> None:
    """Tables that were just filled are planned for as what they are."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')  # type: ignore[attr-defined]  # noqa: SLF001
