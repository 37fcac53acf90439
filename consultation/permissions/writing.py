"""Who may write what will be asked, and who reviews it before it opens."""

from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, TextVersion
from consultation.permissions.seeing import ORGANISERS

NOT_APPROVED = "A second person reviews it first: ask for the review."


def can_publish_text(user: Anyone, version: TextVersion) -> Verdict:
    if not standing_of(user).is_organiser:
        return ORGANISERS
    return YES if version.published_at is None else no("It is published already: write the next version.")


def can_write(user: Anyone, consultation: Consultation) -> Verdict:
    """Change what is asked: only while it is a draft, or waits for its review."""
    may = can_organise_before_opening(user, consultation)
    if may and consultation.scheduled_at is not None:
        return no("It is scheduled, and everybody can read it: put the opening off first.")
    return may


def can_organise_before_opening(user: Anyone, consultation: Consultation) -> Verdict:
    """Prepare it: it has not opened, and was not withdrawn."""
    if not standing_of(user).is_organiser:
        return ORGANISERS
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn. Write a new consultation instead.")
    if consultation.opened_at is not None:
        return no("It has opened: what is said of it does not change any more. Questions are changed by a new version.")
    return YES


def can_ask_for_review(user: Anyone, consultation: Consultation) -> Verdict:
    may = can_write(user, consultation)
    return may if not may or consultation.review_asked_at is None else no("Its review is under way, or done.")


def can_review(user: Anyone, consultation: Consultation) -> Verdict:
    """A second person: neither who began the draft nor who asks."""
    may = can_write(user, consultation)
    if not may:
        return may
    if consultation.review_asked_at is None:
        return no("Nobody has asked for its review.")
    if consultation.approved_at is not None:
        return no("It is approved already. A change of the text asks for another review.")
    if standing_of(user).user_id in {consultation.created_by_id, consultation.review_asked_by_id}:
        return no("It is yours: another organiser or director reviews it.")
    return YES


def can_take_back_review(user: Anyone, consultation: Consultation) -> Verdict:
    may = can_write(user, consultation)
    return may if not may or consultation.review_asked_at is not None else no("Nobody has asked for its review.")
