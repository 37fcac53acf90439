"""Conditions that several tables share."""

from django.conf import settings
from django.db.models import BinaryField, F, Func, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from accounts.standing import Standing
from forum.keeping import SALT, practice_key
from forum.models.category import moderated_rule


def author_xor_persona(author: str = "author", persona: str = "persona") -> Q:
    """(author_id IS NULL) <> (persona_id IS NULL): whoever wrote is a person or a persona, never both."""
    return Q(**{f"{author}__isnull": True, f"{persona}__isnull": False}) | Q(
        **{f"{author}__isnull": False, f"{persona}__isnull": True}
    )


def together(*names: str) -> Q:
    """All of these columns are empty, or none is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


def mark_is_whole() -> Q:
    return Q(kept_from=None) | Q(Exact(Length("kept_from"), 48))


def not_kept_rule(standing: Standing, category: str, *, prefix: str = "") -> Q:
    """Nobody is shown what is kept from their own practice, but its author; nor whoever has not said which practice is theirs,
    but who keeps the category in order. `prefix` leads to what may be kept, `category` to its category."""
    rule = Q(**{f"{prefix}kept_from": None})
    if not standing.is_signed_in:
        return rule
    rule |= Q(**{f"{prefix}author": standing.user_id})
    others = Q() if standing.practices else moderated_rule(standing, category)
    for code in sorted(standing.practices):
        others &= ~Q(_mark_of(code, f"{prefix}kept_from"))
    return rule | (Q(**{f"{prefix}kept_from__isnull": False}) & others)


def _mark_of(code: str, column: str) -> Exact:
    """Whether the mark is this practice's: `sha256(key ‖ salt)` in SQL, as `forum.keeping` makes it."""
    key = Value(practice_key(settings.PERSONA_KEY, code), output_field=BinaryField())
    salt = Func(F(column), Value(1), Value(SALT), function="substring")
    both = Func(key, salt, template="(%(expressions)s)", arg_joiner=" || ")
    made = Func(both, function="sha256", output_field=BinaryField())
    kept = Func(F(column), Value(SALT + 1), function="substring", output_field=BinaryField())
    return Exact(kept, made)
