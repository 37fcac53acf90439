"""Several spellings of one mailbox: what is known of it goes by one of them."""

from datetime import datetime

from digest.readers import spellings_of
from mail import addresses
from mail.models import Address


def address_of_mailbox(email: str, *, stream: str, at: datetime) -> Address:
    """The address by which this mailbox gets the stream or is asked about it; else that of its account; else as it was typed.
    Whoever reads the mailbox gets what goes to either."""
    known = spellings_of(email, stream=stream)
    return known[0] if known else addresses.address_for(email, at=at)
