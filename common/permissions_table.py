"""docs/permissions.md, written out of the registry of surfaces: one place knows, the page repeats."""

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

Roles: member, moderator, organiser, director. A director may do what an organiser may. A role is a row with who gave it and
when; it ends by a date or a revocation. Nobody has a role by being technical staff.
"""


def permissions_page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for kind, title in _KINDS.items():
        rows = sorted((surface for surface in all_surfaces() if surface.kind == kind), key=lambda surface: surface.name)
        if rows:
            parts.append(
                f"\n## {title}\n\n| {title.lower().rstrip('s')} | who | carries |\n|---|---|---|\n" + "".join(map(_row, rows))
            )
    return "".join(parts)


def _row(surface: Surface) -> str:
    carries = surface.note or surface.carries if surface.carries == "nothing" else surface.carries
    return f"| `{surface.name}` | {_WHO[surface.access]} | {carries} |\n"
