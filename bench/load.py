"""A small load generator: so many connections, kept alive, for so many seconds; bounded in both."""

import http.client
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Measured:
    """`rate` in requests per second, times in milliseconds, `size` in bytes."""

    name: str
    requests: int
    rate: float
    median: float
    p99: float
    size: int


def measure(
    name: str,
    urls: str | Sequence[str],
    *,
    cookies: Sequence[str] = ("",),
    body: Callable[[int], bytes] | Sequence[Callable[[int], bytes]] | None = None,
    connections: int = 8,
    seconds: float = 5,
    at_most: int = 20_000,
) -> Measured:
    """Ask for one address, or for several in turn, over `connections` connections at once; each connection carries one of the
    cookies. With `body` it is a form that is sent, made anew for each request; several bodies are one round: a form to each
    address in order, of which the last is timed and the rounds are counted. Raises RuntimeError on any answer but 200 (a form:
    302, or 200 with JSON)."""
    addresses = [urls] if isinstance(urls, str) else list(urls)
    where = urlsplit(addresses[0])
    bodies = [body] if callable(body) else list(body or ())
    times: list[float] = []
    sizes: list[int] = []
    errors: list[str] = []
    turn = itertools.count()
    ends = time.perf_counter() + seconds

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        cookie = cookies[number % len(cookies)]
        headers = {"Cookie": cookie} if cookie else {}
        if bodies:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        while time.perf_counter() < ends and len(times) < at_most and not errors:
            count = next(turn)
            rounds = list(zip(addresses, bodies, strict=True)) if len(bodies) > 1 else [(addresses[count % len(addresses)], body)]
            for place, (address, make) in enumerate(rounds, start=1):
                url = urlsplit(address)
                path = url.path + (f"?{url.query}" if url.query else "")
                began = time.perf_counter()
                sent = make(count) if callable(make) else None
                connection.request("POST" if sent else "GET", path or "/", body=sent, headers=headers)
                response = connection.getresponse()
                answer = response.read()
                is_json = response.headers.get("Content-Type", "").startswith("application/json")
                if response.status != (302 if sent and not is_json else 200):
                    errors.append(f"{path} answered {response.status}")
                if place == len(rounds):
                    times.append(time.perf_counter() - began)
                    sizes.append(len(answer))
        connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if errors:
        raise RuntimeError(errors[0])
    ordered = sorted(times)
    return Measured(
        name,
        len(times),
        len(times) / took,
        ordered[len(ordered) // 2] * 1000,
        ordered[int(len(ordered) * 0.99)] * 1000,
        sizes[-1],
    )
