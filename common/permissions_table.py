"""docs/permissions.md, written out of the registry of surfaces: one place knows, the page repeats."""

from collections.abc import Sequence

from common.rules import Rule, Sample, all_rules, sample_people
from common.surfaces import Surface, all_surfaces

_WHO = {
    "public": "everybody",
    "visible": "whoever may see the thing; for others it does not exist (404)",
    "token": "whoever holds the link from the mail",
    "signed-in": "everybody signed in",
    "member": "members",
    "moderator": "moderators",
    "organiser": "organisers and directors",
    "director": "directors",
    "administrator": "administrators",
    "officer": "administrators and directors; trustees look",
    "group": "the people of the group; what runs it, its owners; for others it does not exist (404)",
    "staff": "moderators, organisers and directors",
}
_KINDS = {
    "url": "Pages",
    "mail": "Mails",
    "notice": "Notices",
    "socket": "Live channels",
    "feed": "Feeds",
    "task": "Background tasks",
}

_HEAD = """# Who may see and do what

Written by `manage.py write_permissions` from every room's `surfaces.py`; a test holds it true. What somebody may do to a
thing they see is decided by the rules in each room's `permissions.py`, which the actions themselves enforce.

A role is a row with who gave it, when and until when; it ends by a date or a revocation. Director and administrator are proposed
by one officer, granted by another, and end by a date. Nobody has a role by being technical staff.
"""


def permissions_page() -> str:
    """The whole page as Markdown."""
    people = sample_people()
    parts = [_HEAD, _roles(people), *(_rules(room, rules, people) for room, rules in all_rules())]
    for kind, title in _KINDS.items():
        rows = sorted((surface for surface in all_surfaces() if surface.kind == kind), key=lambda surface: surface.name)
        if rows:
            parts.append(
                f"\n## {title}\n\n| {title.lower().rstrip('s')} | who | carries |\n|---|---|---|\n" + "".join(map(_row, rows))
            )
    return "".join(parts)


def _roles(people: Sequence[Sample]) -> str:
    rows = "".join(f"| {sample.name} | {sample.describes} |\n" for sample in people if sample.describes)
    return f"\n## Roles\n\n| role | what it is for |\n|---|---|\n{rows}"


def _rules(room: str, rules: Sequence[Rule], people: Sequence[Sample]) -> str:
    """Every rule asked about everybody: the table cannot say what the code does not."""
    heads = "".join(f" {sample.name} |" for sample in people)
    rows = "".join(
        f"| {rule.what} |" + "".join(f" {'yes' if rule.ask(sample.person) else ''} |" for sample in people) + "\n"
        for rule in rules
    )
    return f"\n## Rules of {room}\n\n| may |{heads}\n|---|{'---|' * len(people)}\n{rows}"


def _row(surface: Surface) -> str:
    carries = surface.note or surface.carries if surface.carries == "nothing" else surface.carries
    return f"| `{surface.name}` | {_WHO[surface.access]} | {carries} |\n"
