from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from digest.offers import offer_for


def can_edit_weekly(user: Anyone) -> Verdict:
    """Organisers and directors write the note, choose the picks and watch the sending."""
    return YES if standing_of(user).is_organiser else no("The weekly is edited by organisers and directors.")


def can_edit_stream(user: Anyone, stream: str) -> Verdict:
    """The same for any stream: of a category's daily, whoever of them may read the category."""
    verdict = can_edit_weekly(user)
    return verdict if not verdict or offer_for(stream, user) else no("There is no such mail to edit.")


def can_ask_for(reader: Anyone, stream: str) -> Verdict:
    """A stream for everybody, or the daily of a category that this reader may read."""
    return YES if offer_for(stream, reader) else no("There is no such mail to ask for.")


def can_bring_subscribers_in(user: Anyone) -> Verdict:
    """Bring a list of subscribers in, and take one with them out: officers, since it holds addresses and what was agreed."""
    standing = standing_of(user)
    if standing.is_administrator or standing.is_director:
        return YES
    return no("Lists of subscribers are for administrators and directors.")
