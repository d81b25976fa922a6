"""Driving requests: a page again and again, as fast as it goes or at a pace."""

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.bench.stage import PORTS, Stage

CONNECTIONS = 8


@dataclass(frozen=True)
class Figure:
    """Requests, what they cost and how long they took."""

    requests: int
    seconds: float
    processor: float
    times: tuple[float, ...]

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(
            self.requests + other.requests,
            self.seconds + other.seconds,
            self.processor + other.processor,
            self.times + other.times,
        )

    @property
    def per_processor_second(self) -> float:
        """Requests for each second of processor time."""
        return self.requests / max(self.processor, 0.001)

    @property
    def rate(self) -> float:
        """Requests for each second by the clock."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """The time, in milliseconds, that a share of the requests stayed below."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def median(self) -> float:
        """The middle time in milliseconds."""
        return 1000 * statistics.median(self.times)


def pages(
    stage: Stage,
    name: str,
    path: str,
    cookie: str = "",
    *,
    seconds: float = 2.0,
    connections: int = CONNECTIONS,
) -> Figure:
    """Ask for one page over several connections for a while; anything but 200 is a fault."""
    before = stage.processor_seconds(name)
    began = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        work = [
            pool.submit(_again, name, path, cookie, began + seconds) for _ in range(connections)
        ]
        times = [each for done in work for each in done.result()]
    took = time.monotonic() - began
    return Figure(len(times), took, stage.processor_seconds(name) - before, tuple(times))


def paced(stage: Stage, path: str, rate: float, seconds: float) -> Figure:
    """Ask for one page of the product so many times a second, whether or not it keeps up."""
    before = stage.processor_seconds("product")
    began = time.monotonic()
    moments = [began + place / rate for place in range(max(1, int(rate * seconds)))]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shares = [moments[first::CONNECTIONS] for first in range(CONNECTIONS)]
        times = [each for done in pool.map(lambda at: _on_time(path, at), shares) for each in done]
    took = time.monotonic() - began
    return Figure(len(times), took, stage.processor_seconds("product") - before, tuple(times))


def _on_time(path: str, moments: list[float]) -> list[float]:
    connection = http.client.HTTPConnection("localhost", PORTS["product"], timeout=30)
    times = []
    for moment in moments:
        time.sleep(max(0.0, moment - time.monotonic()))
        connection.request("GET", path)
        connection.getresponse().read()
        # From when it was due: waiting for its turn is waiting too.
        times.append(time.monotonic() - moment)
    connection.close()
    return times


def _again(name: str, path: str, cookie: str, until: float) -> list[float]:
    connection = http.client.HTTPConnection("localhost", PORTS[name], timeout=30)
    headers = {"Cookie": cookie} if cookie else {}
    times = []
    while time.monotonic() < until:
        began = time.monotonic()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        times.append(time.monotonic() - began)
    connection.close()
    return times
