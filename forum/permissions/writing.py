"""Taking part: starting, answering, reacting, voting, changing and taking back what one wrote."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from forum.models import Category, Post, Topic
from forum.permissions.seeing import NOT_YOURS, can_moderate, can_read_own, can_see_category, can_see_post, can_see_topic, wrote

SIGN_IN = "Sign in to take part. Reading the open topics needs no account."
MEMBERS_TAKE_PART = "Only members can take part. Your account has no membership yet: claim it on your account page."


def can_keep_from_practice(user: Anyone, category: Category) -> Verdict:
    """Keep what one writes from members of one's own practice: where only signed-in people read, and we know which it is."""
    if category.is_public:
        return no("Everybody can read here, also your practice without signing in: nothing can be kept from it.")
    if not standing_of(user).practices:
        return no("Say on your account page at which practice you work: then you can keep a post from its members.")
    return YES


def can_take_part(user: Anyone) -> Verdict:
    """The part of every rule about writing that hangs on the person alone."""
    standing = standing_of(user)
    if not standing.is_signed_in:
        return no(SIGN_IN)
    if standing.takes_part:
        return YES
    return no(why_not_a_member(standing) or MEMBERS_TAKE_PART)


def can_attach(user: Anyone) -> Verdict:
    """Send a file, to show it in a post: whoever takes part."""
    return can_take_part(user)


def can_start(user: Anyone, category: Category) -> Verdict:
    return can_take_part(user) and can_see_category(user, category) and _in_group(user, category, category.start_group_id)


def can_reply(user: Anyone, topic: Topic) -> Verdict:
    seen = can_take_part(user) and can_see_topic(user, topic) and _in_group(user, topic.category, topic.category.reply_group_id)
    if not seen:
        return seen
    if topic.state == Topic.State.PENDING:
        return no("This topic waits for a moderator. It can be answered once everybody sees it.")
    return no(locked_sentence(topic)) if topic.is_locked else YES


def _in_group(user: Anyone, category: Category, group_id: int | None) -> Verdict:
    if group_id is None or group_id in standing_of(user).groups or can_moderate(user, category):
        return YES
    return no("In this category one group writes and everybody else reads.")


def can_react(user: Anyone, post: Post) -> Verdict:
    seen = can_take_part(user) and can_see_post(user, post)
    if not seen:
        return seen
    if wrote(user, post):
        return no("You wrote this: others say what they think of it.")
    return YES if post.state == Post.State.PUBLISHED else no("This post is not on show yet.")


def can_vote(user: Anyone, post: Post) -> Verdict:
    """Vote in the poll of a post, as long as it is open: whoever takes part and may read it, also whoever asked."""
    seen = can_take_part(user) and can_see_post(user, post)
    if not seen:
        return seen
    if post.state != Post.State.PUBLISHED:
        return no("This post is not on show yet.")
    return no(locked_sentence(post.topic)) if post.topic.is_locked else YES


def can_edit(user: Anyone, post: Post, *, at: datetime) -> Verdict:
    seen = can_take_part(user) and _reaches(user, post)
    if not seen:
        return seen
    if not wrote(user, post):
        return no(NOT_YOURS)
    return no(locked_sentence(post.topic)) if post.topic.is_locked else _in_time_to_edit(post, at)


def edit_ends_at(post: Post) -> datetime | None:
    """From when on a post stays as it is; None where there is no end (settings.EDIT_DAYS)."""
    return post.created_at + timedelta(days=settings.EDIT_DAYS) if settings.EDIT_DAYS else None


def _in_time_to_edit(post: Post, at: datetime) -> Verdict:
    end = edit_ends_at(post)
    if end is None or at < end:
        return YES
    return no(
        f"A post can be changed for {settings.EDIT_DAYS} days. Others rely on this one by now: "
        "write what is different in a reply, or ask a moderator."
    )


def can_withdraw(user: Anyone, post: Post) -> Verdict:
    """Also in a locked topic: whoever wrote something may take it back."""
    seen = can_take_part(user) and _reaches(user, post)
    if not seen:
        return seen
    return YES if wrote(user, post) else no(NOT_YOURS)


def can_see_history(user: Anyone, post: Post) -> Verdict:
    """What a post said before is shown with the post, to whoever takes part."""
    return can_take_part(user) and can_see_post(user, post)


def can_point_at(user: Anyone, thing: Post | Topic) -> Verdict:
    """Tell moderators of what another wrote and everybody sees who reads there."""
    part = can_take_part(user)
    if not part or thing.state != Post.State.PUBLISHED:
        return part and no("This is not on show, so nobody needs to report it.")
    if wrote(user, thing):
        return no("You wrote this. You can change it or take it back.")
    return can_see_post(user, thing) if isinstance(thing, Post) else can_see_topic(user, thing)


def _reaches(user: Anyone, post: Post) -> Verdict:
    """May read it, or wrote it as a persona in a topic they may see, where it waits, or that waits itself."""
    topic = post.topic
    begun = topic.state == Topic.State.PENDING and post.persona_id is not None and post.persona_id == topic.persona_id
    there = can_see_category(user, topic.category) if begun else can_see_topic(user, topic)
    return can_see_post(user, post) or (there and can_read_own(user, post))


def locked_sentence(topic: Topic) -> str:
    """Why nobody can add to a locked topic."""
    if topic.is_archived:
        return f"This topic is archived: {topic.archive_reason}"
    return f"This topic is locked: {topic.lock_reason}" if topic.lock_reason else "This topic is locked: nothing can be added."
