"""A topic in its two faces, and the addresses that lead into it."""

from math import ceil
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.visitor_pages import kept_for_visitors
from forum import permissions
from forum.composing import mark_first_new, posts_of, reader_of, tree_of, views_of
from forum.discovery import discovery_of
from forum.forms import ReplyForm
from forum.models import ImportedTopic, Level, Post, Topic
from forum.readers import TopicPage, conversations, first_placed, more_replies, own_reactions, posts_in_time
from forum.readers.versions import topic_version
from forum.requests import new_form_key, reply_key, whole_number
from forum.views.loading import topic_or_404

PAGE: Final = 20
MOST: Final = 2**63 - 1  # what a column of the database holds


def _seen(request: HttpRequest, pk: int, **_: object) -> str:
    return topic_version(request.user, pk)


@require_safe
@kept_for_visitors(_seen)
def topic(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Conversations: roots, and below them their first replies."""
    page = topic_or_404(request, pk)
    if slug != page.topic.slug:
        return HttpResponsePermanentRedirect(page.topic.get_absolute_url())
    after, before = whole_number(request.GET.get("after")), whole_number(request.GET.get("before"))
    found = conversations(page.topic, request.user, after=after, before=before)
    said = own_reactions(request.user, posts_of(found.branches))
    reader = reader_of(request.user, page.topic, said=said, last_read=page.last_read, blocked=page.blocked)
    views = tree_of(found.branches, reader)
    context = _around(request, page) | {
        "face": "conversations",
        "views": views,
        "found": None if request.user.is_authenticated else discovery_of(page.topic, posts_of(found.branches)),
        "older_url": f"?after={found.next_after}" if found.next_after else "",
        "newer_url": f"?before={found.before}" if found.before else "",
    }
    return render(request, "forum/topic.html", context)


@require_safe
@kept_for_visitors(_seen)
def topic_in_time(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """In order of time: twenty numbers a page."""
    page = topic_or_404(request, pk)
    if slug != page.topic.slug:
        return HttpResponsePermanentRedirect(reverse("forum:topic_in_time", args=[pk, page.topic.slug]))
    pages = max(1, ceil(page.topic.last_number / PAGE))
    number = whole_number(request.GET.get("page", "1"))
    if not 1 <= number <= pages:
        raise Http404
    posts = posts_in_time(page.topic, request.user, first=(number - 1) * PAGE + 1, last=number * PAGE)
    said = own_reactions(request.user, posts)
    reader = reader_of(request.user, page.topic, said=said, last_read=page.last_read, blocked=page.blocked)
    views = views_of(posts, reader)
    mark_first_new(views)
    context = _around(request, page) | {
        "face": "time",
        "views": views,
        "older_url": f"?page={number + 1}" if number < pages else "",
        "newer_url": f"?page={number - 1}" if number > 1 else "",
        "what": f"Page {number} of {pages}" if pages > 1 else "",
        "at_end": number == pages,
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
    said = own_reactions(request.user, [above[0], *posts_of(found.branches)])
    reader = reader_of(request.user, page.topic, said=said, last_read=page.last_read, blocked=page.blocked)
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
    """The lasting address of a post: leads to its page in order of time. Of a number that is not on the reader's page (it waits
    for a moderator, or an import lacked it) to the next one that is."""
    page = topic_or_404(request, pk)
    if not 1 <= number <= page.topic.last_number:
        raise Http404
    there = first_placed(page.topic, request.user, number=number)
    if there is None:
        raise Http404
    return redirect(place_of(page.topic, there))


@require_safe
def post_part(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One post as it stands in a list, for a page that is open and has heard of it."""
    page = topic_or_404(request, pk)
    posts = _one(request, page, number)
    said, last_read = own_reactions(request.user, posts), max(1, number - 1)
    reader = reader_of(request.user, page.topic, said=said, last_read=last_read, blocked=page.blocked)
    return render(request, "forum/_place.html", {"view": views_of(posts, reader)[0], "topic": page.topic, "now": timezone.now()})


@require_safe
def old_url(request: HttpRequest, source_id: int, slug: str = "", number: int = 0) -> HttpResponse:
    """An address of the forum that a topic was imported from."""
    topics = Topic.objects.visible_to(request.user).values("pk")
    if source_id > MOST:
        raise Http404
    known = ImportedTopic.objects.filter(source_id=source_id, topic__in=topics).select_related("topic").order_by("pk")
    found = next((one for one in known if one.slug == slug), None) or known.first()
    if found is None:
        raise Http404
    if 1 < number <= found.topic.last_number:
        return HttpResponsePermanentRedirect(place_of(found.topic, number))
    return HttpResponsePermanentRedirect(found.topic.get_absolute_url())


def place_of(topic: Topic, number: int) -> str:
    """The page of a topic, in order of time, on which a number stands."""
    page = ceil(number / PAGE)
    address = reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
    return f"{address}?page={page}#p{number}" if page > 1 else f"{address}#p{number}"


def _one(request: HttpRequest, page: TopicPage, number: int) -> list[Post]:
    """A list of the one post of this number that has a place on the reader's page."""
    if not 1 <= number <= page.topic.last_number:
        raise Http404
    posts = posts_in_time(page.topic, request.user, first=number, last=number)
    if not posts:
        raise Http404
    return posts


def _around(request: HttpRequest, page: TopicPage) -> dict[str, Any]:
    """What both faces show beside the posts."""
    may_reply = permissions.can_reply(request.user, page.topic)
    draft = page.draft or {}
    initial = {"body": draft.get("body", ""), "to": draft.get("parent_number"), "key": new_form_key()}
    return {
        "page": page,
        "topic": page.topic,
        "category": page.topic.category,
        "may_reply": may_reply,
        "form": ReplyForm(initial=initial) if may_reply else None,
        "draft_key": reply_key(page.topic),
        "may_moderate": permissions.can_moderate(request.user, page.topic.category),
        "may_report": permissions.can_point_at(request.user, page.topic),
        "levels": [(level.value, level.label, level.value == page.level) for level in Level],
        "now": timezone.now(),
    }
