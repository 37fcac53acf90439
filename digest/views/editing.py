"""The editor's desk: note, picks, what each reader would get, cutting and watching the runs."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory import MOST_FOUND, SHORTEST, members_named
from accounts.models import User
from common.markdown import as_html
from common.markdown import render as markdown
from consultation.overtaken_form import unsaved
from digest.actions.editions import DraftIsAnother, cut_now, draft_edition, waits_for_an_editor, write_note
from digest.desk import desk_of
from digest.drafts import lines_of, term_has_its_edition
from digest.forms import NoteForm
from digest.letters import edition_context
from digest.links import desk_path, stream_path
from digest.models import Edition
from digest.permissions import can_edit_weekly
from digest.readers import subscribers_now
from digest.sections import sections_of
from digest.spam import is_installed
from digest.streams import WEEKLY
from digest.trials import Kind, anybody_of, kinds_of_readers, own_parts_of, preview_of, reader_named, trial_letter
from digest.views.drafts import draft_on_desk, stream_on_desk


@login_required
@require_safe
def streams(request: HttpRequest) -> HttpResponse:
    """All that is prepared here, and when each goes out."""
    can_edit_weekly(request.user).enforce()
    return render(request, "digest/streams.html", {"lines": lines_of(request.user, at=timezone.now())})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, stream: str = WEEKLY) -> HttpResponse:
    """Headline, note and picks of the edition that is being prepared."""
    offer = stream_on_desk(request.user, stream)
    if request.method != "POST" and request.path != desk_path(stream):
        return redirect(desk_path(stream))
    now = timezone.now()
    draft = Edition.objects.draft().filter(stream=stream).select_related("editor", "approved_by").first()
    form = NoteForm(request.POST or None, instance=draft)
    shows = "show" in request.POST
    if request.method == "POST" and not shows:
        unfinished = unsaved(form, lambda sent: _save(sent, draft or draft_edition(at=now, stream=stream), request, at=now))
        if unfinished is None:
            messages.success(request, "The draft is saved.")
            return redirect(desk_path(stream))
        form = unfinished
    context = {
        "form": form,
        "offer": offer,
        "stream": stream,
        "home": stream_path(stream),
        "edition": draft,
        "desk": desk_of(draft, editor=request.user, at=now) if draft else None,
        "shown": as_html(markdown(form.cleaned_data["note"])) if shows and form.is_valid() else "",
        "held": draft is not None and waits_for_an_editor(draft, at=now),
        "holds": stream == WEEKLY and settings.WEEKLY_UNAPPROVED == "hold",
        "spam_is_known": is_installed(),
        "out": term_has_its_edition(stream, at=now),
        "anybody": anybody_of(stream),
        "subscribers": subscribers_now(stream),
    }
    return render(request, "digest/edit.html", context)


@login_required
@require_safe
def preview(request: HttpRequest, stream: str, reader: str) -> HttpResponse:
    """The draft as a kind of reader, or one reader, would get it, were it cut now; and readers found by name."""
    draft = draft_on_desk(request.user, stream)
    now, name = timezone.now(), request.GET.get("name", "")[:80]
    found = reader_named(reader, request.user)
    if found is None:
        raise Http404("There is no such reader.")
    viewer, label = found
    shown = preview_of(draft, viewer, editor=request.user, at=now)
    of_one = reader.startswith("person-") and isinstance(viewer, User)
    context = {
        **edition_context(draft, sections_of(shown.items, at=now), chosen=()),
        "stream": stream,
        "desk_path": desk_path(stream),
        "kinds": kinds_of_readers(request.user),
        "slug": reader,
        "reader": label,
        "unseen": shown.unseen,
        "of_one": of_one,
        "has_own": stream == WEEKLY,
        "own": own_parts_of(draft, viewer, shown, at=now) if of_one and stream == WEEKLY and isinstance(viewer, User) else 0,
        "name": name,
        "people": [Kind(f"person-{person.pk}", person.display_name) for person in members_named(name, at=now)],
        "most": MOST_FOUND,
        "shortest": SHORTEST,
        "text": trial_letter(draft, shown.items, at=now).text,
    }
    return render(request, "digest/preview.html", context)


@login_required
@require_POST
def cut(request: HttpRequest, stream: str) -> HttpResponse:
    stream_on_desk(request.user, stream)
    now = timezone.now()
    if request.POST.get("sure") != "yes":
        messages.error(request, "Tick the box to say that this edition may go out now.")
        return redirect(desk_path(stream))
    draft, seen = draft_edition(at=now, stream=stream), request.POST.get("seen", "")
    try:
        edition = cut_now(draft, by=_user(request), at=now, as_seen=seen)
    except DraftIsAnother as problem:
        messages.error(request, f"It is not out. {problem}")
        return redirect(desk_path(stream))
    messages.success(request, f"No. {edition.number} is out. Sending begins within a minute.")
    return redirect("digest:runs")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _save(sent: NoteForm, draft: Edition, request: HttpRequest, *, at: datetime) -> None:
    told = sent.cleaned_data
    write_note(draft, by=_user(request), headline=told["headline"], note=told["note"], at=at, as_seen=sent.as_seen)
