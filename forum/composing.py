"""Posts as a page lays them out: the card that is equal for everybody, and around it what hangs on the reader.

Whoever calls has loaded the posts through the visibility rule, and what the reader said of them. At most one statement is made,
for the words of posts whose cards are not kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.standing import Anyone, themselves
from common.doors import open_door
from common.errors import NotTheSame
from common.fragments import fragments, version_of
from common.markdown import as_html
from common.verdicts import YES, Verdict
from forum import permissions
from forum.models import Post, Reaction, Topic
from forum.polling import PollView
from forum.readers import Branch
from forum.readers.polls import poll_told
from forum.readers.posts import with_words
from forum.rendering import author_name, standing_of_post

ICONS = {"agree": "agree", "thanks": "thanks", "insightful": "idea", "disagree": "disagree"}


@dataclass(frozen=True, slots=True)
class ReactionView:
    """One kind under a post: how many said it, and whether the reader did."""

    kind: str
    label: str
    icon: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the rules say of a reader and a post."""

    can_react: Verdict
    can_edit: Verdict
    can_withdraw: Verdict
    can_report: Verdict
    can_see_reactors: Verdict
    can_offer: bool


@dataclass(slots=True)
class PostView:
    """One place on the page. `html`: the whole of it as it is kept; empty for what is drawn anew each time, with its `card`.
    `notes`: what moderators did just ahead of it."""

    post: Post
    reactions: list[ReactionView]
    can_react: Verdict
    can_reply: Verdict
    can_edit: Verdict
    can_withdraw: Verdict
    can_report: Verdict
    is_folded: bool = False
    is_bookmarked: bool = False
    shows_reactors: bool = False
    is_new: bool = False
    first_new: bool = False
    replies: list["PostView"] = field(default_factory=list)
    more: int = 0
    more_after: int = 0
    can_accept: bool = False
    is_answer: bool = False
    poll: PollView | None = None
    can_vote: Verdict = YES
    has_menu: bool = False
    may_moderate: bool = False
    in_time: bool = False
    card: SafeString | str = ""
    html: SafeString | str = ""
    can_offer: bool = False
    notes: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def has_reactions(self) -> bool:
        return any(reaction.count for reaction in self.reactions)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: how far they had read (0: never here), whether they may answer, asked once for the page, whose posts are folded
    for them, and the numbers of those they bookmarked; `at`: when."""

    user: Anyone
    last_read: int
    can_reply: Verdict
    blocked: frozenset[int] = frozenset()
    bookmarked: frozenset[int] = frozenset()
    can_accept: bool = False
    may_moderate: bool = False
    at: datetime = field(default_factory=timezone.now)
    verdicts: dict[object, "Verdicts"] = field(default_factory=dict)


def reader_of(
    user: Anyone,
    topic: Topic,
    *,
    last_read: int = 0,
    blocked: frozenset[int] = frozenset(),
    bookmarked: frozenset[int] = frozenset(),
) -> Reader:
    user = themselves(user)
    can_accept, may_moderate = bool(permissions.can_accept(user, topic)), bool(permissions.can_moderate(user, topic.category))
    return Reader(user, last_read, permissions.can_reply(user, topic), blocked, bookmarked, can_accept, may_moderate)


def views_of(posts: Iterable[Post], reader: Reader, *, in_time: bool = False) -> list[PostView]:
    """In the order given; one question to the cache, two more for what is not there. `in_time`: each as an item of the list by
    time, which says what it answers."""
    views = [_view(post, reader, in_time) for post in posts]
    _draw(views)
    return views


def tree_of(branches: Iterable[Branch], reader: Reader) -> list[PostView]:
    """Branches with what hangs below them; as many questions to the cache as for a list."""
    every: list[PostView] = []

    def grown(branch: Branch) -> PostView:
        view = _view(branch.post, reader, in_time=False)
        every.append(view)
        view.replies = [grown(reply) for reply in branch.replies]
        view.more, view.more_after = branch.more, branch.last_shown
        return view

    found = [grown(branch) for branch in branches]
    _draw(every)
    return found


def posts_of(branches: Iterable[Branch]) -> Iterable[Post]:
    """Every post of some branches."""
    for branch in branches:
        yield branch.post
        yield from posts_of(branch.replies)


def mark_first_new(views: Iterable[PostView]) -> None:
    """The first new one carries the line “New since you were last here”."""
    for view in views:
        if view.is_new:
            view.first_new = True
            return


def reactions_of(post: Post, mine: frozenset[str]) -> list[ReactionView]:
    """The four kinds with their counts; likes that an import brought without names count as thanks."""
    return [
        ReactionView(kind.value, str(kind.label), ICONS[kind.value], _count(post, kind.value), kind.value in mine)
        for kind in Reaction.Kind
    ]


def card_key(post: Post) -> str:
    """Every version that a card depends on."""
    by = f"u{post.author_id}.{post.author.card_version}" if post.author else f"p{post.persona_id}{_rest(post)}"
    drawn = f"{version_of('forum/_card.html')}:{post.render_version}"
    return f"forum:card:{drawn}:{post.pk}:{post.revision}:{by}:{post.moderation_version}"


def _rest(post: Post) -> str:
    return ".rests" if post.persona and post.persona.is_resting else ""


def _is_starter(post: Post) -> bool:
    """Whoever wrote it started the topic, under the same name."""
    return (post.author_id, post.persona_id) == (post.topic.author_id, post.topic.persona_id) != (None, None)


def post_key(view: PostView) -> str:
    """Everything that the place of a published post without a poll shows, in short."""
    post = view.post
    told = (
        view.can_react, view.can_reply, view.can_edit, view.can_withdraw, view.can_report, view.is_folded, view.is_bookmarked,
        view.shows_reactors, view.is_new, view.can_accept, view.is_answer, view.has_menu, view.may_moderate, view.in_time,
        view.can_offer,
    )  # fmt: skip
    yes = sum(1 << place for place, one in enumerate(told) if one)
    said = ",".join(f"{reaction.count}*" if reaction.mine else str(reaction.count) for reaction in view.reactions)
    return f"forum:post:{version_of(*PARTS)}:{card_key(post)}:{post.topic_id}.{post.number}.{post.parent_number}:{yes:x}:{said}"


PARTS = ("forum/_place.html", "forum/_post.html", "forum/_foot.html", "forum/_post_menu.html", "forum/_card.html")


def _draw(views: Sequence[PostView]) -> None:
    """Give each its `html`, or its `card` where more than the key hangs on."""
    kept = [view for view in views if view.post.state == Post.State.PUBLISHED and not view.poll]
    cards = cache(partial(_cards, [view.post for view in views]))  # asked for when the first is wanted

    def drawn(view: PostView) -> str:
        view.card = cards().get(view.post.pk, "")
        name = "forum/_place.html" if view.in_time else "forum/_post.html"
        return render_to_string(name, {"view": view, "topic": view.post.topic})

    keys = {post_key(view): view for view in kept}
    pieces = fragments({key: partial(drawn, view) for key, view in keys.items()})
    for key, view in keys.items():
        view.html = pieces[key]
    for view in views:
        if not view.html:
            view.card = cards().get(view.post.pk, "")


def _cards(posts: Iterable[Post]) -> dict[int, SafeString]:
    readable = {post.pk: post for post in posts if not post.is_tombstone}
    keys = {pk: card_key(post) for pk, post in readable.items()}
    worded = cache(partial(with_words, list(readable.values())))  # asked for when the first card is drawn

    def drawn(post: Post) -> str:
        worded()
        return _card(post)

    pieces = fragments({keys[pk]: partial(drawn, post) for pk, post in readable.items()})
    return {pk: pieces[key] for pk, key in keys.items()}


def _card(post: Post) -> str:
    context = {
        "post": post,
        "name": author_name(post),
        "standing": standing_of_post(post),
        "started": _is_starter(post) and post.number > 1,
        "html": as_html(post.html),
    }
    return render_to_string("forum/_card.html", context)


def _verdicts(post: Post, reader: Reader) -> Verdicts:
    """Asked once for all posts of the page that are alike to the rules: most are by others, and on show."""
    ends = permissions.edit_ends_at(post)
    alike = (post.state, permissions.wrote(reader.user, post), post.kept_from, ends is None or reader.at < ends)
    if alike not in reader.verdicts or settings.KEPT_IS_COMPARED:
        can_withdraw = permissions.can_withdraw(reader.user, post)
        asked = Verdicts(
            can_react=permissions.can_react(reader.user, post),
            can_edit=permissions.can_edit(reader.user, post, at=reader.at),
            can_withdraw=can_withdraw,
            can_offer=bool(can_withdraw) and open_door(settings.EVIDENCE_TAKEN)(post.topic_id, at=reader.at),
            can_report=permissions.can_point_at(reader.user, post),
            can_see_reactors=permissions.can_see_reactors(reader.user, post),
        )
        if reader.verdicts.setdefault(alike, asked) != asked:
            raise NotTheSame(f"{alike}: {reader.verdicts[alike]} and {asked}")
    return reader.verdicts[alike]


def of_another(topic: Topic, reader: Reader) -> Verdicts:
    """What the rules say of a post on show that somebody else wrote."""
    return _verdicts(Post(topic=topic, state=Post.State.PUBLISHED, created_at=reader.at), reader)


def _view(post: Post, reader: Reader, in_time: bool) -> PostView:
    may = _verdicts(post, reader)
    is_answer, poll = post.topic.solution_number == post.number, poll_told(post, at=reader.at)
    return PostView(
        post=post,
        reactions=reactions_of(post, frozenset(getattr(post, "said", None) or ())),
        can_react=may.can_react,
        can_reply=reader.can_reply,
        can_edit=may.can_edit,
        can_withdraw=may.can_withdraw,
        can_offer=may.can_offer,
        can_report=may.can_report,
        is_folded=post.author_id in reader.blocked,
        is_bookmarked=post.number in reader.bookmarked,
        shows_reactors=bool(may.can_see_reactors),
        is_new=0 < reader.last_read < post.number,
        can_accept=reader.can_accept and post.number > 1 and post.state == Post.State.PUBLISHED and not is_answer,
        is_answer=is_answer,
        poll=poll,
        can_vote=permissions.can_vote(reader.user, post) if poll else YES,
        has_menu=reader.user.is_authenticated,
        may_moderate=reader.may_moderate,
        in_time=in_time,
    )


def _count(post: Post, kind: str) -> int:
    count: int = getattr(post, f"{kind}_count")
    return count + (post.imported_likes if kind == Reaction.Kind.THANKS else 0)
