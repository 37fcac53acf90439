"""Two at the same moment: one case, one decision, nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Sanction
from forum.models import Post
from moderation.actions.errors import CaseDecided
from moderation.models import Case, Decision
from tests.forum.factories import PostFactory
from tests.moderation.factories import a_case, a_member, a_moderator, decided

pytestmark = pytest.mark.django_db(transaction=True)


def together(acts):
    """Run all of these at one moment, each in a thread with a connection of its own; what each returned or raised."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return act()
        except CaseDecided as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_eight_reports_make_one_case_that_weighs_all_of_them():
    post, members = PostFactory(), [a_member() for _ in range(8)]
    together(
        [
            lambda member=member: a_case(Post.objects.select_related("topic__category").get(pk=post.pk), by=member)
            for member in members
        ]
    )
    case = Case.objects.get()
    assert case.reports.count() == 8
    assert case.weight == 8 * 3


def test_two_decisions_end_as_one():
    case, moderators = a_case(PostFactory()), [a_moderator(), a_moderator()]
    done = together([lambda by=by: decided(case, "hide", "warn", by=by) for by in moderators])
    assert sorted(type(one).__name__ for one in done) == ["CaseDecided", "Decision"]
    assert Decision.objects.count() == 1
    assert Sanction.objects.count() == 1
