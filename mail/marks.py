"""What becomes of a message, written down: its intent before the first byte, its outcome after the answer.

Each function moves a row only where it is in the state that it is moved from and the claim is ours; that is tested in the
statement that moves it. The marks of messages that are accepted, one each, are not waited for (`synchronous_commit=off`).
"""

import random
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.db.models import F
from django.db.models.functions import Coalesce

from common.handwritten import Handwritten
from mail.models import HandOver
from mail.session import Outcome

BACK_OFF: Final = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
NO_CONNECTION: Final = timedelta(seconds=30)
MOST_ATTEMPTS: Final = len(BACK_OFF)
NO_ANSWER: Final = "no answer after the message was handed over"

_BEGIN: Final = """
UPDATE {table} SET state = 'sending', attempts = attempts + 1, message_id = %(name)s,
    first_attempt_at = COALESCE(first_attempt_at, %(at)s)
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for
WHERE id = %(row)s AND state = 'claimed' AND claim_token = %(token)s AND lease_until > %(at)s
RETURNING id
"""
_DONE: Final = """
WITH done AS (
    UPDATE {table} SET state = 'accepted', accepted_at = %(accepted_at)s, reason = '', next_attempt_at = NULL, lease_until = NULL,
        smtp_code = %(code)s, enh_code = %(enhanced)s, reply = %(reply)s
    WHERE id = %(before)s AND state = 'sending' AND claim_token = %(token)s
)
"""


@cache
def _statement(table: str, *, ends_another: bool) -> Handwritten:
    return Handwritten((_DONE + _BEGIN if ends_another else _BEGIN).format(table=table))


def begin(row: HandOver, name: str, *, done: tuple[HandOver, Outcome, datetime] | None, at: datetime) -> bool:
    """Commit the intent, and that the message before it was accepted, in one statement whose commit nobody waits for. False: the
    lease ran out or somebody else owns the row; then nothing is sent."""
    values: dict[str, Any] = {"name": name, "at": at, "row": row.pk, "token": row.claim_token}
    if done is not None and done[0].claim_token != row.claim_token:
        accept(*done)
        done = None
    if done is not None:
        before, outcome, accepted_at = done
        values |= {"accepted_at": accepted_at, "code": outcome.code, "before": before.pk}
        values |= {"enhanced": outcome.enhanced_code, "reply": outcome.reply[:500]}
    statement = _statement(type(row)._meta.db_table, ends_another=done is not None)  # noqa: SLF001 - Django's own name for it
    return bool(statement.run(**values))


def accept(row: HandOver, outcome: Outcome, at: datetime) -> None:
    move(row, "sending", state="accepted", accepted_at=at, reason="", next_attempt_at=None, **_told(outcome))


def settle(row: HandOver, outcome: Outcome, name: str, *, begun: bool, at: datetime) -> bool:
    """What is not accepted. `begun`: its intent is committed; else the server refused its envelope before."""
    told, state = _told(outcome), "sending" if begun else "claimed"
    if not begun:
        told |= {"attempts": F("attempts") + 1, "message_id": name}
        told |= {"first_attempt_at": Coalesce("first_attempt_at", at)}
    if outcome.fate == "uncertain":
        return move(row, state, state="uncertain", reason=NO_ANSWER, **told)
    if outcome.fate == "failed":
        return move(row, state, state="failed", reason=f"refused with {outcome.code}" if outcome.code else outcome.reply, **told)
    if row.attempts + 1 > MOST_ATTEMPTS and outcome.fate != "not_started":
        return move(row, state, state="expired", reason="put off too often", **told)
    wait = NO_CONNECTION if outcome.fate == "not_started" else back_off(row.attempts)
    return move(row, state, state="deferred", reason="put off", next_attempt_at=at + wait, **told)


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "smtp_code": outcome.code,
        "enh_code": outcome.enhanced_code,
        "reply": outcome.reply[:500],
        "lease_until": None,
    }


def back_off(attempts: int) -> timedelta:
    """The longer the more often it was tried; spread by a fifth, so that a crowd does not come back at once."""
    return BACK_OFF[min(attempts, len(BACK_OFF) - 1)] * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, hides nothing


def move(row: HandOver, from_state: str, **changes: Any) -> bool:
    """One committed UPDATE that holds only for who owns the claim."""
    ours = type(row)._default_manager.filter(pk=row.pk, state=from_state, claim_token=row.claim_token)
    return bool(ours.update(**changes))
