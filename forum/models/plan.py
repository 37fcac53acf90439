"""What an administrator wants a category to be: a plain value, before anything is changed."""

from dataclasses import dataclass
from typing import Final

from accounts.models import Group

GROUPS: Final = ("group", "start_group", "reply_group", "moderate_group")


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """What a category is to be: its words, who reads (`group` where it is private), who alone starts, answers and moderates
    (None: nobody in particular), and its place in the list."""

    name: str
    description: str
    access: str
    group: Group | None = None
    start_group: Group | None = None
    reply_group: Group | None = None
    moderate_group: Group | None = None
    position: int | None = None

    @property
    def rights(self) -> dict[str, object]:
        """What is audited: who may do what, as ids."""
        groups: dict[str, Group | None] = {name: getattr(self, name) for name in GROUPS}
        return {"access": self.access, **{name: group.pk if group else None for name, group in groups.items()}}
