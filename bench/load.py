"""A small load generator: so many connections, kept alive, for so many seconds; bounded in both."""

import http.client
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Measured:
    """`rate` in requests per second, times in milliseconds."""

    name: str
    requests: int
    rate: float
    median: float
    p99: float
    size: int


def measure(
    name: str, url: str, *, cookie: str = "", connections: int = 8, seconds: float = 5, at_most: int = 20_000
) -> Measured:
    """Ask for `url` over `connections` connections at once. Raises RuntimeError on any answer but 200."""
    where = urlsplit(url)
    headers = {"Cookie": cookie} if cookie else {}
    times: list[float] = []
    sizes: list[int] = []
    errors: list[str] = []
    ends = time.perf_counter() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        while time.perf_counter() < ends and len(times) < at_most and not errors:
            began = time.perf_counter()
            connection.request("GET", where.path or "/", headers=headers)
            response = connection.getresponse()
            body = response.read()
            times.append(time.perf_counter() - began)
            sizes.append(len(body))
            if response.status != 200:
                errors.append(f"{url} answered {response.status}")
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]
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
