from accounts.models.facts import Facts
from accounts.models.roles import RoleGrant
from accounts.models.user import User

__all__ = ["Facts", "RoleGrant", "User"]
