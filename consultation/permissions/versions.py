"""Who may change what is asked while it is open."""

from datetime import datetime

from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, Review, State, Version
from consultation.permissions.seeing import ORGANISERS
from consultation.permissions.writing import NOT_APPROVED, can_write
from consultation.readers.holders import is_detached


def can_change_questions(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Write a new version of what is asked, while members answer the one there is. Never where no answer could be traced to who
    would have to be asked again."""
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if is_detached(consultation):
        return no("Its answers are detached from their members, so nobody could be asked again: the questions stay as they are.")
    if consultation.state_at(at) not in {State.OPEN, State.PAUSED}:
        return no("Questions are changed by a new version while it is open, and not after the close.")
    return YES


def can_write_questions(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Change pages and questions: of a draft, or of a new version of what is open."""
    return can_write(user, consultation) if consultation.opened_at is None else can_change_questions(user, consultation, at)


def can_ask_for_version_review(user: Anyone, consultation: Consultation, review: Review | None, at: datetime) -> Verdict:
    """`review` is the round that is under way or has approved it, if any."""
    may = can_change_questions(user, consultation, at)
    return may if not may or review is None else no("Its review is under way, or done.")


def can_review_version(user: Anyone, version: Version, review: Review | None, at: datetime) -> Verdict:
    """A second person: neither who started the version nor who asks. Wants `version.consultation`."""
    may = can_change_questions(user, version.consultation, at)
    if not may:
        return may
    if review is None:
        return no("Nobody has asked for its review.")
    if review.decided_at is not None:
        return no("It is approved already. A change of the text asks for another review.")
    if standing_of(user).user_id in {version.started_by_id, review.asked_by_id}:
        return no("It is yours: another organiser or director reviews it.")
    return YES


def can_publish_version(user: Anyone, consultation: Consultation, review: Review | None, at: datetime) -> Verdict:
    """Put the new version to the members: once a second person has approved it."""
    may = can_change_questions(user, consultation, at)
    return may if not may or (review is not None and review.approved) else no(NOT_APPROVED)
