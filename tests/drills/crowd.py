"""Members who answer a consultation over HTTP at the same time, each keeping a record of what the site said it kept.

A member is a thread with a connection of its own, which goes to whichever of the site's web servers answers, and says the same
thing again where a connection broke before the answer came: as a browser's script does, and a person with their finger on a button.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlencode

Given = str | list[list[str]]
PAGE_OF: Final = {"purpose": 1, "value": 1, "route-order": 2, "why": 2}
"""The questions of `tests.consultation.factories.a_draft`."""
TOKEN: Final = "d" * 32
PATIENCE: Final = 120.0
WORDS: Final = ("rota", "portfolio", "partners", "budget", "appraisal", "locum", "framework", "evidence", "cover", "training")
PAUSED, CLOSED = "Answers are paused", "It has closed"
CHANGED: Final = "The questions were changed while you had this page open"


class Refused(Exception):
    """The site said no: the sentence on its page that says why."""

    def __init__(self, page: str) -> None:
        super().__init__(next((sentence for sentence in (PAUSED, CLOSED, CHANGED) if sentence in page), page))


@dataclass(slots=True)
class Record:
    """What a member was told. `kept`: by question the last answer that was acknowledged; `may_be`: what was sent after it and
    never acknowledged. `sent`: what each accepted response held, in order, `under`: the version that each answered; `refusals`:
    what was said instead."""

    kept: dict[str, Given] = field(default_factory=dict)
    may_be: dict[str, list[Given]] = field(default_factory=dict)
    sent: list[dict[str, Given]] = field(default_factory=list)
    under: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    saves: int = 0
    broken: int = 0
    slowest: float = 0.0
    told_of_versions: int = 0
    problem: str = ""


class Member(threading.Thread):
    """`plan` is what they do; it ends when the site has closed the consultation to them."""

    def __init__(self, number: int, cookie: str, ports: Sequence[int], slug: str, plan: Callable[["Member"], None]) -> None:
        super().__init__(name=f"member {number}", daemon=True)
        self.number, self.cookie, self.ports, self.plan = number, cookie, ports, plan
        self.base = f"/consultations/{slug}/answer"
        self.luck, self.record = Random(number), Record()
        self.writer, self.sequence, self.version = "", 0, 1
        self.on_page: dict[str, Given] = {}
        self._at, self._line = number % len(ports), None
        self.change_device()

    def run(self) -> None:
        try:
            self.plan(self)
        except Refused as refusal:
            self.record.refusals.append(str(refusal))
        except Exception as problem:
            self.record.problem = repr(problem)

    def change_device(self) -> None:
        """From now on another page of the site is open."""
        self.writer, self.sequence = f"{self.luck.getrandbits(64):x}", 0

    def load_anew(self) -> None:
        """The page told that a new version is asked since it was opened."""
        self.version += 1
        self.record.told_of_versions += 1

    def answer(self, key: str, given: Given) -> None:
        """What the page's script saves: all that its page says, with this answer changed. Raises Refused."""
        page = PAGE_OF[key]
        self.sequence += 1
        self.on_page[key] = given
        asked = [each for each in PAGE_OF if PAGE_OF[each] == page]
        fields = [spelt(each, self.on_page[each]) for each in asked if each in self.on_page]
        told = {"version": str(self.version), "writer": self.writer, "sequence": str(self.sequence), "asked": " ".join(asked)}
        self.record.may_be.setdefault(key, []).append(given)
        status, text = self._say(
            f"{self.base}/{page}/save/", told | {name: value for each in fields for name, value in each.items()}
        )
        if status != 200:
            raise Refused(text)
        if json.loads(text).get("changed"):
            self.load_anew()
        self.record.saves += 1
        self.record.kept[key] = given
        self.record.may_be.pop(key)

    def send(self) -> None:
        """Press the button of the last page; twice at once, as many do, on the number's whim. Raises Refused."""
        held = dict(self.record.kept)
        told = {"version": str(self.version), "consent": "analysis"}
        status, text = self._say(f"{self.base}/check/", told, twice=self.luck.random() < 0.3)
        if status == 200 and CHANGED in text:
            self.load_anew()
            return self.send()
        if status != 302:
            raise Refused(text)
        self.record.under.append(self.version)
        return self.record.sent.append(held)

    def confirm(self, version: int) -> None:
        """Press “My answer stands” under a material version. Raises Refused."""
        status, text = self._say(f"{self.base}/confirm/", {"version": str(version)}, twice=self.luck.random() < 0.3)
        if status != 302:
            raise Refused(text)
        self.version = version
        self.record.under.append(version)
        self.record.sent.append(dict(self.record.sent[-1]))

    def send_once_it_goes_on(self) -> None:
        """Again and again while answers are paused. Raises Refused for another reason."""
        while True:
            try:
                return self.send()
            except Refused as refusal:
                if PAUSED not in str(refusal):
                    raise
                self.record.refusals.append(str(refusal))
                time.sleep(0.3)

    def _say(self, path: str, told: dict[str, str], *, twice: bool = False) -> tuple[int, str]:
        if twice:
            with_it = threading.Thread(target=self._ask_aside, args=[path, told], daemon=True)
            with_it.start()
            answer = self._ask(path, told)
            with_it.join(PATIENCE)
            return answer
        return self._ask(path, told)

    def _ask_aside(self, path: str, told: dict[str, str]) -> None:
        """The other of two clicks: nobody looks at what is answered."""
        line = http.client.HTTPConnection("127.0.0.1", self.ports[self._at], timeout=60)
        try:
            self._request(line, path, told)
        except (OSError, http.client.HTTPException):
            pass
        finally:
            line.close()

    def _ask(self, path: str, told: dict[str, str]) -> tuple[int, str]:
        deadline = time.monotonic() + PATIENCE
        while True:
            began = time.monotonic()
            try:
                if self._line is None:
                    self._line = http.client.HTTPConnection("127.0.0.1", self.ports[self._at], timeout=60)
                status, text = self._request(self._line, path, told)
                if status < 500:
                    self.record.slowest = max(self.record.slowest, time.monotonic() - began)
                    return status, text
            except (OSError, http.client.HTTPException):
                self.record.broken += 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} was not answered in {PATIENCE:g} s")
            if self._line is not None:
                self._line.close()
            self._line, self._at = None, (self._at + 1) % len(self.ports)
            time.sleep(0.05 + 0.2 * self.luck.random())

    def _request(self, line: http.client.HTTPConnection, path: str, told: dict[str, str]) -> tuple[int, str]:
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **told})
        line.request(
            "POST", path, body=body, headers={"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def spelt(key: str, given: Given) -> dict[str, str]:
    """The fields of an answer on its page."""
    if isinstance(given, str):
        return {f"q-{key}": given}
    return {f"q-{key}:{one}": str(place) for place, group in enumerate(given, start=1) for one in group}


def words(luck: Random) -> str:
    return " ".join(luck.choices(WORDS, k=luck.randint(3, 12)))


def fill_in(member: Member) -> None:
    """Both pages, as one does."""
    luck = member.luck
    member.answer("purpose", luck.choice(("floor", "spur", "none")))
    member.answer("value", luck.choice(("agree", "disagree")))
    member.answer("route-order", [[key] for key in luck.sample(("exam", "portfolio", "appraisal"), 3)])
    member.answer("why", words(luck))


def send_once(member: Member) -> None:
    fill_in(member)
    member.send_once_it_goes_on()


def stands_by_it(is_changed: threading.Event, version: int) -> Callable[[Member], None]:
    """Sends, and says after a material change that the answer stands: who answers later has answered what is asked then."""

    def plan(member: Member) -> None:
        send_once(member)
        is_changed.wait(PATIENCE * 5)
        if member.version < version:
            member.confirm(version)

    return plan


def on_two_devices(member: Member) -> None:
    """Begun here, ended there, sent, thought again."""
    fill_in(member)
    member.change_device()
    member.answer("why", words(member.luck))
    member.send_once_it_goes_on()
    member.change_device()
    member.answer("purpose", "spur")
    member.send_once_it_goes_on()


def until_the_close(member: Member) -> None:
    """Sends, changes, sends again, until it has closed."""
    fill_in(member)
    while True:
        member.send_once_it_goes_on()
        member.answer("why", words(member.luck))


def writes_until_the_close(member: Member) -> None:
    """Never comes to send it, and tries when it is too late."""
    fill_in(member)
    try:
        while True:
            member.answer("why", words(member.luck))
    except Refused as refusal:
        member.record.refusals.append(str(refusal))
    member.send()


def too_late(is_closed: threading.Event) -> Callable[[Member], None]:
    """Everything is filled in and the button pressed a moment after the close."""

    def plan(member: Member) -> None:
        fill_in(member)
        is_closed.wait(PATIENCE * 5)
        member.send()

    return plan
