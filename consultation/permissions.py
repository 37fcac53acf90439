"""Who may do what with a consultation, and the sentence where they may not."""

from datetime import datetime

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, Showing, State
from forum.models import Post
from forum.permissions import can_see_post, wrote

_MEMBERS_ANSWER = "Members answer consultations; your account is not a member’s. Everybody can read them."
_ORGANISERS = no("Organisers and directors write and run consultations.")


def can_see(user: Anyone, consultation: Consultation) -> Verdict:
    """The other face of `Consultation.objects.visible_to`."""
    if consultation.opened_at is not None or standing_of(user).is_organiser:
        return YES
    return no("This consultation is still being written.")


def can_organise(user: Anyone) -> Verdict:
    return YES if standing_of(user).is_organiser else _ORGANISERS


def can_write(user: Anyone, consultation: Consultation) -> Verdict:
    """Change what is asked: only while it is a draft."""
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn. Write a new consultation instead.")
    if consultation.opened_at is not None:
        return no("It has opened: what members were asked does not change any more.")
    return YES


can_open = can_write


def can_extend(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.state_at(at) is not State.OPEN:
        return no("Only a consultation that is open can be extended.")
    return YES


def can_publish(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Results come after the close, once."""
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    match consultation.state_at(at):
        case State.CLOSED if consultation.closed_at is not None:
            return YES
        case State.CLOSED:
            return no("It has just closed. The closing work is under way; try again in a minute.")
        case State.PUBLISHED:
            return no("The results are published already.")
        case State.WITHDRAWN:
            return no("It was withdrawn: there is nothing to publish.")
        case _:
            return no("Results are counted after the close. Until then nobody sees what was answered.")


def can_tell_outcome(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    return YES if consultation.published_at is not None else no("What was decided is told once the results are published.")


def can_withdraw(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.published_at is not None:
        return no("Its results are published: they stay.")
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn already.")
    return YES


def can_answer(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Members, while it accepts answers. Amending is answering."""
    match consultation.state_at(at):
        case State.WITHDRAWN:
            return no("It was withdrawn, so it takes no answers.")
        case State.DRAFT:
            return no("It opens shortly. You can answer from then on.")
        case State.CLOSED | State.PUBLISHED:
            return no("It has closed, so answers can no longer be sent or changed.")
    standing = standing_of(user)
    if not standing.is_signed_in:
        return no("Sign in to answer. Members answer; everybody can read.")
    if not standing.takes_part:
        return no(why_not_a_member(standing) or _MEMBERS_ANSWER)
    return YES


def can_see_results(consultation: Consultation) -> Verdict:
    """Published results are for everybody; before that for nobody, organisers included."""
    return YES if consultation.published_at is not None else no("Results are shown to everybody at once, after the close.")


def can_use_evidence(consultation: Consultation) -> Verdict:
    """Posts become evidence, and stop being it, from the opening until results are published."""
    if consultation.opened_at is None:
        return no("It has not opened yet.")
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn: it takes no evidence.")
    if consultation.published_at is not None:
        return no("Its results are published: what was taken as evidence stays as it is.")
    return YES


def can_offer_evidence(user: Anyone, consultation: Consultation, post: Post) -> Verdict:
    """Its author, also under a pseudonym. Wants `post.persona`."""
    standing = standing_of(user)
    if wrote(user, post) and not standing.takes_part:
        return no(why_not_a_member(standing) or _MEMBERS_ANSWER)
    if wrote(user, post) and post.state != Post.State.PUBLISHED:
        return no("Only a post that is on show can be evidence.")
    return can_take_evidence_back(user, consultation, post)


def can_take_evidence_back(user: Anyone, consultation: Consultation, post: Post) -> Verdict:
    """Its author, whatever became of the post. Wants `post.persona`."""
    if not wrote(user, post):
        return no("Only its author can say whether a post may be evidence.")
    return can_use_evidence(consultation)


def can_ask_for_evidence(user: Anyone, consultation: Consultation, post: Post) -> Verdict:
    """Organisers, of posts that they may read and did not write. Wants what `can_see_post` wants."""
    if not standing_of(user).is_organiser:
        return no("Organisers ask authors whether a post may be evidence.")
    if not can_see_post(user, post) or post.state != Post.State.PUBLISHED:
        return no("Only a post that you may read can become evidence.")
    return can_use_evidence(consultation)


def can_decide_showing(user: Anyone, consultation: Consultation) -> Verdict:
    """Organisers, once the closing work is done: nobody reads an answer before."""
    if not standing_of(user).is_organiser:
        return no("Organisers decide what is shown of what members wrote.")
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn: nothing of it is shown.")
    return YES if consultation.closed_at is not None else no("Nobody reads an answer before the close.")


def can_agree_on_showing(user: Anyone, showing: Showing) -> Verdict:
    """Somebody else than who decided. Wants `answer.response.consultation`."""
    may = can_decide_showing(user, showing.answer.response.consultation)
    if may and showing.decided_by_id == standing_of(user).user_id:
        return no("You decided this. It takes a second organiser.")
    if may and showing.decision == Showing.Decision.SHOWN:
        return no("What is shown as it was written needs no second organiser.")
    return may
