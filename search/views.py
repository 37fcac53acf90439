from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.paging import BadCursor, read_cursor
from search.forms import SearchForm
from search.readers import find_posts


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the reader may see of what they look for."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    page = None
    if words:
        try:
            after = read_cursor(request.GET["after"], length=2) if request.GET.get("after") else None
        except BadCursor as error:
            raise Http404 from error
        if after is not None and not all(isinstance(value, int) and abs(value) < 2**62 for value in after):
            raise Http404
        page = find_posts(request.user, words, after=after)
    return render(
        request, "search/results.html", {"form": form, "words": words, "page": page, "is_first": "after" not in request.GET}
    )
