"""A view that does nothing, and a page's body straight from the cache: the floor and the ceiling of this machine."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

BODY_KEY = "bench:body"


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse(cache.get(BODY_KEY, ""))


urlpatterns = [path("bench/bare/", bare), path("bench/cached/", cached), path("", include("config.urls"))]
