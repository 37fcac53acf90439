"""The old forum's categories. A topic's file gives only a number; names are learned where the archive tells them."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.html import strip_tags
from django.utils.text import slugify

from accounts.models import Group
from forum.imports.fields import count, flag, objects, text
from forum.models import Category

_BADGE: Final = re.compile(
    r'class="badge-wrapper[^"]{0,40}" href="/c/[^"\s]{1,200}?/(\d{1,6})">(?:<span [^<>]{0,200}></span>){0,4}'
    r'<span [^<>]{0,80}class="badge-category [^<>]{0,500}>([^<>]{1,80})<'
)


class Categories:
    """Finds or makes the category for each number. `access` is for those that the archive does not call restricted; those become
    private to a group that has nobody in it yet."""

    def __init__(self, host: str, access: str, *, at: datetime) -> None:
        self._host = host
        self._access = access
        self._at = at
        self._names: dict[int, str] = {}
        self._restricted: set[int] = set()
        self._known: dict[int, Category] = {}

    def of(self, number: int) -> Category:
        """The category for this number, made if need be."""
        if number not in self._known:
            self._known[number] = self._found(number) or self._made(number)
        return self._known[number]

    def _found(self, number: int) -> Category | None:
        return Category.objects.filter(slug=self._slug(number)).first()

    def _made(self, number: int) -> Category:
        restricted = number in self._restricted
        return Category.objects.create(
            slug=self._slug(number),
            name=self._names.get(number, _placeholder(number)),
            description=f"Brought here from {self._host}."[:300],
            access=Category.Access.GROUP if restricted else self._access,
            group=self._group(number) if restricted else None,
            position=1_000 + min(number, 30_000),
        )

    def _group(self, number: int) -> Group:
        """Whose a restricted category is: nobody's yet. Who belonged to it there, an archive does not tell."""
        return Group.objects.get_or_create(
            slug=self._slug(number),
            defaults={"name": self._names.get(number, _placeholder(number)), "created_at": self._at},
        )[0]

    def is_ours(self, category: Category) -> bool:
        """It stands for one of the old forum's, so that a topic in it was not moved since."""
        return category.slug.startswith(f"{_stem(self._host)}-")

    def forget(self) -> None:
        """After a topic was rolled back: a category made for it went with it."""
        self._known.clear()

    def learn_from_badges(self, cooked: str) -> None:
        """Quotes of other topics carry their category's name: Discourse wrote it, no member can."""
        if "badge-category" in cooked:
            for number, name in _BADGE.findall(cooked):
                self._names.setdefault(int(number), " ".join(strip_tags(name).split()) or _placeholder(int(number)))

    def learn_from_list(self, found: Mapping[str, object]) -> bool:
        """`/categories.json` or `/site.json`, where the archive has one: names, and which are restricted. False for
        anything else. Raises Unreadable."""
        inner = found.get("category_list")
        holder = inner if isinstance(inner, dict) else found
        if "categories" not in holder:
            return False
        for raw in objects(holder, "categories", "the list"):
            number = count(raw, "id", "a category")
            self._names[number] = text(raw, "name")[:80].strip() or _placeholder(number)
            if flag(raw, "read_restricted"):
                self._restricted.add(number)
                self._shut(number)
        return True

    def _shut(self, number: int) -> None:
        """One that was brought here open to everybody; what was decided here since stays."""
        found = self._found(number)
        if found is not None and found.is_public:
            Category.objects.filter(pk=found.pk).update(access=Category.Access.GROUP, group=self._group(number))

    def give_names(self) -> None:
        """Give those that have only a number the names learned since; a name given here stays."""
        for number, name in self._names.items():
            Category.objects.filter(slug=self._slug(number), name=_placeholder(number)).update(name=name)

    def _slug(self, number: int) -> str:
        return f"{_stem(self._host)}-{number}"


def _stem(host: str) -> str:
    stem = slugify(host.replace(".", "-"))
    return stem if len(stem) <= 48 else f"{stem[:39]}-{hashlib.sha256(host.encode()).hexdigest()[:8]}"


def _placeholder(number: int) -> str:
    return f"Category {number}" if number else "Without a category"
