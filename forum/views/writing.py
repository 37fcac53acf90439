"""Starting, answering, changing, looking at it first."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.markdown import as_html
from common.markdown import render as to_html
from forum import permissions
from forum.actions.drafts import discard_draft, save_draft
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.forms import EditForm, ReplyForm, StartForm
from forum.guarding import ask_first
from forum.models import Draft, Post, Topic
from forum.quoting import quotation
from forum.rendering import author_name, source_of
from forum.requests import edit_key, form_key, new_form_key, reply_key, start_key, whole_number
from forum.views.files import keeps_files
from forum.views.loading import category_or_404, post_or_404, topic_or_404
from forum.views.topics import place_of


@login_required
@require_http_methods(["GET", "POST"])
@keeps_files
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a topic in a category."""
    category = category_or_404(request, slug)
    permissions.can_start(request.user, category).enforce()
    key = start_key(category)
    form, guard = StartForm(request.POST or None, initial=_drafted(request, key)), None
    if _is_sent(request) and form.is_valid() and not (guard := ask_first(request, *_texts(form))):
        told = form.cleaned_data
        try:
            topic = start_topic(
                category,
                by=request.user,  # type: ignore[arg-type]
                title=told["title"],
                body=told["body"],
                at=timezone.now(),
                key=form_key(request),
            )
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            discard_draft(by=request.user, key=key)  # type: ignore[arg-type]
            return redirect(topic)
    context = {"form": form, "guard": guard, "category": category, "draft_key": key, **_preview(request)}
    return render(request, "forum/start.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@keeps_files
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a topic, or one post of it: `?to=7`; `?quote=7` puts the words of a post before the cursor."""
    page = topic_or_404(request, pk)
    permissions.can_reply(request.user, page.topic).enforce()
    key = reply_key(page.topic)
    form, guard = ReplyForm(request.POST or None, initial=_answer_begun(request, page.topic, page.draft or {})), None
    if _is_sent(request) and form.is_valid() and not (guard := ask_first(request, *_texts(form))):
        told, now = form.cleaned_data, timezone.now()
        try:
            post = reply_to_topic(
                page.topic,
                by=request.user,  # type: ignore[arg-type]
                body=told["body"],
                at=now,
                parent_number=told["to"],
                key=form_key(request),
            )
        except DomainError as problem:
            _keep(request, key, told["body"], told["to"])
            form.add_error(None, str(problem))
        else:
            discard_draft(by=request.user, key=key)  # type: ignore[arg-type]
            return redirect(place_of(page.topic, post.number))
    answered = _answered(request, page.topic, form)
    context = {"form": form, "guard": guard, "topic": page.topic, "draft_key": key, "answered": answered, **_preview(request)}
    return render(request, "forum/reply.html", context | {"answered_html": as_html(answered.html) if answered else ""})


@login_required
@require_http_methods(["GET", "POST"])
@keeps_files
def edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Change one's own post; the page says what became of it where somebody was quicker."""
    post = post_or_404(request, pk, number)
    permissions.can_edit(request.user, post).enforce()
    form, guard = EditForm(request.POST or None, initial={"body": source_of(post), "revision": post.revision}), None
    if _is_sent(request) and form.is_valid() and not (guard := ask_first(request, *_texts(form))):
        told = form.cleaned_data
        try:
            edit_post(
                post,
                by=request.user,  # type: ignore[arg-type]
                body=told["body"],
                note=told["note"],
                at=timezone.now(),
                seen_revision=told["revision"],
            )
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            discard_draft(by=request.user, key=edit_key(post))  # type: ignore[arg-type]
            messages.success(request, "Your change is saved.")
            return redirect(place_of(post.topic, post.number))
    context = {"form": form, "guard": guard, "post": post, "topic": post.topic, "draft_key": edit_key(post), **_preview(request)}
    return render(request, "forum/edit.html", context)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """How a text will look: nothing is kept."""
    permissions.can_take_part(request.user).enforce()
    return render(request, "forum/_preview.html", _preview(request, always=True))


def _is_sent(request: HttpRequest) -> bool:
    return request.method == "POST" and "preview" not in request.POST


def _texts(form: Form) -> list[str]:
    """What of a form everybody would read."""
    return [str(form.cleaned_data[name]) for name in ("title", "body", "note") if form.cleaned_data.get(name)]


def _preview(request: HttpRequest, *, always: bool = False) -> dict[str, Any]:
    if not always and "preview" not in request.POST:
        return {}
    body = request.POST.get("body", "")[:60_000]
    return {"preview": as_html(to_html(body)), "previewed": True}


def _drafted(request: HttpRequest, key: str) -> dict[str, Any]:
    draft = Draft.objects.filter(user=request.user.pk, key=key).first()
    kept = {"title": draft.title, "body": draft.body} if draft else {}
    return {**kept, "key": new_form_key()}


def _answer_begun(request: HttpRequest, topic: Topic, draft: dict[str, Any]) -> dict[str, Any]:
    """What stands in the form when it opens: what was being written, and a quotation that was asked for."""
    to = whole_number(request.GET.get("to")) or draft.get("parent_number")
    body, quoted = str(draft.get("body", "")), whole_number(request.GET.get("quote"))
    if quoted:
        post = post_or_404(request, topic.pk, quoted)
        words = quotation(source_of(post), author=author_name(post), number=quoted, url=post.get_absolute_url())
        body = f"{body.rstrip()}\n\n{words}".lstrip()
        to = to or quoted
    return {"body": body, "to": to, "key": new_form_key()}


def _answered(request: HttpRequest, topic: Topic, form: ReplyForm) -> Post | None:
    """The post that is being answered, to show above the form; none where it may not be read."""
    number = whole_number(str(form["to"].value() or ""))
    posts = Post.objects.visible_to(request.user).select_related("author", "persona")
    return posts.filter(topic=topic.pk, number=number).first() if number else None


def _keep(request: HttpRequest, key: str, body: str, to: int | None) -> None:
    now = timezone.now()
    save_draft(
        by=request.user,  # type: ignore[arg-type]
        key=key,
        sequence=int(now.timestamp() * 1000),
        body=body,
        parent_number=to,
        at=now,
    )
