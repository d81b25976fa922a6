"""Every service of the library that costs something is paid in every way that its department chose."""

import io
from datetime import timedelta
from itertools import count

import pytest

from app.demo.municipality import cast
from services.cases import charges
from services.catalogue import fees
from services.kernel.work import Actor, Duty, Role
from services.payments import figures, links, queries, reading, staff
from services.payments.fee_rule import Price
from services.payments.models import Order, OrderState
from tests.builders.bank_files import Paid, bgmax
from tests.builders.library import SHIPPED
from tests.handling import Handled, sent_in
from tests.paying import Bill, at_the_till
from tests.town import Town

PAID = [each for each in SHIPPED.values() if each.payment is not None]
WAYS = [(each.slug, way) for each in PAID for way in each.payment.ways]
# Of all that the desk counts: hours, pages, days.
COUNTED = 30
STORIES = 12
HOME = {"street": "Testgatan 1", "postcode": "999 99", "town": "Teststad"}
SERIALS = count(700_000)


@pytest.fixture
def till(town):
    with at_the_till(town) as till:
        yield till


@pytest.fixture(autouse=True)
def ceiling(monkeypatch):
    """The income ceiling of this year, which a municipality enters when the state has told it."""
    known = figures.table(figures.INCOME_CEILING)
    after = known[-1].until + timedelta(days=1)
    rows = (*known, Price.model_validate({"from": after, "kronor": 60_000}))
    told = figures.table
    monkeypatch.setattr(
        figures, "table", lambda name: rows if name == figures.INCOME_CEILING else told(name)
    )


def charged(town: Town, handled: Handled) -> Order | None:
    """What the case costs: charged when it came in, or by the desk with what it has counted."""
    document = handled.document
    with town.work() as work:
        orders = queries.orders_of_owner(work.session, handled.case_id)
        if orders or document.payment.when != "after_decision":
            return orders[0] if orders else None
        person_id = town.founded.personas[handled.who]
        work.actor = cast.at_desk(town.founded, person_id)
        known = fees.countable(document, "sv")
        given = {name: 0 if name == fees.DAYS_LATE else COUNTED for name in known}
        return charges.charge(work, handled.case_id, given)


def bill_of(till, slug: str) -> Bill:
    """The bill of a case that costs something."""
    for first in range(STORIES):
        order = charged(till.town, sent_in(till.town, slug, first * 400))
        if order is not None:
            with till.town.work() as work:
                return Bill(till, order, links.code_of(work.session, order.id))
    raise AssertionError(f"{slug} costs nothing in {STORIES} stories")


def settle(till, bill: Bill, way: str) -> None:
    """Pay as one pays in that way: by the provider, by the bank, or over the counter."""
    if way in ("swish", "card"):
        getattr(bill, way)()
        bill.pays()
        return
    bill.browser.submit("Nästa", way=way)
    if bill.browser.heading == "Vad ska stå på fakturan?":
        bill.browser.submit("Hämta fakturan", **HOME)
    bill.begun()
    if way == "invoice":
        by_bank(till, bill)
    else:
        over_the_counter(till, bill)
    bill.reload()


def by_bank(till, bill: Bill) -> None:
    """A file from the bank in which the bill is paid by its reference."""
    paid = Paid(bill.payment.amount_ore, bill.payment.next["ocr"])
    file = io.BytesIO(bgmax([paid], serial=next(SERIALS)))
    with till.town.work() as work:
        taken = reading.take(work, file, allow_test=False)
    for part in reading.parts(file, taken):
        with till.town.work() as work:
            reading.book(work, taken.file_id, part)


def over_the_counter(till, bill: Bill) -> None:
    """Somebody at the counter takes the money."""
    with till.town.work() as work:
        authorities = {bill.order.authority_id: frozenset({Duty.ECONOMIST})}
        person_id = till.town.founded.personas["ekonom"]
        work.actor = Actor(Role.STAFF, person_id, authorities=authorities)
        staff.take_at_counter(work, bill.payment.id, "K-1")


@pytest.mark.parametrize(("slug", "way"), WAYS)
def test_each_service_is_paid_in_each_of_its_ways(till, slug, way):
    bill = bill_of(till, slug)

    settle(till, bill, way)

    assert bill.state == OrderState.PAID
    assert "Tack, du har betalat" in bill.browser.text
