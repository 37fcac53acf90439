"""Who may take a consultation from one state to the next."""

from datetime import datetime

from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, State
from consultation.permissions.seeing import JUST_CLOSED, ORGANISERS
from consultation.permissions.writing import NOT_APPROVED, can_organise_before_opening


def can_open(user: Anyone, consultation: Consultation) -> Verdict:
    """At once: approved by a second person. Also where it is scheduled for later."""
    may = can_organise_before_opening(user, consultation)
    return may if not may or consultation.approved_at is not None else no(NOT_APPROVED)


def can_schedule(user: Anyone, consultation: Consultation) -> Verdict:
    may = can_open(user, consultation)
    return may if not may or consultation.scheduled_at is None else no("It is scheduled already: put the opening off first.")


def can_put_off(user: Anyone, consultation: Consultation) -> Verdict:
    may = can_organise_before_opening(user, consultation)
    return may if not may or consultation.scheduled_at is not None else no("Its opening is not scheduled.")


def can_extend(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.state_at(at) not in {State.OPEN, State.PAUSED}:
        return no("Only a consultation that is open can be extended.")
    return YES


def can_pause(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.state_at(at) is not State.OPEN:
        return no("Only a consultation that is open can be paused.")
    return YES


def can_resume(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.paused_at is None or consultation.withdrawn_at is not None:
        return no("It is not paused.")
    return YES


def can_analyse(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    return _follows(user, consultation, at, State.CLOSED, "The analysis begins after the close, once.")


def can_report(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    return _follows(user, consultation, at, State.ANALYSING, "The report is written once the analysis has begun.")


def can_follow_up(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    return _follows(user, consultation, at, State.PUBLISHED, "What was done since is told once the results are published.")


def can_archive(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    return _follows(user, consultation, at, State.FOLLOWED_UP, "It is archived once it was followed up.")


def _follows(user: Anyone, consultation: Consultation, at: datetime, state: State, otherwise: str) -> Verdict:
    """The step that comes after `state`."""
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.state_at(at) is not state:
        return no(otherwise)
    return YES if state is not State.CLOSED or consultation.closed_at is not None else no(JUST_CLOSED)


def can_publish(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Results come after the close, once."""
    if not standing_of(user).is_organiser:
        return ORGANISERS
    state = consultation.state_at(at)
    if state is State.WITHDRAWN:
        return no("It was withdrawn: there is nothing to publish.")
    if state.is_published:
        return no("The results are published already.")
    if not state.is_being_counted:
        return no("Results are counted after the close. Until then nobody sees what was answered.")
    return YES if consultation.closed_at is not None else no(JUST_CLOSED)


def can_tell_outcome(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.archived_at is not None:
        return no("It is archived: nothing is added any more.")
    return YES if consultation.published_at is not None else no("What was decided is told once the results are published.")


def can_withdraw(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.published_at is not None:
        return no("Its results are published: they stay.")
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn already.")
    return YES


def can_invite_segment(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.state_at(at) is not State.OPEN:
        return no("Members are invited while it takes answers.")
    return YES


def can_correct(user: Anyone, consultation: Consultation) -> Verdict:
    """Add what people ask, and what its page had wrong."""
    if not standing_of(user).is_organiser:
        return ORGANISERS
    return YES if consultation.archived_at is None else no("It is archived: nothing is added any more.")
