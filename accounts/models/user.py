from typing import Any, ClassVar, Self

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Least, Lower, Now
from django.db.models.query import QuerySet
from django.urls import reverse

from accounts.models.facts import Facts
from accounts.models.group import GroupMember
from accounts.models.roles import RoleGrant
from accounts.models.sanction import Sanction

SECOND_FACTORS = ("totp", "webauthn")


class UserQuerySet(QuerySet["User"]):
    def with_roles(self) -> Self:
        """Each user with what their standing hangs on now: `role_names`, `group_ids`, `owned_ids`, `suspended_until`,
        `member_ended_at`, `has_second_factor`, `practice_codes`. One statement for any number of users."""
        now = Now()
        mine = {"user": OuterRef("pk")}
        roles = RoleGrant.objects.held_at(now).filter(**mine).order_by("role").values("role")
        groups = GroupMember.objects.standing().filter(**mine).order_by("group")
        suspensions = Sanction.objects.in_force_at(now).filter(**mine).order_by("-ends_at")
        ended = RoleGrant.objects.filter(**mine, role="member").annotate(over_at=Least("ends_at", "revoked_at"))
        ended = ended.filter(over_at__lte=now).order_by("-over_at")
        return self.annotate(
            role_names=ArraySubquery(roles),
            group_ids=ArraySubquery(groups.values("group")),
            owned_ids=ArraySubquery(groups.filter(is_owner=True).values("group")),
            suspended_until=Subquery(suspensions.values("ends_at")[:1]),
            member_ended_at=Subquery(ended.values("over_at")[:1]),
            practice_codes=Subquery(Facts.objects.filter(**mine).values("practices")[:1]),
            has_second_factor=Exists(Authenticator.objects.filter(**mine, type__in=SECOND_FACTORS)),
        )

    def by_name(self) -> Self:
        return self.order_by("sort_key", "pk")


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())  # type: ignore[no-any-return]


class User(AbstractBaseUser):
    """A person with an account. Never deleted: at erasure the row is blanked, so that what was counted stays counted.

    `email` is lower case. A person imported from another forum has a placeholder address, no usable password and a
    `claim_key` (`discourse:<host>:<username>`) by which the account is found when its owner comes. `terms_version` is the last
    version of the terms that the person accepted; when and which before: `TermsAcceptance`. `avatar`: the digest of the picture,
    empty where there is none. `topic_face`: how they read topics on every device (`forum.requests.FACES`); empty where they never
    said so. `closes_at`: when the account ends for good, unless it is called off (`Closing`); `erased_at`: since
    when the row says nothing of anybody.
    """

    email = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=60)
    handle = models.SlugField(max_length=50, unique=True)
    sort_key = models.CharField(max_length=80, editable=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    claim_key = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001 - unique, and most have none
    card_version = models.PositiveIntegerField(default=1)
    terms_version = models.CharField(max_length=20, default="", db_default="", blank=True)
    avatar = models.CharField(max_length=32, blank=True, default="", db_default="")
    topic_face = models.CharField(max_length=13, blank=True, default="", db_default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="user_email_is_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(name="user_has_a_display_name", condition=~models.Q(display_name="")),
        ]
        indexes: ClassVar = [models.Index("sort_key", "id", name="user_by_name")]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ", 1)[0]

    @property
    def avatar_url(self) -> str:
        """Where the picture is; empty where initials do."""
        return reverse("accounts:avatar", args=[self.pk, self.avatar]) if self.avatar else ""

    @property
    def is_placeholder(self) -> bool:
        """Imported and not yet claimed: nobody reads mail for it."""
        return self.claim_key is not None and self.erased_at is None and not self.has_usable_password()
