"""Keeping what is half written. A draft has a sequence that the database counts: whoever saves says which one they had before
them, and is told of the newer one where there is one. No clock of any device decides, and no text overwrites another unseen."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import F, Q
from django.db.models.query import QuerySet

from accounts.models import User
from common.errors import DomainError
from common.handwritten import Handwritten
from forum.actions.errors import TextRefused
from forum.models import Draft, Persona, Poll, Post, Revision, Topic, TopicTag
from forum.models.draft import ABOUT_FIELDS
from forum.models.persona import own_tag
from forum.polling import option_lines
from forum.tagging import tag_names, tag_slug
from forum.texts import clean_body, clean_title

MOST: Final = 60_000  # more than can be posted: a text that is too long must not be lost while it is cut
MOST_DRAFTS: Final = 200
_TELLING: Final = 40
"""So many characters are recognised inside a longer text; fewer may stand in anything."""
_COMPARED: Final = 500
MOST_OF_POLL: Final = 4_000
MOST_OF_ABOUT: Final = 2_000
POLL_FIELDS: Final = ("question", "options", "kind", "shown", "is_named", "closes_on")
_KEYS: Final = re.compile(r"(reply:\d{1,18}(:\d{1,9})?|start:\d{1,18}|edit:\d{1,18})")
_EMPTY_FOR: Final = timedelta(days=1)
"""An emptied draft stays for a while, so that a late save of what was posted already finds a newer sequence and is refused."""

_SAVE: Final = """
INSERT INTO forum_draft (user_id, key, sequence, title, body, parent_number, saved_at, poll, about)
SELECT %(user)s, %(key)s, %(seen)s + 1, %(title)s, %(body)s, %(parent)s::int, %(at)s::timestamptz, %(poll)s::jsonb,
%(about)s::jsonb
WHERE %(seen)s = 0 AND %(is_said)s OR EXISTS (SELECT 1 FROM forum_draft WHERE user_id = %(user)s AND key = %(key)s)
ON CONFLICT (user_id, key) DO UPDATE SET sequence = forum_draft.sequence + 1, title = EXCLUDED.title, body = EXCLUDED.body,
parent_number = EXCLUDED.parent_number, saved_at = EXCLUDED.saved_at,
poll = CASE WHEN %(of_poll)s THEN EXCLUDED.poll ELSE forum_draft.poll END,
about = CASE WHEN NOT %(of_about)s THEN forum_draft.about
    WHEN %(is_said)s OR (forum_draft.poll IS NOT NULL AND NOT %(of_poll)s) THEN EXCLUDED.about END
WHERE forum_draft.sequence = %(seen)s
RETURNING sequence
"""
_FINISH: Final = Handwritten("""
WITH old AS (
    DELETE FROM forum_draft WHERE user_id = %(user)s AND key <> %(key)s AND title = '' AND body = '' AND poll IS NULL
    AND NOT coalesce(about ? 'tags', false) AND saved_at < %(before)s
)
INSERT INTO forum_draft (user_id, key, sequence, title, body, parent_number, saved_at)
VALUES (%(user)s, %(key)s, %(seen)s + 1, '', '', NULL, %(at)s)
ON CONFLICT (user_id, key) DO UPDATE SET sequence = forum_draft.sequence + 1, title = '', body = '', poll = NULL, about = NULL,
saved_at = EXCLUDED.saved_at
WHERE forum_draft.sequence = %(seen)s
    OR (forum_draft.body <> '' AND position(btrim(forum_draft.body, E' \n') in %(text)s) > 0)
""")


@dataclass(frozen=True, slots=True)
class Written:
    """The draft of which a text was made: its name, and the sequence that its writer had before them, 0 for none."""

    key: str
    seen: int = 0


class DraftGone(DomainError):
    """The draft that a window had before it is no row any more: it was posted or deleted elsewhere, and what this window says is
    not kept."""

    def __init__(self) -> None:
        super().__init__(
            "What was begun here was posted or deleted in another window, so no draft of it is kept. Open the page anew to write "
            "something else."
        )


class TooManyDrafts(DomainError):
    """Nobody has more than MOST_DRAFTS."""


class DraftMovedOn(DomainError):
    """A newer draft was saved from another window or device: `newer` is it, and the one that was sent is not kept."""

    def __init__(self, newer: Draft) -> None:
        super().__init__("A newer draft was saved in another window or on another device.")
        self.newer = newer


def save_draft(
    *,
    by: User,
    key: str,
    seen: int,
    body: str,
    at: datetime,
    title: str = "",
    parent_number: int | None = None,
    poll: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
) -> int:
    """Keep this text under the form's key; returns its sequence. `seen`: the sequence of the draft that the writer had before
    them, 0 for none. `poll`: the fields of its poll as typed; `about`: what else it says (ABOUT_FIELDS). None where the form has
    none of these, which changes nothing of what is kept. Nobody but its writer ever reads a draft. What was only chosen, without
    words, a poll or tags, is no draft: it makes no row (0), and does not stay in one. Raises DraftMovedOn;
    TooManyDrafts; DraftGone for the draft of a row that is gone, or words that were posted; and TextRefused for a key that is no
    form's: a draft of a pseudonym's post is not kept, because the row would name who wrote it."""
    if not _KEYS.fullmatch(key) or not _is_own(key, by):
        raise TextRefused("What is written here is not kept as a draft.")
    told = _told(by, key, seen, at) | {"title": _kept(title, 255), "body": _kept(body, MOST), "parent": parent_number}
    asked, chosen = kept_poll(poll or {}), kept_about(about or {})
    told |= {"of_poll": poll is not None, "poll": json.dumps(asked) if asked else None}
    told |= {"of_about": about is not None, "about": json.dumps(chosen) if chosen else None}
    told["is_said"] = bool(told["title"] or told["body"] or asked or (chosen or {}).get("tags"))
    if seen == 0 and Draft.objects.filter(user=by).unfinished().count() >= MOST_DRAFTS:
        raise TooManyDrafts(f"You have {MOST_DRAFTS} drafts, which is the most. Post or delete some of them.")
    if _is_out_already(by, key, told["title"], told["body"], tag_names((chosen or {}).get("tags", "")), asked or {}):
        raise DraftGone
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, told)
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    newer = Draft.objects.filter(user=by, key=key).first()
    if newer is None:
        if seen == 0:
            return 0
        raise DraftGone
    is_same = (newer.title, newer.body) == (told["title"], told["body"]) and (poll is None or newer.poll == asked)
    if is_same and (about is None or newer.about == chosen):
        return newer.sequence
    raise DraftMovedOn(newer)


def finish_draft(*, by: User, key: str, text: str, at: datetime, seen: int = 0) -> None:
    """It was posted as `text`. A draft that says more, and that the writer did not have before them, stays. One statement."""
    if not _is_own(key, by):
        return
    _FINISH.run(**_told(by, key, seen, at), text=text, before=at - _EMPTY_FOR)


def discard_draft(*, by: User, key: str, at: datetime, seen: int | None = None) -> Draft | None:
    """It is thrown away, and returned as it was, with the sequence of the emptied row: by that it can be saved once more. `seen`:
    only where it is still the one that the writer looked at; raises DraftMovedOn."""
    draft = Draft.objects.filter(user=by, key=key).first()
    if draft is None:
        return None
    if seen is not None and draft.sequence != seen:
        raise DraftMovedOn(draft)
    emptied: dict[str, Any] = {"title": "", "body": "", "parent_number": None, "poll": None, "about": None}
    emptied |= {"sequence": draft.sequence + 1, "saved_at": at}
    if not Draft.objects.filter(pk=draft.pk, sequence=draft.sequence).update(**emptied):
        raise DraftMovedOn(Draft.objects.get(pk=draft.pk))
    draft.sequence += 1
    return draft


def forget_draft(*, by: User, key: str, text: str = "") -> None:
    """No row is left, not even an empty one: what was or will be written under a pseudonym leaves nothing that names its writer
    and the moment. Nor is any draft of a reply to that topic left whose words stand in `text`, or that has no words: it may have
    been begun as an answer to another post."""
    place = ":".join(key.split(":")[:2])
    near = Draft.objects.filter(user=by).filter(Q(key=place) | Q(key__startswith=f"{place}:"))
    same = [draft.pk for draft in near if draft.body.strip() in clean_body(text)]
    Draft.objects.filter(Q(key=key) | Q(pk__in=same), user=by).delete()


def _is_own(key: str, by: User) -> bool:
    """A draft of a change belongs to whoever wrote the post under their own name."""
    kind, _, number = key.partition(":")
    return kind != "edit" or Post.objects.filter(pk=number, author=by).exists()


def _is_out_already(by: User, key: str, title: str, body: str, tags: Collection[str], asked: Mapping[str, str]) -> bool:
    """Whether a pseudonym of theirs said this in that place, or asked it in a poll: a save that comes late, from a window or a
    device that had the words too, would put the writer's name beside them. Those of a topic are compared by its tag; in a
    category those that began lately, each by its own, also by its tags where nothing else is said. Four statements at most,
    which name nobody."""
    kind, place = key.split(":", maxsplit=1)[0], int(key.split(":")[1])
    words, title = clean_body(body), clean_title(title)
    if kind == "edit" or not (words or title or tags or asked):
        return False
    if kind == "reply":
        mine = Post.objects.filter(topic=place, persona__owner_tag=own_tag(place, by.pk), persona__topic=place)
        return _is_said(words, mine) or _is_asked(asked, mine)
    begun = Persona.objects.filter(topic__category=place, topic__persona=F("pk")).select_related("topic").order_by("-pk")
    mine_began = [persona.topic for persona in begun.defer("topic__search")[:_COMPARED] if persona.is_of(by.pk)]
    if not mine_began:
        return False
    if title and title in {topic.title for topic in mine_began}:
        return True
    if not (words or title or asked):
        return _are_tags_of(tags, mine_began)
    first = Post.objects.filter(topic__in=mine_began, number=1)
    return _is_said(words, first) or _is_asked(asked, first)


def _are_tags_of(tags: Collection[str], topics: Collection[Topic]) -> bool:
    """Whether one of these topics carries these tags and no others."""
    carried: dict[int, set[str]] = {}
    for topic, slug in TopicTag.objects.filter(topic__in=topics).values_list("topic_id", "tag__slug"):
        carried.setdefault(topic, set()).add(slug)
    return {tag_slug(name) for name in tags} in carried.values()


def _is_asked(asked: Mapping[str, str], posts: "QuerySet[Post]") -> bool:
    """Whether a poll of these posts asks this question, or offers these options."""
    if not asked:
        return False
    question, options = " ".join(asked.get("question", "").split()), option_lines(asked.get("options", ""))
    polls = Poll.objects.filter(post__in=posts.values("pk")).values_list("question", "options")
    return any(question == said or (options and options == tuple(offered)) for said, offered in polls)


def _is_said(words: str, posts: "QuerySet[Post]") -> bool:
    """In what these posts say, or said before they were changed."""
    if not words:
        return False
    now = list(posts.values_list("pk", "body", "revision"))
    changed = [pk for pk, _, revision in now if revision > 1]
    before = Revision.objects.filter(post__in=changed).values_list("body", flat=True) if changed else ()
    return any(_tells(words, said) for said in [*(body for _, body, _ in now), *before])


def _tells(words: str, said: str) -> bool:
    """Whether two texts are one, or the shorter, where it is long enough to tell, stands in the longer."""
    short, long = sorted((words, clean_body(said)), key=len)
    return words == said or (len(short) >= _TELLING and short in long)


def _told(by: User, key: str, seen: int, at: datetime) -> dict[str, Any]:
    return {"user": by.pk, "key": key, "seen": seen, "at": at}


def kept_poll(poll: Mapping[str, str]) -> dict[str, str] | None:
    """None where nothing is asked yet: how people would vote is no draft by itself."""
    if not any(poll.get(name, "").strip() for name in ("question", "options")):
        return None
    return {name: _kept(poll[name], MOST_OF_POLL) for name in POLL_FIELDS if poll.get(name)}


def kept_about(about: Mapping[str, str]) -> dict[str, str] | None:
    """None where nothing is said that a form does not say of itself."""
    said = {name: _kept(about[name], MOST_OF_ABOUT) for name in ABOUT_FIELDS if about.get(name, "").strip()}
    return {name: value for name, value in said.items() if (name, value) != ("kind", Topic.Kind.DISCUSSION)} or None


def _kept(text: str, most: int) -> str:
    return text.replace("\0", "")[:most]
