"""Conditions that several tables share."""

from django.db.models import Q


def author_xor_persona(author: str = "author", persona: str = "persona") -> Q:
    """(author_id IS NULL) <> (persona_id IS NULL): whoever wrote is a person or a persona, never both."""
    return Q(**{f"{author}__isnull": True, f"{persona}__isnull": False}) | Q(
        **{f"{author}__isnull": False, f"{persona}__isnull": True}
    )


def together(*names: str) -> Q:
    """All of these columns are empty, or none is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})
