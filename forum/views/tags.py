"""Tags: all of them, one with its topics, those of a topic."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError
from common.paging import BadCursor
from forum import permissions
from forum.actions.tags import rename_tag, tag_topic
from forum.guarding import ask_first
from forum.models import Tag
from forum.readers.tags import tag_for, tag_once_called, tagged_topics, tags_with_counts
from forum.topic_forms import TagNameForm, TagsForm
from forum.views.loading import topic_or_404


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """Every tag of a topic that the reader may know of, with how many there are."""
    context = {"tags": tags_with_counts(request.user), "may_keep": permissions.can_keep_tags(request.user)}
    return render(request, "forum/tags.html", context)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The topics that carry a tag, from every category that the reader may read. An address of before leads to the tag's own."""
    found = tag_for(request.user, slug)
    if found is None:
        now_called = tag_once_called(request.user, slug)
        if now_called is None:
            raise Http404
        return HttpResponsePermanentRedirect(reverse("forum:tag", args=[now_called.slug]))
    try:
        page = tagged_topics(found, request.user, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {
        "tag": found,
        "rows": page.rows,
        "older_url": f"?before={page.older}" if page.older else "",
        "newer_url": f"?after={page.newer}" if page.newer else "",
        "may_keep": permissions.can_keep_tags(request.user),
        "now": timezone.now(),
    }
    return render(request, "forum/tag.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def topic_tags(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the tags of a topic that stands."""
    page = topic_or_404(request, pk)
    permissions.can_tag(request.user, page.topic).enforce()
    form = TagsForm(request.POST or None, initial={"tags": ", ".join(tag["name"] for tag in page.tags)})
    guard = None
    if request.method == "POST" and form.is_valid() and not (guard := ask_first(request, *form.cleaned_data["tags"])):
        try:
            tag_topic(page.topic, by=request.user, names=form.cleaned_data["tags"], at=timezone.now())  # type: ignore[arg-type]
        except DomainError as problem:
            form.add_error("tags", str(problem))
        else:
            messages.success(request, "The tags are changed.")
            return redirect(page.topic)
    context = {"form": form, "topic": page.topic, "guard": guard, "known_tags": tags_with_counts(request.user, limit=50)}
    return render(request, "forum/topic_tags.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def tag_name(request: HttpRequest, slug: str) -> HttpResponse:
    """Moderators call a tag something else, or make it one with another."""
    permissions.can_keep_tags(request.user).enforce()
    found = tag_or_404(request, slug)
    form = TagNameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        kept = rename_tag(found, by=request.user, name=form.cleaned_data["name"], at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, f"It is called “{kept.name}” everywhere from now on.")
        return redirect("forum:tag", kept.slug)
    return render(request, "forum/tag_name.html", {"form": form, "tag": found})


def tag_or_404(request: HttpRequest, slug: str) -> Tag:
    found = tag_for(request.user, slug)
    if found is None:
        raise Http404
    return found
