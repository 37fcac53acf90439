"""Who may do what in the forum: yes, or no with the sentence that the page shows.

What may be seen has another face as a queryset (`visible_to` on Category, Topic and Post); a test holds the two equal.
Objects come with what the rule asks about (`topic.category`, `post.topic`): rules make no statement for them.
"""

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, Standing, standing_of
from common.verdicts import YES, Verdict, no
from forum.models import Category, Post, Topic

NOT_FOR_YOU = "This part of the forum is for members."
NOT_YOUR_GROUP = "This part of the forum belongs to a group."
SIGN_IN = "Sign in to take part. Reading the open topics needs no account."
MEMBERS_TAKE_PART = "Only members can take part. Your account has no membership yet: claim it on your account page."
NOT_YOURS = "Only the person who wrote this can do that."
MODERATORS_ONLY = "Only moderators can do that."


def can_see_category(user: Anyone, category: Category) -> Verdict:
    standing = standing_of(user)
    if category.is_private:
        theirs = {category.group_id, category.moderate_group_id} & standing.groups
        return YES if theirs else no(NOT_YOUR_GROUP)
    return YES if category.is_public or standing.is_member else no(NOT_FOR_YOU)


def can_see_topic(user: Anyone, topic: Topic) -> Verdict:
    in_category = can_see_category(user, topic.category)
    if not in_category or topic.state == Topic.State.PUBLISHED:
        return in_category
    standing = standing_of(user)
    own_and_waiting = topic.state == Topic.State.PENDING and _is_self(standing, topic.author_id)
    return YES if own_and_waiting or can_moderate(user, topic.category) else no("This topic is not on show.")


def can_see_post(user: Anyone, post: Post) -> Verdict:
    """May its text be read? A tombstone's place on the page is another matter (`Post.objects.placed_for`)."""
    in_topic = can_see_topic(user, post.topic)
    if not in_topic or post.state == Post.State.PUBLISHED:
        return in_topic
    standing = standing_of(user)
    if post.state == Post.State.PENDING and (_is_self(standing, post.author_id) or can_moderate(user, post.topic.category)):
        return YES
    return no("This post is not on show.")


def can_read_own(user: Anyone, post: Post) -> Verdict:
    """What somebody wrote stays theirs to read, also where they may not go any more. `Post.objects.written_by` is the same."""
    kept = post.state in (Post.State.PUBLISHED, Post.State.PENDING)
    return YES if kept and _is_self(standing_of(user), post.author_id) else no(NOT_YOURS)


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
    if _is_self(standing_of(user), post.author_id):
        return no("You wrote this: others say what they think of it.")
    return YES if post.state == Post.State.PUBLISHED else no("This post is not on show yet.")


def can_edit(user: Anyone, post: Post) -> Verdict:
    seen = can_take_part(user) and can_see_post(user, post)
    if not seen:
        return seen
    if not _is_self(standing_of(user), post.author_id):
        return no(NOT_YOURS)
    return no(locked_sentence(post.topic)) if post.topic.is_locked else YES


def can_withdraw(user: Anyone, post: Post) -> Verdict:
    """Also in a locked topic: whoever wrote something may take it back."""
    seen = can_take_part(user) and can_see_post(user, post)
    if not seen:
        return seen
    return YES if _is_self(standing_of(user), post.author_id) else no(NOT_YOURS)


def can_see_history(user: Anyone, post: Post) -> Verdict:
    """What a post said before is shown with the post, to whoever takes part."""
    return can_take_part(user) and can_see_post(user, post)


def can_point_at(user: Anyone, thing: Post | Topic) -> Verdict:
    """Tell moderators of what another wrote and everybody sees who reads there."""
    part = can_take_part(user)
    if not part or thing.state != Post.State.PUBLISHED:
        return part and no("This is not on show, so nobody needs to report it.")
    if _is_self(standing_of(user), thing.author_id):
        return no("You wrote this. You can change it or take it back.")
    return can_see_post(user, thing) if isinstance(thing, Post) else can_see_topic(user, thing)


def can_moderate(user: Anyone, category: Category) -> Verdict:
    """Keep a category in order: hide and lock, and see what waits. `Category.objects.moderated_by` is the same."""
    standing = standing_of(user)
    theirs = standing.takes_part and category.moderate_group_id in standing.groups
    if category.is_private:
        return YES if theirs or (standing.takes_part and category.group_id in standing.owns) else no(MODERATORS_ONLY)
    return YES if theirs or standing.is_moderator else no(MODERATORS_ONLY)


def can_keep_categories(user: Anyone) -> Verdict:
    """Make and change categories, and with them who reads: administrators."""
    standing = standing_of(user)
    return YES if standing.is_administrator else no(why_not_a_member(standing) or "Only administrators can change categories.")


def can_follow(user: Anyone, topic: Topic) -> Verdict:
    """Follow, bookmark, keep a read mark: needs an account, no membership."""
    if not standing_of(user).is_signed_in:
        return no("Sign in to follow a topic.")
    return can_see_topic(user, topic)


def locked_sentence(topic: Topic) -> str:
    """Why nobody can add to a locked topic."""
    return f"This topic is locked: {topic.lock_reason}" if topic.lock_reason else "This topic is locked: nothing can be added."


def _is_self(standing: Standing, author_id: int | None) -> bool:
    return author_id is not None and standing.user_id == author_id
