"""Which column says what: guessed from the header, mended by a person, remembered under the header."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.register.fields import FIELDS, plain


@dataclass(frozen=True, slots=True)
class Columns:
    """`places`: for each field the column it stands in, counted from 0; a field that is not there is not told by this file.
    `values`: for a field, what a written value (lower case) means."""

    places: Mapping[str, int]
    values: Mapping[str, Mapping[str, str]]

    @property
    def problems(self) -> list[str]:
        """What must be mended before a file can be read by it, as sentences."""
        told = []
        if "number" not in self.places:
            told.append("Say which column holds the membership number: it is how members are told apart.")
        if "email" not in self.places:
            told.append("Say which column holds the e-mail address: invitations go there.")
        if ("first_name" in self.places) != ("last_name" in self.places):
            told.append("First and last name go together: choose both or neither.")
        taken = list(self.places.values())
        if len(set(taken)) < len(taken):
            told.append("One column is chosen twice. Each can say one thing.")
        return told


def header_key(header: Sequence[str]) -> str:
    """The same for every file with these headings in this order, whatever their case: 64 characters."""
    return hashlib.sha256(json.dumps([plain(name) for name in header]).encode()).hexdigest()


def guess_columns(header: Sequence[str]) -> dict[str, int]:
    """For each field the column whose heading is one of its usual ones; the first name on a field's list wins."""
    names = [plain(name) for name in header]
    found: dict[str, int] = {}
    for field in FIELDS:
        place = next((names.index(guess) for guess in field.guesses if guess in names), None)
        if place is not None and place not in found.values():
            found[field.name] = place
    if "name" in found:
        found.pop("first_name", None)
        found.pop("last_name", None)
    return found
