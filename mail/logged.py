"""A session of which each connection leaves a row behind (`SessionLog`)."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from urllib.parse import urlsplit

from django.db.utils import Error as DatabaseError
from django.utils import timezone

from mail.models import SessionLog
from mail.session import Envelope, Handed, Limits, Outcome, SmtpSession
from mail.wire import Wire

log = logging.getLogger("plenary.mail")


class LoggedSession(SmtpSession):
    """The row of a connection is written when the next one begins, or at the end of the block: by then it is known what became of
    its last message. A connection whose process is killed leaves none."""

    def __init__(self, urls: str | Sequence[str], *, limits: Limits | None = None, pool: str = "") -> None:
        super().__init__(urls, limits=limits, pool=pool)
        self._fates: Counter[str] = Counter()
        self._opened_at: datetime | None = None
        self._closed_at: datetime | None = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        super().__exit__(kind, error, trace)
        self._write_down()

    def open(self, envelope: Envelope) -> Outcome | None:
        refused = super().open(envelope)
        if refused is not None:
            self._fates[refused.fate] += 1
        return refused

    def finish(self, data: bytes, *, then: Envelope | None = None) -> Handed:
        handed = super().finish(data, then=then)
        self._fates[handed.outcome.fate] += 1
        if handed.refused is not None:
            self._fates[handed.refused.fate] += 1
        return handed

    def close(self) -> None:
        if self._wire is not None:
            self._closed_at = timezone.now()
        super().close()

    def _connect(self) -> Wire:
        self._write_down()
        wire = super()._connect()
        self._opened_at, self._fates = timezone.now(), Counter()
        return wire

    def _write_down(self) -> None:
        """Where the database is away, the log says that, and mail goes on."""
        opened_at, self._opened_at = self._opened_at, None
        if opened_at is None:
            return
        where = urlsplit(self._urls[self._relay])
        port = where.port or (465 if where.scheme == "smtps" else 25)
        fates = {fate: self._fates[fate] for fate in ("accepted", "deferred", "failed", "uncertain")}
        told = {"pool": self.pool[:40], "relay": f"{where.hostname}:{port}"[:260], **fates}
        try:
            SessionLog.objects.create(**told, opened_at=opened_at, closed_at=self._closed_at or timezone.now())
        except DatabaseError as error:
            log.warning("a connection to a mail server could not be written down: %s", type(error).__name__)
