"""One file of a Discourse archive (what `/t/<id>.json` answers) as plain values. Pure: no database, no clock."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from common.html_depth import LONGEST
from forum.imports.fields import Unreadable, count, flag, moment, number, objects, optional_number, text

COOKED_MAX: Final = LONGEST
"""Beyond it the cleaner would keep only the beginning: such a post is named instead."""
"""Characters of one post: above, PostgreSQL could not index its words. Discourse itself stops far below."""
GAPS_MAX: Final = 20_000
"""Numbers missing from one topic, beyond ten for each post it has: above, the file is wrong, not the topic full of holes."""

_LIKE: Final = 2
_REGULAR, _MODERATOR, _SMALL_ACTION, _WHISPER = 1, 2, 3, 4
_OPEN_KINDS: Final = {"regular", "banner"}


class LeftOut(Exception):
    """The file is a topic that must not come in. The message is the reason, for the count."""


@dataclass(frozen=True, slots=True)
class SourcePost:
    """A post to bring in. `parent` as the file has it, whether or not that post is there; `version` counts from 1;
    `edited_at` is None for version 1."""

    number: int
    author: str
    created_at: datetime
    version: int
    edited_at: datetime | None
    parent: int | None
    likes: int
    cooked: str


@dataclass(frozen=True, slots=True)
class SourceTopic:
    """A topic to bring in. `posts` in order of number, each number once; `highest` is the last number ever given;
    `left_out` counts this topic's posts that stay behind, by reason."""

    id: int
    title: str
    slug: str
    category_id: int
    author: str
    created_at: datetime
    closed_at: datetime | None
    solution: int | None
    highest: int
    posts: tuple[SourcePost, ...]
    left_out: Mapping[str, int]


def parse(data: bytes) -> Mapping[str, object]:
    """The JSON object in a file. Raises Unreadable."""
    try:
        found = json.loads(data)
    except RecursionError:
        raise Unreadable("its JSON is nested too deeply") from None
    except ValueError as error:  # also bytes that are not UTF-8
        raise Unreadable(f"it is not JSON ({error})") from None
    if not isinstance(found, dict):
        raise Unreadable("it holds no JSON object")
    return found


def read_topic(found: Mapping[str, object]) -> SourceTopic:
    """The topic in a parsed file. Raises Unreadable where it cannot be understood as a whole, LeftOut where it must not
    come in: private messages, topics not visible or deleted, topics with nothing to show."""
    stream = found.get("post_stream")
    if not isinstance(stream, dict):
        raise Unreadable("it is not a Discourse topic (no post_stream)")
    topic_id = number(found, "id", "the topic")
    _refuse_hidden(found)
    left_out: Counter[str] = Counter()
    posts: dict[int, SourcePost] = {}
    highest = count(found, "highest_post_number", "the topic")
    seen: set[int] = set()
    for raw in objects(stream, "posts", "the topic"):
        at = number(raw, "post_number", "a post")
        highest = max(highest, at)
        reason = "the same number again" if at in seen else _reason_to_leave_out(raw)
        seen.add(at)
        if reason:
            left_out[reason] += 1
        else:
            posts[at] = _post(raw, at)
    if not posts:
        raise LeftOut("topics with nothing to show")
    if highest - len(posts) > GAPS_MAX + 10 * len(posts):
        raise Unreadable(f"it has {len(posts):,} posts, but numbers up to {highest:,}")
    ordered = tuple(posts[at] for at in sorted(posts))
    return SourceTopic(
        id=topic_id,
        title=" ".join(text(found, "title").split())[:255] or "Untitled topic",
        slug=text(found, "slug")[:255],
        category_id=count(found, "category_id", "the topic"),
        author=_starter(found, ordered),
        created_at=_moment_or(found, "created_at", ordered[0].created_at),
        closed_at=_closed_at(found, ordered[-1].created_at),
        solution=_solution(found, posts),
        highest=highest,
        posts=ordered,
        left_out=left_out,
    )


def _refuse_hidden(found: Mapping[str, object]) -> None:
    if (found.get("archetype") or "regular") not in _OPEN_KINDS:
        raise LeftOut("private messages")
    if found.get("deleted_at"):
        raise LeftOut("deleted topics")
    if found.get("visible", True) is not True:
        raise LeftOut("topics not visible")


def _reason_to_leave_out(raw: Mapping[str, object]) -> str:
    kind = number(raw, "post_type", f"post {raw.get('post_number')}") if "post_type" in raw else _REGULAR
    if kind == _SMALL_ACTION:
        return "small actions"
    if kind == _WHISPER:
        return "whispers"
    if kind not in {_REGULAR, _MODERATOR}:
        return "posts of an unknown kind"
    if raw.get("deleted_at") or flag(raw, "user_deleted"):
        return "deleted posts"
    return "hidden posts" if flag(raw, "hidden") else ""


def _post(raw: Mapping[str, object], at: int) -> SourcePost:
    where = f"post {at}"
    if not isinstance(raw.get("cooked"), str):
        raise Unreadable(f"{where} has no text")
    cooked = text(raw, "cooked")
    if len(cooked) > COOKED_MAX:
        raise Unreadable(f"{where} has more than {COOKED_MAX:,} characters")
    created = moment(raw, "created_at", where)
    version = max(1, count(raw, "version", where))
    return SourcePost(
        number=at,
        author=_author(raw),
        created_at=created,
        version=version,
        edited_at=max(created, _moment_or(raw, "updated_at", created)) if version > 1 else None,
        parent=optional_number(raw, "reply_to_post_number", where),
        likes=sum(
            count(action, "count", where) for action in objects(raw, "actions_summary", where) if action.get("id") == _LIKE
        ),
        cooked=cooked,
    )


def _author(raw: Mapping[str, object]) -> str:
    """The username; `#<id>` where the name is gone and the id is not; empty where nothing is known."""
    name = text(raw, "username").strip()
    known = raw.get("user_id", raw.get("id") if "post_number" not in raw else None)
    return name or (f"#{known}" if isinstance(known, int) and not isinstance(known, bool) else "")


def _starter(found: Mapping[str, object], posts: tuple[SourcePost, ...]) -> str:
    """Who wrote the first post; where that is missing, whoever the topic says began it."""
    details = found.get("details")
    began = details.get("created_by") if isinstance(details, dict) else None
    if posts[0].number > 1 and isinstance(began, dict) and _author(began):
        return _author(began)
    return posts[0].author


def _closed_at(found: Mapping[str, object], last: datetime) -> datetime | None:
    return _moment_or(found, "last_posted_at", last) if flag(found, "closed") or flag(found, "archived") else None


def _solution(found: Mapping[str, object], posts: Mapping[int, SourcePost]) -> int | None:
    answer = found.get("accepted_answer")
    chosen = answer.get("post_number") if isinstance(answer, dict) else None
    return chosen if isinstance(chosen, int) and chosen in posts else None


def _moment_or(found: Mapping[str, object], name: str, otherwise: datetime) -> datetime:
    return moment(found, name, "the topic") if found.get(name) else otherwise.astimezone(UTC)
