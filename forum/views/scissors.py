"""A moderator moves, splits, merges or archives a topic: asked for the reason, told what will happen, then done."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common.errors import DomainError
from forum import permissions
from forum.actions.archiving import archive_topic, unarchive_topic
from forum.actions.carrying import PostsNotMovable
from forum.actions.moving import (
    Stays,
    merge_topics,
    move_posts,
    move_topic,
    refuse_split,
    split_topic,
    why_not_merged,
    why_not_split,
)
from forum.models import Topic
from forum.ranges import with_replies
from forum.readers.scissors import kept_categories, kept_topics, parents_in, sentences_about_move, sentences_about_split
from forum.requests import whole_number
from forum.scissors_forms import ArchiveForm, MergeForm, MoveForm, SplitForm
from forum.views.loading import topic_or_404

Cut = Callable[[], Topic]


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Into another category."""
    topic = _topic(request, pk)
    form = MoveForm(request.POST or None, kept=kept_categories(request.user).exclude(pk=topic.category_id))

    def told() -> list[str]:
        return sentences_about_move(topic, form.cleaned_data["category"])

    def cut() -> Topic:
        return move_topic(topic, by=_reader(request), at=timezone.now(), **form.cleaned_data)

    return _cut(request, topic, form, told, cut, heading="Move this topic", button="Move it", done="The topic is moved.")


@login_required
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Some posts become a topic of their own, or go behind another: `?from=7` begins with that one, `?posts=` with those that
    were ticked (`split_posts`)."""
    topic = _topic(request, pk)
    stays = why_not_split(topic)
    if stays is not None:
        return _stays(request, topic, stays, "This topic cannot be split")
    begun = whole_number(request.GET.get("from"))
    ticked = request.GET.get("posts", "")[:2000]
    form = SplitForm(
        request.POST or None,
        last=topic.last_number,
        categories=kept_categories(request.user),
        own=topic.pk,
        kept=kept_topics(request.user),
        initial={"posts": ticked or (str(begun) if begun else ""), "replies": not ticked, "category": topic.category_id},
    )

    def numbers() -> list[int]:
        chosen: list[int] = form.cleaned_data["posts"]
        return with_replies(chosen, parents_in(topic)) if form.cleaned_data["replies"] else chosen

    def told() -> list[str]:
        refuse_split(topic, numbers=numbers(), into=form.cleaned_data["into"])
        return sentences_about_split(topic, numbers(), into=form.cleaned_data["into"], category=form.cleaned_data["category"])

    def cut() -> Topic:
        said, now = form.cleaned_data, timezone.now()
        if said["into"] is not None:
            return move_posts(topic, by=_reader(request), numbers=numbers(), into=said["into"], reason=said["reason"], at=now)
        return split_topic(
            topic,
            by=_reader(request),
            numbers=numbers(),
            title=said["title"],
            category=said["category"],
            reason=said["reason"],
            at=now,
        )

    return _cut(
        request,
        topic,
        form,
        told,
        cut,
        heading="Split this topic",
        button="Split it",
        done="What you chose stands here now.",
        chooser=reverse("forum:split_posts", args=[pk]),
    )


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it behind another topic."""
    topic = _topic(request, pk)
    form = MergeForm(request.POST or None, own=topic.pk, kept=kept_topics(request.user))
    stays = why_not_merged(topic)
    if stays is not None:
        return _stays(request, topic, stays, "This topic cannot be merged")

    def told() -> list[str]:
        into: Topic = form.cleaned_data["into"]
        every = f"Every post of this topic goes behind #{into.last_number} of “{into.title}”, and this topic leaves every list."
        return [every, *sentences_about_move(topic, into.category)]

    def cut() -> Topic:
        return merge_topics(topic, by=_reader(request), at=timezone.now(), **form.cleaned_data)

    done = "The two are one topic now."
    return _cut(request, topic, form, told, cut, heading="Merge this topic into another", button="Merge them", done=done)


@login_required
@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Closed for good, out of the lists."""
    topic = _topic(request, pk)
    form = ArchiveForm(request.POST or None)

    def told() -> list[str]:
        return [
            "Nothing can be added or changed, and it stands in the list of archived topics only.",
            "It can still be read and found.",
        ]

    def cut() -> Topic:
        return archive_topic(topic, by=_reader(request), at=timezone.now(), **form.cleaned_data)

    return _cut(request, topic, form, told, cut, heading="Archive this topic", button="Archive it", done="The topic is archived.")


@login_required
@require_POST
def unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Back among the others."""
    topic = _topic(request, pk)
    unarchive_topic(topic, by=_reader(request), at=timezone.now())
    messages.success(request, "The topic is open again and stands in the lists.")
    return redirect(topic)


def _cut(
    request: HttpRequest,
    topic: Topic,
    form: forms.Form,
    told: Callable[[], list[str]],
    cut: Cut,
    *,
    heading: str,
    button: str,
    done: str,
    chooser: str = "",
) -> HttpResponse:
    """First what will happen, then, with the second button, that."""
    checked: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            checked = told()
            where = cut() if "sure" in request.POST else None
        except DomainError as problem:
            beside = "posts" if isinstance(problem, PostsNotMovable) and "posts" in form.fields else None
            form.add_error(beside, str(problem))
        else:
            if where is not None:
                messages.success(request, done)
                return redirect(where)
    context: dict[str, Any] = {"form": form, "topic": topic, "checked": checked, "heading": heading, "button": button}
    context["chooser"] = chooser
    return render(request, "forum/scissors.html", context)


def _stays(request: HttpRequest, topic: Topic, stays: Stays, heading: str) -> HttpResponse:
    """Why nothing is asked for, and a button for each thing that can be done instead."""
    ways = {
        "decide": ("What waits for a moderator", reverse("moderation:queue")),
        "split": ("Choose posts to split off", reverse("forum:split_posts", args=[topic.pk])),
        "move": ("Move the topic", reverse("forum:move", args=[topic.pk])),
        "archive": ("Archive it", reverse("forum:archive", args=[topic.pk])),
    }
    context = {"topic": topic, "stays": stays.why, "ways": [ways[way] for way in stays.ways], "heading": heading}
    return render(request, "forum/stays.html", context)


def _topic(request: HttpRequest, pk: int) -> Topic:
    topic = topic_or_404(request, pk).topic
    permissions.can_moderate(request.user, topic.category).enforce()
    return topic


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)
