"""A topic in its two faces, and the addresses that lead into it."""

from math import ceil
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from common.addresses import Numbered
from common.clock import london_day
from common.visitor_pages import kept_for_visitors
from forum import permissions
from forum.composing import Reader, reader_of, tree_of, views_of
from forum.discovery import discovery_of
from forum.forms import ReplyForm
from forum.models import ImportedTopic, Level, Post, PostMove, Topic
from forum.readers import TopicPage, first_placed, more_replies, posts_in_time, topic_page
from forum.readers.level import LEVELS
from forum.readers.moved import moved_post
from forum.readers.sight import topic_version
from forum.requests import face_of, new_form_key, reply_key, whole_number
from forum.sheets import Sheet, sheet_in_time, sheet_of_conversations
from forum.views.loading import merged_or_404, topic_or_404
from forum.views.pacing import pace_near

PAGE: Final = 20
_IN_TIME: Final = Numbered("forum:topic_in_time", is_slug=True)
MOST: Final = 2**63 - 1  # what a column of the database holds


def _seen(request: HttpRequest, pk: int, **_: object) -> str:
    return topic_version(request.user, pk)


@require_safe
@kept_for_visitors(_seen)
def topic(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Conversations: roots, and below them their first replies. Whoever chose to read in order of time gets that at this very
    address, which is the topic's one name."""
    page = topic_page(request.user, pk)
    if page is None or page.topic.merged_into_id:
        return redirect(merged_or_404(request, pk))
    if slug != page.topic.slug:
        return HttpResponsePermanentRedirect(page.topic.get_absolute_url())
    if face_of(request) == "time" and not {"after", "before"} & set(request.GET):
        return _in_time(request, page, 1)
    after, before = whole_number(request.GET.get("after")), whole_number(request.GET.get("before"))
    reader = _reader(request, page)
    sheet = sheet_of_conversations(page, reader, after=after, before=before)
    context = _around(request, page, reader, sheet) | {
        "found": None if request.user.is_authenticated else discovery_of(page.topic, sheet.posts),
        "older_url": f"?after={sheet.next_after}" if sheet.next_after else "",
        "newer_url": f"?before={sheet.before}" if sheet.before else "",
        "canonical": request.get_full_path() if after or before else page.topic.get_absolute_url(),
    }
    return render(request, "forum/topic.html", context)


@require_safe
@kept_for_visitors(_seen)
def topic_in_time(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """In order of time: twenty numbers a page."""
    page = topic_page(request.user, pk)
    if page is None or page.topic.merged_into_id:
        return redirect(merged_or_404(request, pk))
    if slug != page.topic.slug:
        return HttpResponsePermanentRedirect(_IN_TIME.of(pk, page.topic.slug))
    return _in_time(request, page, whole_number(request.GET.get("page", "1")))


def _in_time(request: HttpRequest, page: TopicPage, number: int) -> HttpResponse:
    pages, here = pages_of(page.topic), _IN_TIME.of(page.topic.pk, page.topic.slug)
    if not 1 <= number <= pages:
        raise Http404
    first, last = (number - 1) * PAGE + 1, min(number * PAGE, page.topic.last_number)
    reader = _reader(request, page)
    sheet = sheet_in_time(page, reader, first=first, last=last)
    context = _around(request, page, reader, sheet) | {
        "older_url": f"{here}?page={number + 1}" if number < pages else "",
        "newer_url": f"{here}?page={number - 1}" if number > 1 else "",
        "first_url": here if number > 2 else "",
        "last_url": f"{here}?page={pages}" if number < pages - 1 else "",
        "number": number,
        "pages": pages,
        "first": first,
        "last": last,
        "at_end": number == pages,
        "canonical": f"{here}?page={number}" if number > 1 else page.topic.get_absolute_url(),
    }
    return render(request, "forum/topic.html", context)


@require_safe
@kept_for_visitors(_seen)
def replies(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The replies to one post: a page of its own, or what takes the place of “show more replies”."""
    page = topic_or_404(request, pk)
    after = whole_number(request.GET.get("after"))
    above = _one(request, page, number)
    found = more_replies(page.topic, request.user, parent_number=number, after=after)
    reader = _reader(request, page)
    context = {
        "topic": page.topic,
        "above": views_of(above, reader)[0],
        "views": tree_of(found.branches, reader),
        "next_after": found.next_after,
        "number": number,
        "now": timezone.now(),
    }
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "forum/_more_replies.html" if is_part else "forum/replies.html", context)


@require_safe
def post(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The lasting address of a post: leads to its page in the face that the reader chose, else in order of time. Of a number
    that is not on the reader's page (it waits for a moderator, or an import lacked it) to the next one that is; of a post that
    was moved to where it is now."""
    moved = moved_post(request.user, pk, number)
    if moved is not None:
        return redirect(place_for(request, moved.topic, moved))
    page = topic_or_404(request, pk)
    if not 1 <= number <= page.topic.last_number:
        raise Http404
    there = first_placed(page.topic, request.user, number=number)
    if there is None:
        raise Http404
    return redirect(place_for(request, page.topic, there))


@require_safe
def post_part(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One post as it stands in a list, for a page that is open and has heard of it. `?next`: of this number or the next above it
    that has a place on the reader's page: numbers that wait, are kept from them or were lacking are no end; where
    there is none, nothing is said (204). A header tells a script what it would have to read out of the words: whether the reader
    wrote it, or it is by somebody whom they blocked."""
    page = topic_or_404(request, pk)
    if "next" in request.GET:
        there = first_placed(page.topic, request.user, number=number) if number <= page.topic.last_number else None
        if there is None:
            return HttpResponse(status=204)
        number = there.number
    posts = _one(request, page, number)
    reader = _reader(request, page, last_read=max(1, number - 1))
    view = views_of(posts, reader, in_time=True)[0]
    part = render(request, "forum/_place.html", {"view": view, "topic": page.topic, "now": timezone.now()})
    mine = posts[0].author_id == request.user.pk if posts[0].author_id else posts[0].persona_id == page.topic.own_persona_id
    part["X-Post-Is"] = "mine" if mine and not posts[0].is_tombstone else "folded" if view.is_folded else "new"
    return part


@require_safe
def old_url(request: HttpRequest, source_id: int, slug: str = "", number: int = 0) -> HttpResponse:
    """An address of the forum that a topic was imported from."""
    if source_id > MOST:
        raise Http404
    topics = Topic.objects.visible_to(request.user).values("pk")
    theirs = Q(topic__in=topics) | Q(topic__merged_into__in=topics)
    known = ImportedTopic.objects.filter(theirs, source_id=source_id).select_related("topic").order_by("pk")
    found = next((one for one in known if one.slug == slug), None) or known.first()
    if found is None:
        raise Http404
    if 1 < number <= found.topic.last_number:
        at_once = not found.topic.merged_into_id and not PostMove.objects.filter(topic=found.topic, number=number).exists()
        there = place_of(found.topic, number) if at_once else reverse("forum:post", args=[found.topic.pk, number])
        return HttpResponsePermanentRedirect(there)
    if found.topic.merged_into_id:  # its own address holds its title, which may have been for others
        return HttpResponsePermanentRedirect(merged_or_404(request, found.topic.pk).get_absolute_url())
    return HttpResponsePermanentRedirect(found.topic.get_absolute_url())


def place_of(topic: Topic, number: int) -> str:
    """The page of a topic, in order of time, on which a number stands."""
    page = ceil(number / PAGE)
    address = _IN_TIME.of(topic.pk, topic.slug)
    return f"{address}?page={page}#p{number}" if page > 1 else f"{address}#p{number}"


def place_for(request: HttpRequest, topic: Topic, post: Post, *, face: str = "") -> str:
    """Where a post stands in the face that the reader chose, or in `face`, which they have before them: in conversations on the
    page of the whole topic where that is one, else below what it answers, so that it is on the page however many other answers
    there are."""
    if (face or face_of(request)) != "conversations":
        return place_of(topic, post.number)
    if max(topic.last_number, post.number) <= PAGE and post.depth <= LEVELS:
        whole = place_of_face(topic, "conversations") if face_of(request) == "time" else topic.get_absolute_url()
        return f"{whole}#p{post.number}"
    if post.parent_number is None:
        return f"{topic.get_absolute_url()}?after={post.number - 1}#p{post.number}"
    replies = reverse("forum:replies", args=[topic.pk, post.parent_number])
    return f"{replies}?after={post.number - 1}#p{post.number}"


def place_of_face(topic: Topic, face: str) -> str:
    """Where a topic is read in this face, whatever a reader chose."""
    return _IN_TIME.of(topic.pk, topic.slug) if face == "time" else f"{topic.get_absolute_url()}?after=0"


def pages_of(topic: Topic) -> int:
    """How many pages it has in order of time."""
    return max(1, ceil(topic.last_number / PAGE))


def _reader(request: HttpRequest, page: TopicPage, *, last_read: int | None = None) -> Reader:
    return reader_of(
        request.user,
        page.topic,
        last_read=page.last_read if last_read is None else last_read,
        blocked=page.blocked,
        bookmarked=page.bookmarks,
    )


def _one(request: HttpRequest, page: TopicPage, number: int) -> list[Post]:
    """A list of the one post of this number that has a place on the reader's page."""
    if not 1 <= number <= page.topic.last_number:
        raise Http404
    posts = posts_in_time(page.topic, request.user, first=number, last=number)
    if not posts:
        raise Http404
    return posts


def _around(request: HttpRequest, page: TopicPage, reader: Reader, sheet: Sheet) -> dict[str, Any]:
    """What both faces show beside the posts."""
    user, may_reply = reader.user, reader.can_reply
    key = reply_key(page.topic)
    draft = page.draft if page.draft and (page.draft["body"] or page.draft["poll"] or page.draft["key"] == key) else {}
    initial = {"body": draft.get("body", ""), "to": draft.get("parent_number"), "key": new_form_key()}
    initial |= {"draft_sequence": draft.get("sequence", 0), "seen": page.topic.last_number}
    initial["keep"] = "keep" in (draft.get("about") or {})
    form = SimpleLazyObject(lambda: ReplyForm(initial=initial, voices=page.voices)) if may_reply else None
    return {
        "page": page,
        "face": sheet.face,
        "thread": sheet.thread,
        "views": sheet.views,
        "notes_behind": sheet.notes_behind,
        "chosen_face": face_of(request),
        "topic": page.topic,
        "category": page.topic.category,
        "may_reply": may_reply,
        "may_write": bool(may_reply),
        "form": form,
        "form_key": initial["key"],
        "form_begins": (initial["to"], initial["draft_sequence"]),
        "file_limits": (settings.FILE_MAX_MB, settings.FILES_PER_POST, settings.FILES_PER_DAY),
        "writer": user.pk,
        "voice": render_to_string("forum/_voice.html", {"form": form}) if may_reply and page.voices.are_asked_for else "",
        "draft_key": draft.get("key", key),
        "has_draft": bool(draft.get("body")),
        "has_poll_begun": bool(draft.get("poll")),
        "may_moderate": reader.may_moderate,
        "may_correct_title": reader.may_moderate and permissions.can_correct_title(user, page.topic),
        "offers_poll": True,
        "pace": pace_near(request, at=reader.at) if may_reply else "",
        "may_tag": permissions.can_tag(user, page.topic),
        "may_accept": reader.can_accept,
        "may_announce": permissions.can_announce(user, page.topic.category),
        "may_report": permissions.can_point_at(user, page.topic),
        "levels": [(level.value, level.label, level.value == page.level) for level in Level],
        "now": reader.at,
        "today": london_day(reader.at),
    }
