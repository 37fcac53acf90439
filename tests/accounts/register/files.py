"""Registers as an institute's system would write them."""

import csv
import io
import random
from collections.abc import Iterator

HEADER = ["Member No", "Email", "Full name", "Grade", "Nation", "List size", "Role", "Paid until", "Status"]
NATIONS = ["England"] * 8 + ["Scotland", "Wales", "Cymru", "Northern Ireland"]
ROLES = ["Practice Manager"] * 6 + ["Business manager", "Deputy manager", "PCN manager", ""]


def csv_of(*rows: list[object], header: list[str] = HEADER, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def row(number: str, email: str | None = None, **told: object) -> list[object]:
    """One line of the register under HEADER."""
    usual: dict[str, object] = {
        "name": f"Member {number}", "grade": "Full", "nation": "Wales", "size": "7840", "role": "Practice manager",
        "until": "31/03/2199", "status": "Active",
    }  # fmt: skip
    usual |= told
    return [number, f"{number.lower()}@example.org" if email is None else email, *usual.values()]


def many(count: int, *, faulty: float = 0.02, seed: int = 7, but: frozenset[int] = frozenset()) -> Iterator[bytes]:
    """A register of `count` lines in pieces, a share of them faulty, the same for the same seed. Lines in `but` are left out."""
    dice = random.Random(seed)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(count):
        line = row(f"M{number:06}", nation=dice.choice(NATIONS), size=str(dice.randrange(1_500, 32_000)), role=dice.choice(ROLES))
        if dice.random() < faulty:
            line[dice.choice([1, 4, 5, 7])] = dice.choice(["nobody knows", "31/02/2027", "a@@b"])
        if number not in but:
            writer.writerow(line)
        if text.tell() > 262_144:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
