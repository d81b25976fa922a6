"""Driving requests: pages again and again, and whole submissions as a resident makes them."""

import http.client
import io
import re
import secrets
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from PIL import Image

from tests.bench.stage import PORTS, Stage

CONNECTIONS = 8
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
NUMBER = re.compile(r"S24-\d\d-[A-Z0-9]+")
SHOWN = re.compile(r'name="_shown" value="([^"]+)"')


@dataclass(frozen=True)
class Figure:
    """Requests, what they cost and how long they took."""

    requests: int
    seconds: float
    processor: float
    times: tuple[float, ...]

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


def pages(stage: Stage, name: str, path: str, cookie: str = "", seconds: float = 2.0) -> Figure:
    """Ask for one page over several connections for a while; anything but 200 is a fault."""
    before = stage.processor_seconds(name)
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        work = [
            pool.submit(_again, name, path, cookie, began + seconds) for _ in range(CONNECTIONS)
        ]
        times = [each for done in work for each in done.result()]
    took = time.monotonic() - began
    return Figure(len(times), took, stage.processor_seconds(name) - before, tuple(times))


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


def submissions(stage: Stage, seconds: float) -> tuple[Figure, list[tuple[str, str]]]:
    """Whole submissions for a while; also gives each acknowledged number with its follow address."""
    photo = a_photo()
    before = stage.processor_seconds("product")
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        work = [pool.submit(_submit_again, photo, began + seconds) for _ in range(CONNECTIONS)]
        done = [each for made in work for each in made.result()]
    took = time.monotonic() - began
    times = tuple(each[0] for each in done)
    figure = Figure(len(done), took, stage.processor_seconds("product") - before, times)
    return figure, [(number, follow) for _, number, follow in done]


def _submit_again(photo: bytes, until: float) -> list[tuple[float, str, str]]:
    made = []
    while time.monotonic() < until:
        began = time.monotonic()
        number, follow = Resident().report_a_lamp(photo)
        made.append((time.monotonic() - began, number, follow))
    return made


class Resident:
    """A browser without JavaScript that reports a broken lamp with one photo."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection("localhost", PORTS["product"], timeout=30)
        self.cookies: dict[str, str] = {}
        self.path = "/e-tjanster/felanmalan"
        self.body = ""

    def report_a_lamp(self, photo: bytes) -> tuple[str, str]:
        """From the service's page to the receipt; returns the number and the follow address."""
        self.ask("GET", "/e-tjanster/felanmalan")
        self.ask("GET", "/e-tjanster/felanmalan/ansok")
        self.answer({"kategori": "belysning"})
        # The follow-up question has appeared.
        self.answer({"kategori": "belysning", "belysningsfel": "slackt"})
        self.answer({"akut": "no"})
        self.answer({"plats-text": "Exempelvägen 2", "stolpnummer": "S-1234"})
        self.answer({"beskrivning": "Lampan utanför porten har varit släckt sedan i går."}, photo)
        self.answer({})
        self.answer({})
        number = NUMBER.search(self.body)
        follow = re.search(r'href="(/folj/[^"]+)"', self.body)
        if number is None or follow is None:
            raise RuntimeError(f"no receipt at {self.path}")
        return number.group(), follow.group(1)

    def answer(self, fields: dict[str, str], photo: bytes | None = None) -> None:
        """Send the form of the page, and follow to the next."""
        token = TOKEN.search(self.body)
        if token is None:
            raise RuntimeError(f"no form at {self.path}")
        pairs = [
            ("csrf_token", token.group(1)),
            *(("_shown", key) for key in SHOWN.findall(self.body)),
        ]
        pairs += list(fields.items())
        action = re.search(r'<form action="([^"]+)" method="post" enctype', self.body)
        target = action.group(1) if action else self.path
        if photo is None:
            self.ask("POST", target, urlencode(pairs).encode(), "application/x-www-form-urlencoded")
        else:
            boundary = secrets.token_hex(8)
            self.ask(
                "POST",
                target,
                multipart(boundary, pairs, photo),
                f"multipart/form-data; boundary={boundary}",
            )

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> None:
        """One request, and those that it leads to."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
        self.connection.request(method, path.replace("&amp;", "&"), body, headers)
        answer = self.connection.getresponse()
        self.body, self.path = answer.read().decode(), path
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in (302, 303):
            where = urlsplit(answer.headers["Location"])
            self.ask("GET", where.path + (f"?{where.query}" if where.query else ""))
        elif answer.status not in (200, 422):
            raise RuntimeError(f"{method} {path} answered {answer.status}")


def multipart(boundary: str, pairs: list[tuple[str, str]], photo: bytes) -> bytes:
    """A form with a photo, as a browser would send it."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="foton"; filename="lampa.jpg"\r\n'
    return b"".join(
        [
            *parts,
            f"{head}Content-Type: image/jpeg\r\n\r\n".encode(),
            photo,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )


def a_photo() -> bytes:
    """A photo of about 200 kB."""
    picture = Image.effect_noise((760, 560), 60).convert("RGB")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=75)
    return written.getvalue()
