from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no


def can_see_person(user: Anyone) -> Verdict:
    """Profiles are for members: a visitor reads what people wrote, not who they are."""
    return YES if standing_of(user).is_member else no("Profiles are for members. Sign in to see who wrote what.")


def can_see_styleguide(user: Anyone) -> Verdict:
    """The kit of parts is for those who build and run the site."""
    return YES if standing_of(user).is_staff else no("The style guide is for the people who run this site.")
