"""The words that somebody agreed to, each under an id that means them for ever: a consent row names the id. Pure.

Words that change get a new id, and the old ones stay (a test holds each text to its id). `{name}` is the name of what was asked
for, `{address}` where it goes.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    """What stood there, and where."""

    id: str
    where: str
    text: str


FORM: Final = Wording(
    "form-1",
    "the form on the page of the weekly",
    "No account needed. We send one mail to this address, with a link to confirm it. If you do not, nothing more comes. Every"
    " edition carries a link that ends it in one click. We use the address for this only.",
)
CONFIRM: Final = Wording(
    "confirm-1",
    "the page behind the link in the mail that asked for a confirmation",
    "Yes, send me {name}. The edition that is out goes to you at once, the next ones at your time. We keep a note of when you"
    " agreed and to which words.",
)
ACCOUNT: Final = Wording(
    "account-1",
    "the page of one's own account",
    "Send me {name}. It goes to the address of your account. The edition that is out comes at once. You can stop it here or in"
    " any edition.",
)
LINK: Final = Wording(
    "link-1",
    "the page behind a link in an edition",
    "Ask for {name}. We send one mail to the same address, with a link to confirm it. If you do not, nothing changes.",
)
MOVE: Final = Wording(
    "move-1",
    "the page behind the link in the mail to a new address",
    "Yes, send it here. From now on everything that goes to the old address goes to this one, and nothing to the old one.",
)
ACCOUNT_MOVED: Final = Wording(
    "account-moved-1",
    "the page on which an account changes its address",
    "Mail that you asked for goes along when you change the address of your account.",
)
BROUGHT: Final = Wording(
    "brought-1",
    "a list that an officer brought in",
    "Agreed elsewhere, before. The list says on which basis, when and where; see the row.",
)
ENDED: Final = Wording("ended-1", "wherever it was ended", "Stop {name}. Nothing more is sent, not even an edition on its way.")
NOT_ME: Final = Wording(
    "not-me-1",
    "the page behind “it was not me” in the mail that asked for a confirmation",
    "I did not ask for {name}. Nothing is sent to this address, and for 30 days nobody can have it asked again.",
)
CLOSED: Final = Wording(
    "closed-1",
    "the page on which an account is closed",
    "What goes: the weekly and every other mail, at once, also an edition that is on its way. A list that somebody brings in"
    " cannot bring you back.",
)
FORGET: Final = Wording(
    "forget-1",
    "the page behind a link in an edition that has an address forgotten",
    "Forget my address. Everything that goes to it ends at once, also an edition that is on its way, and no list brings it back."
    " That it was asked for and ended stays written, without the address.",
)
FIRST: Final = Wording(
    "weekly-2026-11",
    "all forms of the weekly until 28 November 2026",
    "No account needed. We send one mail to this address with a link to a page to confirm; without that, nothing. Every edition"
    " carries a link that ends it in one click. We use the address for the weekly only.",
)

WORDINGS: Final = {
    each.id: each for each in (FORM, CONFIRM, ACCOUNT, LINK, MOVE, ACCOUNT_MOVED, BROUGHT, ENDED, NOT_ME, CLOSED, FORGET, FIRST)
}
