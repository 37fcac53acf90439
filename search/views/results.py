"""The search page: words in, what the reader may see of it out."""

from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from common.paging import BadCursor, Cursor, read_cursor
from forum.readers.categories import readable_categories
from search.forms import ChoicesForm, SearchForm, as_choices
from search.kinds import Kind, Results, kinds
from search.language import Asked, Problem, parse, write
from search.readers import did_you_mean
from search.synonyms import also_looked_for, positive_words

FEW = 3
"""With fewer matches than these the page asks whether something else was meant."""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the reader may see of what they look for. What comes from the choices becomes words first, so that every search has
    one address."""
    categories = readable_categories(request.user)
    form = SearchForm(request.GET)
    problems: tuple[Problem, ...] = ()
    if "text" in request.GET:
        choices = ChoicesForm(request.GET, categories=categories)
        if choices.is_valid():
            return redirect(f"{reverse('search:results')}?{urlencode({'q': write(choices.asked)})}")
        form = SearchForm({"q": ""})
    else:
        typed = parse(request.GET.get("q", "")) if form.is_valid() else Asked()
        problems = typed.problems
        choices = ChoicesForm(_as_sent(as_choices(typed)), categories=categories)
        choices.is_valid()
    asked = choices.asked
    context: dict[str, Any] = {"box": form, "choices": choices, "asked": asked, "words": ""}
    context["form"] = form if form.errors else choices  # the one whose problems stand first on the page
    context["left_out"] = [problem for problem in problems if problem.field in {"in_title", "states"}]
    if not choices.is_chosen:
        context["rest"] = _nothing_chosen(categories)
    if not asked.is_empty and not form.errors:
        context |= _found(request, asked)
    return render(request, "search/results.html", context)


@lru_cache(maxsize=64)
def _nothing_chosen(categories: tuple[tuple[str, str], ...]) -> SafeString:
    """The choices as most searches show them, drawn once for each set of categories that somebody may read."""
    choices = ChoicesForm({}, categories=categories)
    choices.is_valid()
    return render_to_string("search/_choices_rest.html", {"choices": choices})


def _found(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    words, newest = write(asked), request.GET.get("order") == "newest" or not asked.text
    name, kind = _kind(request.GET.get("in", ""))
    after = _cursor(request)
    page = kind.find(request.user, asked, newest=newest, after=after, at=timezone.now())
    return {
        "words": words,
        "page": page,
        "kind": kind,
        "also": also_looked_for(asked.text),
        "meant": _meant(asked, page) if after is None else "",
        "only_leaves_out": bool(asked.text) and not positive_words(asked.text),
        "newest": newest,
        "is_first": after is None,
        "tabs": _orders(words, newest=newest) if asked.text else [],
        "kinds": _others(words, name),
        "older_url": _address(words, order="newest" if newest else "", beyond=page.older) if page.older else "",
        "feed_url": f"{reverse('search:feed')}?{urlencode({'q': words})}",
    }


def _meant(asked: Asked, page: Results) -> str:
    """Another search to offer, whole with its filters; empty where enough was found or nothing is better."""
    better = did_you_mean(asked) if page.total < FEW else ""
    return write(replace(asked, text=better)) if better else ""


def _kind(name: str) -> tuple[str, Kind]:
    known = kinds()
    if name and name not in known:
        raise Http404
    name = name or next(iter(known))
    return name, known[name]


def _cursor(request: HttpRequest) -> Cursor | None:
    if not request.GET.get("beyond"):
        return None
    try:
        after = read_cursor(request.GET["beyond"], length=2)
    except BadCursor as error:
        raise Http404 from error
    if not all(isinstance(value, int) and abs(value) < 2**62 for value in after):
        raise Http404
    return after


def _orders(words: str, *, newest: bool) -> list[dict[str, Any]]:
    return [
        {"url": _address(words), "text": "Best first", "here": not newest},
        {"url": _address(words, order="newest"), "text": "Newest first", "here": newest},
    ]


def _others(words: str, here: str) -> list[dict[str, Any]]:
    """Tabs of the kinds of thing; none while there is one alone."""
    known = kinds()
    tabs = [{"url": _address(words, **{"in": name}), "text": kind.label, "here": name == here} for name, kind in known.items()]
    return tabs if len(tabs) > 1 else []


def _address(words: str, **further: str) -> str:
    told = {"q": words, **{name: value for name, value in further.items() if value}}
    return f"{reverse('search:results')}?{urlencode(told)}"


def _as_sent(told: dict[str, Any]) -> QueryDict:
    """Values as a browser would send them."""
    sent = QueryDict(mutable=True)
    for name, value in told.items():
        if isinstance(value, list):
            sent.setlist(name, value)
        elif value:
            sent[name] = "on" if value is True else value
    return sent
