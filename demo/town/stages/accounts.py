"""Everybody's account, with the address that they sign in by and that mail goes to. Nobody can sign in: no password is usable."""

from datetime import timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from accounts.handles import sort_key
from accounts.models import User
from demo.town.copying import Row, copy_rows
from demo.town.names import handle_of, name_of
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage
from mail.models import Address

HOST: Final = "town.example"
_NO_PASSWORD: Final = f"{UNUSABLE_PASSWORD_PREFIX}{'town' * 10}"


def _load(plan: Plan, ids: range) -> Rows:
    users = ("id", "email", "display_name", "handle", "sort_key", "is_active", "created_at", "password", "terms_version")
    yield "users", copy_rows(User, users, (_user(plan, user) for user in ids))
    emails = ("id", "user_id", "email", "verified", "primary")
    yield "emails", copy_rows(EmailAddress, emails, ((user, user, email_of(plan, user), True, True) for user in ids))
    book = ("id", "email", "account_id", "state", "verified_at", "created_at")
    yield "addresses", copy_rows(Address, book, (_address(plan, user) for user in ids))


def _user(plan: Plan, user: int) -> Row:
    name, terms = name_of(plan, user), settings.TERMS_VERSION
    stays = user <= plan.registered or user % 200
    return user, email_of(plan, user), name, handle_of(plan, user), sort_key(name), bool(stays), _since(plan), _NO_PASSWORD, terms


def _address(plan: Plan, user: int) -> Row:
    return user, email_of(plan, user), user, Address.State.VERIFIED.value, _since(plan), _since(plan)


def email_of(plan: Plan, user: int) -> str:
    return f"{handle_of(plan, user)}@{HOST}"


def _since(plan: Plan) -> object:
    """All before the first topic, so that nobody writes before they came."""
    return plan.begin - timedelta(days=30)


ACCOUNTS = Stage("accounts", lambda plan: plan.people_parts, _load)
