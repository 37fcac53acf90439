from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forum.texts import TITLE_MAX
from search.readers import similar_topics


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Topics like the title that is being typed: a part of the page where a script asks, else a page of its own."""
    title = request.GET.get("title", "").replace("\0", "")[:TITLE_MAX]
    is_part = bool(request.headers.get("HX-Request"))
    context = {"title": title, "topics": similar_topics(request.user, title)}
    return render(request, "search/_similar.html" if is_part else "search/similar.html", context)
