"""Atom feeds of a category, a topic and a tag: for whoever is signed in or not, and by the secret of somebody's own feeds."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from accounts.standing import Anyone
from accounts.tokens import feed_reader
from forum.atom import draw_feed
from forum.models import Category, Post, Tag, Topic
from forum.readers.feeds import feed_of_category, feed_of_tag, feed_of_topic
from forum.requests import asks_too_often

TYPE: Final = "application/atom+xml; charset=utf-8"
Drawn = tuple[Sequence[Post], bytes]


def answer(request: HttpRequest, token: str, draw: Callable[[Anyone], Drawn]) -> HttpResponse:
    """The feed as its reader may see it now, or 304 where it is as they have it; 404 for a secret that opens nothing.

    Only the ETag decides what is unchanged: the time of the newest entry does not move when an older one is taken down.
    """
    if asks_too_often(request, "feeds", settings.FEEDS_PER_MINUTE):
        refused: HttpResponse = respond_429(request)
        return refused
    reader = feed_reader(token) if token else request.user
    if reader is None:
        raise Http404
    posts, body = draw(reader)
    response = HttpResponse(body, content_type=TYPE)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response["ETag"] = etag
    if posts:
        response["Last-Modified"] = http_date(max(post.edited_at or post.created_at for post in posts).timestamp())
    if token or request.user.is_authenticated:
        response["Cache-Control"] = "private, no-cache"
    else:
        response["Cache-Control"] = "public, max-age=60"
    if token:
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
    found: HttpResponse = get_conditional_response(request, etag=etag, response=response)  # type: ignore[assignment]
    return found


def itself(request: HttpRequest, token: str) -> str:
    """The feed's own address, for the feed; never one that holds a secret."""
    return "" if token else request.get_full_path()


@require_safe
def category_feed(request: HttpRequest, slug: str, token: str = "") -> HttpResponse:
    def draw(user: Anyone) -> Drawn:
        category = Category.objects.visible_to(user).filter(slug=slug).first()
        if category is None:
            raise Http404
        posts, page = feed_of_category(category, user), reverse("forum:category", args=[category.slug])
        return posts, draw_feed(
            posts, key=f"category/{category.pk}", title=category.name, page=page, itself=itself(request, token)
        )

    return answer(request, token, draw)


@require_safe
def topic_feed(request: HttpRequest, pk: int, token: str = "") -> HttpResponse:
    def draw(user: Anyone) -> Drawn:
        topic = Topic.objects.visible_to(user).filter(pk=pk).defer("search").first()
        if topic is None:
            raise Http404
        posts = feed_of_topic(topic, user)
        return posts, draw_feed(
            posts, key=f"topic/{pk}", title=topic.title, page=topic.get_absolute_url(), itself=itself(request, token)
        )

    return answer(request, token, draw)


@require_safe
def tag_feed(request: HttpRequest, slug: str, token: str = "") -> HttpResponse:
    """A tag of topics that the reader may not know of is known to nobody. A feed taken under a former name goes on."""

    def draw(user: Anyone) -> Drawn:
        tag = Tag.objects.filter(slug=slug).first() or Tag.objects.filter(former__slug=slug).first()
        posts = feed_of_tag(tag, user) if tag else ()
        if tag is None or not posts:
            raise Http404
        return posts, draw_feed(
            posts,
            key=f"tag/{tag.pk}",
            title=tag.name,
            page=reverse("forum:tag", args=[tag.slug]),
            itself=itself(request, token),
        )

    return answer(request, token, draw)
