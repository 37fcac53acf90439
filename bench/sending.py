"""`python -m bench.sending`: messages a second to a counting sink on this machine, in one run: one connection of ours with an
intent row each, and django.core.mail a connection each, which is what a task per message does.

On a database of its own (var/bench-sending). Read the ratios, not the rates. `BENCH_MESSAGES` a row (5,000; Django a tenth),
`BENCH_DELAY` milliseconds before each answer of the server (0).
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("PLENARY_VAR", str(ROOT / "var" / "bench-sending"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

from config.embedded.places import Places  # noqa: E402
from config.embedded.services import hold  # noqa: E402

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "5000"))
DELAY = float(os.environ.get("BENCH_DELAY", "0")) / 1000


def main() -> dict[str, float]:
    """Messages a second, by way."""
    with ExitStack() as stack:
        stack.enter_context(hold(Places.of(Path(os.environ["PLENARY_VAR"]))))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        django.setup()
        from django.core.management import call_command

        from mail.sink import Behaviour, running

        call_command("migrate", verbosity=0)
        sink = stack.enter_context(running(folder / "record", Behaviour(delay=DELAY)))
        rates = measured(sink.url)
        doubled = [name for name, times in sink.counted().items() if times > 1]
        assert not doubled, doubled
    ours = rates["one connection, an intent each"]
    print(f"{'way':<38}{'messages/s':>11}{'µs of CPU':>11}  beside ours")
    for name, rate in rates.items():
        print(f"{name:<38}{rate:>11.0f}{CPU[name]:>11.0f}  1/{ours / rate:.1f}")
    return rates


CPU: dict[str, float] = {}


def measured(url: str) -> dict[str, float]:
    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.smtp import EmailBackend
    from django.utils import timezone

    from mail import addresses
    from mail.claims import MANY, claim
    from mail.handover import Parcel, hand_over
    from mail.kinds import Letter
    from mail.models import Mail
    from mail.molds import Mold, mark
    from mail.session import SmtpSession

    at = timezone.now()
    words = "What partners’ meetings say about shared rotas. " * 60
    text, html = f"{words}\n{mark('leave')}\n", f"<p>{words}</p><a href='{mark('leave')}'>x</a>"
    mold = Mold.cast(Letter("The week", text, html), slots=["leave"])
    to = addresses.address_for("bench@example.org", at=at)
    Mail.objects.filter(address=to).delete()
    told = {"kind": "bench.x", "lane": "notify", "created_at": at}
    Mail.objects.bulk_create(Mail(address=to, key=f"bench:{number}", **told) for number in range(MESSAGES))

    def filled(number: int, name: str) -> bytes:
        values = {"leave": f"https://plenary.example.org/weekly/m/{number:022d}/"}
        return mold.fill(values, sender="weekly@example.org", recipient="bench@example.org", message_id=name, date=at)

    def prepare(row: Mail) -> Parcel:
        name = f"<m.{row.pk}@example.org>"
        return Parcel("b@example.org", "bench@example.org", filled(row.pk, name), name)

    def ours() -> int:
        sent = 0
        with SmtpSession(url) as session:
            while rows := claim(Mail.objects.filter(address=to), at=timezone.now(), limit=MANY):
                sent += len(hand_over(rows, prepare=prepare, session=session, clock=timezone.now))
        return sent

    def bare() -> int:
        with SmtpSession(url) as session:
            for number in range(MESSAGES // 5):
                session.send(
                    sender="b@example.org", recipient="a@example.org", data=filled(number, f"<bare.{number}@example.org>")
                )
        return MESSAGES // 5

    def by_django() -> int:
        host, port = url.removeprefix("smtp://").split(":")
        for number in range(MESSAGES // 10):
            message = EmailMultiAlternatives("The week", words, "weekly@example.org", ["bench@example.org"])
            message.extra_headers["Message-ID"] = f"<django.{number}@example.org>"
            message.attach_alternative(f"<p>{words}</p>", "text/html")
            EmailBackend(host=host, port=int(port)).send_messages([message])
        return MESSAGES // 10

    ways: dict[str, Callable[[], int]] = {
        "one connection, an intent each": ours,
        "one connection, one by one, no rows": bare,
        "django.core.mail, a connection each": by_django,
    }
    return {name: _rate(name, way) for name, way in ways.items()}


def _rate(name: str, way: Callable[[], int]) -> float:
    began, cpu = time.perf_counter(), time.process_time()
    count = way()
    CPU[name] = (time.process_time() - cpu) / count * 1e6
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
