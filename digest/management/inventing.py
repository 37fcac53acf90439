"""Readers of nobody's acquaintance, for drills and benches: in a database of their own."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.models import User
from digest.actions.editions import cut_now, draft_edition
from digest.models import Edition, Subscription
from digest.streams import WEEKLY
from mail.models import Address

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
