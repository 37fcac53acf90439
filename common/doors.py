"""Opens a dotted path out of a setting: how a lower room reaches a higher one without importing it."""

from functools import cache
from typing import Any

from django.utils.module_loading import import_string


@cache
def open_door(dotted_path: str) -> Any:
    """The object that `dotted_path` names; made once where it is a class. Raises ImportError naming the path."""
    found = import_string(dotted_path)
    return found() if isinstance(found, type) else found
