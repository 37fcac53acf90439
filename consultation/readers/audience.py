"""Who may answer: members of all that was chosen, or those on a list. One rule in two forms: a sentence, and a queryset."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from accounts.models import Group, GroupMember, RoleGrant, User
from accounts.models.facts import ListSize, Nation
from consultation.models import Consultation, Eligible, Invited


@dataclass(frozen=True, slots=True)
class Audience:
    """What is empty narrows nothing. `only_invited`: those on the list of `consultation_id`, whatever else is set."""

    consultation_id: int
    grades: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    list_sizes: tuple[str, ...] = ()
    group: Group | None = field(default=None)
    only_invited: bool = False

    @property
    def is_everybody(self) -> bool:
        return not (self.grades or self.nations or self.list_sizes or self.group or self.only_invited)


def audience_of(consultation: Consultation) -> Audience:
    """At most one statement, for a group's name."""
    return Audience(
        consultation_id=consultation.pk,
        grades=tuple(consultation.for_grades),
        nations=tuple(consultation.for_nations),
        list_sizes=tuple(consultation.for_list_sizes),
        group=consultation.for_group,
        only_invited=consultation.only_invited,
    )


def in_a_sentence(audience: Audience) -> str:
    """Without a full stop: `all verified members`, `verified members in Wales whose practice has …`."""
    if audience.only_invited:
        return "the members on a list that the institute made"
    if audience.is_everybody:
        return "all verified members"
    parts = ["verified members"]
    if audience.grades:
        parts.append(f"of the grade {_either(audience.grades)}")
    if audience.nations:
        parts.append(f"in {_either(str(Nation(nation).label) for nation in audience.nations)}")
    if audience.list_sizes:
        parts.append(f"whose practice has {_either(str(ListSize(size).label) for size in audience.list_sizes)} patients")
    if audience.group:
        parts.append(f"who belong to the group “{audience.group.name}”")
    return " ".join(parts)


def entitled(audience: Audience, *, at: datetime) -> "QuerySet[User]":
    """Whom it names at this moment: accounts that hold membership."""
    members = RoleGrant.objects.held_at(at).filter(user=OuterRef("pk"), role=RoleGrant.Role.MEMBER)
    found: QuerySet[User] = User.objects.filter(Exists(members), is_active=True)
    if audience.only_invited:
        return found.filter(Exists(Invited.objects.filter(consultation=audience.consultation_id, user=OuterRef("pk"))))
    if audience.grades:
        found = found.filter(facts__grade__in=audience.grades)
    if audience.nations:
        found = found.filter(facts__nation__in=audience.nations)
    if audience.list_sizes:
        found = found.filter(facts__list_size__in=audience.list_sizes)
    if audience.group:
        found = found.filter(Exists(GroupMember.objects.standing().filter(group=audience.group, user=OuterRef("pk"))))
    return found


def with_facts(people: "QuerySet[User]") -> "QuerySet[User, Any]":
    """Each with nation and list size, empty where not stated."""
    nothing = Value("")
    return people.values_list("pk", Coalesce("facts__nation", nothing), Coalesce("facts__list_size", nothing))


def count_entitled(audience: Audience, *, at: datetime) -> int:
    return entitled(audience, at=at).count()


def is_entitled(user_id: int, consultation: Consultation, *, at: datetime) -> bool:
    """On the list that was frozen at the opening, or named by the rule now. No statement where every member is."""
    audience = audience_of(consultation)
    if audience.is_everybody:
        return True
    listed = Eligible.objects.filter(consultation=consultation, user=user_id).exists()
    return listed or entitled(audience, at=at).filter(pk=user_id).exists()


def asks(user_id: int) -> Q:
    """Of rows of consultations: every member is asked, or this one is on its list. For lists; `is_entitled` has the last word."""
    everybody = Q(for_grades__len=0, for_nations__len=0, for_list_sizes__len=0, for_group=None, only_invited=False)
    return everybody | Q(Exists(Eligible.objects.filter(consultation=OuterRef("pk"), user=user_id)))


def known_grades() -> list[str]:
    """Grades that members have."""
    grades = User.objects.filter(is_active=True).exclude(facts__grade="").exclude(facts__grade=None)
    return list(grades.values_list("facts__grade", flat=True).distinct().order_by("facts__grade"))


def _either(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
