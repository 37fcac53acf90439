"""Who may read what, and who keeps it in order. The other face of each is a queryset (`visible_to`, `moderated_by`)."""

from django.conf import settings

from accounts.permissions import can_see_person
from accounts.standing import Anyone, Standing, standing_of
from common.verdicts import YES, Verdict, no
from forum.keeping import is_mark_of
from forum.models import Category, Post, Topic

NOT_FOR_YOU = "This part of the forum is for members."
NOT_YOUR_GROUP = "This part of the forum belongs to a group."
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
    if in_category and topic.kept_from is not None and not may_see_kept(user, topic):
        return no("This topic is not on show.")
    if not in_category or topic.state == Topic.State.PUBLISHED:
        return in_category
    standing = standing_of(user)
    own_and_waiting = topic.state == Topic.State.PENDING and is_self(standing, topic.author_id)
    return YES if own_and_waiting or can_moderate(user, topic.category) else no("This topic is not on show.")


def can_see_post(user: Anyone, post: Post) -> Verdict:
    """May its text be read? A tombstone's place on the page is another matter (`Post.objects.placed_for`)."""
    in_topic = can_see_topic(user, post.topic)
    if in_topic and post.kept_from is not None and not may_see_kept(user, post):
        return no("This post is kept from some of the members.")
    if not in_topic or post.state == Post.State.PUBLISHED:
        return in_topic
    standing = standing_of(user)
    if post.state == Post.State.PENDING and (is_self(standing, post.author_id) or can_moderate(user, post.topic.category)):
        return YES
    return no("This post is not on show.")


def can_read_own(user: Anyone, post: Post) -> Verdict:
    """What somebody wrote stays theirs to read, also where they may not go any more. `Post.objects.written_by` is the same for
    what they wrote under their own name; which pseudonyms are theirs no query can tell."""
    kept = post.state in (Post.State.PUBLISHED, Post.State.PENDING)
    return YES if kept and wrote(user, post) else no(NOT_YOURS)


def may_see_kept(user: Anyone, thing: Post | Topic) -> bool:
    """What a post or a topic is kept from is one practice; the other face of `models.rules.not_kept_rule`. Who began a topic
    under a pseudonym knows of it."""
    standing = standing_of(user)
    topic = thing if isinstance(thing, Topic) else thing.topic
    if is_self(standing, thing.author_id) or (thing is topic and wrote(user, topic)):
        return True
    if not standing.practices:
        return bool(can_moderate(user, topic.category))
    mark = bytes(thing.kept_from or b"")
    return not any(is_mark_of(mark, settings.PERSONA_KEY, code) for code in standing.practices)


def can_moderate(user: Anyone, category: Category) -> Verdict:
    """Keep a category in order: hide and lock, and see what waits. `Category.objects.moderated_by` is the same."""
    standing = standing_of(user)
    theirs = standing.takes_part and category.moderate_group_id in standing.groups
    if category.is_private:
        return YES if theirs or (standing.takes_part and category.group_id in standing.owns) else no(MODERATORS_ONLY)
    return YES if theirs or standing.is_moderator else no(MODERATORS_ONLY)


def wrote(user: Anyone, thing: Post | Topic) -> bool:
    """Under their own name, or as a persona of theirs: then `thing.persona` is wanted loaded."""
    standing = standing_of(user)
    if thing.persona_id is None:
        return is_self(standing, thing.author_id)
    return thing.persona is not None and thing.persona.is_of(standing.user_id)


def can_see_reactors(user: Anyone, post: Post) -> Verdict:
    """Who reacted to a post: members see each other's names."""
    return can_see_person(user) and can_see_post(user, post)


def is_self(standing: Standing, author_id: int | None) -> bool:
    return author_id is not None and standing.user_id == author_id
