"""Silencing pseudonyms, and the part that officers have in opening them."""

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from forum.models import OfficerKey, Opening, Persona
from forum.permissions.seeing import can_moderate, can_see_topic


def can_silence(user: Anyone, persona: Persona | None) -> Verdict:
    """Keep whoever is behind a persona from writing, and take it back: the site's moderators, as suspending. `None`: any."""
    standing = standing_of(user)
    if not standing.is_moderator:
        return no(why_not_a_member(standing) or "Only the site’s moderators can silence a pseudonym.")
    mine = persona is not None and persona.is_of(standing.user_id)
    return no("This pseudonym is yours. Another moderator decides.") if mine else YES


def can_hold_a_key(user: Anyone) -> Verdict:
    """Have a part in opening pseudonyms: officers."""
    standing = standing_of(user)
    if standing.is_administrator or standing.is_director:
        return YES
    return no(why_not_a_member(standing) or "Only administrators and directors have a part in opening pseudonyms.")


def can_let_in(user: Anyone, key: OfficerKey) -> Verdict:
    """Have a part in letting an officer's key in on seals made before it: two others. Who holds one share of a seal and reads a
    second could open it alone."""
    may = can_hold_a_key(user)
    if not may:
        return may
    if key.replaced_at is not None:
        return no("This key was replaced by a newer one. Let that one in.")
    return no("This key is yours: two other officers let it in.") if key.user_id == standing_of(user).user_id else YES


def can_see_openings(user: Anyone) -> Verdict:
    """Which pseudonyms were asked to be opened, by whom and why: officers, and trustees, who look."""
    return YES if standing_of(user).is_trustee else can_hold_a_key(user)


def can_ask_to_open(user: Anyone, persona: Persona) -> Verdict:
    """Whoever keeps the category in order, and officers who read the topic; not of one's own. Wants `persona.topic.category`."""
    topic = persona.topic
    asks = can_moderate(user, topic.category) or (can_hold_a_key(user) and can_see_topic(user, topic))
    if asks and persona.is_of(standing_of(user).user_id):
        return no("This pseudonym is yours.")
    return asks if asks else no("Moderators and officers ask for a pseudonym to be opened.")


def can_agree_to_open(user: Anyone, opening: Opening) -> Verdict:
    """Two different officers, neither of whom is behind it."""
    may = can_hold_a_key(user)
    if not may:
        return may
    if opening.is_opened:
        return no("Two officers have opened it already.")
    if standing_of(user).user_id == opening.first_by_id:
        return no("You have agreed. It takes a second officer.")
    return no("This pseudonym is yours: two others decide.") if opening.persona.is_of(standing_of(user).user_id) else YES


def can_look_again(user: Anyone, opening: Opening) -> Verdict:
    """The two officers who opened it."""
    theirs = opening.is_opened and standing_of(user).user_id in (opening.first_by_id, opening.second_by_id)
    return can_hold_a_key(user) if theirs else no("Only the two officers who opened it can look again.")


def can_decline_opening(user: Anyone, opening: Opening) -> Verdict:
    """Officers, and whoever asked; not where it concerns oneself."""
    if opening.is_opened:
        return no("It is opened: that cannot be undone.")
    mine = standing_of(user).user_id == opening.asked_by_id
    may = YES if mine else can_hold_a_key(user)
    return no("This pseudonym is yours: others decide.") if may and opening.persona.is_of(standing_of(user).user_id) else may
