"""What is kept for a reader: marks, bookmarks, what they follow. Needs an account, no membership."""

from accounts.standing import Anyone, standing_of
from common.verdicts import YES, Verdict, no
from forum.models import Category, Post, Topic
from forum.permissions.seeing import can_see_category, can_see_post, can_see_topic


def can_follow(user: Anyone, topic: Topic) -> Verdict:
    """Follow, bookmark, keep a read mark: needs an account, no membership."""
    if not standing_of(user).is_signed_in:
        return no("Sign in to follow a topic.")
    return can_see_topic(user, topic)


def can_follow_category(user: Anyone, category: Category) -> Verdict:
    """Follow it, and mark it as read: needs an account, no membership."""
    return can_keep_marks(user) and can_see_category(user, category)


def can_bookmark(user: Anyone, post: Post) -> Verdict:
    return can_keep_marks(user) and can_see_post(user, post)


def can_keep_marks(user: Anyone) -> Verdict:
    """Have something of one's own kept while reading: read marks, bookmarks, what one follows."""
    return YES if standing_of(user).is_signed_in else no("Sign in, and what you read, mark and follow is kept for you.")
