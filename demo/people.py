"""The sixty members of the demo community, and as many respondents without posts as a consultation needs."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.actions.people import save_with_free_handle
from accounts.actions.roles import grant_role
from accounts.actions.terms import accept_terms
from accounts.handles import handle_base, sort_key
from accounts.models import Facts, RoleGrant, TermsAcceptance, User
from demo import reading
from demo.accounts import DOMAIN, PASSWORD
from mail import addresses
from mail.models import Address


def load_members(*, at: datetime) -> dict[str, User]:
    """Everybody of members.toml by key, with facts and roles; of them only the demo accounts have a password."""
    password = make_password(PASSWORD)
    people = {}
    for member in reading.members():
        user = new_person(member["key"], member["display_name"], at=at, password=password if member.get("demo") else None)
        Facts.objects.create(
            user=user, job=member["job"], nation=member["nation"], list_size=member["list_size"], years=member["years"],
            bio=member["bio"], interests=member.get("interests", ""), updated_at=at,
        )  # fmt: skip
        for role in {"member", *member["roles"]}:
            grant_role(user, role=role, by=None, at=at)
        people[member["key"]] = user
    return people


def load_respondents(cells: list[tuple[str, str]], names: Iterator[str], *, at: datetime) -> list[User]:
    """One member for each (nation, list size), named from `names`: they answer, but do not post."""
    drafts = [_unsaved(sort_key(name).replace(" ", "-"), name, at=at, password=None) for name in islice(names, len(cells))]
    for user in drafts:
        user.handle = handle_base(user.display_name)
    users: list[User] = User.objects.bulk_create(drafts)
    EmailAddress.objects.bulk_create(EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users)
    Address.objects.bulk_create(
        Address(email=user.email, account=user, state=Address.State.VERIFIED, verified_at=at, created_at=at) for user in users
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role="member", granted_at=at) for user in users)
    TermsAcceptance.objects.bulk_create(TermsAcceptance(user=user, version=user.terms_version, accepted_at=at) for user in users)
    Facts.objects.bulk_create(
        Facts(user=user, job="practice-manager", nation=nation, list_size=size, updated_at=at)
        for user, (nation, size) in zip(users, cells, strict=True)
    )
    return users


def new_person(key: str, name: str, *, at: datetime, password: str | None) -> User:
    """An account at key@example.org, confirmed. Without a password nobody signs in to it."""
    user = save_with_free_handle(_unsaved(key, name, at=at, password=password))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    addresses.attach(user, email=user.email, at=at)
    accept_terms(user, at=at)
    return user


def _unsaved(key: str, name: str, *, at: datetime, password: str | None) -> User:
    user = User(
        email=f"{key}@{DOMAIN}", display_name=name, sort_key=sort_key(name), created_at=at, terms_version=settings.TERMS_VERSION
    )
    user.password = password or make_password(None)
    return user
