"""A mail to the address in `List-Unsubscribe` ends a stream, as the click does: what came to `leave+<token>@…`."""

from datetime import datetime

from digest.actions.subscriptions import leave_weekly
from digest.models import Delivery
from digest.tokens import GOOD_FOR, current, left_by
from mail.incoming import Incoming
from mail.kinds import Taken


class LeavesByMail:
    """The door `leave` of settings.INBOUND_KINDS. The token is enough, as it is in the link: mail programs send this from
    whatever address they like. Nobody is answered. An out-of-office note ends nothing."""

    def take(self, came: Incoming, token: str, *, name: str, inbound: int, at: datetime) -> Taken:
        number = left_by(token)
        row = Delivery.objects.select_related("subscription__address", "run").filter(pk=number).first() if number else None
        if row is None or at - row.run.made_at > GOOD_FOR:
            return Taken("unknown")
        leave_weekly(current(row.subscription), form=f"{row.subscription.stream}:mailto", ip="", at=at)
        return Taken("taken")
