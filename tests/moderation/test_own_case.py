"""Nobody acts on their own case, by whatever way it became theirs."""

import pytest

from accounts.models import GroupMember
from common.verdicts import Refused
from forum.actions.merging import move_authorship
from moderation.actions.claiming import claim_case
from moderation.actions.reversing import reverse_decision
from moderation.models import Case
from moderation.permissions import can_see_case
from moderation.readers import history_of
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import AT, LATER, a_case, a_moderator, decided, standing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [PostFactory, TopicFactory])
def test_whoever_proves_to_be_the_imported_author_does_not_decide_about_it(make):
    moderator, author = a_moderator(), UserFactory(claim_key="discourse:old:ada")
    case = a_case(make(author=author))
    assert can_see_case(moderator, case)
    move_authorship(author, moderator, at=AT)
    case = Case.objects.select_related("post", "topic__category").get(pk=case.pk)
    assert not can_see_case(moderator, case)
    assert not Case.objects.visible_to(moderator).exists()
    assert not Case.objects.worked_on_by(moderator).exists()
    with pytest.raises(Refused):
        claim_case(case, by=moderator, at=AT)
    with pytest.raises(Refused):
        decided(case, "nothing", by=moderator)
    other = a_moderator()
    assert Case.objects.visible_to(other).get() == case
    decided(case, "warn", by=other)
    with pytest.raises(Refused):
        reverse_decision(case, by=moderator, reason="It was me.", at=LATER)


def test_whoever_keeps_only_a_group_s_room_is_not_told_of_sanctions():
    owner = UserFactory(member=True)
    group = GroupFactory(owners=[owner])
    author = UserFactory(member=True)
    decided(a_case(PostFactory(author=author)), "warn", reason="Between them and us.")
    reporter = UserFactory(member=True)
    GroupMember.objects.create(group=group, user=reporter, added_at=AT)
    case = a_case(PostFactory(author=author, topic__category=CategoryFactory(private=True, group=group)), by=standing(reporter))
    keeper = standing(owner)
    assert can_see_case(keeper, case)
    assert history_of(case, keeper).sanctions == []
    assert history_of(case, a_moderator()).sanctions
