"""What a register can tell of a member, under which headings institutes keep it, and how they spell it."""

from dataclasses import dataclass
from typing import Final

from accounts.models.facts import Job
from accounts.register.bands import band_of_list_size, band_of_years


@dataclass(frozen=True, slots=True)
class Field:
    """`guesses`: headings under which it is found, lower case. `values`: what is stored for what is written, lower case; None
    where the text itself is stored, of at most `longest` characters."""

    name: str
    label: str
    hint: str
    guesses: tuple[str, ...]
    longest: int = 60
    values: dict[str, str] | None = None


_NATIONS: Final = {
    **dict.fromkeys(("england", "eng", "en", "e"), "england"),
    **dict.fromkeys(("scotland", "sco", "sc", "s", "alba"), "scotland"),
    **dict.fromkeys(("wales", "wal", "wa", "w", "cymru"), "wales"),
    **dict.fromkeys(("northern ireland", "n ireland", "n. ireland", "ni", "n", "nir"), "northern-ireland"),
}
_JOBS: Final = {
    **{str(label).casefold(): value for value, label in Job.choices},
    **dict.fromkeys(("practice manager", "manager", "pm"), "practice-manager"),
    **dict.fromkeys(("business manager", "practice business manager", "bm"), "business-manager"),
    **dict.fromkeys(("operations manager", "ops manager", "om"), "operations-manager"),
    **dict.fromkeys(("deputy manager", "deputy practice manager", "assistant manager", "deputy"), "deputy-manager"),
    **dict.fromkeys(("function manager", "finance manager", "hr manager", "it manager", "reception manager"), "function-manager"),
    **dict.fromkeys(("managing partner", "partner", "manager partner"), "managing-partner"),
    **dict.fromkeys(("network manager", "pcn manager", "cluster manager", "federation manager"), "network-manager"),
}  # fmt: skip
_STATES: Final = {
    **dict.fromkeys(("active", "current", "member", "paid", "live", "yes", "y", "1"), "member"),
    **dict.fromkeys(("lapsed", "expired", "ended", "resigned", "cancelled", "deceased", "no", "n", "0"), "lapsed"),
}

FIELDS: Final = (
    Field("number", "Membership number", "The key: it never changes.",
          ("membership number", "member number", "membership no", "member no", "member id", "membership id", "number",
          "id"), 40),
    Field("email", "E-mail address", "Where an invitation goes.",
          ("email", "e-mail", "email address", "e-mail address", "mail"), 254),
    Field("name", "Full name", "Or first and last name below.", ("name", "full name", "member name", "display name")),
    Field("first_name", "First name", "Used with the last name.", ("first name", "forename", "given name", "firstname")),
    Field("last_name", "Last name", "Used with the first name.", ("last name", "surname", "family name", "lastname")),
    Field("grade", "Membership grade", "", ("grade", "membership grade", "membership type", "category"), 40),
    Field("nation", "Nation", "", ("nation", "country", "home nation"), 40, _NATIONS),
    Field("region", "Region", "", ("region", "area", "ics", "health board"), 60),
    Field("list_size", "Practice list size", "A number is banded at once; the exact one is never kept.",
          ("list size", "practice list size", "patients", "patient list", "list"), 30, {}),
    Field("job", "Role in the practice", "", ("role", "job", "job title", "position", "post"), 80, _JOBS),
    Field("years", "Years in practice management", "A number is banded at once.",
          ("years", "years in practice management", "experience", "years of experience"), 30, {}),
    Field("practice", "Practice code", "Shown to nobody; by it members keep a post from their practice. V81998, or 12345.",
          ("practice code", "practice ods code", "ods code", "ods", "gp practice code", "organisation code"), 12),
    Field("ends_on", "Paid until", "The last day paid for: 31/03/2027 or 2027-03-31.",
          ("paid until", "paid to", "expiry", "expiry date", "expires", "renewal date", "end date", "valid until", "ends")),
    Field("status", "Status", "Says of each line whether it is a member or has lapsed.",
          ("status", "membership status", "state"), 40, _STATES),
)  # fmt: skip
BY_NAME: Final = {field.name: field for field in FIELDS}
BANDED: Final = {"list_size": band_of_list_size, "years": band_of_years}
"""What reads a number of these as a band."""


def plain(text: str) -> str:
    """A heading or a value as it is compared: lower case, one space, no underscores or colons."""
    return " ".join(text.replace("_", " ").replace(":", " ").casefold().split())
