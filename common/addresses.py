"""Addresses of the same kind by the dozen: `reverse` looks through every pattern of the site for each of them."""

from functools import cached_property

from django.urls import reverse

_STAND_INS = (2_100_000_001, 2_100_000_002)


class Numbered:
    """The addresses of a URL name whose arguments are two whole numbers, or a number and a slug (`is_slug`)."""

    def __init__(self, name: str, *, is_slug: bool = False) -> None:
        self._name, self._is_slug = name, is_slug

    def of(self, first: int, second: int | str) -> str:
        """As `reverse` writes it."""
        before, between, after = self._pieces
        return f"{before}{first}{between}{second}{after}"

    @cached_property
    def _pieces(self) -> tuple[str, str, str]:
        first, second = _STAND_INS
        before, _, rest = reverse(self._name, args=[first, str(second) if self._is_slug else second]).partition(str(first))
        between, _, after = rest.partition(str(second))
        return before, between, after
