"""Three limits of this machine: a view that answers the same bytes each time, a body straight from the cache, and a topic
with twenty posts and their authors by the ORM, without a template."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from forum.models import Post, Topic

BODY_KEY = "bench:body"
SIZE = 50_000
_BYTES = b"x" * SIZE


def fixed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_BYTES)


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse(cache.get(BODY_KEY, b""))


def orm(request: HttpRequest, pk: int) -> HttpResponse:
    topic = Topic.objects.select_related("category").get(pk=pk)
    posts = Post.objects.filter(topic=topic, number__range=(1, 20)).select_related("author").order_by("number")
    return HttpResponse(topic.title + "".join(f"{post.number}{post.author}{post.html}" for post in posts))


urlpatterns = [
    path("bench/fixed/", fixed),
    path("bench/cached/", cached),
    path("bench/orm/<int:pk>/", orm),
    path("", include("config.urls")),
]
