"""What somebody said yes or no to, written down beside the change."""

from collections.abc import Iterable
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


def prove_all(
    told: Iterable[tuple[Subscription, date | None, str]],
    action: str,
    *,
    wording: Wording,
    form: str,
    by: int,
    at: datetime,
) -> None:
    """The same for many at once: each with when and where it was given, as the list says."""
    ConsentEvent.objects.bulk_create(
        (
            ConsentEvent(
                address_id=mine.address_id,
                stream=mine.stream,
                action=action,
                basis=mine.basis,
                wording_id=wording.id,
                form=form,
                at=at,
                by=by,
                given_on=given_on,
                source=source,
            )
            for mine, given_on, source in told
        ),
        batch_size=2_000,
    )
