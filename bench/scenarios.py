"""What is measured: pages of a town of 200,000 posts, with one topic of 20,000, for a visitor and for members."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.urls import reverse

from accounts.models import User
from bench import answering
from forum.models import Topic

FIXED, CACHED, ORM = "a fixed body", "the same body from the cache", "topic, 20 posts, authors by the ORM"
VISITORS, MEMBERS = 0.6, 0.8
"""Aims: of the same bytes from the cache, and of the ORM's view."""
ALIKE = 1.3
_TOKEN = "b" * 32
_WORDS = ("accreditation", "portfolio", "appraisal rota", '"practice manager"', "rota -training", "fellowship", "budget", "cqc")


@dataclass(frozen=True)
class Scenario:
    """`beside` names the limit that its rate is divided by (CACHED: of as many bytes), `share` what it should reach of it, and
    `rate` what it should reach a second. `cookies`: one for each connection in turn. Those of one `like` should be equal within
    `ALIKE`."""

    name: str
    urls: Sequence[str]
    beside: str = ""
    share: float = 0
    rate: float = 0
    like: str = ""
    cookies: Sequence[str] = ("",)
    body: Callable[[int], bytes] | Sequence[Callable[[int], bytes]] | None = None
    connections: int = 8


def scenarios(base: str) -> list[Scenario]:
    """In the order in which they are measured: limits first, what writes last."""
    big = Topic.objects.filter(category__access="public", state="published", locked_at=None).order_by("-last_number").first()
    small = (
        Topic.objects.filter(category__access="public", state="published", locked_at=None, last_number__range=(20, 60))
        .order_by("-last_number", "pk")
        .first()
    )
    assert big is not None
    assert small is not None
    members = [_session(user) for user in User.objects.filter(role_grants__role="member", is_active=True).order_by("pk")[:8]]
    in_time = base + reverse("forum:topic_in_time", args=[big.pk, big.slug])
    last = -(-big.last_number // 20)
    places = {
        "big topic, first page": in_time,
        "big topic, middle page": f"{in_time}?page={last // 2}",
        "big topic, last page": f"{in_time}?page={last}",
        "big topic, first conversations": base + big.get_absolute_url(),
        "big topic, middle conversations": f"{base}{big.get_absolute_url()}?after={big.last_number // 2}",
        "big topic, last conversations": f"{base}{big.get_absolute_url()}?before={big.last_number + 1}",
        f"topic of {small.last_number} posts, in time": base + reverse("forum:topic_in_time", args=[small.pk, small.slug]),
        "category": base + reverse("forum:category", args=[big.category.slug]),
        "home": f"{base}/",
    }
    found = [Scenario(ORM, [f"{base}/bench/orm/{big.pk}/"])]
    for name, url in places.items():
        like = next((f"big topic, {face}" for face in ("page", "conversations") if "big topic" in name and face in name), "")
        found.append(Scenario(f"{name}, visitor", [url], CACHED, VISITORS, like=like and f"{like}, visitor"))
        found.append(Scenario(f"{name}, member", [url], ORM, MEMBERS, like=like and f"{like}, member", cookies=members))
    searches = [f"{base}{reverse('search:results')}?q={quote_plus(words)}" for words in _WORDS]
    found.append(Scenario("search, eight questions, visitor", searches, rate=90))
    found.append(Scenario("search, eight questions, member", searches, rate=90, cookies=members))
    for name, url in answering.pages(base).items():
        found.append(Scenario(f"{name}, visitor", [url], CACHED))
        found.append(Scenario(f"{name}, member", [url], ORM, cookies=members))
    saved, page, check = answering.forms(base)
    found.append(Scenario("saving a page, 8 at once", [saved], ORM, cookies=members, body=answering.second_page))
    round_of = (answering.first_page, answering.second_page, answering.send)
    first = page.replace("/2/", "/1/")
    found.append(
        Scenario("two pages and sending, alone", [first, page, check], cookies=members[:1], body=round_of, connections=1)
    )
    found.append(Scenario("two pages and sending, 8 at once", [first, page, check], cookies=members, body=round_of))
    answer = base + reverse("forum:reply", args=[small.pk])
    found.append(Scenario("posting a reply, alone", [answer], cookies=members[:1], body=_reply, connections=1))
    found.append(Scenario("posting a reply, 8 at once", [answer], rate=150, cookies=members, body=_reply))
    return found


def _reply(number: int) -> bytes:
    words = f"Number {number}: we tried a shared rota for a year, and the partners asked for the evidence in writing."
    return urlencode({"csrfmiddlewaretoken": _TOKEN, "body": words, "key": str(uuid4())}).encode()


def _session(user: User) -> str:
    """The cookies of a member, made as signing in makes them."""
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"
