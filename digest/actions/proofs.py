"""What somebody said yes or no to, written down beside the change."""

from datetime import date, datetime

from digest.models import Subscription
from digest.wordings import Wording
from mail.models import ConsentEvent


def prove(
    subscription: Subscription,
    action: str,
    *,
    wording: Wording,
    form: str,
    ip: str,
    at: datetime,
    by: int | None = None,
    given_on: date | None = None,
    source: str = "",
) -> None:
    """One row of the ledger; nobody changes it afterwards. `given_on` and `source`: of what was agreed elsewhere. `by`: an
    account other than that of the address."""
    ConsentEvent.objects.create(
        address=subscription.address,
        stream=subscription.stream,
        action=action,
        basis=subscription.basis,
        wording_id=wording.id,
        form=form,
        ip_trunc=ip,
        at=at,
        by=subscription.address.account_id if by is None else by,
        given_on=given_on,
        source=source,
    )
