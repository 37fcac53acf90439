"""The registry of surfaces: everything by which content leaves.

Each app declares its own in `<app>/surfaces.py` as `SURFACES`, a tuple of `Surface`. Tests hold that nothing leaves by a
door that is not listed here (tests/project/test_surfaces.py), that an anonymous GET of each URL gets what `access`
says, and that whatever carries content stands in the visibility matrix (tests/visibility/test_matrix.py).
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from django.conf import settings

Kind = Literal["url", "mail", "notice", "socket", "feed", "task"]
Access = Literal[
    "public", "signed-in", "member", "group", "moderator", "organiser", "director", "administrator", "officer", "staff",
    "token", "visible",
]  # fmt: skip
Carries = Literal["posts", "consultations", "edition", "nothing"]


@dataclass(frozen=True, slots=True)
class Surface:
    """One way out.

    kind     what sort of door
    name     URL name with namespace, mail kind, notice kind, live channel, or task name
    access   who passes; `visible`: depends on the thing, what may not be known is a 404; `token`: a secret in the address
    carries  what content passes; anything but `nothing` needs a probe in the visibility matrix
    note     why it carries nothing, where that is not plain from the name
    """

    kind: Kind
    name: str
    access: Access
    carries: Carries = "nothing"
    note: str = ""


def all_surfaces() -> tuple[Surface, ...]:
    """Every declared surface, from every installed app of ours that has a `surfaces` module. Raises on a double."""
    found: list[Surface] = []
    for label in settings.INSTALLED_APPS:
        if "." in label or find_spec(f"{label}.surfaces") is None:
            continue
        found.extend(import_module(f"{label}.surfaces").SURFACES)
    keys = [(surface.kind, surface.name) for surface in found]
    doubles = {key for key in keys if keys.count(key) > 1}
    if doubles:
        raise ValueError(f"Surfaces declared twice: {sorted(doubles)}")
    return tuple(found)


SURFACES = (
    Surface("url", "healthz", "public", note="one word"),
    Surface("url", "readyz", "public", note="the state of servers"),
    Surface("url", "favicon", "public", note="our mark"),
    Surface("url", "appearance", "public", note="a form"),
    Surface("url", "keys", "public", note="a list of keys"),
    Surface("url", "styleguide", "staff", note="components with invented words"),
    Surface("task", "common.heartbeat", "staff", note="a time"),
    Surface("task", "common.seal_audit", "staff", note="hashes"),
)
