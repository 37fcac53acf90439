from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no


def can_edit_weekly(user: Anyone) -> Verdict:
    """Organisers and directors write the note, choose the picks and watch the sending."""
    return YES if standing_of(user).is_organiser else no("The weekly is edited by organisers and directors.")
