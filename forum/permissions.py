"""Who may do what in the forum: yes, or no with the sentence that the page shows.

What may be seen has another face as a queryset (`visible_to` on Category, Topic and Post); a test holds the two equal.
Objects come with what the rule asks about (`topic.category`, `post.topic`): rules make no statement for them.
"""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.permissions import can_see_person, why_not_a_member
from accounts.standing import Anyone, Standing, standing_of
from common.verdicts import YES, Verdict, no
from forum.keeping import is_mark_of
from forum.models import Category, OfficerKey, Opening, Persona, Post, Topic

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
    if in_category and topic.kept_from is not None and not may_see_kept(user, topic):
        return no("This topic is not on show.")
    if not in_category or topic.state == Topic.State.PUBLISHED:
        return in_category
    standing = standing_of(user)
    own_and_waiting = topic.state == Topic.State.PENDING and _is_self(standing, topic.author_id)
    return YES if own_and_waiting or can_moderate(user, topic.category) else no("This topic is not on show.")


def can_see_post(user: Anyone, post: Post) -> Verdict:
    """May its text be read? A tombstone's place on the page is another matter (`Post.objects.placed_for`)."""
    in_topic = can_see_topic(user, post.topic)
    if in_topic and post.kept_from is not None and not may_see_kept(user, post):
        return no("This post is kept from some of the members.")
    if not in_topic or post.state == Post.State.PUBLISHED:
        return in_topic
    standing = standing_of(user)
    if post.state == Post.State.PENDING and (_is_self(standing, post.author_id) or can_moderate(user, post.topic.category)):
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
    if _is_self(standing, thing.author_id) or (thing is topic and wrote(user, topic)):
        return True
    if not standing.practices:
        return bool(can_moderate(user, topic.category))
    mark = bytes(thing.kept_from or b"")
    return not any(is_mark_of(mark, settings.PERSONA_KEY, code) for code in standing.practices)


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


def can_keep_history(user: Anyone, post: Post) -> Verdict:
    """Put back what a post said before, or take the text of an earlier version away: moderators, and not for their own posts."""
    kept = can_see_post(user, post) and can_moderate(user, post.topic.category)
    if kept and wrote(user, post):
        return no("You wrote this: another moderator looks after its history.")
    return kept


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


def can_moderate(user: Anyone, category: Category) -> Verdict:
    """Keep a category in order: hide and lock, and see what waits. `Category.objects.moderated_by` is the same."""
    standing = standing_of(user)
    theirs = standing.takes_part and category.moderate_group_id in standing.groups
    if category.is_private:
        return YES if theirs or (standing.takes_part and category.group_id in standing.owns) else no(MODERATORS_ONLY)
    return YES if theirs or standing.is_moderator else no(MODERATORS_ONLY)


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


def can_follow(user: Anyone, topic: Topic) -> Verdict:
    """Follow, bookmark, keep a read mark: needs an account, no membership."""
    if not standing_of(user).is_signed_in:
        return no("Sign in to follow a topic.")
    return can_see_topic(user, topic)


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


def wrote(user: Anyone, thing: Post | Topic) -> bool:
    """Under their own name, or as a persona of theirs: then `thing.persona` is wanted loaded."""
    standing = standing_of(user)
    if thing.persona_id is None:
        return _is_self(standing, thing.author_id)
    return thing.persona is not None and thing.persona.is_of(standing.user_id)


def _reaches(user: Anyone, post: Post) -> Verdict:
    """May read it, or wrote it as a persona in a topic they may see, where it waits, or that waits itself."""
    topic = post.topic
    begun = topic.state == Topic.State.PENDING and post.persona_id is not None and post.persona_id == topic.persona_id
    there = can_see_category(user, topic.category) if begun else can_see_topic(user, topic)
    return can_see_post(user, post) or (there and can_read_own(user, post))


def can_follow_category(user: Anyone, category: Category) -> Verdict:
    """Follow it, and mark it as read: needs an account, no membership."""
    return can_keep_marks(user) and can_see_category(user, category)


def can_bookmark(user: Anyone, post: Post) -> Verdict:
    return can_keep_marks(user) and can_see_post(user, post)


def can_keep_marks(user: Anyone) -> Verdict:
    """Have something of one's own kept while reading: read marks, bookmarks, what one follows."""
    return YES if standing_of(user).is_signed_in else no("Sign in, and what you read, mark and follow is kept for you.")


def can_see_reactors(user: Anyone, post: Post) -> Verdict:
    """Who reacted to a post: members see each other's names."""
    return can_see_person(user) and can_see_post(user, post)


def locked_sentence(topic: Topic) -> str:
    """Why nobody can add to a locked topic."""
    if topic.is_archived:
        return f"This topic is archived: {topic.archive_reason}"
    return f"This topic is locked: {topic.lock_reason}" if topic.lock_reason else "This topic is locked: nothing can be added."


def _is_self(standing: Standing, author_id: int | None) -> bool:
    return author_id is not None and standing.user_id == author_id
