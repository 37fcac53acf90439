"""Five hundred members answer at once while an organiser pauses, resumes, mends a slip and publishes a material version, web
processes and the worker are killed, and the clock reaches the close: nothing lost, nothing double, nothing after the close.

`make test` runs it small; `make drill` at real size, and prints what docs/drills keeps.
"""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from consultation.actions.holding import hold_for_a_step
from consultation.actions.questionnaire import change_page, change_question
from consultation.models import Answer, Consultation, Draft, Leaf, Receipt, Response, Version
from mail.models import Mail
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.browser.site import ROOT, database_url_of_the_tests, free_port, wait_for_port
from tests.consultation.factories import a_new_version, an_open_one
from tests.drills import crowd
from tests.drills.crowd import CLOSED, TOKEN, Member
from tests.journeys.fixtures import eventually
from tests.mail.sink import Sink

REAL = bool(os.environ.get("PLENARY_DRILL"))
MEMBERS = int(os.environ.get("PLENARY_DRILL_MEMBERS", "500")) if REAL else 20
MATERIAL = 3
"""The number of the material version: the second mends a slip."""
WEBS, THREADS = (2, 4) if REAL else (1, 3)
QUEUES = "critical,notify,inbound,digest_plan,digest_send,maintenance"


class Servers:
    """The site's processes, each with a group of its own, so that it can be killed with all that belongs to it."""

    def __init__(self, sink: Sink) -> None:
        self.ports = [free_port() for _ in range(WEBS)]
        self.environ = {
            **os.environ,
            "DATABASE_URL": database_url_of_the_tests(), "SITE_URL": f"http://127.0.0.1:{self.ports[0]}", "SMTP_URL": sink.url,
            "ALLOWED_HOSTS": "127.0.0.1", "PYTHONPATH": str(ROOT), "KEPT_IS_COMPARED": "false", "SKIP_CHECKS": "1",
        }  # fmt: skip
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.folder = tempfile.TemporaryDirectory()
        self.killed = Counter[str]()

    def start(self, name: str) -> None:
        if name == "worker":
            what = ["celery", "-A", "config.celery", "worker", "--beat", "--schedule", str(Path(self.folder.name) / "beat")]
            what += ["--queues", QUEUES, "--concurrency", "1", "--loglevel", "CRITICAL", "--without-gossip", "--without-mingle"]
        else:
            what = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.ports[int(name)]), "--no-ws"]
            what += ["--workers", "1", "--blocking-threads", str(THREADS), "--log-level", "error", "config.wsgi:application"]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", *what], cwd=ROOT, env=self.environ, start_new_session=True, stderr=subprocess.DEVNULL
        )

    def wait(self) -> None:
        for name, port in enumerate(self.ports):
            wait_for_port(port, self.running[str(name)])

    def kill(self, name: str) -> None:
        """kill -9, and start it anew."""
        self._end(name)
        self.killed["worker" if name == "worker" else "web"] += 1
        self.start(name)

    def stop(self) -> None:
        for name in list(self.running):
            self._end(name)
        self.folder.cleanup()

    def _end(self, name: str) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def served(sink: Sink) -> Iterator[Servers]:
    servers = Servers(sink)
    try:
        for name in ["worker", *map(str, range(WEBS))]:
            servers.start(name)
        servers.wait()
        yield servers
    finally:
        servers.stop()


class Organiser:
    """Goes through the steps of a consultation by its pages."""

    def __init__(self, user: User, servers: Servers, consultation: Consultation, is_changed: threading.Event) -> None:
        """`is_changed` is set once the material version is asked."""
        self.user, self.cookie, self.servers, self.consultation = user, cookie_of(user), servers, consultation
        self.is_changed = is_changed

    def press(self, path: str, **told: str) -> None:
        """Send a form; it has to be taken. Again where a server was killed meanwhile."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **told})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        for attempt in range(100):
            line = http.client.HTTPConnection("127.0.0.1", self.servers.ports[attempt % WEBS], timeout=120)
            try:
                line.request("POST", f"/consultations/{self.consultation.slug}/{path}/", body=body, headers=headers)
                answer = line.getresponse()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            text = answer.read().decode()
            assert answer.status == 302, f"{path} answered {answer.status}: {text[:2000]}"
            return
        raise AssertionError(f"{path} was never answered")

    def pause(self) -> None:
        self.press("pause", note="A figure in the background is wrong.")
        time.sleep(2 if REAL else 0.3)

    def resume(self) -> None:
        self.press("pause/end", note="The figure is put right.")

    def publish_a_version(self) -> None:
        """A slip of the pen is mended: written, approved by a second person, put to everybody in one step."""

        def mend(version: Version) -> None:
            page = version.pages.get(position=1)
            change_page(page, title=page.title, intro="Two minutes.", by=self.user, at=timezone.now())

        a_new_version(self.consultation, change=mend, materiality="typo", at=timezone.now(), published=False)
        self.press("version/publication")

    def publish_a_material_version(self) -> None:
        """One question is worded otherwise, another has one choice more; whoever answered is asked whether their answer stands."""

        def change(version: Version) -> None:
            how: dict[str, Any] = {"by": self.user, "at": timezone.now()}
            questions = version.questions.prefetch_related("choices")
            value, purpose = questions.get(key="value"), questions.get(key="purpose")
            change_question(value, kind=value.kind, text="Partners and patients would value my work more.", **how)
            choices = [(choice.key, choice.label) for choice in purpose.choices.all()] + [("both", "Both")]
            words = {"text": purpose.text, "hint": purpose.hint, "required": purpose.required}
            change_question(purpose, kind=purpose.kind, choices=choices, **words, **how)

        a_new_version(self.consultation, change=change, materiality="material", at=timezone.now(), published=False)
        self.press("version/publication")
        self.is_changed.set()

    def reach_the_close(self) -> None:
        """The database refuses to shorten a consultation, and six weeks are long: its trigger looks away for one statement."""
        with transaction.atomic(), connection.cursor() as cursor:
            hold_for_a_step(self.consultation.pk)
            cursor.execute("ALTER TABLE consultation_consultation DISABLE TRIGGER keeps_its_word")
            cursor.execute("UPDATE consultation_consultation SET closes_at = clock_timestamp() + interval '1 second'")
            cursor.execute("ALTER TABLE consultation_consultation ENABLE TRIGGER keeps_its_word")


def steps(organiser: Organiser, servers: Servers) -> list[tuple[float, Callable[[], None]]]:
    """What happens meanwhile, in order, each once so large a share of those who send in time has sent. A step more is a line more."""
    kill = lambda name: lambda: servers.kill(name)  # noqa: E731
    before = [(0.3, kill("worker")), (0.4, kill("1"))] if REAL else []
    after = [(0.5, kill("worker")), (0.6, kill("0"))] if REAL else []
    return [
        (0.05, organiser.pause),
        (0.05, kill("0")),
        (0.05, organiser.resume),
        (0.1, organiser.publish_a_version),
        *before,
        (0.5, organiser.publish_a_material_version),
        *after,
        (1.0, organiser.reach_the_close),
    ]


def cookie_of(user: User) -> str:
    """Made as signing in makes it."""
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_nothing_doubled_and_nothing_comes_after_the_close(post_office, capsys):
    cache.clear()
    organiser = UserFactory(organiser=True)
    people = [UserFactory(member=True) for _ in range(MEMBERS)]
    consultation = an_open_one(by=organiser, at=timezone.now() - timedelta(days=30))
    is_closed, is_changed = threading.Event(), threading.Event()
    plans = [
        crowd.send_once,
        crowd.stands_by_it(is_changed, MATERIAL),
        crowd.on_two_devices,
        crowd.until_the_close,
        crowd.writes_until_the_close,
        crowd.too_late(is_closed),
    ]
    with served(post_office) as servers:
        began = time.monotonic()
        members = [
            Member(number, cookie_of(person), servers.ports, consultation.slug, plans[number % len(plans)])
            for number, person in enumerate(people)
        ]
        for member in members:
            member.start()
        in_time = [member for member in members if member.plan in plans[:4]]
        hand = Organiser(organiser, servers, consultation, is_changed)
        for share, step in steps(hand, servers):
            eventually(lambda share=share: sum(bool(one.record.sent) for one in in_time) >= share * len(in_time), within=600)
            step()
        for member in members:
            if member.plan in plans[:3]:
                member.join(crowd.PATIENCE)
        closes_at = Consultation.objects.get().closes_at
        time.sleep(max(0.0, (closes_at - timezone.now()).total_seconds()) + 0.05)
        is_closed.set()
        if REAL:
            servers.kill("worker")
        for member in members:
            member.join(crowd.PATIENCE)
        eventually(lambda: Consultation.objects.get().closed_at is not None)
        eventually(lambda: not Event.objects.filter(kind="consultation.version").unexpanded().exists(), within=120)
        took = time.monotonic() - began
        killed = servers.killed

    assert [member.record.problem for member in members if member.record.problem or member.is_alive()] == []
    for member, person in zip(members, people, strict=True):
        check(member, person)
    check_the_whole(consultation, members, post_office)
    with capsys.disabled():
        saves = sum(member.record.saves for member in members)
        sends = sum(len(member.record.sent) for member in members)
        broken, slowest = sum(one.record.broken for one in members), max(one.record.slowest for one in members)
        told_of_versions = sum(one.record.told_of_versions for one in members)
        said = Counter(
            text for one in members for refusal in one.record.refusals for text in (crowd.PAUSED, CLOSED) if text in refusal
        )
        print(
            f"\n{MEMBERS} members, {took:.0f} s: {saves} saves and {sends} responses acknowledged, "
            f"{Answer.objects.count()} answers, {Draft.objects.count()} drafts kept; killed {dict(killed)}, {broken} requests broke off; "
            f"{Response.objects.filter(confirms=True).count()} said that their answer stands; "
            f"told of a new version {told_of_versions}, that it is paused {said[crowd.PAUSED]}, that it has closed {said[CLOSED]} times; slowest answer {slowest:.1f} s"
        )
    assert servers.killed["web"] >= (3 if REAL else 1)
    assert servers.killed["worker"] >= (2 if REAL else 0)


def check(member: Member, person: User) -> None:
    """What this member was told is what is there."""
    told = member.record
    revisions = list(Response.objects.filter(user=person).order_by("revision").select_related("version"))
    assert [one.revision for one in revisions] == list(range(1, len(revisions) + 1))
    assert [one.is_current for one in revisions] == [False] * (len(revisions) - 1) + [True] * bool(revisions)
    assert len(told.sent) <= len(revisions) <= len(told.sent), f"{member.name}: {len(told.sent)} told, {len(revisions)} there"
    for revision, held in zip(revisions, told.sent, strict=True):
        assert dict(revision.answers.values_list("question__key", "value")) == held, member.name
    assert [one.version.number for one in revisions] == told.under, f"{member.name} sent under a version that they had not seen"
    draft = Draft.objects.filter(user=person).first()
    if member.plan is crowd.send_once or "stands_by_it" in member.plan.__qualname__:
        assert draft is None
    elif member.plan is not crowd.on_two_devices:  # whose second thoughts may come too late
        assert told.refusals[-1] == CLOSED, told.refusals
    if draft is not None:
        there = {key: written(value) for key, value in draft.answers.values_list("question__key", "value")}
        for key, value in there.items():
            assert value in [told.kept.get(key), *told.may_be.get(key, [])], (
                f"{member.name}: {key} is {value}, not {told.kept.get(key)}"
            )
        assert set(told.kept) <= set(there), member.name
    elif not revisions or told.sent[-1] != told.kept:
        raise AssertionError(f"{member.name}: what was acknowledged is nowhere")


def written(value: object) -> object:
    """An answer of a draft, without its boxes."""
    return value["groups"] if isinstance(value, dict) else value


def check_the_whole(consultation: Consultation, members: list[Member], sink: Sink) -> None:
    consultation = Consultation.objects.get(pk=consultation.pk)
    assert not Response.objects.filter(submitted_at__gte=consultation.closes_at).exists()
    paused, resumed = (
        consultation.transitions.get(to_state=to, from_state=begin).at for begin, to in (("open", "paused"), ("paused", "open"))
    )
    assert not Response.objects.filter(submitted_at__gt=paused, submitted_at__lt=resumed).exists()
    current = Response.objects.filter(is_current=True)
    assert current.count() == current.values("user").distinct().count()
    assert Receipt.objects.count() == Response.objects.count() == sum(len(member.record.sent) for member in members)
    leaves = {bytes(leaf) for leaf in Leaf.objects.values_list("hash", flat=True)}
    assert leaves == {bytes(leaf) for leaf in Receipt.objects.filter(response__is_current=True).values_list("leaf", flat=True)}
    assert consultation.root.size == current.count()
    assert consultation.transitions.filter(to_state="closed").count() == 1
    assert {draft.version.number for draft in Draft.objects.select_related("version")} <= {MATERIAL}
    assert set(current.values_list("version__number", flat=True)) <= set(range(1, MATERIAL + 1))
    confirmed = Response.objects.filter(confirms=True)
    assert set(confirmed.values_list("version__number", flat=True)) <= {MATERIAL}
    assert confirmed.values("user").distinct().count() == confirmed.count(), "an answer stands once"
    asked = list(Notice.objects.filter(kind="consultation.changed").values_list("user", flat=True))
    assert len(set(asked)) == len(asked), "nobody is asked twice"
    before = set(Response.objects.filter(version__number__lt=MATERIAL).values_list("user", flat=True))
    since = set(Response.objects.filter(version__number=MATERIAL).values_list("user", flat=True))
    assert len(before) == Version.objects.get(number=MATERIAL).answered_before
    assert before - set(asked) <= since, "who had answered is asked, or answered anew before it was their turn to be asked"
    letters = Mail.objects.filter(kind="consultation.receipt")
    assert letters.count() == Response.objects.count(), "a letter for each response"
    assert max(Counter(str(each.message["Message-ID"]) for each in sink.received).values()) == 1, "a letter came twice"
