"""Roles: one officer for the light ones, two persons for what weighs, whatever happens at once."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.actions.proposals import (
    NotToBeProposed,
    ProposalDecided,
    ProposedAlready,
    decline_proposal,
    grant_proposal,
    propose_role,
    withdraw_proposal,
)
from accounts.actions.roles import LastAdministrator, TwoPersonsNeeded, grant_role, revoke_role, tell_of_ending_roles
from accounts.actions.sanctions import impose_sanction
from accounts.models import RoleGrant, RoleProposal, Sanction
from accounts.standing import standing_now, standing_of
from common.errors import DomainError
from common.models import AuditEntry
from common.verdicts import Refused
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Notice
from tests.accounts.factories import UserFactory
from tests.querycount import assert_queries_do_not_grow

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
END = AT + timedelta(days=200)


def held(user) -> frozenset[str]:
    return standing_of(standing_now(user.pk)).roles


def told() -> set[tuple[str, str]]:
    while expand_next(at=AT):
        pass
    return {(notice.user.display_name, notice.kind) for notice in Notice.objects.select_related("user")}


@pytest.fixture
def officers():
    return UserFactory(administrator=True, display_name="Ada"), UserFactory(director=True, display_name="Bert")


@pytest.fixture
def proposal(officers):
    person = UserFactory(member=True, display_name="Cleo")
    return propose_role(person, role="administrator", reason="Runs the office.", ends_at=END, by=officers[0], at=AT)


@pytest.mark.django_db
def test_one_officer_gives_and_takes_what_is_light(officers):
    person = UserFactory(member=True, display_name="Cleo")
    for role in ("moderator", "organiser", "trustee"):
        for officer in officers:
            grant_role(person, role=role, by=officer, at=AT)
            assert role in held(person)
            revoke_role(person, role=role, by=officer, at=AT)
            assert role not in held(person)
    assert ("Cleo", "accounts.role") in told()


@pytest.mark.django_db
def test_nobody_else_gives_or_takes_and_nobody_to_themselves(officers):
    person = UserFactory(member=True, moderator=True)
    for nobody in (person, UserFactory(organiser=True), UserFactory(trustee=True), UserFactory()):
        for role in ("moderator", "member"):
            with pytest.raises(Refused):
                grant_role(UserFactory(), role=role, by=nobody, at=AT)
            with pytest.raises(Refused):
                revoke_role(person, role=role, by=nobody, at=AT)
        with pytest.raises(Refused):
            propose_role(person, role="director", reason="So.", ends_at=END, by=nobody, at=AT)
    with pytest.raises(Refused):
        grant_role(officers[0], role="moderator", by=officers[0], at=AT)
    with pytest.raises(TwoPersonsNeeded):
        grant_role(person, role="director", by=officers[0], at=AT)


@pytest.mark.django_db
def test_two_persons_give_what_weighs_until_a_date(officers, proposal):
    grant = grant_proposal(proposal, by=officers[1], at=AT)
    assert (grant.granted_by, grant.seconded_by, grant.ends_at) == (officers[0], officers[1], END)
    assert RoleGrant.objects.held_at(AT).filter(user=proposal.user, role="administrator").exists()
    assert told() == {("Bert", "accounts.officers"), ("Cleo", "accounts.role"), ("Ada", "accounts.officers")}
    verbs = AuditEntry.objects.filter(subject_id=str(proposal.user_id)).order_by("pk").values_list("verb", "actor_id")
    assert list(verbs)[-2:] == [("role.propose", officers[0].pk), ("role.grant", officers[1].pk)]
    with pytest.raises(ProposalDecided):
        decline_proposal(proposal, by=officers[1], at=AT)


@pytest.mark.django_db
def test_a_role_is_renewed_by_another_grant(officers, proposal):
    grant_proposal(proposal, by=officers[1], at=AT)
    later = AT + timedelta(days=190)
    again = propose_role(
        proposal.user, role="administrator", reason="Another year.", ends_at=later + timedelta(days=365), by=officers[1], at=later
    )
    grant_proposal(again, by=officers[0], at=later)
    (standing,) = RoleGrant.objects.held_at(later).filter(user=proposal.user, role="administrator")
    assert standing.ends_at == later + timedelta(days=365)


@pytest.mark.django_db
def test_neither_the_proposer_nor_the_person_is_the_second(officers, proposal):
    with pytest.raises(Refused, match="another officer"):
        grant_proposal(proposal, by=officers[0], at=AT)
    own = propose_role(officers[1], role="administrator", reason="Both.", ends_at=END, by=officers[0], at=AT)
    with pytest.raises(Refused):
        grant_proposal(own, by=officers[1], at=AT)
    with pytest.raises(Refused):
        grant_proposal(proposal, by=UserFactory(trustee=True), at=AT)


@pytest.mark.django_db
def test_a_proposal_is_declined_or_withdrawn_and_made_anew(officers, proposal):
    with pytest.raises(ProposedAlready):
        propose_role(proposal.user, role="administrator", reason="Again.", ends_at=END, by=officers[1], at=AT)
    with pytest.raises(Refused):
        withdraw_proposal(proposal, by=officers[1], at=AT)
    withdraw_proposal(proposal, by=officers[0], at=AT)
    another = propose_role(proposal.user, role="administrator", reason="Again.", ends_at=END, by=officers[1], at=AT)
    decline_proposal(another, by=officers[0], at=AT)
    assert "administrator" not in held(proposal.user)
    assert ("Bert", "accounts.officers") in told()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "ends_at"), [("moderator", END), ("director", AT), ("director", AT + timedelta(days=4 * 366))])
def test_what_is_not_proposed(officers, role, ends_at):
    with pytest.raises(NotToBeProposed):
        propose_role(UserFactory(member=True), role=role, reason="So.", ends_at=ends_at, by=officers[0], at=AT)


@pytest.mark.django_db
def test_a_proposal_lapses_with_its_date_and_with_its_proposer(officers, proposal):
    with pytest.raises(NotToBeProposed):
        grant_proposal(proposal, by=officers[1], at=END)
    revoke_role(officers[0], role="administrator", by=None, at=AT)
    with pytest.raises(NotToBeProposed):
        grant_proposal(proposal, by=officers[1], at=AT)


@pytest.mark.django_db
def test_the_last_administrator_stays(officers):
    with pytest.raises(LastAdministrator):
        revoke_role(officers[0], role="administrator", by=officers[1], at=AT)
    other = UserFactory(administrator=True)
    told = {"kind": "suspension", "reason": "Named a patient.", "imposed_at": AT, "ends_at": datetime(2100, 1, 1, tzinfo=UTC)}
    suspension = Sanction.objects.create(user=other, imposed_by=officers[1], **told)
    with pytest.raises(LastAdministrator):
        revoke_role(officers[0], role="administrator", by=officers[1], at=AT)
    suspension.delete()
    revoke_role(officers[0], role="administrator", by=officers[0], at=AT)
    assert held(officers[0]) == frozenset()


@pytest.mark.django_db
def test_the_last_administrator_cannot_be_suspended_and_can_be_warned(officers):
    moderator, told = UserFactory(moderator=True), {"reason": "Named a patient.", "at": AT}
    with pytest.raises(LastAdministrator):
        impose_sanction(officers[0], kind="suspension", by=moderator, ends_at=END, **told)
    assert "administrator" in held(officers[0])
    impose_sanction(officers[0], kind="warning", by=moderator, **told)
    UserFactory(administrator=True)
    impose_sanction(officers[0], kind="suspension", by=moderator, ends_at=END, **told)


@pytest.mark.django_db
def test_a_role_given_again_ends_on_the_day_that_is_said_now(officers):
    person = UserFactory(member=True)
    first = grant_role(person, role="moderator", by=officers[0], at=AT)
    second = grant_role(person, role="moderator", by=officers[1], at=AT + timedelta(days=1), ends_at=END)
    assert grant_role(person, role="moderator", by=None, at=AT + timedelta(days=2)) == second, "the system said no day"
    assert RoleGrant.objects.get(user=person, role="moderator", revoked_at=None).ends_at == END
    first.refresh_from_db()
    assert first.revoked_by == officers[1]
    grant_role(person, role="moderator", by=officers[0], at=AT + timedelta(days=3))
    assert RoleGrant.objects.get(user=person, role="moderator", revoked_at=None).ends_at is None


def at_once(*acts) -> list[str]:
    """Run them together; the names of what was raised."""
    together, raised = Barrier(len(acts)), []

    def run(act):
        together.wait()
        try:
            act()
        except (DomainError, Refused) as error:
            raised.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_who_second_at_once_give_one_grant(officers, proposal):
    third = UserFactory(administrator=True)
    raised = at_once(
        lambda: grant_proposal(proposal, by=officers[1], at=AT),
        lambda: grant_proposal(proposal, by=third, at=AT),
        lambda: grant_proposal(proposal, by=officers[0], at=AT),
    )
    assert sorted(raised) in (["ProposalDecided", "ProposalDecided"], ["ProposalDecided", "Refused"])
    assert RoleGrant.objects.filter(user=proposal.user, role="administrator").count() == 1
    assert RoleProposal.objects.get(pk=proposal.pk).outcome == "granted"


@pytest.mark.django_db(transaction=True)
def test_who_loses_the_office_while_seconding_gives_either_before_or_not_at_all(officers, proposal):
    third = UserFactory(administrator=True)
    raised = at_once(
        lambda: grant_proposal(proposal, by=third, at=AT),
        lambda: revoke_role(third, role="administrator", by=officers[1], at=AT),
    )
    assert raised in ([], ["Refused"])
    assert RoleGrant.objects.filter(user=proposal.user, role="administrator").count() == (0 if raised else 1)
    assert "administrator" not in held(third)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_depose_each_other_one_is_left():
    one, two = UserFactory(administrator=True), UserFactory(administrator=True)
    raised = at_once(
        lambda: revoke_role(one, role="administrator", by=two, at=AT),
        lambda: revoke_role(two, role="administrator", by=one, at=AT),
    )
    assert len(raised) == 1
    assert RoleGrant.objects.held_at(AT).filter(role="administrator").count() == 1


@pytest.mark.django_db
def test_an_end_that_comes_near_is_told_once(officers):
    person = UserFactory(member=True, display_name="Cleo")
    grant_role(person, role="trustee", by=officers[0], at=AT - timedelta(days=300), ends_at=AT + timedelta(days=20))
    assert tell_of_ending_roles(at=AT) == 1
    assert tell_of_ending_roles(at=AT) == 0
    assert told() == {("Cleo", "accounts.role"), ("Ada", "accounts.officers"), ("Bert", "accounts.officers")}
    notice = Notice.objects.select_related("event").filter(user=person).order_by("-pk").first()
    kind = notice_kind("accounts.role")
    assert "ends within 30 days" in kind.render(person, [notice], AT)[notice.pk].sentence
    letter = kind.letter(person, notice, AT)
    assert "ends within 30 days" in letter.text
    assert letter.subject == "A role of yours ends soon"
    assert "Go to your account" in letter.text, "the desk of roles is not theirs to see"


@pytest.mark.django_db
def test_the_command_makes_the_first_officers(capsys):
    person = UserFactory(member=True, email="ada@example.org")
    day = f"{timezone.now() + timedelta(days=100):%Y-%m-%d}"
    call_command("grant_role", "ada@example.org", "administrator", until=day)
    assert f"until {day}" in capsys.readouterr().out
    assert "administrator" in held(person)
    call_command("grant_role", "ada@example.org", "administrator", revoke=True)
    assert "administrator" not in held(person)
    for wrong in ("2020-01-01", "soon", "2026-13-40"):
        with pytest.raises(CommandError):
            call_command("grant_role", "ada@example.org", "director", until=wrong)


@pytest.mark.django_db
def test_the_desk_from_proposal_to_taking_away(client, officers):
    person = UserFactory(member=True, display_name="Cleo Marsh", handle="cleo")
    client.force_login(officers[0])
    assert "Cleo Marsh" in client.get(reverse("accounts:role_find"), {"q": "marsh"}).content.decode()
    give = reverse("accounts:role_give", args=["cleo"])
    wrong = client.post(give, {"role": "director", "until": "", "reason": ""}).content.decode()
    assert "say which is its last" in wrong
    assert "Say why" in wrong
    assert "Choose a role." in client.post(give, {"role": ""}).content.decode()
    day = f"{timezone.now() + timedelta(days=100):%Y-%m-%d}"
    told = {"role": "director", "until": day, "reason": "Elected in May."}
    assert client.post(give, told).status_code == 302
    again = client.post(give, told).content.decode()
    assert "waits for another officer" in again
    assert "Elected in May." in again
    proposal = RoleProposal.objects.get()
    grant = reverse("accounts:proposal_grant", args=[proposal.pk])
    assert client.post(grant).status_code == 403
    client.force_login(officers[1])
    assert "Elected in May." in client.get(reverse("accounts:roles")).content.decode()
    client.post(grant)
    assert "director" in held(person)
    row = RoleGrant.objects.get(user=person, role="director")
    take = reverse("accounts:role_take", args=[row.pk])
    assert "two officers again" in client.get(take).content.decode()
    client.post(take)
    assert "director" not in held(person)
    assert client.post(give, {"role": "moderator", "until": "", "reason": ""}).status_code == 302
    assert "moderator" in held(person)


@pytest.mark.django_db
def test_a_trustee_looks_at_the_roles_and_decides_nothing(client, proposal):
    client.force_login(UserFactory(trustee=True))
    html = client.get(reverse("accounts:roles")).content.decode()
    assert "Cleo" in html
    assert "Give a role" not in html
    row = RoleGrant.objects.filter(role="director").first()
    for name, args in (
        ("role_find", []), ("role_give", [proposal.user.handle]), ("role_take", [row.pk]),
    ):  # fmt: skip
        assert client.get(reverse(f"accounts:{name}", args=args)).status_code == 403
    for name in ("grant", "decline", "withdraw"):
        assert client.post(reverse(f"accounts:proposal_{name}", args=[proposal.pk])).status_code == 403


@pytest.mark.django_db
def test_the_desk_costs_the_same_for_many(client, officers):
    client.force_login(officers[0])

    def more():
        for _ in range(3):
            grant_role(UserFactory(member=True), role="moderator", by=officers[0], at=AT)
            propose_role(UserFactory(member=True), role="director", reason="So.", ends_at=END, by=officers[1], at=AT)

    assert_queries_do_not_grow(reverse("accounts:roles"), client, add_rows=more, at_most=5)
