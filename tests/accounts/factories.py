from datetime import UTC, datetime
from functools import cache

import factory
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.handles import sort_key
from accounts.models import Facts, Group, GroupMember, RoleGrant, User
from accounts.models.roles import WEIGHTY
from mail import addresses
from mail.models import Address

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
FAR_OFF = datetime(2100, 1, 1, tzinfo=UTC)
PASSWORD = "correct-horse-battery"


@cache
def hashed() -> str:
    """Argon2 is slow on purpose: once a process is enough."""
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory):
    """A person who signed up and confirmed the address. Traits give roles: `UserFactory(member=True)`.

    Made as they stand in the database, without the audit of how they came there: some ten thousand are made in a run of the tests.
    test_people.py holds it equal to what the actions do.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    display_name = factory.Sequence(lambda number: f"Person {number}")
    handle = factory.Sequence(lambda number: f"person-{number}")
    sort_key = factory.LazyAttribute(lambda user: sort_key(user.display_name))
    created_at = AT
    password = factory.LazyFunction(hashed)
    terms_version = settings.TERMS_VERSION

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        roles = [role for role in RoleGrant.Role.values if kwargs.pop(role, False)]
        user = super()._create(model_class, *args, **{"card_version": 1 + len(roles), **kwargs})
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if Address.objects.filter(email=user.email.lower()).exists():  # the weekly was sent there before there was an account
            addresses.attach(user, email=user.email, at=AT)
        else:
            told = {"state": Address.State.VERIFIED, "verified_at": AT, "created_at": AT}
            Address.objects.create(email=user.email.lower(), account=user, **told)
        RoleGrant.objects.bulk_create(
            RoleGrant(user=user, role=role, granted_at=AT, ends_at=FAR_OFF if role in WEIGHTY else None) for role in roles
        )
        return user


class FactsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Facts

    user = factory.SubFactory(UserFactory, member=True)
    job = "practice-manager"
    nation = "wales"
    list_size = "5-10k"
    updated_at = AT


class GroupFactory(factory.django.DjangoModelFactory):
    """A group; `members=[…]` and `owners=[…]` are people of it."""

    class Meta:
        model = Group
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda number: f"group-{number}")
    name = factory.Sequence(lambda number: f"Group {number}")
    created_at = AT

    @classmethod
    def _create(cls, model_class, *args, members=(), owners=(), **kwargs):
        group = super()._create(model_class, *args, **kwargs)
        for user in members:
            GroupMember.objects.create(group=group, user=user, added_at=AT)
        for user in owners:
            GroupMember.objects.create(group=group, user=user, added_at=AT, is_owner=True)
        return group
