"""Posts as a page lays them out: the card that is equal for everybody, and around it what hangs on the reader.

No statement is made here: whoever calls has loaded the posts through the visibility rule, and what the reader said of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.standing import Anyone
from common.fragments import fragments
from common.markdown import as_html
from common.verdicts import YES, Verdict
from forum import permissions
from forum.models import Post, Reaction, Topic
from forum.polling import PollView
from forum.readers import Branch
from forum.readers.polls import poll_told
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


@dataclass(slots=True)
class PostView:
    """One place on the page. `card` is empty for a tombstone; `notes`: what moderators did just ahead of it."""

    post: Post
    card: SafeString | str
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
    at: datetime = field(default_factory=timezone.now)


def reader_of(
    user: Anyone,
    topic: Topic,
    *,
    last_read: int = 0,
    blocked: frozenset[int] = frozenset(),
    bookmarked: frozenset[int] = frozenset(),
) -> Reader:
    can_accept = bool(permissions.can_accept(user, topic))
    return Reader(user, last_read, permissions.can_reply(user, topic), blocked, bookmarked, can_accept)


def views_of(posts: Iterable[Post], reader: Reader) -> list[PostView]:
    """In the order given; one question to the cache."""
    found = list(posts)
    cards = _cards(found)
    return [_view(post, reader, cards) for post in found]


def tree_of(branches: Iterable[Branch], reader: Reader) -> list[PostView]:
    """Branches with what hangs below them; one question to the cache."""
    found = list(branches)
    cards = _cards(list(posts_of(found)))

    def grown(branch: Branch) -> PostView:
        view = _view(branch.post, reader, cards)
        view.replies = [grown(reply) for reply in branch.replies]
        view.more, view.more_after = branch.more, branch.last_shown
        return view

    return [grown(branch) for branch in found]


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
    return f"forum:card2:{post.pk}:{post.revision}:{post.render_version}:{by}:{post.moderation_version}"


def _rest(post: Post) -> str:
    return ".rests" if post.persona and post.persona.is_resting else ""


def _is_starter(post: Post) -> bool:
    """Whoever wrote it started the topic, under the same name."""
    return (post.author_id, post.persona_id) == (post.topic.author_id, post.topic.persona_id) != (None, None)


def _cards(posts: Iterable[Post]) -> dict[int, SafeString]:
    readable = {post.pk: post for post in posts if not post.is_tombstone}
    keys = {pk: card_key(post) for pk, post in readable.items()}
    pieces = fragments({keys[pk]: partial(_card, post) for pk, post in readable.items()})
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


def _view(post: Post, reader: Reader, cards: Mapping[int, SafeString]) -> PostView:
    is_answer, poll = post.topic.solution_number == post.number, poll_told(post, at=reader.at)
    return PostView(
        post=post,
        card=cards.get(post.pk, ""),
        reactions=reactions_of(post, frozenset(getattr(post, "said", None) or ())),
        can_react=permissions.can_react(reader.user, post),
        can_reply=reader.can_reply,
        can_edit=permissions.can_edit(reader.user, post, at=reader.at),
        can_withdraw=permissions.can_withdraw(reader.user, post),
        can_report=permissions.can_point_at(reader.user, post),
        is_folded=post.author_id in reader.blocked,
        is_bookmarked=post.number in reader.bookmarked,
        shows_reactors=bool(permissions.can_see_reactors(reader.user, post)),
        is_new=0 < reader.last_read < post.number,
        can_accept=reader.can_accept and post.number > 1 and post.state == Post.State.PUBLISHED and not is_answer,
        is_answer=is_answer,
        poll=poll,
        can_vote=permissions.can_vote(reader.user, post) if poll else YES,
    )


def _count(post: Post, kind: str) -> int:
    count: int = getattr(post, f"{kind}_count")
    return count + (post.imported_likes if kind == Reaction.Kind.THANKS else 0)
