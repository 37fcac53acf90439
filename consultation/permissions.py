"""Who may do what with a consultation, and the sentence where they may not."""

from datetime import datetime

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.moments import in_words
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, Entry, Exclusion, Inquiry, Response, Review, Showing, State, TextVersion, Version
from consultation.readers.audience import audience_of, in_a_sentence, is_entitled
from consultation.readers.ballots import mark_of_member
from consultation.readers.holders import is_detached
from consultation.readers.seats import Seat, Writer
from forum.models import Post
from forum.permissions import can_see_post, wrote

_MEMBERS_ANSWER = "Members answer consultations; your account is not a member’s. Everybody can read them."
BALLOT_IN = "Your ballot is in. Nothing leads from you to it, so it cannot be found, changed or taken back."
_NOT_YET_LISTED = (
    "You came to be asked after this consultation had opened. Its list is added to every morning: you can answer once it was."
)
_MEMBERS_THEMSELVES = no(
    "A detached consultation asks members, each for themselves: an organisation’s answer is named, one of the public comes by a "
    "letter, one on paper through somebody’s hands, and each would say whose it is."
)
_JUST_CLOSED = "It has just closed. The closing work is under way; try again in a minute."
_ORGANISERS = no("Organisers and directors write and run consultations.")


def can_see(user: Anyone, consultation: Consultation) -> Verdict:
    """The other face of `Consultation.objects.visible_to`."""
    if consultation.opened_at is not None or standing_of(user).is_organiser:
        return YES
    if consultation.scheduled_at is not None:
        return YES
    return no("This consultation is still being written.")


def can_organise(user: Anyone) -> Verdict:
    return YES if standing_of(user).is_organiser else _ORGANISERS


def can_read_text(user: Anyone, version: TextVersion) -> Verdict:
    """The other face of `TextVersion.objects.visible_to`."""
    if version.published_at is not None or standing_of(user).is_organiser:
        return YES
    return no("This version is still being written.")


def can_publish_text(user: Anyone, version: TextVersion) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
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
        return _ORGANISERS
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


def can_change_questions(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Write a new version of what is asked, while members answer the one there is. Never where no answer could be traced to who
    would have to be asked again."""
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.identity_mode == "detached":
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
    return may if not may or (review is not None and review.approved) else no(_NOT_APPROVED)


_NOT_APPROVED = "A second person reviews it first: ask for the review."


def can_open(user: Anyone, consultation: Consultation) -> Verdict:
    """At once: approved by a second person. Also where it is scheduled for later."""
    may = can_organise_before_opening(user, consultation)
    return may if not may or consultation.approved_at is not None else no(_NOT_APPROVED)


def can_schedule(user: Anyone, consultation: Consultation) -> Verdict:
    may = can_open(user, consultation)
    return may if not may or consultation.scheduled_at is None else no("It is scheduled already: put the opening off first.")


def can_put_off(user: Anyone, consultation: Consultation) -> Verdict:
    may = can_organise_before_opening(user, consultation)
    return may if not may or consultation.scheduled_at is not None else no("Its opening is not scheduled.")


def can_extend(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.state_at(at) not in {State.OPEN, State.PAUSED}:
        return no("Only a consultation that is open can be extended.")
    return YES


def can_pause(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.state_at(at) is not State.OPEN:
        return no("Only a consultation that is open can be paused.")
    return YES


def can_resume(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
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
        return _ORGANISERS
    if consultation.state_at(at) is not state:
        return no(otherwise)
    return YES if state is not State.CLOSED or consultation.closed_at is not None else no(_JUST_CLOSED)


def can_publish(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Results come after the close, once."""
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    state = consultation.state_at(at)
    if state is State.WITHDRAWN:
        return no("It was withdrawn: there is nothing to publish.")
    if state.is_published:
        return no("The results are published already.")
    if not state.is_being_counted:
        return no("Results are counted after the close. Until then nobody sees what was answered.")
    return YES if consultation.closed_at is not None else no(_JUST_CLOSED)


def can_tell_outcome(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.archived_at is not None:
        return no("It is archived: nothing is added any more.")
    return YES if consultation.published_at is not None else no("What was decided is told once the results are published.")


def can_withdraw(user: Anyone, consultation: Consultation) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.published_at is not None:
        return no("Its results are published: they stay.")
    if consultation.withdrawn_at is not None:
        return no("It was withdrawn already.")
    return YES


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
        return no(_why_no_answers(consultation, state, at))
    return _can_write_from(user, consultation, at) if isinstance(user, Seat) else _can_write_their_own(user, consultation, at)


def _can_write_their_own(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    standing = standing_of(user)
    if standing.user_id is None:
        return no("Sign in to answer. Members answer; everybody can read.")
    if not standing.takes_part or "member" not in standing.roles:
        return no(why_not_a_member(standing) or _MEMBERS_ANSWER)
    mark = mark_of_member(consultation, standing.user_id) if is_detached(consultation) else "may"
    if mark == "took part":
        return no(BALLOT_IN)
    if not is_entitled(standing.user_id, consultation, at=at):
        whom = in_a_sentence(audience_of(consultation))
        return no(f"This consultation asks {whom}, and you are not among them. Everybody can read it.")
    return no(_NOT_YET_LISTED) if mark == "absent" else YES


def can_ask_others(consultation: Consultation) -> Verdict:
    """Organisations, the public, and what comes on paper: anywhere but in a detached one."""
    return _MEMBERS_THEMSELVES if is_detached(consultation) else YES


def can_begin_for_organisation(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Answer for an organisation: any member, whether or not they are asked for their own answer."""
    if not consultation.for_organisations:
        return no("This consultation asks members, not organisations.")
    others = can_ask_others(consultation)
    if not others:
        return others
    state = consultation.state_at(at)
    if state not in {State.OPEN, State.PAUSED}:
        return no(_why_no_answers(consultation, state, at))
    return can_join_colleagues(user)


def can_join_colleagues(user: Anyone) -> Verdict:
    """Write an organisation's answer with others: verified members."""
    standing = standing_of(user)
    if standing.user_id is None:
        return no("Sign in to answer for an organisation. Members do.")
    if not standing.takes_part or "member" not in standing.roles:
        return no(why_not_a_member(standing) or "Members answer for organisations; your account is not a member’s.")
    return YES


def can_speak_for(seat: Writer) -> Verdict:
    """Send the organisation's answer, take it back, and say who else writes it; one's own always. One statement."""
    if not isinstance(seat, Seat) or not seat.is_shared:
        return YES
    colleague = seat.colleague
    if colleague is None:
        return _NOT_IN
    return YES if colleague.may_send else no("A colleague who may send it does that: they are marked in the list of colleagues.")


_NOT_IN = no("You are not among those who write this answer any more.")


def can_ask_for_link(consultation: Consultation, at: datetime) -> Verdict:
    """Somebody of the public begins to answer: anybody with an address."""
    if not consultation.for_public:
        return no("This consultation does not ask the public. Everybody can read it.")
    others = can_ask_others(consultation)
    if not others:
        return others
    state = consultation.state_at(at)
    return YES if state in {State.OPEN, State.PAUSED} else no(_why_no_answers(consultation, state, at))


def can_use_link(seat: Seat, consultation: Consultation) -> Verdict:
    """Whoever came by the latest link to their address; what they may do with it hangs on the state. One statement."""
    if not consultation.for_public or seat.guest is None:
        return no("Another link was used since, or what it led to was deleted. Ask for a new one.")
    return YES


def can_enter(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    """Type in what came on paper or by e-mail, and check it: organisers, before the close, where answers are kept at all."""
    if not standing_of(user).is_organiser:
        return no("Organisers enter what comes on paper or by e-mail.")
    others = can_ask_others(consultation)
    if not others:
        return others
    state = consultation.state_at(at)
    if state not in {State.OPEN, State.PAUSED}:
        return no(
            "Answers on paper are entered, checked and released while it is open: only what is released by the close counts."
        )
    return YES


def can_check_entry(user: Anyone, entry: Entry, at: datetime) -> Verdict:
    """Release it, or send it back: a second person. Wants `consultation`."""
    may = can_enter(user, entry.consultation, at)
    if not may:
        return may
    if entry.entered_by_id == standing_of(user).user_id:
        return no("You typed it. Another organiser or director checks it against its source.")
    if entry.user_id is not None and entry.user_id == standing_of(user).user_id:
        return no("It is your own answer. Another organiser or director checks it.")
    return YES if entry.state == "waiting" else no("It does not wait for a check.")


def can_read_source(user: Anyone, entry: Entry) -> Verdict:
    """What an answer came as: organisers, until it is sealed."""
    if not standing_of(user).is_organiser:
        return no("Organisers see what an answer came as.")
    return no("It was sealed when the answer was released.") if entry.is_sealed else YES


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


def _why_no_answers(consultation: Consultation, state: State, at: datetime) -> str:
    if state is State.WITHDRAWN:
        return "It was withdrawn, so it takes no answers."
    if not state.is_before_opening:
        return "It has closed, so answers can no longer be sent or changed."
    if state is State.SCHEDULED and consultation.opens_at is not None and consultation.opens_at > at:
        when = in_words(consultation.opens_at, now=at, style="full")
        return f"It opens {when}, London time. You can answer from then on."
    return "It opens shortly. You can answer from then on."


def can_invite_segment(user: Anyone, consultation: Consultation, at: datetime) -> Verdict:
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    if consultation.state_at(at) is not State.OPEN:
        return no("Members are invited while it takes answers.")
    return YES


def can_correct(user: Anyone, consultation: Consultation) -> Verdict:
    """Add what people ask, and what its page had wrong."""
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    return YES if consultation.archived_at is None else no("It is archived: nothing is added any more.")


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
    return no(_JUST_CLOSED) if state is State.CLOSED and consultation.closed_at is None else YES


def _can_be_forgotten(seat: Seat, consultation: Consultation, at: datetime) -> Verdict:
    """Somebody of the public has no account to erase: they delete what they sent at any time, also where it was counted."""
    may = can_use_link(seat, consultation)
    if may and consultation.state_at(at) is State.CLOSED and consultation.closed_at is None:
        return no(_JUST_CLOSED)
    return may


def can_read_answers(user: Anyone, consultation: Consultation) -> Verdict:
    """What was answered, one by one: never before the close."""
    if not standing_of(user).is_organiser:
        return _ORGANISERS
    return YES if consultation.closed_at is not None else no("Nobody sees what was answered before the close.")


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
