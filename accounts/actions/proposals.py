"""A weighty role: one officer proposes somebody, another decides."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts.actions.roles import bump_card, lock_officers
from accounts.models import RoleGrant, RoleProposal, User
from accounts.models.roles import WEIGHTY
from accounts.permissions import can_decide_on_roles, can_give_role, can_second, can_withdraw_proposal
from accounts.standing import standing_now
from common import audit
from common.errors import DomainError
from notifications.events import record_event

LONGEST: Final = timedelta(days=3 * 366)


class NotToBeProposed(DomainError):
    """Not a role that is proposed, or not for that time."""


class ProposedAlready(DomainError):
    """There is an open proposal for this person and role."""


class ProposalDecided(DomainError):
    """Somebody was faster."""


@transaction.atomic
def propose_role(user: User, *, role: str, reason: str, ends_at: datetime, by: User, at: datetime) -> RoleProposal:
    """Say that somebody should be director or administrator until a date, and why. Raises NotToBeProposed, ProposedAlready."""
    can_give_role(standing_now(by.pk), to=user.pk).enforce()
    if role not in WEIGHTY:
        raise NotToBeProposed("This role needs no second person: give it.")
    if not at < ends_at <= at + LONGEST:
        raise NotToBeProposed("Choose a last day that lies ahead, and within three years.")
    try:
        with transaction.atomic():
            proposal = RoleProposal.objects.create(
                user=user, role=role, reason=reason.strip(), ends_at=ends_at, proposed_at=at, proposed_by=by
            )
    except IntegrityError as error:
        raise ProposedAlready("This has been proposed already. It waits for another officer.") from error
    audit.record("role.propose", subject=("user", user.pk), by=by.pk, at=at, role=role, proposal=proposal.pk)
    _tell("proposed", proposal, by=by, at=at)
    return proposal


@transaction.atomic
def grant_proposal(proposal: RoleProposal, *, by: User, at: datetime) -> RoleGrant:
    """The second person says yes: the role is held from now until the date proposed; a standing grant of it is renewed. Raises
    ProposalDecided where it is not open any more, NotToBeProposed where its time is over or the proposer is no officer now."""
    proposal = _open_proposal(proposal)
    can_second(standing_now(by.pk), proposal).enforce()
    if not can_decide_on_roles(standing_now(proposal.proposed_by_id)):
        raise NotToBeProposed("Whoever proposed this is no longer an officer. Decline it, and propose it anew.")
    if proposal.ends_at <= at:
        raise NotToBeProposed("The last day proposed is over. Decline it, and propose it anew.")
    person = User.objects.select_for_update().get(pk=proposal.user_id)
    RoleGrant.objects.filter(user=person, role=proposal.role, revoked_at=None).update(revoked_at=at, revoked_by=by)
    grant = RoleGrant.objects.create(
        user=person,
        role=proposal.role,
        granted_at=at,
        granted_by_id=proposal.proposed_by_id,
        seconded_by=by,
        ends_at=proposal.ends_at,
    )
    _decide(proposal, RoleProposal.Outcome.GRANTED, by=by, at=at)
    audit.record("role.grant", subject=("user", person.pk), by=by.pk, at=at, role=grant.role, proposal=proposal.pk)
    bump_card(person)
    _tell("given", proposal, by=by, at=at)
    return grant


@transaction.atomic
def decline_proposal(proposal: RoleProposal, *, by: User, at: datetime) -> None:
    """The second person says no. Raises ProposalDecided."""
    proposal = _open_proposal(proposal)
    can_second(standing_now(by.pk), proposal).enforce()
    _decide(proposal, RoleProposal.Outcome.DECLINED, by=by, at=at)
    audit.record("role.decline", subject=("user", proposal.user_id), by=by.pk, at=at, role=proposal.role, proposal=proposal.pk)
    _tell("declined", proposal, by=by, at=at)


@transaction.atomic
def withdraw_proposal(proposal: RoleProposal, *, by: User, at: datetime) -> None:
    """The proposer thinks better of it. Raises ProposalDecided."""
    proposal = _open_proposal(proposal)
    can_withdraw_proposal(standing_now(by.pk), proposal).enforce()
    _decide(proposal, RoleProposal.Outcome.WITHDRAWN, by=by, at=at)
    audit.record("role.withdraw", subject=("user", proposal.user_id), by=by.pk, at=at, role=proposal.role, proposal=proposal.pk)


def _open_proposal(proposal: RoleProposal) -> RoleProposal:
    lock_officers()
    proposal = RoleProposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.outcome:
        raise ProposalDecided(f"This is decided already: {proposal.get_outcome_display().lower()}.")
    return proposal


def _decide(proposal: RoleProposal, outcome: str, *, by: User, at: datetime) -> None:
    proposal.outcome, proposal.decided_at, proposal.decided_by = outcome, at, by
    proposal.save(update_fields=["outcome", "decided_at", "decided_by"])


def _tell(what: str, proposal: RoleProposal, *, by: User, at: datetime) -> None:
    ids = {"user": proposal.user_id, "proposer": proposal.proposed_by_id}
    record_event("accounts.role", at=at, by=by.pk, what=what, role=proposal.role, **ids)
