"""Making an account, and changing what it says."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.handles import handle_base, sort_key
from accounts.models import Facts, User
from accounts.models.facts import Source
from accounts.permissions import can_show_themselves
from accounts.standing import standing_now
from common import audit


def create_account(
    *,
    email: str,
    display_name: str,
    at: datetime,
    password: str | None = None,
    claim_key: str | None = None,
    terms_version: str = "",
) -> User:
    """A new account with a handle of its own. Without a password nobody can sign in to it; without a version of the terms
    they are asked for at first. Raises IntegrityError where the address is taken."""
    user = User(
        email=email.lower(),
        display_name=display_name.strip(),
        sort_key=sort_key(display_name),
        created_at=at,
        claim_key=claim_key,
        terms_version=terms_version,
    )
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    return save_with_free_handle(user)


def save_with_free_handle(user: User) -> User:
    """Save a new user under the first free of `name`, `name-2`, `name-3` …: the database decides which is free."""
    base = handle_base(user.display_name)
    taken = set(User.objects.filter(handle__startswith=base).values_list("handle", flat=True))
    number = 1
    while True:
        user.handle = base if number == 1 else f"{base}-{number}"
        if user.handle not in taken:
            try:
                with transaction.atomic():
                    user.save()
            except IntegrityError as error:
                if not _is_about_the_handle(error):
                    raise
            else:
                return user
        number += 1


def _is_about_the_handle(error: IntegrityError) -> bool:
    """By the constraint's name: the message quotes the row, and an address may hold any word."""
    constraint: str | None = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return constraint is not None and "handle" in constraint


def create_claimable_accounts(names: Mapping[str, str], *, at: datetime) -> dict[str, int]:
    """Accounts for people of another forum, by claim key: `names` gives each key's display name, the answer each account's
    id. Nobody can sign in to one, and its address reaches nobody. Few statements for any number. Raises IntegrityError where
    a key is taken."""
    people = [_claimable(key, name, at) for key, name in names.items()]
    wanted = {person.claim_key: [handle_base(person.display_name)] for person in people}
    for handles in wanted.values():
        handles.extend([f"{handles[0]}-{number}" for number in range(2, 10)])
    asked = [handle for handles in wanted.values() for handle in handles]
    taken = set(User.objects.filter(handle__in=asked).values_list("handle", flat=True))
    for person in people:
        person.handle = next((handle for handle in wanted[person.claim_key] if handle not in taken), "")
        taken.add(person.handle)
    try:
        with transaction.atomic():
            User.objects.bulk_create([person for person in people if person.handle], batch_size=500)
    except IntegrityError as error:
        if not _is_about_the_handle(error):
            raise
        for person in people:
            person.pk, person.handle = None, ""
    for person in people:
        if not person.handle:
            save_with_free_handle(person)
    return {str(person.claim_key): person.pk for person in people}


def _claimable(key: str, name: str, at: datetime) -> User:
    address = f"{hashlib.sha256(key.encode()).hexdigest()[:24]}@imported.invalid"  # RFC 2606: no such domain can be
    user = User(email=address, display_name=name, sort_key=sort_key(name), created_at=at, claim_key=key)
    user.set_unusable_password()
    return user


@transaction.atomic
def change_profile(user: User, *, display_name: str, facts: dict[str, str], at: datetime) -> User:
    """Set the name and the declared facts (`job, nation, list_size, years, bio, interests`; empty means not stated). What the
    register says stays; a verified fact that is changed is declared again."""
    can_show_themselves(standing_now(user.pk)).enforce()
    user = User.objects.select_for_update().get(pk=user.pk)
    user.display_name, user.sort_key = display_name.strip(), sort_key(display_name)
    user.card_version += 1
    user.save(update_fields=["display_name", "sort_key", "card_version"])
    _declare(user, facts, at=at)
    audit.record("account.change_profile", subject=("user", user.pk), by=user.pk, at=at)
    return user


def _declare(user: User, facts: dict[str, str], *, at: datetime) -> None:
    held, _ = Facts.objects.select_for_update().get_or_create(user=user, defaults={"updated_at": at})
    for name, value in facts.items():
        source = held.sources.get(name, {}).get("source")
        if source != Source.REGISTER and getattr(held, name) != value:
            setattr(held, name, value)
            held.sources.pop(name, None)
    held.updated_at = at
    held.save()
