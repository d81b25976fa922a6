"""Money that crosses our own cancelling, from real servers: booked, or given back, never lost."""

import time
from datetime import UTC, datetime

import pytest

from app.demo.payments.card_ledger import ENDINGS as CARD_ENDINGS
from app.demo.payments.swish_ledger import ENDINGS as SWISH_ENDINGS
from services.kernel.money import Money
from services.payments import checking, commands
from services.payments.lifecycle import ENDED_UNPAID
from services.payments.models import OrderState, PaymentState, RefundState
from tests.builders.payments import FEE

CLEARING = {"swish": "1910", "card": "1911"}
FULL = Money.kronor("562.50")


@pytest.fixture(params=["swish", "card"])
def crossing(request, office, simulators):
    """A payment that its payer approves at the very moment when we take it back."""
    simulator = simulators[request.param]
    office.session.info["providers"][request.param] = simulator.provider
    office.session.info["public_url"] = simulator.settings.public_url
    office.now = datetime.now(UTC)
    order = office.order_of([("562.50", FEE)], ways=(request.param, "invoice"))
    payment = office.begun(order, request.param)
    endings = SWISH_ENDINGS if request.param == "swish" else CARD_ENDINGS
    name = payment.instruction if request.param == "swish" else payment.provider_reference
    simulator.ledger.end(name, endings["korsar"])
    return simulator, order, payment


def taken_back(office, payment):
    """We cancel, and the provider says that it is cancelled."""
    with office.work() as work:
        commands.cancel(work, payment.id)
    office.work_through()
    assert payment.state in ENDED_UNPAID
    assert payment.paid_ore == 0


def the_money_comes(office, simulator, payment):
    """A notice comes of the money, and is acted upon."""
    until = time.monotonic() + 10
    while payment.state != PaymentState.PAID and time.monotonic() < until:
        time.sleep(0.2)
        office.now = datetime.now(UTC)
        for told in simulator.box.about(payment.instruction):
            notice = simulator.provider.notice(told.headers, told.body)
            office.heard(notice.event_id, payment.instruction, provider=simulator.key)
    assert payment.state == PaymentState.PAID


def test_money_that_crosses_our_cancel_pays_an_order_that_still_waits(office, crossing):
    simulator, order, payment = crossing
    before = office.balance(CLEARING[simulator.key])
    taken_back(office, payment)

    the_money_comes(office, simulator, payment)

    assert order.state == OrderState.PAID
    assert office.balance(CLEARING[simulator.key]) - before == FULL
    assert list(checking.faults(office.session)) == []


def test_money_that_crosses_the_cancelling_of_its_order_waits_to_be_given_back(office, crossing):
    simulator, order, payment = crossing
    with office.work() as work:
        commands.cancel_order(work, order.id, "fee-changed")
    office.work_through()
    assert order.state == OrderState.CANCELLED

    the_money_comes(office, simulator, payment)

    assert order.state == OrderState.CANCELLED
    assert payment.surplus_ore == FULL.ore
    [refund] = [each for each in office.refunds() if each.payment_id == payment.id]
    assert (refund.state, refund.amount) == (RefundState.REQUESTED, FULL)
    assert list(checking.faults(office.session)) == []


def test_money_that_crosses_when_another_way_was_chosen_is_not_charged_twice(office, crossing):
    simulator, order, payment = crossing
    taken_back(office, payment)
    another = office.begun(order, "invoice")

    the_money_comes(office, simulator, payment)
    office.work_through()

    assert order.state == OrderState.PAID
    assert order.received_ore == FULL.ore
    assert another.state in ENDED_UNPAID
    assert list(checking.faults(office.session)) == []
