"""Addresses that one mailbox has, and mailboxes that nobody owns alone. Pure."""

import re
from typing import Final

DOTLESS: Final = frozenset({"gmail.com", "googlemail.com"})
"""Providers that say so themselves: dots in the name mean nothing, and what follows a + is a label."""
_DESKS: Final = frozenset(
    {
        *("admin", "administration", "appointments", "bookings", "contact", "dispensary", "enquiries", "enquiry"),
        *("gp", "hello", "help", "hr", "info", "mail", "management", "manager"),
        *("managers", "no", "noreply", "reply", "office", "pm", "postmaster", "practice", "prescriptions", "reception"),
        *("secretary", "surgery", "support", "team", "webmaster"),
    }
)
_BETWEEN: Final = re.compile(r"[.\-_0-9]+")


def mailbox_of(email: str) -> str:
    """The same for addresses that certainly reach one mailbox: case everywhere; dots and labels where the provider says so."""
    name, _, domain = email.strip().lower().rpartition("@")
    if domain in DOTLESS:
        return f"{name.partition('+')[0].replace('.', '')}@gmail.com"
    return f"{name}@{domain}"


def same_mailbox(email: str) -> str | None:
    """A pattern of the addresses, in lower case, that certainly reach the same mailbox; None where that is this one alone."""
    name, _, domain = mailbox_of(email).rpartition("@")
    if domain not in DOTLESS or not name:
        return None
    letters = r"\.?".join(re.escape(letter) for letter in name)
    return rf"^{letters}(\+[^@]*)?@({'|'.join(re.escape(each) for each in sorted(DOTLESS))})$"


def is_role(email: str) -> bool:
    """Whether what stands before the @ is a desk and not a person: `info`, `practice.manager`, `reception-2`."""
    name = email.strip().lower().rpartition("@")[0].partition("+")[0]
    words = [word for word in _BETWEEN.split(name) if word]
    return bool(words) and all(word in _DESKS for word in words)
