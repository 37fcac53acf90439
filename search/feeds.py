"""A search as a feed: its newest matches."""

from hashlib import sha256
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.standing import Anyone
from forum.atom import draw_feed
from forum.feeds import Drawn, answer, itself
from forum.readers.feeds import MOST, feed_of_posts
from search.forms import SearchForm
from search.language import parse, write
from search.readers.matching import matches


@require_safe
def search_feed(request: HttpRequest, token: str = "") -> HttpResponse:
    """What a search finds, newest first, at most thirty. Nothing asked for is not found."""
    form = SearchForm(request.GET)
    asked = parse(form.cleaned_data["q"]) if form.is_valid() else None
    if asked is None or asked.is_empty:
        raise Http404
    words = write(asked)

    def draw(user: Anyone) -> Drawn:
        newest = sorted((row["pk"] for row in matches(user, asked)), reverse=True)  # type: ignore[index]
        posts = feed_of_posts(newest[: 2 * MOST], user)
        page = f"{reverse('search:results')}?{urlencode({'q': words})}"
        key = f"search/{sha256(words.encode()).hexdigest()[:32]}"
        return posts, draw_feed(posts, key=key, title=f"Search: {words}", page=page, itself=itself(request, token))

    return answer(request, token, draw)
