"""Turns a domain error that no view handled into a page that says so, instead of a crash."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import DomainError


class refusals:  # noqa: N801 - a middleware is named as it reads in the settings
    """Answers 409 with the sentence of a DomainError; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return render(request, "409.html", {"reason": str(exception)}, status=409)
        return None
