from accounts.models import AuthorshipClaim
from accounts.standing import Anyone, Standing, standing_of
from common.moments import in_words
from common.verdicts import YES, Verdict, no


def why_not_a_member(standing: Standing) -> str:
    """Why somebody who signed in may not do what members do, in one sentence that says what can be done; empty for others."""
    if standing.suspended_until is not None:
        until = in_words(standing.suspended_until, now=standing.suspended_until, style="full")
        return f"You are suspended until {until}, London time. Your account page says why, and whom to ask."
    if standing.asleep:
        return "Your role rests until you set up a second step for signing in. Your account page leads you there."
    if standing.lapsed_at is not None:
        day = in_words(standing.lapsed_at, now=standing.lapsed_at, style="day")
        return f"Your membership ended on {day}. What you wrote stays yours to read; renewing brings back the rest."
    if standing.is_trustee and not standing.takes_part:
        return "Trustees read everything that members read, and change nothing."
    return ""


def can_see_person(user: Anyone) -> Verdict:
    """Profiles are for members: a visitor reads what people wrote, not who they are."""
    standing = standing_of(user)
    if standing.is_member:
        return YES
    return no(why_not_a_member(standing) or "Profiles are for members. Sign in to see who wrote what.")


def can_see_styleguide(user: Anyone) -> Verdict:
    """The kit of parts is for those who build and run the site."""
    return YES if standing_of(user).is_staff else no("The style guide is for the people who run this site.")


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


def can_decide_authorship(user: Anyone, claim: AuthorshipClaim) -> Verdict:
    """Administrators, but nobody for themselves."""
    if claim.user_id == standing_of(user).user_id:
        return no("This is your own claim. Another administrator decides it.")
    return can_keep_register(user)
