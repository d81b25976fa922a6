"""Residents who report a broken lamp: whole submissions, one after another or many at once."""

import http.client
import io
import re
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from PIL import Image

from tests.bench.load import CONNECTIONS, Figure
from tests.bench.stage import PORTS, Stage

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
NUMBER = re.compile(r"S24-\d\d-[A-Z0-9]+")
SHOWN = re.compile(r'name="_shown" value="([^"]+)"')
FOLLOW = re.compile(r'href="(/folj/[^"]+)"')
ACTION = re.compile(r'<form action="([^"]+)" method="post" enctype')
SERVICE = "/e-tjanster/felanmalan"


@dataclass(frozen=True)
class Receipt:
    """What a resident was told: the number of the case and where to follow it."""

    number: str
    follow: str


@dataclass
class Report:
    """What became of the submissions of a while."""

    figure: Figure
    receipts: list[Receipt]
    answers: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Resident:
    """A browser without JavaScript that reports a broken lamp with one photo."""

    def __init__(self, pause: float = 0.0) -> None:
        self.connection = http.client.HTTPConnection("localhost", PORTS["product"], timeout=30)
        self.pause = pause
        self.cookies: dict[str, str] = {}
        self.times: list[float] = []
        self.path = SERVICE
        self.body = ""

    def report_a_lamp(self, photo: bytes) -> Receipt:
        """From the service's page to the receipt."""
        self.fill_in(photo)
        self.answer({})
        self.connection.close()
        return self.receipt()

    def fill_in(self, photo: bytes) -> None:
        """All questions, until the answers are shown to be checked."""
        self.ask("GET", SERVICE)
        self.ask("GET", f"{SERVICE}/ansok")
        self.answer({"kategori": "belysning"})
        # The follow-up question has appeared.
        self.answer({"kategori": "belysning", "belysningsfel": "slackt"})
        self.answer({"akut": "no"})
        self.answer({"plats-text": "Exempelvägen 2", "stolpnummer": "S-1234"})
        self.answer({"beskrivning": "Lampan utanför porten har varit släckt sedan i går."}, photo)
        self.answer({})

    def receipt(self) -> Receipt:
        """The receipt that is shown now."""
        number, follow = NUMBER.search(self.body), FOLLOW.search(self.body)
        if number is None or follow is None:
            raise RuntimeError(f"no receipt at {self.path}")
        return Receipt(number.group(), follow.group(1))

    def twin(self) -> "Resident":
        """The same browser, on the same page, with a connection of its own."""
        other = Resident()
        other.cookies, other.path, other.body = dict(self.cookies), self.path, self.body
        return other

    def answer(self, fields: dict[str, str], photo: bytes | None = None) -> None:
        """Send the form of the page, and follow to the next."""
        time.sleep(self.pause)
        token = TOKEN.search(self.body)
        if token is None:
            raise RuntimeError(f"no form at {self.path}")
        pairs = [("csrf_token", token.group(1))]
        pairs += [("_shown", key) for key in SHOWN.findall(self.body)]
        pairs += list(fields.items())
        action = ACTION.search(self.body)
        target = action.group(1) if action else self.path
        if photo is None:
            self.ask("POST", target, urlencode(pairs).encode(), "application/x-www-form-urlencoded")
            return
        border = secrets.token_hex(8)
        body = multipart(border, pairs, photo)
        self.ask("POST", target, body, f"multipart/form-data; boundary={border}")

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> None:
        """One request, and those that it leads to."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if not self.cookies:
            headers = {}
        if body is not None:
            headers["Content-Type"] = kind
        began = time.monotonic()
        self.connection.request(method, path.replace("&amp;", "&"), body, headers)
        answer = self.connection.getresponse()
        self.body, self.path = answer.read().decode(), path
        self.times.append(time.monotonic() - began)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in (302, 303):
            where = urlsplit(answer.headers["Location"])
            self.ask("GET", where.path + (f"?{where.query}" if where.query else ""))
        elif answer.status not in (200, 422):
            raise RuntimeError(f"{method} {path} answered {answer.status}")


@dataclass(frozen=True)
class Draft:
    """A page of questions in a draft, and the cookies of the browser that has begun it."""

    path: str
    cookie: str


def begun() -> Draft:
    """A draft with its first page answered; it is never handed in."""
    resident = Resident()
    resident.ask("GET", f"{SERVICE}/ansok")
    resident.answer({"kategori": "belysning"})
    resident.answer({"kategori": "belysning", "belysningsfel": "slackt"})
    cookie = "; ".join(f"{name}={value}" for name, value in resident.cookies.items())
    return Draft(resident.path, cookie)


def submissions(
    stage: Stage, seconds: float, *, people: int = CONNECTIONS, pause: float = 0.0
) -> Report:
    """So many people hand in one report after another for a while, with a pause at each step."""
    photo = a_photo()
    report = Report(Figure(0, 0.0, 0.0, ()), [])
    before, began = stage.processor_seconds("product"), time.monotonic()
    with ThreadPoolExecutor(people) as pool:
        work = [
            pool.submit(_again, report, photo, began + seconds, pause, pause * place / people)
            for place in range(people)
        ]
        times = [each for done in work for each in done.result()]
    took = time.monotonic() - began
    spent = stage.processor_seconds("product") - before
    report.figure = Figure(len(times), took, spent, tuple(times))
    return report


def _again(report: Report, photo: bytes, until: float, pause: float, late: float) -> list[float]:
    time.sleep(late)
    times = []
    while time.monotonic() < until:
        began, resident = time.monotonic(), Resident(pause)
        try:
            report.receipts.append(resident.report_a_lamp(photo))
            times.append(time.monotonic() - began)
        except (OSError, RuntimeError, http.client.HTTPException) as fault:
            report.failed.append(str(fault) or type(fault).__name__)
        report.answers.extend(resident.times)
    return times


def confirmed_at_once(times: int) -> list[Receipt]:
    """One draft, confirmed so many times in the same moment: the receipts that came back."""
    first = Resident()
    first.fill_in(a_photo())
    gate = threading.Barrier(times)

    def confirm(browser: Resident) -> Receipt:
        gate.wait()
        browser.answer({})
        return browser.receipt()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(confirm, [first.twin() for _ in range(times)]))


def multipart(border: str, pairs: list[tuple[str, str]], photo: bytes) -> bytes:
    """A form with a photo, as a browser would send it."""
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    head = (
        f'--{border}\r\nContent-Disposition: form-data; name="foton"; filename="lampa.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return b"".join([*parts, head.encode(), photo, f"\r\n--{border}--\r\n".encode()])


def a_photo() -> bytes:
    """A photo of about 200 kB."""
    picture = Image.effect_noise((760, 560), 60).convert("RGB")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=75)
    return written.getvalue()
