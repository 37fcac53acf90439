"""Starting, answering, changing, looking at it first."""

from functools import partial
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common.differences import differences
from common.errors import DomainError
from common.markdown import as_html
from common.markdown import render as to_html
from forum import permissions
from forum.actions.editing import edit_post, is_quiet
from forum.actions.errors import EditedMeanwhile, ParentGone, ReasonMissing
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.forms import EditForm, ReplyForm, StartForm
from forum.guarding import Guard, ask_first
from forum.models import Post, Topic
from forum.pace import told_of_replies, told_of_topics
from forum.quoting import quotation
from forum.readers.drafts import draft_among, draft_of
from forum.readers.meanwhile import arrived_since
from forum.readers.naming import Place, place_of, unheard
from forum.readers.personas import Voices, mixes_voices, pseudonyms_are_offered
from forum.readers.topic import ToAnswer
from forum.rendering import author_name, source_of
from forum.requests import edit_key, face_sent, form_key, new_form_key, reply_key, start_key, whole_number
from forum.topic_forms import says_of_a_poll
from forum.views.beginning import about_form, around_start, poll_form
from forum.views.files import keeps_files
from forum.views.keeping import (
    NEWER_ELSEWHERE,
    OtherText,
    draft_sent,
    exchanges_texts,
    keep_draft,
    let_draft_go,
    let_others_go,
    other_text,
)
from forum.views.loading import category_or_404, post_or_404, to_answer_or_404
from forum.views.pacing import note_pace
from forum.views.topics import place_for

AnyForm = TypeVar("AnyForm", bound=Form)


@login_required
@require_http_methods(["GET", "POST"])
@keeps_files
@exchanges_texts
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a topic in a category."""
    category = category_or_404(request, slug)
    permissions.can_start(request.user, category).enforce()
    key, place = start_key(category), Place(category)
    may_keep = bool(permissions.can_keep_from_practice(request.user, category))
    voices = Voices(str(request.user), is_offered=pseudonyms_are_offered(), may_keep=may_keep)
    begun = _begun(request, key)
    form, guard = StartForm(request.POST or None, initial=begun, voices=voices), None
    about, poll = about_form(request, category, begun["about"]), poll_form(request, begun.get("poll"))
    other = other_text(request, form, key)
    is_fit = _is_chosen(request, form, other) and all([form.is_valid(), about.is_valid(), poll.is_valid()])
    if is_fit and not (guard := ask_first(request, *_texts(form), *about.cleaned_data["tags"], *poll.words)):
        told = form.cleaned_data
        try:
            topic = start_topic(
                category,
                by=_writer(request),
                title=told["title"],
                body=told["body"],
                at=timezone.now(),
                key=form_key(request),
                voice=form.said,
                kind=about.cleaned_data["kind"],
                tags=about.cleaned_data["tags"],
                pin=about.pin,
                poll=poll.plan,
                keep_from_practice=told.get("keep", False),
            )
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            let_draft_go(request, form, key)
            _tell_unheard(request, place, told["body"])
            if topic.persona_id and topic.state == Topic.State.PENDING:
                messages.success(request, "Your topic waits for a moderator. Until it is on show you find it here, to change it.")
                return redirect("forum:pseudonyms")
            return redirect(topic)
    keep_draft(request, form, key)
    context = {"form": form, "guard": guard, "category": category, "draft_key": key, "other": other}
    context |= _beside(request, key, place) | {"pace": told_of_topics(by=_writer(request), at=timezone.now())}
    return render(request, "forum/start.html", context | around_start(request, about) | {"poll_form": poll})


@login_required
@require_http_methods(["GET", "POST"])
@keeps_files
@exchanges_texts
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a topic, or one post of it: `?to=7`; `?quote=7` puts its words before the cursor. Where others posted since
    the form was drawn, the page comes back once and shows what."""
    page = to_answer_or_404(request, pk)
    permissions.can_reply(request.user, page.topic).enforce()
    to = whole_number(request.POST.get("to") or request.GET.get("to") or request.GET.get("quote"))
    key, place, face = reply_key(page.topic, to), Place(page.topic.category, page.topic), face_sent(request)
    begun = _answer_begun(request, page.topic, key, to)
    form = ReplyForm(request.POST or None, initial=begun, voices=page.voices)
    poll = poll_form(request) if says_of_a_poll(request.POST) else None
    arrived: list[Post] = []
    guard: Guard | None = None
    other = other_text(request, form, key, partial(draft_among, latest=page.draft))
    is_fit = _is_chosen(request, form, other) and all([form.is_valid(), poll is None or poll.is_valid()])
    is_fit = is_fit and form.is_sure(_doubt(request, page, form))
    if is_fit and not (guard := ask_first(request, *_texts(form), *(poll.words if poll else ()))):
        told = form.cleaned_data
        arrived = _arrived(request, page.topic, told["seen"])
        if arrived:
            form = _again(request, form, seen="")  # said once: a busy topic must not keep anybody from posting
        else:
            try:
                post = reply_to_topic(
                    page.topic,
                    by=_writer(request),
                    body=told["body"],
                    at=timezone.now(),
                    parent_number=told["to"],
                    key=form_key(request),
                    voice=form.said,
                    keep_from_practice=told.get("keep", False),
                    poll=poll.plan if poll else None,
                    draft=draft_sent(request, key),
                )
            except ParentGone as problem:
                form.add_error(None, str(problem))
                form = _again(request, form, to="")
            except DomainError as problem:
                form.add_error(None, str(problem))
            else:
                if form.said.is_persona:
                    let_draft_go(request, form, key)
                let_others_go(request, page.topic, key)
                _tell_unheard(request, place, told["body"])
                note_pace(request, post.pace_told, at=post.created_at)
                return redirect(place_for(request, page.topic, post, face=face))
    keep_draft(request, form, key)
    answered = _answered(request, page.topic, form)
    poll = poll or poll_form(request, begun["poll"])
    context = {
        "form": form,
        "guard": guard,
        "topic": page.topic,
        "draft_key": key,
        "answered": answered,
        "poll_form": poll,
        "face": face,
    }
    context |= _beside(request, key, place) | {"other": other, "pace": told_of_replies(by=_writer(request), at=timezone.now())}
    came = {"arrived": [(post, author_name(post), as_html(post.html)) for post in arrived]}
    return render(request, "forum/reply.html", context | came | {"answered_html": as_html(answered.html) if answered else ""})


@login_required
@require_http_methods(["GET", "POST"])
@keeps_files
@exchanges_texts
def edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Change one's own post. Where another window was quicker the page shows what the post says now beside what was sent."""
    post, now = post_or_404(request, pk, number), timezone.now()
    permissions.can_edit(request.user, post, at=now).enforce()
    key, place = edit_key(post), Place(post.topic.category, post.topic)
    begun = _begun(request, key)
    initial = {"body": source_of(post), "revision": post.revision, "note": begun["about"].get("note", ""), **begun}
    must_say_why = not is_quiet(post, at=now)
    form, guard = EditForm(request.POST or None, initial=initial, must_say_why=must_say_why), None
    other = other_text(request, form, key)
    context: dict[str, Any] = {"other": other}
    if _is_chosen(request, form, other) and form.is_valid() and not (guard := ask_first(request, *_texts(form))):
        told = form.cleaned_data
        try:
            edit_post(post, by=_writer(request), body=told["body"], note=told["note"], at=now, seen_revision=told["revision"])
        except EditedMeanwhile as problem:
            post = post_or_404(request, pk, number)
            context |= {"elsewhere": source_of(post), "pieces": differences(source_of(post), told["body"])}
            form = _again(request, form, revision=post.revision)
            form.add_error(None, str(problem))
        except ReasonMissing as problem:
            form.add_error("note", str(problem))
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            let_draft_go(request, form, key)
            _tell_unheard(request, place, told["body"])
            messages.success(request, "Your change is saved.")
            waits = post.persona_id is not None and post.topic.state == Topic.State.PENDING
            return redirect("forum:pseudonyms" if waits else place_for(request, post.topic, post))
    keep_draft(request, form, key)
    context |= {"form": form, "guard": guard, "post": post, "topic": post.topic, "must_say_why": must_say_why, "now": now}
    context |= {"ends_at": permissions.edit_ends_at(post), "draft_key": key if post.author_id else "", "where": key}
    return render(request, "forum/edit.html", context | _beside(request, key, place))


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """How a text will look: nothing is kept."""
    permissions.can_take_part(request.user).enforce()
    place = place_of(request.user, request.POST.get("draft_key", "") or request.POST.get("where", ""))
    return render(request, "forum/_preview.html", _preview(request, place))


def _is_chosen(request: HttpRequest, form: Form, other: OtherText | None) -> bool:
    """It was sent to be posted, and its writer knows of every other draft of it."""
    if request.method != "POST" or {"preview", "exchange"} & request.POST.keys():
        return False
    if other and other.is_news:
        form.add_error(None, NEWER_ELSEWHERE)
        return False
    return True


def _texts(form: Form) -> list[str]:
    """What of a form everybody would read."""
    return [str(form.cleaned_data[name]) for name in ("title", "body", "note") if form.cleaned_data.get(name)]


def _preview(request: HttpRequest, place: Place | None) -> dict[str, Any]:
    html = to_html(request.POST.get("body", "")[:60_000])
    return {"preview": as_html(html), "previewed": True, "unheard": unheard(request.user, place, html) if place else []}


def _beside(request: HttpRequest, key: str, place: Place) -> dict[str, Any]:
    """What stands beside a form that is drawn: the draft that came back, the preview that was asked for."""
    if "preview" in request.POST:
        return _preview(request, place)
    draft = draft_of(_writer(request), key) if request.method == "GET" else None
    return {"draft": draft if draft and not draft.is_empty else None}


def _begun(request: HttpRequest, key: str) -> dict[str, Any]:
    """What stands in the form when it opens: what was being written."""
    draft = draft_of(_writer(request), key) if request.method == "GET" else None
    told = {"key": new_form_key(), "draft_sequence": draft.sequence if draft else 0, "about": {}}
    if draft and not draft.is_empty:
        told |= {"title": draft.title, "body": draft.body, "poll": draft.poll, "about": draft.about or {}}
        told["keep"] = draft.is_kept_from_practice
    return told


def _answer_begun(request: HttpRequest, topic: Topic, key: str, to: int) -> dict[str, Any]:
    """What was being written, and a quotation that was asked for."""
    begun = {"body": "", "poll": None, **_begun(request, key), "to": to or None, "seen": topic.last_number}
    quoted = whole_number(request.GET.get("quote"))
    if quoted:
        post = post_or_404(request, topic.pk, quoted)
        words = quotation(source_of(post), author=author_name(post), number=quoted, url=post.get_absolute_url())
        begun["body"] = f"{begun['body'].rstrip()}\n\n{words}".lstrip()
    return begun


def _arrived(request: HttpRequest, topic: Topic, seen: int | None) -> list[Post]:
    """What came since the form was drawn. Nothing where the form was posted already: sent twice, it posts once."""
    if seen is None:
        return []
    arrived = arrived_since(topic, request.user, seen)
    key = form_key(request) if arrived else None
    return [] if key and Post.objects.filter(topic=topic.pk, form_key=key).exists() else arrived


def _again(request: HttpRequest, form: AnyForm, **changes: object) -> AnyForm:
    """The same form, drawn once more with other hidden values."""
    told = request.POST.copy()
    for name, value in changes.items():
        told[name] = str(value)
    form.data = told
    return form


def _answered(request: HttpRequest, topic: Topic, form: ReplyForm) -> Post | None:
    """The post that is being answered, to show above the form; none where it may not be read."""
    number = whole_number(str(form["to"].value() or ""))
    posts = Post.objects.visible_to(request.user).select_related("author", "persona")
    return posts.filter(topic=topic.pk, number=number).first() if number else None


def _doubt(request: HttpRequest, page: ToAnswer, form: ReplyForm) -> str:
    """What to think of before two names of one member meet in one topic. No statement for whoever has one name here."""
    persona, said = page.voices.persona, form.said
    if persona is None and not said.is_persona:
        return ""
    return mixes_voices(
        page.topic.pk,
        by=_writer(request),
        as_persona=said.is_persona,
        parent_number=form.cleaned_data["to"],
        persona_id=persona.id if persona else None,
    )


def _tell_unheard(request: HttpRequest, place: Place, body: str) -> None:
    """Whoever is named and cannot read it: said at once, so that nobody waits for an answer that cannot come."""
    sentences = unheard(request.user, place, to_html(body)) if "@" in body else []
    if sentences:
        messages.warning(request, " ".join(sentences))


def _writer(request: HttpRequest) -> User:
    return cast("User", request.user)
