"""Who may report, look into a case and decide it. Cases come with `topic.category` and, where it is asked, `reported_by_me`."""

from accounts.models import User
from accounts.permissions import can_sanction, can_see_person
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from forum.models import Category, Post, Topic
from forum.permissions import can_moderate, can_point_at, can_take_part, wrote
from moderation.models import Case

NOT_YOUR_CASE = "This case is not yours to see."
ONLY_LOOKS = "You may look at this case. Deciding it is for moderators."
YOU_REPORTED_IT = "You reported this yourself, so another moderator decides."

YOU_WROTE_IT = "You wrote this, so another moderator decides. You can take it back yourself."

Thing = Post | Topic | User
"""What a case can be about."""


def can_report(user: Anyone, thing: Thing) -> Verdict:
    """Whoever takes part reports what they may see, but for themselves and what is not on show."""
    if not isinstance(thing, User):
        return can_point_at(user, thing)
    mine = standing_of(user).user_id == thing.pk
    return can_take_part(user) and can_see_person(user) and (no("This is you.") if mine else YES)


def can_see_queue(user: Anyone) -> Verdict:
    """Moderators, owners of groups, whoever else keeps a category in order, and trustees, who look."""
    standing = standing_of(user)
    if standing.is_moderator or standing.is_trustee or standing.owns:
        return YES
    keeps = bool(standing.groups) and Category.objects.moderated_by(user).exists()
    return YES if keeps else no("Reports are read by moderators.")


def can_see_case(user: Anyone, case: Case) -> Verdict:
    """`Case.objects.visible_to` is the same."""
    standing = standing_of(user)
    if standing.user_id is not None and standing.user_id in (case.about_id, case.writer_id):
        return no(NOT_YOUR_CASE)
    shared = case.topic is None or not case.topic.category.is_private
    return YES if keeps_in_order(user, case) or (standing.is_trustee and shared) else no(NOT_YOUR_CASE)


def keeps_in_order(user: Anyone, case: Case) -> Verdict:
    """The case lies in what this person moderates; one about a person is the site's moderators'."""
    if case.topic is not None:
        return can_moderate(user, case.topic.category)
    return YES if standing_of(user).is_moderator else no(ONLY_LOOKS)


def can_work_on(user: Anyone, case: Case) -> Verdict:
    """Claim it, decide it, reverse what was decided. Nobody acts on a case about themselves, nor on what they reported."""
    seen = can_see_case(user, case)
    if not seen:
        return seen
    if not keeps_in_order(user, case):
        return no(ONLY_LOOKS)
    thing = case.post or case.topic
    if thing is not None and wrote(user, thing):
        return no(YOU_WROTE_IT)
    return no(YOU_REPORTED_IT) if case.reported_by_me else YES  # type: ignore[attr-defined]


def can_keep_words(user: Anyone) -> Verdict:
    """The words that make a post wait are the site's moderators'."""
    return YES if standing_of(user).is_moderator else no("The list of flagged words is kept by the site's moderators.")


def can_act_on(user: Anyone, thing: Thing) -> Verdict:
    """Decide about something that nobody reported: within what one moderates, and never about oneself."""
    if isinstance(thing, User):
        return can_sanction(user, thing)
    category = thing.topic.category if isinstance(thing, Post) else thing.category
    kept = can_moderate(user, category)
    return no(YOU_WROTE_IT) if kept and wrote(user, thing) else kept
