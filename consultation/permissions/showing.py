"""What becomes of answers and posts: shown, counted, asked about, taken as evidence."""

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.detachment import BATCH
from consultation.models import Consultation, Exclusion, Inquiry, Response, Showing
from consultation.permissions.seeing import MEMBERS_ANSWER, can_read_answers
from consultation.readers.answered import how_many_answered
from consultation.readers.holders import is_detached
from forum.models import Post
from forum.permissions import can_see_post, wrote


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
        return no(why_not_a_member(standing) or MEMBERS_ANSWER)
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


def can_exclude(user: Anyone, consultation: Consultation) -> Verdict:
    """Organisers, from the close until results are published: leave a response out of the counts, or count it again."""
    may = can_read_answers(user, consultation)
    if may and is_detached(consultation):
        return no("It is detached: ballots count as they came, and none is left out.")
    if may and consultation.withdrawn_at is not None:
        return no("It was withdrawn: nothing is counted.")
    if may and consultation.published_at is not None:
        return no("The results are published: what was counted stays counted.")
    return may


def can_read_words(user: Anyone, consultation: Consultation) -> Verdict:
    """What ballots say in words: organisers, after the close, where there are twenty ballots at least. One statement then."""
    may = can_read_answers(user, consultation)
    if not may:
        return may
    if not is_detached(consultation):
        return no("It is not detached: what members wrote is read answer by answer.")
    if how_many_answered(consultation) < BATCH:
        return no(f"Fewer than {BATCH} took part: words of so few would say whose they are, so nobody reads them.")
    return YES


def can_agree_to_exclude(user: Anyone, exclusion: Exclusion) -> Verdict:
    """Another organiser than who asked, and not about their own answer. Wants `response.consultation`."""
    may = can_exclude(user, exclusion.response.consultation)
    if may and standing_of(user).user_id == exclusion.asked_by_id:
        return no("You asked for it: another organiser or director agrees.")
    if may and exclusion.response.user_id is not None and standing_of(user).user_id == exclusion.response.user_id:
        return no("It is your own answer: another organiser or director decides.")
    return may


def can_decide_showing(user: Anyone, consultation: Consultation) -> Verdict:
    """Organisers, once the closing work is done: nobody reads an answer before."""
    if not standing_of(user).is_organiser:
        return no("Organisers decide what is shown of what members wrote.")
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn: nothing of it is shown.")
    return YES if consultation.closed_at is not None else no("Nobody reads an answer before the close.")


def can_ask_writers(user: Anyone, consultation: Consultation) -> Verdict:
    """Put a question to whoever wrote a response, without learning who that is: from the close until it is archived."""
    may = can_decide_showing(user, consultation)
    if may and is_detached(consultation):
        return no("It is detached: nothing leads from a ballot to its writer.")
    if may and consultation.archived_at is not None:
        return no("It is archived: nothing is asked any more.")
    return may


def can_ask_writer_of(user: Anyone, response: Response) -> Verdict:
    """The same of one response: a member's. Wants `consultation`."""
    may = can_ask_writers(user, response.consultation)
    if may and response.party_id is not None:
        return no("Members are asked here. An organisation is named: write to it. Nobody can be asked of the public.")
    return may


def can_answer_inquiry(inquiry: Inquiry) -> Verdict:
    """Whoever holds the response, once. Wants `response.consultation`."""
    if inquiry.answered_at is not None:
        return no("You answered this question.")
    if inquiry.response.consultation.archived_at is not None:
        return no("The consultation is archived: nothing is added any more.")
    return YES


def can_agree_on_showing(user: Anyone, showing: Showing) -> Verdict:
    """Somebody else than who decided. Wants `answer.response.consultation`."""
    may = can_decide_showing(user, showing.answer.response.consultation)
    if may and showing.decided_by_id == standing_of(user).user_id:
        return no("You decided this. It takes a second organiser.")
    if may and showing.decision == Showing.Decision.SHOWN:
        return no("What is shown as it was written needs no second organiser.")
    return may
