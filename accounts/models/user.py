from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.db.models.query import QuerySet


class UserQuerySet(QuerySet["User"]):
    def with_roles(self) -> Self:
        """Each user with `role_names`, the roles held now: one statement for any number of users."""
        now = models.functions.Now()
        grant = models.Q(role_grants__isnull=False)  # the outer join's empty row is no grant
        unended = models.Q(role_grants__ends_at=None) | models.Q(role_grants__ends_at__gt=now)
        held = grant & models.Q(role_grants__revoked_at=None) & unended
        empty = models.Value([], output_field=ArrayField(models.CharField()))
        return self.annotate(role_names=Coalesce(ArrayAgg("role_grants__role", filter=held, distinct=True), empty))

    def by_name(self) -> Self:
        return self.order_by("sort_key", "pk")


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())  # type: ignore[no-any-return]


class User(AbstractBaseUser):
    """A person with an account. Never deleted: at erasure the row is blanked, so that what was counted stays counted.

    `email` is lower case. A person imported from another forum has a placeholder address, no usable password and a
    `claim_key` (`discourse:<host>:<username>`) by which the account is found when its owner comes.
    """

    email = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=60)
    handle = models.SlugField(max_length=50, unique=True)
    sort_key = models.CharField(max_length=80, editable=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    claim_key = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001 - unique, and most have none
    card_version = models.PositiveIntegerField(default=1)

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
    def is_placeholder(self) -> bool:
        """Imported and not yet claimed: nobody reads mail for it."""
        return self.claim_key is not None and not self.has_usable_password()
