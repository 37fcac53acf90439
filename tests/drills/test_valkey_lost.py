"""Valkey is emptied, killed, and away for a while in the middle of a run that two beats tick and the workers of two deployments
send: one run, one mail each, two ticks late at most; and whoever clicks meanwhile is served.

`make test` runs it small, with one worker and a tick of a second; `make drill` at real length, with a web server.
"""

import http.client
import os
import time
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from digest.management.inventing import cut_edition, invent_readers
from digest.models import CapabilityToken, Delivery, Run, Subscription
from digest.tokens import secret_of
from mail.sink import Behaviour, running
from tests.browser.site import database_url_of_the_tests, free_port, process
from tests.drills.deployment import Crew, Valkey

REAL = bool(os.environ.get("PLENARY_DRILL"))
SPEED, READERS, DELAY, AWAY = (1, 9_000, 0.03, 60) if REAL else (60, 80, 0.03, 0.5)
TICK = 60 / SPEED
FORM = "application/x-www-form-urlencoded"


@pytest.mark.django_db(transaction=True)
def test_a_run_goes_on_two_ticks_after_valkey_is_back_and_nobody_gets_it_twice(tmp_path, settings, capsys):
    now = timezone.now()
    settings.WEEKLY_CANARY_FROM = READERS + 1
    invent_readers(READERS, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    cut_edition(at=now)
    valkey, told = Valkey(tmp_path), []
    valkey.start()
    with ExitStack() as stack:
        stack.callback(valkey.kill)
        sink = stack.enter_context(running(tmp_path / "record", Behaviour(delay=DELAY)))
        settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
        crew, began = stack.enter_context(Crew(valkey, tmp_path, speed=SPEED)), time.monotonic()
        for name in ("old", "new"):
            crew.beat(f"beat-{name}")
            if REAL or name == "old":
                crew.worker(f"worker-{name}")
        ask = partial(by_http, web(stack, valkey)) if REAL else in_process
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": valkey.url(1)}}
        crew.wait_for(lambda: len(sink.arrivals()) > 10)
        # Celery ends a worker whose broker goes while it holds a message (kombu restores it on a connection that is closed); it is
        # started again, and starting does not shrink with our times: it may take here twice what it took now.
        starting = 0.0 if REAL else 2 * (time.monotonic() - began)
        if REAL:
            valkey.client.flushall()
            told.append(f"FLUSHALL: the next message came {until_the_next(crew, sink):.1f} s later")
            valkey.kill()
            valkey.start()
            told.append(f"killed and started: the next message came {until_the_next(crew, sink):.1f} s later")
        valkey.client.flushall()
        valkey.kill()
        away = time.monotonic()
        told.append(clicks(ask))
        time.sleep(max(0.0, AWAY - (time.monotonic() - away)))
        settle(sink)
        assert len(sink.arrivals()) < READERS, "it was away in the middle"
        valkey.start()
        late = until_the_next(crew, sink)
        told.append(f"away for {AWAY} s: the next message came {late:.1f} s after it was back, two ticks are {2 * TICK:g} s")
        assert late <= 2 * TICK + starting
        if not REAL:
            sink.behave(Behaviour())
        crew.wait_for(lambda: Run.objects.get().state == "done", 400)
        assert Run.objects.get().counts == {"candidates": READERS, "accepted": READERS - told_to_leave()} | left()
    told.append(f"workers that ended over it and were started again: {crew.ended}")
    arrived = sink.counted()
    assert max(arrived.values()) == 1
    assert len(arrived) == READERS - told_to_leave()
    with capsys.disabled():
        print(f"\n{READERS} readers, two beats; " + "; ".join(told) + f". {len(arrived)} arrived, none twice.")


def until_the_next(crew, sink):
    """Seconds until something arrives that was not on its way already."""
    began, before = time.monotonic(), settle(sink) if not REAL else len(sink.arrivals())
    crew.wait_for(lambda: len(sink.arrivals()) > before, 4 * TICK + 30)
    return time.monotonic() - began


def settle(sink):
    """How many arrived when nobody sends any more."""
    seen = -1
    while seen != len(sink.arrivals()) and not REAL:
        seen = len(sink.arrivals())
        time.sleep(0.3)
    return len(sink.arrivals())


def web(stack, valkey):
    """The port of a web server on the same database and Valkey."""
    port = free_port()
    told = {"DATABASE_URL": database_url_of_the_tests(), "REDIS_URL": valkey.url(0), "CACHE_URL": valkey.url(1)}
    granian = ["granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "2"]
    environ = os.environ | told | {"ALLOWED_HOSTS": "127.0.0.1", "PLENARY_SPEED": "1", "KEPT_IS_COMPARED": "false"}
    stack.enter_context(process([*granian, "config.wsgi:application"], environ, port=port))
    return port


def by_http(port, method, path, body):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request(method, path, body, {"Content-Type": FORM})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def in_process(method, path, body):
    return Client().generic(method, path, body, content_type=FORM).status_code


def clicks(ask):
    """What a browser and a mail program ask for while Valkey is away."""
    slowest, asked = 0.0, 0
    token = CapabilityToken.objects.filter(scope="unsubscribe", delivery__isnull=False).order_by("-delivery").first()
    ways = [("GET", "/", ""), ("GET", "/weekly/", ""), ("POST", f"/weekly/m/{secret_of(token)}/", "List-Unsubscribe=One-Click")]
    for _ in range(10 if REAL else 1):
        for method, path, body in ways:
            began = time.monotonic()
            assert ask(method, path, body) == 200, path
            slowest, asked = max(slowest, time.monotonic() - began), asked + 1
    assert Subscription.objects.filter(state="ended").count() == 1
    return (
        f"{asked} requests meanwhile, one of them a one-click unsubscribe: all answered, the slowest in {slowest * 1000:.0f} ms"
    )


def told_to_leave():
    return Subscription.objects.filter(state="ended").count()


def left():
    count = Delivery.objects.filter(state="suppressed").count()
    return {"suppressed": count} if count else {}
