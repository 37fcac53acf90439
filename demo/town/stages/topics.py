"""Topics with all that hangs on them: a part is some twenty thousand posts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from common.markdown import RENDER_VERSION
from demo.town.copying import Row, copy_rows, moment, ready
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage
from demo.town.threads import Thread, Written, keeper_of, marks, thread
from forum.models import Bookmark, Persona, Post, Reaction, Revision, Topic, TopicActivity, TopicMember
from forum.texts import topic_slug

_TOPIC = (
    *("id", "category_id", "author_id", "title", "slug", "kind", "state", "last_number", "pinned_until"),
    *("locked_at", "locked_by_id", "lock_reason", "solution_number", "created_at"),
)
_POST = (
    *("id", "topic_id", "number", "parent_number", "root_number", "depth", "author_id", "persona_id", "body", "html"),
    *("render_version", "state", "removed_at", "removed_by_id", "removal_reason", "moderation_version"),
    *("reply_count", "descendant_count", "agree_count", "thanks_count", "insightful_count", "disagree_count"),
    *("created_at", "edited_at", "revision"),
)
_ACTIVITY = (
    *("topic_id", "category_id", "reply_count", "participant_count"),
    *("last_post_number", "last_posted_at", "last_author_id", "last_persona_id"),
)


def _load(plan: Plan, numbers: range) -> Rows:
    """The threads are drawn once and written table by table."""
    threads = [thread(plan, number) for number in numbers]
    each: Callable[[Callable[[Plan, Thread], Iterator[Row]]], Iterator[Row]] = partial(_of_all, plan, threads)
    yield "topics", copy_rows(Topic, _TOPIC, each(_topic))
    persona = ("id", "topic_id", "label", "owner_tag", "sealed_person", "created_at")
    yield "personas", copy_rows(Persona, persona, each(_persona))
    yield "activities", copy_rows(TopicActivity, _ACTIVITY, each(_activity))
    yield "posts", copy_rows(Post, _POST, each(_posts))
    yield "reactions", copy_rows(Reaction, ("post_id", "user_id", "kind", "created_at"), each(_reactions))
    revision = ("id", "post_id", "number", "author_id", "persona_id", "body", "source_format", "diff", "at")
    yield "revisions", copy_rows(Revision, revision, each(_revisions))
    member = ("user_id", "topic_id", "last_read", "read_at", "level", "because")
    yield "read_marks", copy_rows(TopicMember, member, each(_marks))
    yield "bookmarks", copy_rows(Bookmark, ("id", "user_id", "post_id", "note", "created_at"), each(_bookmarks))


def _of_all(plan: Plan, threads: Sequence[Thread], rows: Callable[[Plan, Thread], Iterator[Row]]) -> Iterator[Row]:
    for made in threads:
        yield from rows(plan, made)


def _topic(plan: Plan, made: Thread) -> Iterator[Row]:
    first, locked = made.posts[0], bool(made.locked_at)
    yield (
        *(made.id, made.place.id, first.by, made.title, topic_slug(made.title), made.kind, made.state, len(made.posts)),
        *(_when(made.pinned_until), _when(made.locked_at), keeper_of(plan, made.place, made.id) if locked else None),
        *("It went round in circles." if locked else "", made.solution or None, moment(first.at)),
    )


def _persona(plan: Plan, made: Thread) -> Iterator[Row]:
    """Nobody's: no member's tag is this one."""
    if made.has_persona:
        tag = f"town {plan.seed} {made.id}".encode().ljust(32, b".")
        yield made.id, made.id, "Larchfield", tag, b"sealed", moment(made.posts[0].at)


def _activity(plan: Plan, made: Thread) -> Iterator[Row]:
    shown = made.published
    last = shown[-1] if shown else made.posts[0]
    yield (
        *(made.id, made.place.id, sum(1 for post in shown if post.number > 1), len({post.by for post in shown})),
        *(last.number, moment(last.at), *_by(made, last)),
    )


def _posts(plan: Plan, made: Thread) -> Iterator[Row]:
    before = plan.posts_before[made.id - 1]
    for post in made.posts:
        removed = post.state in ("hidden", "withdrawn")
        yield (
            *(before + post.number, made.id, post.number, post.parent or None, post.root, post.depth, *_by(made, post)),
            *(ready(post.text.body), ready(post.text.html), RENDER_VERSION, post.state, _when(post.removed_at)),
            *(_remover(plan, made, post), post.reason, int(removed), post.replies, post.descendants),
            *(post.count("agree"), post.count("thanks"), post.count("insightful"), post.count("disagree")),
            *(moment(post.at), _when(post.edited_at), 2 if post.edited_at else 1),
        )


def _remover(plan: Plan, made: Thread, post: Written) -> int | None:
    """A persona's withdrawal names nobody."""
    if post.state == "hidden":
        return keeper_of(plan, made.place, made.id + post.number, but=post.by)
    return post.by or None if post.state == "withdrawn" else None


def _reactions(plan: Plan, made: Thread) -> Iterator[Row]:
    before = plan.posts_before[made.id - 1]
    return ((before + post.number, who, kind, moment(at)) for post in made.posts for who, kind, at in post.said)


def _revisions(plan: Plan, made: Thread) -> Iterator[Row]:
    """What an edited post said first; numbered as the post is, since each was changed once."""
    before = plan.posts_before[made.id - 1]
    for post in made.posts:
        if post.edited_at:
            pk = before + post.number
            yield (
                *(pk, pk, 1, *_by(made, post), ready(post.text.before), "markdown", ready(post.text.diff)),
                moment(post.edited_at),
            )


def _marks(plan: Plan, made: Thread) -> Iterator[Row]:
    first, writers = made.posts[0].by, {post.by for post in made.posts}
    for user, read, at, level, _ in marks(plan, made):
        by_writing = "started" if user == first else "replied" if user in writers else "chosen"
        because = "" if level == "normal" else by_writing if level == "tracking" else "chosen"
        yield user, made.id, read, moment(at), level, because


def _bookmarks(plan: Plan, made: Thread) -> Iterator[Row]:
    """Numbered as posts are, so that there are no more of them in a topic than posts."""
    before = plan.posts_before[made.id - 1]
    marked = [(user, at, number) for user, _, at, _, number in marks(plan, made) if number][: len(made.posts)]
    for place, (user, at, number) in enumerate(marked, 1):
        yield before + place, user, before + number, "", moment(at)


def _by(made: Thread, post: Written) -> tuple[int | None, int | None]:
    """Author and persona: one of them."""
    return (post.by, None) if post.by else (None, made.id)


def _when(seconds: int) -> datetime | None:
    return moment(seconds) if seconds else None


TOPICS = Stage("topics", lambda plan: plan.topic_parts, _load)
