"""What goes wrong in the domain, as opposed to in the program."""

from typing import ClassVar

from django.http import Http404


class NotFound(Http404):
    """Nothing is there, and a page of its own says what to do instead."""

    template: ClassVar = "404.html"


class DomainError(Exception):
    """The world is not such that this can be done now. `str()` is a sentence fit for the page.

    Each kind is declared beside the action that raises it; forms show it beside the field or on top of the page.
    """


class NotTheSame(AssertionError):
    """What was kept is not what would be made now: its key lacks something that it hangs on. Raised where
    settings.KEPT_IS_COMPARED, as in tests."""
