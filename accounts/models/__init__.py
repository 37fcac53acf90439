from accounts.models.authorship import AuthorshipClaim
from accounts.models.avatar import Avatar
from accounts.models.block import Block
from accounts.models.closing import Closing
from accounts.models.facts import Facts
from accounts.models.feeds import FeedToken
from accounts.models.group import Group, GroupMember
from accounts.models.membership import Membership
from accounts.models.recovery import RecoveryAddress
from accounts.models.register import RegisterMapping, RegisterPiece, RegisterRow, RegisterRun
from accounts.models.roles import RoleGrant, RoleProposal
from accounts.models.sanction import Sanction
from accounts.models.terms import TermsAcceptance
from accounts.models.user import User

__all__ = [
    "AuthorshipClaim",
    "Avatar",
    "Block",
    "Closing",
    "Facts",
    "FeedToken",
    "Group",
    "GroupMember",
    "Membership",
    "RecoveryAddress",
    "RegisterMapping",
    "RegisterPiece",
    "RegisterRow",
    "RegisterRun",
    "RoleGrant",
    "RoleProposal",
    "Sanction",
    "TermsAcceptance",
    "User",
]
