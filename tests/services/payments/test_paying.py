"""From an order to its receipt: what a payer does, and what the ledger says of it."""

from datetime import timedelta

import pytest

from services.kernel.errors import Conflict, Invalid, Unavailable
from services.kernel.money import Money
from services.payments import commands, ledger, queries
from services.payments.events import OrderCancelled, OrderPaid
from services.payments.models import OrderState, PaymentState
from services.payments.provider import Outcome
from services.people.events import PersonsMerged
from tests.builders import a_person
from tests.builders.payments import FEE, MAPS


def test_an_order_has_a_number_a_reference_and_its_lines(office):
    order = office.order("900", "88.50")

    assert order.number.startswith("B2026-")
    assert order.ocr[: len(order.number) - 2] == order.number[1:].replace("-", "")
    assert order.total == Money.kronor("988.50")
    assert [line.amount.plain for line in queries.lines(office.session, order.id)] == [
        "900.00",
        "88.50",
    ]


def test_paying_books_income_when_the_money_comes(office):
    order = office.order("900")
    office.paid(order)

    assert order.state == OrderState.PAID
    assert order.settled_at == office.now
    assert office.balance("1912") == Money.kronor(900)
    assert office.balance("3110") == Money.kronor(-900)
    assert [type(event) for event in office.told] == [OrderPaid]


def test_nothing_is_booked_before_the_money_has_come(office):
    payment = office.begun(office.order())
    office.ask(payment)

    assert payment.state == PaymentState.WAITING
    assert office.entries() == []


def test_vat_is_booked_on_its_own_account(office):
    order = office.order_of([("125", MAPS), ("100", FEE)])
    office.paid(order)

    assert office.balance("2611") == Money.kronor(-25)
    assert office.balance("3120") == Money.kronor(-100)
    assert office.balance("3110") == Money.kronor(-100)


def test_a_second_attempt_is_the_first_one(office):
    order = office.order()
    assert office.start(order).id == office.start(order, "invoice").id


def test_a_paid_order_cannot_be_paid_again(office):
    order = office.order()
    office.paid(order)
    with pytest.raises(Conflict, match="order-not-payable"):
        office.start(order)


def test_after_a_refusal_one_may_try_again(office):
    order = office.order()
    payment = office.begun(order)
    office.pretend.end(payment.instruction, Outcome.DECLINED, "bank-declined")
    office.ask(payment)

    assert payment.state == PaymentState.DECLINED
    assert payment.last_error == "bank-declined"
    office.paid(order)
    assert order.state == OrderState.PAID


def test_part_payments_add_up_and_pay_the_lines_from_the_top(office):
    order = office.order_of([("100", FEE), ("125", MAPS)], takes_parts=True)
    office.paid(order, amount=Money.kronor(150))
    assert order.state == OrderState.PART_PAID
    assert (office.balance("3110"), office.balance("2611")) == (
        Money.kronor(-100),
        Money.kronor(-10),
    )

    office.paid(order)
    assert order.state == OrderState.PAID
    assert (office.balance("3120"), office.balance("2611")) == (
        Money.kronor(-100),
        Money.kronor(-25),
    )


@pytest.mark.parametrize(("parts", "kronor"), [(False, "10"), (True, "901"), (True, "0")])
def test_a_part_that_is_not_allowed_is_refused(office, parts, kronor):
    order = office.order("900", takes_parts=parts)
    with pytest.raises(Invalid, match="part-payment"):
        office.start(order, amount=Money.kronor(kronor))


def test_whoever_may_not_have_it_any_more_pays_nothing(office):
    def full(work, order, way):
        raise Conflict("course-full")

    order = office.order()
    with pytest.raises(Conflict, match="course-full"):
        office.start(order, eligible=full)
    assert queries.payments_of(office.session, order.id) == []


def test_a_way_that_the_service_does_not_have_is_refused(office):
    with pytest.raises(Invalid, match="way"):
        office.start(office.order(ways=("invoice",)), "pretend")


def test_a_way_that_is_turned_off_is_away(office):
    order = office.order()
    del office.session.info["providers"]["pretend"]
    with pytest.raises(Unavailable, match="way-away"):
        office.start(order)


def test_an_order_that_could_not_be_booked_is_not_placed(office):
    with pytest.raises(Conflict, match="ledger-not-set-up"):
        office.order(ways=("bitcoin",))


def test_a_coding_that_is_unknown_is_refused(office):
    wrong = FEE.__class__("9999", "3100", "310")
    with pytest.raises(Invalid, match="coding") as refusal:
        office.order_of([("10", wrong)])
    assert refusal.value.details["faults"] == ["account-unknown"]


def test_an_invoice_is_a_claim_until_it_is_paid(office):
    order = office.order("900")
    office.begun(order, "invoice")

    assert order.state == OrderState.OPEN
    assert office.balance("1510") == Money.kronor(900)
    assert office.balance("3110") == Money.kronor(-900)


def test_a_stopped_invoice_is_credited_and_can_be_paid_in_another_way(office):
    order = office.order("900")
    payment = office.begun(order, "invoice")
    with office.work() as work:
        commands.cancel(work, payment.id)
    office.work_through()

    assert payment.state == PaymentState.CANCELLED
    assert office.balance("1510") == Money(0)
    office.paid(order)
    assert office.balance("3110") == Money.kronor(-900)


def test_an_order_is_cancelled_at_once_when_nobody_is_paying(office):
    order = office.order()
    with office.work() as work:
        commands.cancel_order(work, order.id, "withdrawn")

    assert order.state == OrderState.CANCELLED
    assert [type(event) for event in office.told] == [OrderCancelled]


def test_an_order_that_is_being_paid_is_cancelled_when_the_provider_has_stopped_it(office):
    order = office.order()
    office.begun(order)
    with office.work() as work:
        commands.cancel_order(work, order.id, "withdrawn")
    assert order.state == OrderState.OPEN
    assert not order.is_payable

    office.work_through()
    assert order.state == OrderState.CANCELLED


def test_a_payer_who_was_quicker_than_our_cancelling_has_paid(office):
    order = office.order()
    payment = office.begun(order)
    with office.work() as work:
        commands.cancel_order(work, order.id, "withdrawn")
    office.pretend.pay(payment.instruction)
    office.work_through()

    assert order.state == OrderState.PAID
    assert office.balance("1912") == Money.kronor(900)


def test_an_order_out_of_time_is_called_off_by_itself(office):
    order = office.order(open_until=office.now + timedelta(hours=1))
    office.do("payments.sweep")
    assert order.state == OrderState.OPEN

    office.now += timedelta(hours=1)
    office.do("payments.sweep")
    assert order.state == OrderState.CANCELLED
    assert order.cancel_reason == "expired"


def test_a_letters_code_opens_its_order_however_it_is_typed(office):
    order = office.order()
    with office.work() as work:
        code = commands.new_code(work, order.id)
    typed = f" {code[:5].lower()}-{code[5:]} "

    assert queries.order_by_code(office.session, typed).id == order.id


def test_the_payers_number_is_forgotten_when_it_is_over(office):
    payment = office.start(office.order(), payer_alias="46701740605")
    assert "46701740605" not in payment.payer_alias_sealed
    office.do("payments.begin", payment_id=payment.id)
    office.pretend.pay(payment.instruction)
    office.ask(payment)

    assert payment.payer_alias_sealed is None


def test_orders_follow_whoever_two_accounts_turned_out_to_be(office):
    order = office.order()
    kept = a_person(office.session)
    with office.work() as work:
        commands.follow(work, PersonsMerged(kept.id, order.payer_person_id))
    office.session.refresh(order)
    assert order.payer_person_id == kept.id


def test_what_waits_is_counted_for_those_who_watch(office):
    payment = office.begun(office.order())
    office.pretend.end(payment.instruction, Outcome.UNKNOWN)
    office.ask(payment)
    office.session.flush()

    assert queries.standing(office.session, office.now).payments_unknown == 1
    assert queries.standing(office.session, office.now).payments_overdue == 0
    later = office.now + timedelta(hours=2)
    assert queries.standing(office.session, later).payments_overdue == 1


def test_what_is_booked_for_an_order_is_what_its_lines_say(office):
    order = office.order_of([("100", FEE), ("125", MAPS)])
    lines = queries.lines(office.session, order.id)
    whole = ledger.earned(lines, Money(0), Money.kronor(225))
    steps = [*ledger.earned(lines, Money(0), Money(12345)),
             *ledger.earned(lines, Money(12345), Money.kronor(225))]  # fmt: skip
    assert sorted(whole, key=repr) == sorted(ledger.merged(steps), key=repr)
