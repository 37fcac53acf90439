"""Who may answer: for themselves, or from a seat."""

from datetime import datetime

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, Entry, State
from consultation.permissions.others import can_enter, can_join_colleagues, can_use_link
from consultation.permissions.seeing import JUST_CLOSED, MEMBERS_ANSWER, why_no_answers
from consultation.readers.audience import audience_of, in_a_sentence, is_entitled
from consultation.readers.ballots import mark_of_member
from consultation.readers.holders import is_detached
from consultation.readers.seats import Seat, Writer

BALLOT_IN = "Your ballot is in. Nothing leads from you to it, so it cannot be found, changed or taken back."
_NOT_YET_LISTED = (
    "You came to be asked after this consultation had opened. Its list is added to every morning: you can answer once it was."
)
_NOT_IN = no("You are not among those who write this answer any more.")


def can_answer(user: Anyone | Seat, consultation: Consultation, at: datetime) -> Verdict:
    """Send an answer: whoever is on the list frozen at the opening, or has come to be named by its rule since, while it accepts
    answers. Amending is answering. No statement where every member may; one in a detached one, where it ends with the ballot."""
    if consultation.state_at(at) is State.PAUSED:
        return no("Answers are paused. What you have begun is kept; you can send it when it goes on.")
    may = can_fill_in(user, consultation, at)
    return can_speak_for(user) if may and isinstance(user, Seat) else may


def can_fill_in(user: Anyone | Seat, consultation: Consultation, at: datetime) -> Verdict:
    """Write a draft of an answer: who may answer, also while it is paused."""
    state = consultation.state_at(at)
    if state not in {State.OPEN, State.PAUSED}:
        return no(why_no_answers(consultation, state, at))
    return _can_write_from(user, consultation, at) if isinstance(user, Seat) else _can_write_their_own(user, consultation, at)


def _can_write_their_own(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    standing = standing_of(user)
    if standing.user_id is None:
        return no("Sign in to answer. Members answer; everybody can read.")
    if not standing.takes_part or "member" not in standing.roles:
        return no(why_not_a_member(standing) or MEMBERS_ANSWER)
    mark = mark_of_member(consultation, standing.user_id) if is_detached(consultation) else "may"
    if mark == "took part":
        return no(BALLOT_IN)
    if not is_entitled(standing.user_id, consultation, at=at):
        whom = in_a_sentence(audience_of(consultation))
        return no(f"This consultation asks {whom}, and you are not among them. Everybody can read it.")
    return no(_NOT_YET_LISTED) if mark == "absent" else YES


def can_speak_for(seat: Writer) -> Verdict:
    """Send the organisation's answer, take it back, and say who else writes it; one's own always. One statement."""
    if not isinstance(seat, Seat) or not seat.is_shared:
        return YES
    colleague = seat.colleague
    if colleague is None:
        return _NOT_IN
    return YES if colleague.may_send else no("A colleague who may send it does that: they are marked in the list of colleagues.")


def _can_write_from(seat: Seat, consultation: Consultation, at: datetime) -> Verdict:
    if seat.entry is not None:
        return _can_type(seat, consultation, at)
    return _can_sit(seat) if seat.user is not None else can_use_link(seat, consultation)


def _can_type(seat: Seat, consultation: Consultation, at: datetime) -> Verdict:
    """Asked of the row as it is now."""
    assert seat.user is not None
    may = can_enter(seat.user, consultation, at)
    if not may:
        return may
    entry = Entry.objects.filter(pk=seat.entry.pk, entered_by=seat.user).first() if seat.entry else None
    if entry is None or entry.released_at is not None:
        return no("It is not there to be typed any more.")
    return YES if entry.handed_in_at is None else no("It was handed in and waits for its check.")


def _can_sit(seat: Seat) -> Verdict:
    may = can_join_colleagues(seat.user) if seat.user is not None else _NOT_IN
    if not may:
        return may
    return YES if seat.colleague is not None else _NOT_IN


def can_take_back(user: Anyone | Seat, consultation: Consultation, at: datetime) -> Verdict:
    """Delete one's own response: until the results are published, whatever became of one's membership. A party's: whoever may
    send it."""
    if isinstance(user, Seat) and user.user is None:
        return _can_be_forgotten(user, consultation, at)
    may = can_speak_for(user) if isinstance(user, Seat) else YES if standing_of(user).is_signed_in else no("Sign in first.")
    if not may:
        return may
    state = consultation.state_at(at)
    if state.is_before_opening:
        return no("It has not opened yet.")
    if is_detached(consultation):
        return no(BALLOT_IN)
    if state.is_published:
        return no("The results are published: what was counted stays counted.")
    return no(JUST_CLOSED) if state is State.CLOSED and consultation.closed_at is None else YES


def _can_be_forgotten(seat: Seat, consultation: Consultation, at: datetime) -> Verdict:
    """Somebody of the public has no account to erase: they delete what they sent at any time, also where it was counted."""
    may = can_use_link(seat, consultation)
    if may and consultation.state_at(at) is State.CLOSED and consultation.closed_at is None:
        return no(JUST_CLOSED)
    return may
