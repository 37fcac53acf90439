"""What is in force: one function says it, from rows, by the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions.roles import TwoPersonsNeeded, grant_role, revoke_role
from accounts.models import Block, Group, GroupMember, Membership, RoleGrant, RoleProposal, Sanction, User
from accounts.permissions import can_claim_authorship, why_not_a_member
from accounts.standing import Standing, standing_of
from tests.accounts.factories import FAR_OFF, GroupFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def now_of(user: User) -> Standing:
    return standing_of(User.objects.get(pk=user.pk))


def suspended(user: User, *, by: User, **told) -> Sanction:
    """Without an end in sight: PostgreSQL's clock is the real one, and no test knows when it will be run."""
    return Sanction.objects.create(
        user=user, kind="suspension", reason="Named a patient.", imposed_at=AT, imposed_by=by, ends_at=FAR_OFF, **told
    )


def test_groups_and_ownership_come_with_the_standing():
    user = UserFactory(member=True)
    panel, region = GroupFactory(members=[user]), GroupFactory(owners=[user])
    gone = GroupFactory(members=[user])
    GroupMember.objects.filter(group=gone).update(removed_at=AT + timedelta(days=400))
    closed = GroupFactory(members=[user])
    Group.objects.filter(pk=closed.pk).update(closed_at=AT)
    standing = now_of(user)
    assert standing.groups == {panel.pk, region.pk}
    assert standing.owns == {region.pk}


def test_everything_comes_in_one_statement_for_any_number_of_people():
    for _ in range(3):
        GroupFactory(owners=[UserFactory(member=True, moderator=True)])
    with CaptureQueriesContext(
        connection,
    ) as captured:
        standings = [standing_of(user) for user in User.objects.with_roles()]
    assert len(captured) == 1
    assert all(standing.owns and standing.is_moderator for standing in standings)


def test_a_suspension_takes_everything_and_ends_by_the_clock():
    moderator, user = UserFactory(moderator=True), UserFactory(member=True, organiser=True)
    GroupFactory(members=[user])
    suspended(user, by=moderator)
    standing = now_of(user)
    assert (standing.roles, standing.groups) == (frozenset(), frozenset())
    assert "suspended until" in why_not_a_member(standing)
    # the end is moved instead of the clock
    Sanction.objects.update(imposed_at=AT - timedelta(days=900), ends_at=AT - timedelta(days=890))
    assert now_of(user).is_organiser


def test_a_lifted_suspension_takes_nothing():
    moderator, user = UserFactory(moderator=True), UserFactory(member=True)
    suspended(user, by=moderator, lifted_at=AT, lifted_by=moderator)
    assert now_of(user).is_member


def test_staff_roles_sleep_without_a_second_factor(settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    user = UserFactory(member=True, moderator=True)
    standing = now_of(user)
    assert standing.asleep == {"moderator"}
    assert standing.roles == {"member"}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert now_of(user).asleep, "recovery codes alone are no second factor"
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert now_of(user).is_moderator


def test_a_lapsed_member_is_told_since_when():
    user = UserFactory(member=True)
    revoke_role(user, role="member", by=None, at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert "3 November 2026" in why_not_a_member(now_of(user))


def test_a_paid_time_that_ran_out_is_named_by_its_last_day():
    ended = datetime(2027, 1, 1, tzinfo=UTC)  # midnight in London after the last paid day
    assert "31 December 2026" in why_not_a_member(Standing(1, frozenset(), lapsed_at=ended))


def test_a_trustee_claims_nothing():
    assert not can_claim_authorship(UserFactory(trustee=True))
    assert can_claim_authorship(UserFactory(member=True))


def test_a_trustee_reads_and_takes_no_part():
    standing = now_of(UserFactory(trustee=True))
    assert standing.is_member
    assert not standing.takes_part
    assert now_of(UserFactory(member=True, trustee=True)).takes_part


def test_two_of_one_sight_differ_in_nothing_that_is_read_together():
    one, other = UserFactory(member=True), UserFactory(member=True)
    assert now_of(one).sight == now_of(other).sight
    GroupFactory(members=[one])
    assert now_of(one).sight != now_of(other).sight


@pytest.mark.parametrize("role", ["director", "administrator"])
def test_one_person_cannot_give_a_weighty_role(role):
    with pytest.raises(TwoPersonsNeeded):
        grant_role(UserFactory(member=True), role=role, by=UserFactory(director=True), at=AT)


def test_a_weighty_role_from_the_machine_itself_ends_after_a_year():
    grant = grant_role(UserFactory(), role="director", by=None, at=AT)
    assert grant.ends_at is not None
    assert grant.ends_at - AT == timedelta(days=366)


def weighty(**told) -> RoleGrant:
    return RoleGrant(role="director", granted_at=AT, **{"ends_at": FAR_OFF, "granted_by": None, "seconded_by": None, **told})


@pytest.mark.parametrize("case", ["no end", "one alone", "the same twice", "for oneself", "seconds oneself"])
def test_the_database_refuses_a_weighty_role_that_is_not_by_two(case):
    user, one, two = UserFactory(), UserFactory(), UserFactory()
    told = {
        "no end": {"granted_by": one, "seconded_by": two, "ends_at": None},
        "one alone": {"granted_by": one},
        "the same twice": {"granted_by": one, "seconded_by": one},
        "for oneself": {"granted_by": user, "seconded_by": two},
        "seconds oneself": {"granted_by": one, "seconded_by": user},
    }[case]
    with pytest.raises(IntegrityError, match="weighty_role_is_given_by_two_and_ends"), transaction.atomic():
        weighty(user=user, **told).save()
    weighty(user=user, granted_by=one, seconded_by=two).save()


def test_the_database_refuses_what_must_not_be():
    user, other = UserFactory(), UserFactory()
    group = GroupFactory(members=[user])
    refused = {
        "in_a_group_once_at_a_time": GroupMember(group=group, user=user, added_at=AT),
        "leaves_a_group_after_joining": GroupMember(group=group, user=other, added_at=AT, removed_at=AT - timedelta(days=1)),
        "nobody_blocks_themselves": Block(user=user, blocked=user, created_at=AT),
        "nobody_sanctions_themselves": Sanction(user=user, kind="warning", reason="x", imposed_at=AT, imposed_by=user),
        "sanction_says_why": Sanction(user=user, kind="warning", reason="", imposed_at=AT, imposed_by=other),
        "suspension_ends_and_warning_does_not": Sanction(
            user=user, kind="suspension", reason="x", imposed_at=AT, imposed_by=other
        ),
        "lifted_sanction_says_by_whom": Sanction(
            user=user, kind="warning", reason="x", imposed_at=AT, imposed_by=other, lifted_at=AT
        ),
        "only_weighty_roles_are_proposed": RoleProposal(
            user=user, role="moderator", reason="x", ends_at=FAR_OFF, proposed_at=AT, proposed_by=other
        ),
        "nobody_proposes_themselves": RoleProposal(
            user=user, role="director", reason="x", ends_at=FAR_OFF, proposed_at=AT, proposed_by=user
        ),
        "proposal_is_decided_by_another": RoleProposal(
            user=user, role="director", reason="x", ends_at=FAR_OFF, proposed_at=AT, proposed_by=other,
            outcome="granted", decided_at=AT, decided_by=other,
        ),
        "membership_has_a_number": Membership(number="", joined_at=AT, changed_at=AT),
        "membership_email_is_lower_case": Membership(number="1", email="A@example.org", joined_at=AT, changed_at=AT),
        "claimed_membership_says_when": Membership(number="1", user=user, joined_at=AT, changed_at=AT),
        "role_is_known": RoleGrant(user=user, role="king", granted_at=AT),
    }  # fmt: skip
    for constraint, row in refused.items():
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            row.save(force_insert=True)
