"""A day's SIE file against the books of those who took the money, to the öre.

The Swish and the card simulator are real servers here, and keep books that we do not write.
"""

import contextlib
import io
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.demo.payments.card_ledger import ENDINGS as CARD_ENDINGS
from app.demo.payments.swish_ledger import ENDINGS as SWISH_ENDINGS
from services.kernel.calendar import local_day
from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import providers, reading, sie, staff
from services.payments.models import OrderState, PaymentState, RefundState
from tests.builders import sie_reader
from tests.builders.bank_files import Paid, bgmax
from tests.builders.payments import FEE, MAPS, Office
from tests.simulators import STARTS, free_port, letter_box, running, settings_of

CLEARING = {"swish": "1910", "card": "1911"}
BANK = "1930"
SALEM = sie.Sender("Salems kommun (TESTDATA)", "212000-2874", "1.0")


@dataclass
class Till:
    """An office whose ways to pay are the simulators, and the payers' hands."""

    office: Office
    ledgers: dict[str, Any]
    day: date

    def pays(self, way: str, how: str, *lines: tuple[str, Any]) -> Any:
        """Somebody pays an order of these lines, or does not; returns the attempt."""
        order = self.office.order_of(list(lines), ways=(way,))
        payment = self.office.begun(order, way)
        endings = SWISH_ENDINGS if way == "swish" else CARD_ENDINGS
        name = payment.instruction if way == "swish" else payment.provider_reference
        self.ledgers[way].end(name, endings[how])
        self.office.ask(payment)
        return payment

    def books(self, way: str) -> Decimal:
        """The sum of a simulator's own books of the day, in kronor."""
        rows = self.office.session.info["providers"][way].books(self.day)
        return Decimal(Money.total(row.amount for row in rows).plain)


@pytest.fixture
def till(lent, tmp_path):
    ports = {key: free_port() for key in STARTS}
    with contextlib.ExitStack() as stack:
        box = stack.enter_context(letter_box())
        settings = settings_of(tmp_path / "simulators", box.port, ports)
        ledgers = {key: stack.enter_context(running(key, settings, ports[key])) for key in STARTS}
        now = datetime.now(UTC)
        office = Office(lent, now)
        real = providers.open_providers(settings.payment_providers)
        lent.info["providers"] = {**lent.info["providers"], **{key: real[key] for key in STARTS}}
        lent.info["public_url"] = settings.public_url
        yield Till(office, ledgers, local_day(now))


def test_the_days_file_is_what_the_simulators_and_the_bank_say_to_the_ore(till):
    office = till.office
    swished = [
        till.pays("swish", "godkann", ("562.50", FEE)),
        till.pays("swish", "godkann", ("900", FEE), ("125", MAPS)),
        till.pays("swish", "tyst", ("0.01", FEE), ("1688", FEE)),
    ]
    cards = [till.pays("card", "godkann", (each, FEE)) for each in ("333.33", "1200")]
    declined = till.pays("card", "nekas", ("77", FEE))
    refund = _given_back(office, swished[1], Money.kronor("124.99"))
    invoiced = office.order("2500.50")
    office.begun(invoiced, "invoice")
    _read(office, bgmax([Paid(250050, invoiced.ocr)], paid_on=till.day))

    told = _file_of(office, till.day)
    assert {each.state for each in (*swished, *cards)} == {PaymentState.PAID}
    assert (declined.state, refund.state) == (
        PaymentState.WAITING,
        RefundState.DONE,
    )
    assert invoiced.state == OrderState.PAID
    sums = _sums(told)
    assert {way: sums[account] for way, account in CLEARING.items()} == {
        way: till.books(way) for way in CLEARING
    }
    assert sums["1910"] == Decimal("562.50") + 1025 + Decimal("1688.01") - Decimal("124.99")
    assert sums["1911"] == Decimal("1533.33")
    assert sums[BANK] == Decimal("2500.50")
    assert sums["1510"] == 0
    assert sum(sums.values()) == 0


def _given_back(office, payment, amount):
    economist, attester = office.staff(Duty.ECONOMIST), office.staff(Duty.ATTESTER)
    with office.work(economist) as work:
        refund = staff.ask_refund(work, payment.order_id, amount, "Rabatt")
    with office.work(attester) as work:
        staff.attest_refund(work, refund.id)
    office.do("payments.refund", refund_id=refund.id)
    until = time.monotonic() + 10
    while refund.state != RefundState.DONE and time.monotonic() < until:
        time.sleep(0.2)
        office.do("payments.ask_refund", refund_id=refund.id)
    return refund


def _read(office, data):
    with office.work() as work:
        taken = reading.take(work, io.BytesIO(data), allow_test=False)
    for part in reading.parts(io.BytesIO(data), taken):
        with office.work() as work:
            reading.book(work, taken.file_id, part)


def _file_of(office, day):
    told = sie.lines(office.session, SALEM, day, day, day)
    return sie_reader.read(b"".join(sie.encoded(told)))


def _sums(told):
    sums: Counter[str] = Counter()
    for voucher in told.vouchers:
        for account, _, amount in voucher.rows:
            sums[account] += amount
    return sums
