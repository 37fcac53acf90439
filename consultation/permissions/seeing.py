"""Who may know of a consultation, its documents, answers and results; and who runs one at all."""

from datetime import datetime

from accounts.standing import Anyone, standing_of
from common.moments import in_words
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, State, TextVersion

MEMBERS_ANSWER = "Members answer consultations; your account is not a member’s. Everybody can read them."
JUST_CLOSED = "It has just closed. The closing work is under way; try again in a minute."
ORGANISERS = no("Organisers and directors write and run consultations.")


def can_see(user: Anyone, consultation: Consultation) -> Verdict:
    """The other face of `Consultation.objects.visible_to`."""
    if consultation.opened_at is not None or standing_of(user).is_organiser:
        return YES
    if consultation.scheduled_at is not None:
        return YES
    return no("This consultation is still being written.")


def can_organise(user: Anyone) -> Verdict:
    return YES if standing_of(user).is_organiser else ORGANISERS


def can_read_text(user: Anyone, version: TextVersion) -> Verdict:
    """The other face of `TextVersion.objects.visible_to`."""
    if version.published_at is not None or standing_of(user).is_organiser:
        return YES
    return no("This version is still being written.")


def why_no_answers(consultation: Consultation, state: State, at: datetime) -> str:
    if state is State.WITHDRAWN:
        return "It was withdrawn, so it takes no answers."
    if not state.is_before_opening:
        return "It has closed, so answers can no longer be sent or changed."
    if state is State.SCHEDULED and consultation.opens_at is not None and consultation.opens_at > at:
        when = in_words(consultation.opens_at, now=at, style="full")
        return f"It opens {when}, London time. You can answer from then on."
    return "It opens shortly. You can answer from then on."


def can_read_answers(user: Anyone, consultation: Consultation) -> Verdict:
    """What was answered, one by one: never before the close."""
    if not standing_of(user).is_organiser:
        return ORGANISERS
    return YES if consultation.closed_at is not None else no("Nobody sees what was answered before the close.")


def can_see_results(consultation: Consultation) -> Verdict:
    """Published results are for everybody; before that for nobody, organisers included."""
    return YES if consultation.published_at is not None else no("Results are shown to everybody at once, after the close.")
