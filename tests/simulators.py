"""The simulators of the ways to pay, over real TLS, and somebody who takes their notices."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.demo.payments import card, swish
from app.demo.payments.card_ledger import ENDINGS as CARD_ENDINGS
from app.demo.payments.swish_ledger import ENDINGS as SWISH_ENDINGS
from services.kernel.db import new_id
from services.kernel.money import Money
from services.payments import providers
from services.payments.provider import Asked, Begun, Provider
from services.payments.providers.pretend import Pretend

AMOUNT = Money.kronor("562.50")
STARTS: dict[str, Callable[..., Any]] = {"swish": swish.start, "card": card.start}


@dataclass(frozen=True)
class Told:
    """A notice that has come."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class LetterBox:
    """Takes notices as the e-service would, and answers with a status that a test may change."""

    port: int
    status: int = 200
    told: list[Told] = field(default_factory=list)

    def about(self, words: str, *, count: int = 1, seconds: float = 8) -> list[Told]:
        """The notices whose body holds the words, once there are so many of them."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [each for each in self.told if words.encode() in each.body]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"no {count} notices came about {words}")


@contextlib.contextmanager
def letter_box(port: int = 0) -> Iterator[LetterBox]:
    """A letter box on this machine, on a free port unless one is named."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            box.told.append(Told(self.path, headers, body))
            self.send_response(box.status)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Taker)
    box = LetterBox(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@dataclass
class Simulator:
    """One way to pay: its provider as the e-service opens it, and its payer's hand."""

    key: str
    provider: Provider
    settings: Settings
    box: LetterBox
    ledger: Any = None

    def asked(self, **changes: Any) -> Asked:
        """A payment that nobody has asked for before."""
        facts = {
            "instruction": new_id().hex.upper(),
            "amount": AMOUNT,
            "reference": f"B2026-{next(NUMBERS):06}",
            "message": "Kulturskola, hösten",
            "payer_alias": None,
            "return_url": f"{self.settings.public_url}/betalning/x",
            "notice_url": f"{self.settings.public_url}/betalning/besked/{self.key}",
            "language": "sv",
            "asked_at": datetime.now(UTC),
        }
        return Asked(**{**facts, **changes})

    def begun(self, **changes: Any) -> "Going":
        """A payment under way."""
        asked = self.asked(**changes)
        return Going(asked, self.provider.begin(asked))

    def pay(self, going: "Going", how: str = "godkann") -> None:
        """The payer does something."""
        if self.key == "swish":
            self.ledger.end(going.instruction, SWISH_ENDINGS[how])
        elif self.key == "card":
            self.ledger.end(going.provider_reference, CARD_ENDINGS[how])
        else:
            assert isinstance(self.provider, Pretend)
            self.provider.pay(going.instruction)

    def paid(self, **changes: Any) -> "Going":
        """A payment that has been paid."""
        going = self.begun(**changes)
        self.pay(going)
        return going


NUMBERS = iter(range(1, 10**6))


@dataclass(frozen=True)
class Going:
    """A payment as the ledger would keep it."""

    asked: Asked
    begun: Begun

    @property
    def instruction(self) -> str:
        """Our name of it."""
        return self.asked.instruction

    @property
    def provider_reference(self) -> str | None:
        """The provider's."""
        return self.begun.provider_reference


def a_number() -> str:
    """The number of a telephone that nobody else pays with."""
    return f"4670{next(NUMBERS):07}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def settings_of(folder: Path, box_port: int, ports: dict[str, int]) -> Settings:
    """An installation whose simulators listen on these ports and which is reached at the box."""
    return Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": "postgresql://unused",
            "SALEM24_DATA": str(folder),
            "SALEM24_PUBLIC_URL": f"http://127.0.0.1:{box_port}",
            "SALEM24_SWISH_URL": f"https://127.0.0.1:{ports['swish']}/swish-cpcapi",
            "SALEM24_SWISH_BOOKS": f"https://127.0.0.1:{ports['swish']}/bocker",
            "SALEM24_SWISH_APP": f"http://127.0.0.1:{ports['swish']}/app",
            "SALEM24_CARD_URL": f"https://127.0.0.1:{ports['card']}",
        }
    )


@contextlib.contextmanager
def running(key: str, settings: Settings, port: int) -> Iterator[Any]:
    """A simulator that serves; gives its ledger."""
    server, messenger = STARTS[key](settings, port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    messenger.start()
    try:
        yield server.get_app().extensions["ledger"]
    finally:
        messenger.stop()
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture(scope="session")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Simulator]]:
    """Every way to pay, with what stands behind it."""
    ports = {key: free_port() for key in STARTS}
    with contextlib.ExitStack() as stack:
        box = stack.enter_context(letter_box())
        settings = settings_of(tmp_path_factory.mktemp("simulators"), box.port, ports)
        ledgers = {key: stack.enter_context(running(key, settings, ports[key])) for key in STARTS}
        opened = providers.open_providers(settings.payment_providers)
        pretend = opened["pretend"]
        assert isinstance(pretend, Pretend)
        opened["pretend"] = Pretend(type(pretend.settings)(production=False, pays_at_once=False))
        yield {
            key: Simulator(key, provider, settings, box, ledgers.get(key))
            for key, provider in opened.items()
        }
