"""What the account is, for its owner to take along (settings.PERSONAL_DATA)."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from accounts.models import (
    AuthorshipClaim,
    Block,
    Closing,
    Facts,
    GroupMember,
    Membership,
    RecoveryAddress,
    RoleGrant,
    Sanction,
    TermsAcceptance,
    User,
)
from accounts.models.facts import OFFICIAL


def own_account(user_id: int) -> dict[str, Any]:
    """Without what a password or a passkey is checked with."""
    mine = {"user": user_id}
    facts = (*OFFICIAL, "bio", "interests", "practices", "sources", "audience", "updated_at")
    register = ("number", "email", "name", "grade", "nation", "region", "list_size", "job", "years", "practice", "joined_at")
    return {
        "account": User.objects.filter(pk=user_id).values("email", "display_name", "handle", "created_at", "last_login").get(),
        "addresses": list(EmailAddress.objects.filter(**mine).values("email", "verified", "primary")),
        "second_address": list(RecoveryAddress.objects.filter(**mine).values("email", "added_at", "confirmed_at")),
        "facts": list(Facts.objects.filter(**mine).values(*facts)),
        "membership": list(Membership.objects.filter(**mine).values(*register, "ends_at", "claimed_at", "ended_at")),
        "roles": list(RoleGrant.objects.filter(**mine).values("role", "granted_at", "ends_at", "revoked_at")),
        "groups": list(GroupMember.objects.filter(**mine).values("group__name", "is_owner", "added_at", "removed_at")),
        "terms": list(TermsAcceptance.objects.filter(**mine).values("version", "accepted_at")),
        "sessions": list(UserSession.objects.filter(**mine).values("ip", "user_agent", "created_at", "last_seen_at")),
        "second_steps": list(Authenticator.objects.filter(**mine).values("type", "created_at", "last_used_at")),
        "sign_in_through": list(SocialAccount.objects.filter(**mine).values("provider", "uid", "date_joined", "last_login")),
        "blocked": list(Block.objects.filter(**mine).values("blocked__handle")),
        "claims": list(
            AuthorshipClaim.objects.filter(**mine).values("author__display_name", "proof", "asked_at", "outcome", "reason")
        ),
        "sanctions": list(Sanction.objects.filter(**mine).values("kind", "reason", "imposed_at", "ends_at", "lifted_at")),
        "closings": list(Closing.objects.filter(**mine).values("why", "asked_at", "due_at", "called_off_at")),
    }
