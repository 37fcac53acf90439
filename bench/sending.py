"""`python -m bench.sending`: messages a second to a counting server on this machine, in one run. Ours with an intent row each,
over one connection and over sixteen; django.core.mail with a connection each; and the same in a task each, by Celery. Once to a
server that answers at once, once to one that is 5 ms away, and to one at 20.

A database of its own (var/bench-sending). Read the ratios, not the rates. `BENCH_MESSAGES` for ours (5,000; sixteen connections
take four times as many, the slow ways a tenth or less).
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[1]
os.environ.setdefault("PLENARY_VAR", str(ROOT / "var" / "bench-sending"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

from config.embedded.places import Places  # noqa: E402
from config.embedded.services import hold  # noqa: E402

if TYPE_CHECKING:
    from mail.sink import Running

MESSAGES: Final = int(os.environ.get("BENCH_MESSAGES", "5000"))
AWAY: Final = (5.0, 20.0)
"""Milliseconds before each answer of a server that is in another house, or in another town."""
CONNECTIONS: Final = 16
AIM: Final = 2_000
"""Messages a second over sixteen connections to a server that is 5 ms away."""
PATIENCE: Final = 120.0


def main() -> None:
    with ExitStack() as stack:
        stack.enter_context(hold(Places.of(Path(os.environ["PLENARY_VAR"]))))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        django.setup()
        from django.core.management import call_command

        from bench.by_task import running as worker
        from mail.sink import Behaviour, running

        call_command("migrate", verbosity=0)
        sink = stack.enter_context(running(folder / "record"))
        stack.enter_context(worker(CONNECTIONS))
        ways = Ways(sink)
        ways.by_tasks(CONNECTIONS, way="warm")  # once each of them runs
        tell(
            "answers at once",
            {
                "one connection, an intent each": (ways.ours, MESSAGES),
                "one connection, one by one, no rows": (ways.bare, MESSAGES // 5),
                "django.core.mail, a connection each": (partial(ways.by_django, way="django"), MESSAGES // 10),
                f"a task each, {CONNECTIONS} processes of Celery": (partial(ways.by_tasks, way="task"), MESSAGES // 10),
            },
        )
        many = f"{CONNECTIONS} connections, an intent each"
        for away in AWAY:
            sink.behave(Behaviour(delay=away / 1000))
            few = max(1, int(MESSAGES * 0.05 / away))  # for one connection some seconds, however far the server is
            rates = tell(
                f"is {away:g} ms away",
                {
                    "one connection, an intent each": (ways.ours, few * 10),
                    many: (ways.over_many, MESSAGES * 20 // int(away)),
                    "django.core.mail, a connection each": (partial(ways.by_django, way=f"slow-django-{away:g}"), few * 2),
                    f"a task each, {CONNECTIONS} processes of Celery": (
                        partial(ways.by_tasks, way=f"slow-task-{away:g}"), few * 10,
                    ),
                },
            )  # fmt: skip
            if away == 5:
                print(f"{many}: {'kept' if rates[many] >= AIM else 'NOT kept'} (aim: {AIM:,}/s, 5 ms away)")
        doubled = [name for name, times in sink.counted().items() if times > 1]
        assert not doubled, doubled


def tell(server: str, ways: dict[str, tuple[Callable[[int], None], int]]) -> dict[str, float]:
    """Messages a second by way, each beside the first."""
    print(f"\n{'a server that ' + server:<42}{'sent':>7}{'messages/s':>12}{'µs of CPU':>11}  beside the first")
    rates: dict[str, float] = {}
    for name, (way, count) in ways.items():
        began, cpu = time.perf_counter(), _cpu()
        way(count)
        rates[name] = count / (time.perf_counter() - began)
        spent = f"{(_cpu() - cpu) / count * 1e6:.0f}" if "Celery" not in name else ""  # its processes are not ours
        ratio = rates[name] / next(iter(rates.values()))
        beside = f"{ratio:.1f}" if ratio >= 1 else f"1/{1 / ratio:.1f}"
        print(f"{name:<42}{count:>7,}{rates[name]:>12,.0f}{spent:>11}  {beside}", flush=True)
    return rates


class Ways:
    """Each sends so many messages to the server, and returns when the last one is there."""

    def __init__(self, sink: "Running") -> None:
        from django.utils import timezone

        from bench import by_task
        from mail import addresses
        from mail.kinds import Letter
        from mail.molds import Mold, mark

        leave = mark("leave")
        letter = Letter(by_task.SUBJECT, by_task.TEXT.format(leave=leave), by_task.HTML.format(leave=leave))
        self._sink, self._at = sink, timezone.now()
        self._mold = Mold.cast(letter, slots=["leave"])
        self._to = addresses.address_for("bench@example.org", at=self._at)
        self._begun = 0

    def ours(self, count: int) -> None:
        self._queue(count)
        self._hand_over()

    def over_many(self, count: int) -> None:
        """A process for each connection, as in production."""
        from digest.management.forking import start

        self._queue(count)
        for pid in [start(self._hand_over) for _ in range(CONNECTIONS)]:
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0

    def bare(self, count: int) -> None:
        from mail.session import SmtpSession

        with SmtpSession(self._sink.url) as session:
            for number in range(count):
                data = self._filled(number, f"<bare.{number}@example.org>")
                session.send(sender="b@example.org", recipient="a@example.org", data=data)

    def by_django(self, count: int, *, way: str) -> None:
        from bench.by_task import send_by_django

        for number in range(count):
            send_by_django(self._sink.url, number, way=way)

    def by_tasks(self, count: int, *, way: str) -> None:
        from bench.by_task import send

        wanted, over = self._arrived() + count, time.monotonic() + PATIENCE
        for number in range(count):
            send.delay(self._sink.url, number, way)
        while self._arrived() < wanted:
            assert time.monotonic() < over, f"{wanted - self._arrived()} did not arrive"
            time.sleep(0.01)

    def _arrived(self) -> int:
        record = self._sink.record
        return record.read_bytes().count(b"\n") if record.exists() else 0

    def _queue(self, count: int) -> None:
        from mail.models import Mail

        Mail.objects.filter(address=self._to).delete()
        told = {"address": self._to, "kind": "bench.x", "lane": "notify", "created_at": self._at}
        Mail.objects.bulk_create(Mail(key=f"bench:{number}", **told) for number in range(count))

    def _hand_over(self) -> None:
        from django.utils import timezone

        from mail.claims import MANY, claim
        from mail.handover import Parcel, hand_over
        from mail.models import Mail
        from mail.session import SmtpSession

        def prepare(row: Mail) -> Parcel:
            name = f"<m.{row.pk}@example.org>"
            return Parcel("b@example.org", "bench@example.org", self._filled(row.pk, name), name)

        with SmtpSession(self._sink.url) as session:
            while rows := claim(Mail.objects.filter(address=self._to), at=timezone.now(), limit=MANY):
                hand_over(rows, prepare=prepare, session=session, clock=timezone.now)

    def _filled(self, number: int, name: str) -> bytes:
        from bench.by_task import leave_link

        told = {"sender": "weekly@example.org", "recipient": "bench@example.org", "message_id": name, "date": self._at}
        return self._mold.fill({"leave": leave_link(number)}, **told)


def _cpu() -> float:
    """Seconds of this process and of those that it waited for."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
