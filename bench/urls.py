"""Three limits of this machine: a view that answers the same bytes each time, a body straight from the cache (both of any size),
and a topic with twenty posts and their authors by the ORM, without a template."""

from functools import lru_cache

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from forum.models import Post, Topic

SIZE = 50_000


def body_key(size: int) -> str:
    return f"bench:body:{size}"


def fixed(request: HttpRequest, size: int = SIZE) -> HttpResponse:
    return HttpResponse(_bytes(size))


def cached(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(cache.get(body_key(size), b""))


@lru_cache
def _bytes(size: int) -> bytes:
    return b"x" * size


def orm(request: HttpRequest, pk: int) -> HttpResponse:
    topic = Topic.objects.select_related("category").get(pk=pk)
    posts = Post.objects.filter(topic=topic, number__range=(1, 20)).select_related("author").order_by("number")
    return HttpResponse(topic.title + "".join(f"{post.number}{post.author}{post.html}" for post in posts))


urlpatterns = [
    path("bench/fixed/", fixed),
    path("bench/fixed/<int:size>/", fixed),
    path("bench/cached/<int:size>/", cached),
    path("bench/orm/<int:pk>/", orm),
    path("", include("config.urls")),
]
