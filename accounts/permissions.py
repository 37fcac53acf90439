from datetime import timedelta

from accounts.models import AuthorshipClaim, Closing, Group, RoleProposal, User
from accounts.standing import Anyone, Standing, standing_of
from common.moments import in_words
from common.verdicts import YES, Verdict, no

RESTING = "Your role rests until you set up a second step for signing in. Your account page leads you there."
TERMS_CHANGED = "The terms of this site have changed. Read and accept them, and you can go on writing."


def why_not_a_member(standing: Standing) -> str:
    """Why somebody who signed in may not do what members do, in one sentence that says what can be done; empty for others."""
    if standing.suspended_until is not None:
        until = in_words(standing.suspended_until, now=standing.suspended_until, style="full")
        return f"You are suspended until {until}, London time. Your account page says why, and whom to ask."
    if standing.asleep:
        return RESTING
    if standing.lapsed_at is not None:
        last = standing.lapsed_at - timedelta(microseconds=1)  # a paid time ends with its last day, at midnight
        day = in_words(last, now=last, style="day")
        return f"Your membership ended on {day}. What you wrote stays yours to read; renewing brings back the rest."
    if standing.terms_due and standing.roles:
        return TERMS_CHANGED
    if standing.is_trustee and not standing.takes_part:
        return "Trustees read everything that members read, and change nothing."
    return ""


def can_see_person(user: Anyone) -> Verdict:
    """Profiles are for members: a visitor reads what people wrote, not who they are."""
    standing = standing_of(user)
    if standing.is_member:
        return YES
    return no(why_not_a_member(standing) or "Profiles are for members. Sign in to see who wrote what.")


def can_block(user: Anyone, person: User) -> Verdict:
    """Want to hear nothing from somebody: whoever sees profiles, and not of oneself."""
    may = can_see_person(user)
    return may if not may or standing_of(user).user_id != person.pk else no("This is you.")


def can_have_own_feeds(user: Anyone) -> Verdict:
    """Addresses by which a feed program reads what one may read oneself: whoever reads more than a visitor."""
    standing = standing_of(user)
    if standing.is_member:
        return YES
    return no(why_not_a_member(standing) or "Feeds of your own are for members. The public ones are open to everybody.")


def can_show_themselves(user: Anyone) -> Verdict:
    """Name, words about oneself and a picture stand beside everything one wrote: not to be changed while suspended."""
    standing = standing_of(user)
    return YES if standing.suspended_until is None else no(why_not_a_member(standing))


OFFICERS_ONLY = "Only administrators and directors can do that."
ADMINISTRATORS_ONLY = "Only administrators can do that."
NOT_ONESELF = "Nobody gives themselves a role. Another officer can."


def can_look_at_desks(user: Anyone) -> Verdict:
    """Who holds which role, which groups and categories there are: for officers, and for trustees, who only look."""
    standing = standing_of(user)
    looks = standing.is_administrator or standing.is_director or standing.is_trustee
    return YES if looks else no(why_not_a_member(standing) or OFFICERS_ONLY)


def can_see_returned_mail(user: Anyone) -> Verdict:
    """Whose mail comes back, with their addresses, and have it written to again: officers."""
    return can_decide_on_roles(user)


def can_decide_on_roles(user: Anyone) -> Verdict:
    """Give, propose, decide and take away: officers."""
    standing = standing_of(user)
    if standing.is_administrator or standing.is_director:
        return YES
    return no(why_not_a_member(standing) or OFFICERS_ONLY)


def can_give_role(user: Anyone, *, to: int) -> Verdict:
    """To anybody but oneself. A weighty role is only proposed by it."""
    may = can_decide_on_roles(user)
    return may if not may or standing_of(user).user_id != to else no(NOT_ONESELF)


def can_second(user: Anyone, proposal: RoleProposal) -> Verdict:
    """Grant or decline what another officer proposed."""
    may = can_give_role(user, to=proposal.user_id)
    if not may:
        return may
    if standing_of(user).user_id == proposal.proposed_by_id:
        return no("You proposed this: another officer decides.")
    return YES


def can_withdraw_proposal(user: Anyone, proposal: RoleProposal) -> Verdict:
    may = can_decide_on_roles(user)
    if not may or standing_of(user).user_id == proposal.proposed_by_id:
        return may
    return no("Only whoever proposed this can withdraw it. You can decline it.")


def can_keep_groups(user: Anyone) -> Verdict:
    """Create, rename and close groups, and name an owner: administrators."""
    standing = standing_of(user)
    return YES if standing.is_administrator else no(why_not_a_member(standing) or ADMINISTRATORS_ONLY)


def can_see_group(user: Anyone, group: Group) -> Verdict:
    """Who is in a group: for its people, and for whoever looks at the desks."""
    if group.pk in standing_of(user).groups or can_look_at_desks(user):
        return YES
    return no("A group shows itself to its own people.")


def can_run_group(user: Anyone, group: Group) -> Verdict:
    """Add and remove people, make and unmake owners: the group's owners."""
    standing = standing_of(user)
    if group.closed_at is not None:
        return no("This group is closed.")
    if group.pk in standing.owns and standing.takes_part:
        return YES
    return no(why_not_a_member(standing) or "Only the owners of this group add and remove people.")


def can_see_styleguide(user: Anyone) -> Verdict:
    """The kit of parts is for those who build and run the site."""
    return YES if standing_of(user).is_staff else no("The style guide is for the people who run this site.")


def can_sanction(user: Anyone, person: User) -> Verdict:
    """Warn or suspend somebody, and take it back. Never oneself."""
    standing = standing_of(user)
    if not standing.is_moderator:
        return no("Only the site's moderators can warn or suspend somebody.")
    return no("Nobody decides about themselves. Another moderator can.") if standing.user_id == person.pk else YES


def can_see_register(user: Anyone) -> Verdict:
    """Runs of the register, and what each did. A trustee looks and changes nothing."""
    standing = standing_of(user)
    if standing.is_administrator or standing.is_trustee:
        return YES
    return no(why_not_a_member(standing) or "The register is kept by the administrators.")


def can_keep_register(user: Anyone) -> Verdict:
    """Bring a register in, invite, verify what a member declared, decide who an imported author is."""
    standing = standing_of(user)
    if standing.is_administrator:
        return YES
    return no(why_not_a_member(standing) or "The register is kept by the administrators.")


def can_claim_membership(user: Anyone) -> Verdict:
    """One account, one membership."""
    standing = standing_of(user)
    if not standing.is_signed_in:
        return no("Sign in first.")
    return no("You are suspended; your membership can wait.") if standing.suspended_until is not None else YES


def can_claim_authorship(user: Anyone) -> Verdict:
    """Say who one was in another forum: whoever writes here."""
    standing = standing_of(user)
    return YES if standing.takes_part else no(why_not_a_member(standing) or "Only members can claim what was imported.")


def can_decide_authorship(user: Anyone, claim: AuthorshipClaim) -> Verdict:
    """Administrators, but nobody for themselves."""
    if claim.user_id == standing_of(user).user_id:
        return no("This is your own claim. Another administrator decides it.")
    return can_keep_register(user)


def can_close_account(user: Anyone) -> Verdict:
    """End one's own account for good: whoever has one, whatever stands in their way otherwise."""
    return YES if standing_of(user).is_signed_in else no("Sign in first: then we know that the account is yours.")


def can_close_for_another(user: Anyone, *, whose: int) -> Verdict:
    """Ask that somebody else's account be closed, or look at those that close: officers, and not for themselves."""
    may = can_decide_on_roles(user)
    if not may or standing_of(user).user_id != whose:
        return may
    return no("This is your own account. You close it on your account page.")


def can_agree_to_close(user: Anyone, closing: Closing) -> Verdict:
    """The second officer."""
    may = can_close_for_another(user, whose=closing.user_id)
    if not may or standing_of(user).user_id != closing.asked_by_id:
        return may
    return no("You asked for this: another officer decides.")


def can_call_closing_off(user: Anyone, closing: Closing) -> Verdict:
    """Whose account it is; and officers, where officers asked."""
    if standing_of(user).user_id == closing.user_id:
        return YES
    if closing.why == Closing.Why.OWN:
        return no("Only whose account it is can keep it.")
    return can_decide_on_roles(user)
