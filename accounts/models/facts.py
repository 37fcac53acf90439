from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Job(models.TextChoices):
    PRACTICE_MANAGER = "practice-manager", "Practice manager"
    BUSINESS_MANAGER = "business-manager", "Business manager"
    OPERATIONS_MANAGER = "operations-manager", "Operations manager"
    DEPUTY_MANAGER = "deputy-manager", "Deputy or assistant manager"
    FUNCTION_MANAGER = "function-manager", "Function manager (finance, HR, IT, reception)"
    MANAGING_PARTNER = "managing-partner", "Managing partner"
    NETWORK_MANAGER = "network-manager", "Network, cluster or federation manager"


class Nation(models.TextChoices):
    ENGLAND = "england", "England"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"


class ListSize(models.TextChoices):
    UNDER_5K = "under-5k", "under 5,000"
    FROM_5K = "5-10k", "5,000–9,999"
    FROM_10K = "10-15k", "10,000–14,999"
    FROM_15K = "15-20k", "15,000–19,999"
    FROM_20K = "20k-plus", "20,000 and over"


class Years(models.TextChoices):
    UNDER_2 = "under-2", "under 2 years"
    FROM_2 = "2-4", "2–4 years"
    FROM_5 = "5-9", "5–9 years"
    FROM_10 = "10-19", "10–19 years"
    FROM_20 = "20-plus", "20 years and more"


def _known(name: str, kinds: type[models.TextChoices]) -> models.CheckConstraint:
    return models.CheckConstraint(name=f"facts_{name}_is_known", condition=models.Q((f"{name}__in", ["", *kinds.values])))


class Source(models.TextChoices):
    REGISTER = "register", "From the register"
    DECLARED = "declared", "Declared by the member"
    VERIFIED = "verified", "Verified by the institute"


class Audience(models.TextChoices):
    EVERYBODY = "everybody", "Beside my posts"
    MEMBERS = "members", "On my profile only"
    NOBODY = "nobody", "Nobody; it is only counted"


OFFICIAL: Final = ("job", "nation", "region", "list_size", "years", "grade")
"""The facts that a register can tell, in the order of a page; of each a person says who is shown it. What they wrote about
themselves nobody else can tell, and they wrote it to be read."""


_NO_PRACTICES: Final = models.Value([], ArrayField(models.CharField(max_length=10)))
_NOTHING: Final = models.Value({}, models.JSONField())


class Facts(models.Model):
    """What is known of a member, banded: never an exact list size. Empty means not stated.

    `sources` says of each field where it is from: `{"nation": {"source": "register", "at": "2026-11-03T…", "by": 7}}`; a field
    that is not there was self-declared. `audience` says who is shown it: `{"years": "members"}` (on the profile only) or
    `"nobody"` (counted only); a field that is not there stands beside the person's posts.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="facts")
    job = models.CharField("role", max_length=30, choices=Job, blank=True)
    nation = models.CharField(max_length=20, choices=Nation, blank=True)
    list_size = models.CharField("practice list size", max_length=10, choices=ListSize, blank=True)
    years = models.CharField("years in practice management", max_length=10, choices=Years, blank=True)
    grade = models.CharField("membership grade", max_length=40, blank=True, default="", db_default="")
    region = models.CharField(max_length=60, blank=True, default="", db_default="")
    bio = models.CharField("about you", max_length=300, blank=True)
    interests = models.CharField("declared interests", max_length=300, blank=True, default="", db_default="")
    practices = ArrayField(models.CharField(max_length=10), default=list, db_default=_NO_PRACTICES)
    sources = models.JSONField(default=dict, db_default=_NOTHING)
    audience = models.JSONField(default=dict, db_default=_NOTHING)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            _known("job", Job),
            _known("nation", Nation),
            _known("list_size", ListSize),
            _known("years", Years),
        ]

    IN_LINE: ClassVar = ("job", "nation", "list_size")
    """Those that stand beside a person's posts, unless the person says otherwise."""

    def __str__(self) -> str:
        return self.line

    def audience_of(self, name: str) -> str:
        """Who is shown a fact. What never stands beside posts is on the profile at most."""
        widest = Audience.EVERYBODY if name in self.IN_LINE else Audience.MEMBERS
        return str(self.audience.get(name, widest))

    @staticmethod
    def label_of(name: str) -> str:
        """What a field is called on a page: `Practice list size`."""
        field: Any = Facts._meta.get_field(name)
        return str(field.verbose_name).capitalize()

    def in_words(self, name: str) -> str:
        """A fact as people say it; empty where it is not stated."""
        display = getattr(self, f"get_{name}_display", None)
        return str(display() if display else getattr(self, name))

    @property
    def line(self) -> str:
        """One line for a post's head: `Practice manager, Wales, 5,000–9,999`. Empty where nothing is stated."""
        shown = (name for name in self.IN_LINE if self.audience_of(name) == Audience.EVERYBODY)
        told = (getattr(self, f"get_{name}_display")() for name in shown)
        return ", ".join(part for part in told if part)
