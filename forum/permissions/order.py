"""Keeping topics in order: titles, tags, answers, announcements, earlier versions, and the categories themselves."""

from accounts.permissions import why_not_a_member
from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from forum.models import Category, Post, Topic
from forum.permissions.seeing import MODERATORS_ONLY, NOT_YOURS, can_moderate, can_see_post, can_see_topic, wrote
from forum.permissions.writing import can_start, can_take_part


def can_keep_history(user: Anyone, post: Post) -> Verdict:
    """Put back what a post said before, or take the text of an earlier version away: moderators, and not for their own posts."""
    kept = can_see_post(user, post) and can_moderate(user, post.topic.category)
    if kept and wrote(user, post):
        return no("You wrote this: another moderator looks after its history.")
    return kept


def can_announce(user: Anyone, category: Category) -> Verdict:
    """Start an announcement, and pin a topic until a date."""
    standing = standing_of(user)
    if can_moderate(user, category):
        return YES
    theirs = standing.is_organiser and can_start(user, category)
    return YES if theirs else no("Announcements are made by moderators, organisers and directors.")


def can_tag(user: Anyone, topic: Topic) -> Verdict:
    """Choose the tags of a topic: whoever began it, and moderators."""
    seen = can_take_part(user) and can_see_topic(user, topic)
    if not seen:
        return seen
    theirs = wrote(user, topic) or can_moderate(user, topic.category)
    return YES if theirs else no("Only the person who began this topic and moderators can change its tags.")


def can_retitle(user: Anyone, topic: Topic) -> Verdict:
    """Give a topic another title: whoever began it, as long as it waits and so was read by no one else."""
    if not can_take_part(user):
        return can_take_part(user)
    if not wrote(user, topic):
        return no(NOT_YOURS)
    return YES if topic.state == Topic.State.PENDING else no("Others have read this topic under its title, so it keeps it.")


def can_correct_title(user: Anyone, topic: Topic) -> Verdict:
    """Give a topic that stands another title, where its own tells what it must not: moderators, and not of their own topics."""
    kept = can_see_topic(user, topic) and can_moderate(user, topic.category)
    if kept and wrote(user, topic):
        return no("You began this topic: another moderator looks after its title.")
    return kept


def can_accept(user: Anyone, topic: Topic) -> Verdict:
    """Say which reply answered a question, and take it back: whoever asked it, and moderators."""
    seen = can_take_part(user) and can_see_topic(user, topic)
    if not seen:
        return seen
    if not topic.is_question:
        return no("Only a question has an accepted answer.")
    theirs = wrote(user, topic) or can_moderate(user, topic.category)
    return YES if theirs else no("Only the person who asked and moderators can accept an answer.")


def can_keep_tags(user: Anyone) -> Verdict:
    """Rename tags and make two of them one."""
    standing = standing_of(user)
    return YES if standing.is_moderator and standing.takes_part else no(MODERATORS_ONLY)


def can_keep_categories(user: Anyone) -> Verdict:
    """Make and change categories, and with them who reads: administrators."""
    standing = standing_of(user)
    return YES if standing.is_administrator else no(why_not_a_member(standing) or "Only administrators can change categories.")
