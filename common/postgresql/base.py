"""Before the first statement of a request Django asks `SELECT 1`, to learn whether the server went away in between. A server that
did has closed its end, which the socket itself tells: so only where there is something to read is the server asked."""

from select import POLLIN, poll
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Nobody speaks on a connection that waits for a question: what there is to read is its end, or a notice. One whose
        transaction failed answers nothing until that ends."""
        return (self.connection is not None and _is_well(self.connection)) or bool(super().is_usable())


def _is_well(connection: Any) -> bool:
    if connection.closed or connection.info.transaction_status == TransactionStatus.INERROR:
        return False
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)  # an end or an error is told unasked
    return not waiting.poll(0)
