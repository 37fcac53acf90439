"""`python -m bench.letters`: CPU to make one message of the weekly's size, three ways in one run, on one core.

Read the ratios, not the times: the machine is shared. `BENCH_MESSAGES` a row (2,000; the slow ways make a tenth).
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
MESSAGES = int(os.environ.get("BENCH_MESSAGES", "2000"))
SLOTS = ("leave", "manage", "web", "day", "rhythm", "since", "personal_html", "personal_text")


def main() -> dict[str, float]:
    """Microseconds of CPU a message, by way."""
    import django

    django.setup()

    from django.core.mail import EmailMultiAlternatives
    from django.utils.safestring import SafeString

    from mail.kinds import Letter
    from mail.messages import build, inline
    from mail.molds import Mold, mark

    at = datetime(2026, 11, 30, 6, tzinfo=UTC)
    places = {name: mark(name) for name in SLOTS}
    items = "".join(
        f'<tr><td style="padding:12px"><h2><a href="https://plenary.example.org/topics/{n}/">The rota, part {n}</a></h2><p>'
        f"What partners’ meetings say about shared rotas — and whether it is worth it. {'word ' * 40}</p></td></tr>"
        for n in range(10)
    )
    words = "".join(f"* The rota, part {n}\n  https://plenary.example.org/topics/{n}/\n  {'word ' * 12}\n\n" for n in range(10))
    html = (
        "<html><head><style>h2{color:#036;font-size:18px}p{margin:0 0 1em}</style></head><body>"
        f"<p>{places['day']}, {places['rhythm']}</p><table>{items}</table>{places['personal_html']}"
        f'<p>Since {places["since"]}: <a href="{places["leave"]}">leave</a>, <a href="{places["manage"]}">change</a>, '
        f'<a href="{places["web"]}">read it here</a></p></body></html>'
    )
    text = f"{places['day']}\n\n{words}{places['personal_text']}\n{places['leave']}\n{places['manage']}\n{places['web']}\n"
    letter = Letter("The week in Plenary: “rotas”", text, inline(html), {"Precedence": "bulk"})
    mold = Mold.cast(letter, slots=SLOTS)

    def values(number: int) -> dict[str, str]:
        link = f"https://plenary.example.org/weekly/manage/{number:032x}/"
        own = f"<p>Two replies to you, and {number} topics that you follow.</p>"
        return {
            "leave": link, "manage": link + "?pause=1", "web": "https://plenary.example.org/weekly/49/", "day": "30 November",
            "rhythm": "Mondays at 7", "since": "May", "personal_html": SafeString(own), "personal_text": f"Two and {number}.",
        }  # fmt: skip

    def headers(number: int) -> dict[str, str]:
        link = f"https://plenary.example.org/weekly/manage/{number:032x}/"
        return {
            "Reply-To": "office@example.org", "List-Id": "Plenary Weekly <weekly.plenary.example.org>",
            "List-Unsubscribe": f"<{link}>, <mailto:office@example.org?subject=unsubscribe%20{number:032x}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "X-Delivery-Id": str(number), "Feedback-ID": "7:weekly:49:x",
        }  # fmt: skip

    envelope = {"sender": "Plenary Weekly <weekly@news.example.org>", "date": at}

    def molded(number: int) -> bytes:
        told = {"recipient": f"reader{number}@example.org", "message_id": f"<d.7.{number}.abcdef12@plenary.example.org>"}
        return mold.fill(values(number), **envelope, **told, headers=headers(number))

    def built(number: int) -> bytes:
        filled = values(number)
        told = {"recipient": f"reader{number}@example.org", "message_id": f"<d.7.{number}.abcdef12@plenary.example.org>"}
        own = Letter(letter.subject, _with(letter.text, places, filled), _with(letter.html, places, filled), headers(number))
        return build(own, **envelope, **told)

    def by_django(number: int) -> bytes:
        filled = values(number)
        message = EmailMultiAlternatives(
            letter.subject, _with(letter.text, places, filled), envelope["sender"], [f"reader{number}@example.org"],
            headers=headers(number),
        )  # fmt: skip
        message.attach_alternative(_with(letter.html, places, filled), "text/html")
        return message.message().as_bytes(linesep="\r\n")

    ways = {
        "a mold is filled": (molded, MESSAGES),
        "mail.messages.build": (built, MESSAGES // 10 or 1),
        "django.core.mail": (by_django, MESSAGES // 10 or 1),
    }
    took = {name: _cpu(way, count) for name, (way, count) in ways.items()}
    best = took["a mold is filled"]
    print(f"{'one message of ' + str(len(molded(1))) + ' bytes':<34}{'µs of CPU':>10}  beside a mold")
    for name, each in took.items():
        print(f"{name:<34}{each:>10.1f}  {each / best:.1f}")
    return took


def _with(text: str, places: dict[str, str], filled: dict[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(place, filled[name])
    return text


def _cpu(way: Callable[[int], bytes], count: int) -> float:
    """The best of three, in microseconds a message; each number is new."""
    best = float("inf")
    for turn in range(3):
        began = time.process_time()
        for number in range(turn * count, (turn + 1) * count):
            way(number)
        best = min(best, (time.process_time() - began) / count * 1e6)
    return best


if __name__ == "__main__":
    main()
