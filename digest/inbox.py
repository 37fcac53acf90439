"""A mail to the address in `List-Unsubscribe` ends a stream, as the click does: what came to `leave+<token>@…`."""

from datetime import datetime

from digest.actions.subscriptions import leave_weekly
from digest.tokens import current, left_by, subscription_of
from mail.incoming import Incoming
from mail.kinds import Taken


class LeavesByMail:
    """The door `leave` of settings.INBOUND_KINDS. The token is enough, as it is in the link: mail programs send this from
    whatever address they like. Nobody is answered. An out-of-office note ends nothing."""

    def take(self, came: Incoming, token: str, *, name: str, inbound: int, at: datetime) -> Taken:
        number = left_by(token)
        mine = subscription_of(number, at=at) if number else None
        if mine is None:
            return Taken("unknown")
        leave_weekly(current(mine), form=f"{mine.stream}:mailto", ip="", at=at)
        return Taken("taken")
