"""The town's two dozen categories, as its topics need to know them. Pure."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from demo.town.chance import Zipf
from demo.town.people import PANELS, panels
from demo.town.plan import Plan

_PUBLIC: Final = (
    "Accreditation", "Running the practice", "The institute", "Reception and phones", "Information governance", "Premises",
    "Systems and software", "New to the role", "Patients and complaints", "Scotland", "Wales", "Northern Ireland",
)  # fmt: skip
_MEMBERS: Final = ("Workforce and pay", "Money and contracts", "Partnerships", "Networks and clusters", "Grievances", "Wellbeing")


@dataclass(frozen=True, slots=True)
class Place:
    """`panel`: the group that a private one belongs to, 0 for others; `kept`: a group keeps it in order beside the moderators."""

    id: int
    name: str
    access: str
    panel: int = 0
    kept: bool = False

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


@cache
def places(plan: Plan) -> tuple[Place, ...]:
    open_ones = [(name, "public", 0) for name in _PUBLIC] + [(name, "members", 0) for name in _MEMBERS]
    private = [(f"{panel.name} room", "group", panel.id) for panel in panels(plan) if panel.name in PANELS]
    return tuple(
        Place(number, name, access, panel, kept=access == "members" and number % 2 == 0)
        for number, (name, access, panel) in enumerate(open_ones + private, start=1)
    )


@cache
def busy_places(plan: Plan) -> Zipf:
    """Where topics are begun: public ones most, private ones least."""
    return Zipf([place.id for place in places(plan)], power=0.8, blunt=2)
