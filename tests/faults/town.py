"""A municipality of real processes that are killed and started again, and payers who go on."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from lxml import html
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.config import Settings
from app.demo.payments.books import Books
from app.demo.payments.card_ledger import ENDINGS as CARD_ENDINGS
from app.demo.payments.card_ledger import CardLedger
from app.demo.payments.swish_ledger import ENDINGS as SWISH_ENDINGS
from app.demo.payments.swish_ledger import SwishLedger
from app.runner.run import ROOT, Options, environment_of
from app.runner.supervisor import Child
from app.transactions import open_work
from services import wiring
from services.audit.log import AuditedSession
from services.kernel.money import Money
from services.kernel.work import Actor, Duty, Role, Work
from services.payments import coding, commands, links, queries, staff
from services.payments.models import Order, OrderState, Payment, PaymentState, RefundState
from tests.builders import a_person, an_authority
from tests.builders.payments import FEE
from tests.faults.stopping import FOLDER

PATIENCE = 120.0
WAYS = ("swish", "card")
PART = Money.kronor("62.50")
TOKEN = "//main//input[@name='csrf_token']/@value"


class Town:
    """Web and worker, which die; simulators and a database, which do not; and payers."""

    def __init__(self, folder: Path, database_url: str, port: int) -> None:
        self.stops = folder / "stops"
        self.stops.mkdir()
        options = Options(port=port, data=folder / "data")
        self.environ = {
            **os.environ,
            **environment_of(options),
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": database_url,
            "SALEM24_POOL_SIZE": "32",
            FOLDER: str(self.stops),
        }
        self.settings = Settings.from_environment(self.environ)
        self.address = f"http://127.0.0.1:{port}"
        self.sessions = sessionmaker(
            create_engine(database_url),
            class_=AuditedSession,
            expire_on_commit=False,
            info=wiring.resources(self.settings),
        )
        self.work = partial(open_work, self.sessions)
        self.mortal = [Child(*each, self.environ, ROOT) for each in self._programs(port)]
        self.simulators = [self._simulator(way, port + n) for n, way in enumerate(WAYS, start=3)]
        self.hands = ThreadPoolExecutor(len(WAYS) * 16)
        self.pressing: dict[str, Future[None]] = {}
        with self.work() as work:
            coding.lay_out(work)
            self.authority_id = an_authority(work.session).id
            self.economist = self._works(work, "Eva", Duty.ECONOMIST)
            self.attester = self._works(work, "Atle", Duty.ATTESTER)

    def _works(self, work: Work, name: str, duty: Duty) -> Actor:
        person = a_person(work.session, name, "Testsson")
        return Actor(Role.STAFF, person.id, authorities={self.authority_id: frozenset({duty})})

    def _programs(self, port: int) -> list[tuple[str, list[str]]]:
        granian = [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "24", "--backlog", "1024", "--no-log"),
        ]
        return [
            ("web", [*granian, "tests.faults.web:application"]),
            ("worker", [sys.executable, "-m", "tests.faults.worker"]),
        ]

    def _simulator(self, way: str, port: int) -> Child:
        program = [sys.executable, "-m", f"app.demo.payments.{way}", "--port", str(port)]
        return Child(way, [*program, "--data", str(self.settings.data_folder)], self.environ, ROOT)

    def live(self) -> None:
        """Start the web and the worker, and wait until the web answers."""
        for child in self.mortal:
            child.start()
        self.until(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(
                f"{self.address}/health/ready", trust_env=False, verify=False
            ).is_success
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """`kill -9` of the web and the worker, with all that belongs to them, at once."""
        for child in self.mortal:
            assert child.process is not None
            os.killpg(child.process.pid, signal.SIGKILL)
        for child in self.mortal:
            assert child.process is not None
            child.process.wait(10)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "it does not come about"
            time.sleep(0.2)

    def orders(self, way: str, points: Sequence[str]) -> list[Order]:
        """An order for each point, which stops there the first time when it is paid in a way."""
        with self.work() as work:
            return [self._order(work, way, point) for point in points]

    def _order(self, work: Any, way: str, point: str) -> Order:
        words = {"sv": point, "en": point}
        return commands.place_order(
            work,
            owner_kind="letter",
            owner_id=uuid4(),
            authority_id=self.authority_id,
            payer=commands.Payer(),
            description=words,
            items=[commands.Item(words, Money.kronor("562.50"), FEE)],
            terms=commands.Terms((way,)),
        )

    def have_stopped(self, orders: Sequence[Order]) -> bool:
        """Payers do what they can; whether all of these stand still where they should."""
        left = [each for each in orders if not (self.stops / each.number).exists()]
        for order in left:
            self._attend(order)
        return not left

    def have_stopped_cancelling(self, orders: Sequence[Order]) -> bool:
        """Payers begin, and want it stopped; whether all of these stand still where they should."""
        left = [each for each in orders if not (self.stops / each.number).exists()]
        for order in left:
            with self.work() as work:
                live = queries.live_payment(work.session, order.id)
            if live is None:
                self._press(order)
            elif live.state == PaymentState.WAITING and live.cancel_asked_at is None:
                self._give_up(order, live)
        return not left

    def _give_up(self, order: Order, live: Payment) -> None:
        busy = self.pressing.get(order.number)
        if busy is None or busy.done():
            self.pressing[order.number] = self.hands.submit(self._stop, order, live)

    def _stop(self, order: Order, live: Payment) -> None:
        """From the payment's page to the button that stops it."""
        path = f"/betala/{self.code(order)}/{live.id}"
        try:
            with self._line() as line:
                token = html.fromstring(line.get(path).text).xpath(TOKEN)[0]
                line.post(f"{path}/avbryt", data={"csrf_token": token})
        except (httpx.HTTPError, IndexError):
            return

    def give_back(self, orders: Sequence[Order]) -> None:
        """Two persons agree that a part of each goes back."""
        for order in orders:
            with self.work(self.economist) as work:
                refund = staff.ask_refund(work, order.id, PART, "Rabatt")
            with self.work(self.attester) as work:
                staff.attest_refund(work, refund.id)

    def have_stood_still(self, orders: Sequence[Order]) -> bool:
        """Whether all of these stand still where they should, without anybody's hand."""
        return all((self.stops / each.number).exists() for each in orders)

    def have_gone_back(self, orders: Sequence[Order]) -> bool:
        """Whether what was to be given back of all of these has been."""
        with self.work() as work:
            found = [queries.refunds_of(work.session, order.id) for order in orders]
        return all(refund.state == RefundState.DONE for [refund] in found)

    def are_paid(self, orders: Sequence[Order]) -> bool:
        """Payers do what they can; whether all of these have been paid."""
        waiting = [order for order in orders if not self._attend(order)]
        return not waiting

    def _attend(self, order: Order) -> bool:
        """The payer looks: presses the button, or pays in the telephone or on the card page."""
        with self.work() as work:
            found = queries.order(work.session, order.id)
            live = queries.live_payment(work.session, order.id)
        if found.state in (OrderState.PAID, OrderState.PART_REFUNDED):
            return True
        if live is None:
            self._press(order)
        elif live.state == PaymentState.WAITING:
            self._pay(live)
        return False

    def _press(self, order: Order) -> None:
        busy = self.pressing.get(order.number)
        if busy is None or busy.done():
            self.pressing[order.number] = self.hands.submit(self._begin, order)

    def _begin(self, order: Order) -> None:
        """From the order's page to the button; whoever loses the network looks again later."""
        way = order.ways[0]
        path = f"/betala/{self.code(order)}{'/swish' if way == 'swish' else ''}"
        pressed = {"here": "1"} if way == "swish" else {"way": way}
        try:
            with self._line() as line:
                token = html.fromstring(line.get(path).text).xpath(TOKEN)[0]
                answer = line.post(path, data={**pressed, "csrf_token": token})
        except httpx.HTTPError:
            return
        assert answer.status_code == 303, answer.text

    def _line(self) -> httpx.Client:
        # There is nothing to verify on this machine, and to be ready for it takes its time.
        return httpx.Client(base_url=self.address, trust_env=False, verify=False, timeout=PATIENCE)

    def _pay(self, payment: Payment) -> None:
        books = Books(self.settings.data_folder / "payments" / f"{payment.provider}.sqlite")
        if payment.provider == "swish":
            SwishLedger(books).end(payment.instruction, SWISH_ENDINGS["godkann"])
            return
        notices = f"{self.settings.public_url}/betalning/besked/card"
        assert payment.provider_reference is not None
        CardLedger(books, notices, "").end(payment.provider_reference, CARD_ENDINGS["godkann"])

    def code(self, order: Order) -> str:
        """The word of an order's link."""
        with self.sessions() as session:
            return links.code_of(session, order.id)

    def receipt(self, order: Order) -> str:
        """What the payer reads at the top of the receipt."""
        with self._line() as line:
            page = html.fromstring(line.get(f"/betala/{self.code(order)}/kvitto").text)
        return " ".join(page.xpath("//h1")[0].text_content().split())


@contextmanager
def a_town(folder: Path, database_url: str, port: int) -> Iterator[Town]:
    """A town whose simulators run; its web and worker are started by the test."""
    town = Town(folder, database_url, port)
    for simulator in town.simulators:
        simulator.start()
    try:
        yield town
    finally:
        for child in (*town.mortal, *town.simulators):
            if child.process is not None and child.process.poll() is None:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait(10)
        town.hands.shutdown()
        town.sessions.kw["bind"].dispose()
