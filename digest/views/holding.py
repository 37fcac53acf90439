"""Whoever holds a link: what it opens, and what its page tells."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from common.errors import NotFound
from digest.actions.choices import PAUSES
from digest.actions.subscriptions import can_be_undone
from digest.categories import choosable
from digest.forms import AddressForm, DayForm, LetterForm, PauseForm
from digest.links import masked
from digest.models import CapabilityToken, Subscription
from digest.offers import UNNAMED, name_of, offers
from digest.readers import address_change_of, beside
from digest.streams import category_of
from digest.tokens import find_token
from digest.words import comes, day_there, hour_there, month_and_year

LEAVE = ("unsubscribe", "pause")
CHANGE = ("pause",)


class LinkWornOut(NotFound):
    """It was never made, is too old, or a part of it is missing."""

    template = "digest/worn_out.html"


def held(token: str, *scopes: str) -> CapabilityToken:
    """The token behind a link. Raises LinkWornOut."""
    found = find_token(token, scopes=scopes, at=timezone.now())
    if found is None:
        raise LinkWornOut
    return found


def about(found: CapabilityToken) -> dict[str, object]:
    """The subscription behind a link, without its address."""
    mine, now = found.subscription, timezone.now()
    return {
        "mine": mine,
        "name": name_of(mine.stream),
        "masked": masked(mine.address.email),
        "rhythm": comes(mine.stream, weekday=mine.weekday, hour=mine.local_hour, tz=mine.tz, pace=mine.pace),
        "quiet": month_and_year(mine.read_at),
        "paused_until": day_there(mine.paused_until, tz=mine.tz) if mine.paused_until and mine.is_paused_at(now) else "",
        "comes_next": hour_there(mine.next_due_at, tz=mine.tz) if mine.next_due_at else "",
        "left": mine.state == Subscription.State.ENDED,
        "can_undo": mine.state == Subscription.State.ENDED and can_be_undone(mine, at=now),
        "pauses": PAUSES,
    }


def managing(found: CapabilityToken, token: str, **forms: object) -> dict[str, object]:
    """All that the page of a link shows; `forms` that were sent with faults take the place of fresh ones."""
    mine, now, may_change = found.subscription, timezone.now(), found.scope in CHANGE
    told = about(found) | {"token": token, "may_change": may_change, "others": _others(mine)}
    if not may_change or mine.state != Subscription.State.ACTIVE:
        return told
    change = None if mine.address.account_id else address_change_of(mine, at=now)
    return (
        told
        | {
            "form": DayForm(mine=mine, is_daily=category_of(mine.stream) is not None),
            "letter_form": LetterForm(mine=mine, categories=public_categories()),
            "pause_form": PauseForm(mine=mine, at=now),
            "address_form": AddressForm(auto_id="id_address_%s"),
            "has_account": mine.address.account_id is not None,
            "moving_to": masked(change.after.email) if change else "",
        }
        | forms
    )


def break_in_words(mine: Subscription) -> str:
    """What a button of a break led to."""
    return f"Nothing comes before {day_there(mine.paused_until, tz=mine.tz)}." if mine.paused_until else "It comes again."


def public_categories() -> list[tuple[int, str]]:
    """On a page that goes where a mail is forwarded, only what visitors see is named."""
    return choosable(AnonymousUser())


def _others(mine: Subscription) -> list[dict[str, object]]:
    """The other streams: got, ended today, or to be asked for. A daily that visitors cannot see is named by nobody here, and
    can be ended all the same."""
    now, rows = timezone.now(), dict(beside(mine))
    shown = [offer for offer in offers(AnonymousUser()) if offer.stream != mine.stream]
    lines = [_line(offer.stream, offer.title, rows.pop(offer.stream, None), now, may_ask=True) for offer in shown]
    hidden = [row for row in rows.values() if row.ended_at is None]
    return lines + [_line(row.stream, UNNAMED, row, now, may_ask=False) for row in hidden]


def _line(stream: str, title: str, row: Subscription | None, now: datetime, *, may_ask: bool) -> dict[str, object]:
    state = row.state if row else "none"
    undo = row is not None and state == Subscription.State.ENDED and can_be_undone(row, at=now)
    return {"stream": stream, "title": title, "state": state, "can_undo": undo, "may_ask": may_ask}
