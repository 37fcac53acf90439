"""Who else answers: organisations, the public, and what comes on paper."""

from datetime import datetime

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from consultation.models import Consultation, Entry, State
from consultation.permissions.seeing import why_no_answers
from consultation.readers.holders import is_detached
from consultation.readers.seats import Seat

_MEMBERS_THEMSELVES = no(
    "A detached consultation asks members, each for themselves: an organisation’s answer is named, one of the public comes by a "
    "letter, one on paper through somebody’s hands, and each would say whose it is."
)


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
        return no(why_no_answers(consultation, state, at))
    return can_join_colleagues(user)


def can_join_colleagues(user: Anyone) -> Verdict:
    """Write an organisation's answer with others: verified members."""
    standing = standing_of(user)
    if standing.user_id is None:
        return no("Sign in to answer for an organisation. Members do.")
    if not standing.takes_part or "member" not in standing.roles:
        return no(why_not_a_member(standing) or "Members answer for organisations; your account is not a member’s.")
    return YES


def can_ask_for_link(consultation: Consultation, at: datetime) -> Verdict:
    """Somebody of the public begins to answer: anybody with an address."""
    if not consultation.for_public:
        return no("This consultation does not ask the public. Everybody can read it.")
    others = can_ask_others(consultation)
    if not others:
        return others
    state = consultation.state_at(at)
    return YES if state in {State.OPEN, State.PAUSED} else no(why_no_answers(consultation, state, at))


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


def can_hand_out_receipt(user: Anyone, entry: Entry) -> Verdict:
    """Of an answer on paper that is an organisation's or one of the public's, who have no page here: organisers send them its
    receipt the way it came. A member finds their own. Wants `response`."""
    if not standing_of(user).is_organiser:
        return no("Organisers send a receipt the way the answer came.")
    if entry.party_id is None:
        return no("Its member finds the receipt on their own page.")
    if entry.response is None or not entry.response.is_current:
        return no("It is not what counts of theirs.")
    return YES


def can_look_into(user: Anyone, entry: Entry) -> Verdict:
    """What an entry says: organisers; before the close whoever typed it, and who opened it, which is written down. Wants
    `consultation`. At most one statement."""
    standing = standing_of(user)
    if not standing.is_organiser:
        return no("Organisers see what an answer came as.")
    if entry.consultation.closed_at is not None or entry.entered_by_id == standing.user_id:
        return YES
    if entry.looks.filter(by=standing.user_id).exists():
        return YES
    return no("Nobody reads an answer before the close, but to type and to check it: open it first. Each look is written down.")


def can_read_source(user: Anyone, entry: Entry) -> Verdict:
    """What an answer came as: organisers, until it is sealed."""
    if not standing_of(user).is_organiser:
        return no("Organisers see what an answer came as.")
    return no("It was sealed when the answer was released.") if entry.is_sealed else YES
