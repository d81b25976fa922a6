"""Two persons for everything that staff do to money, and nobody for what is their own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.audit import log
from services.audit.models import AuditEntry
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import commands, queries, staff
from services.payments.events import OrderRefunded
from services.payments.ledger import Leg
from services.payments.models import OrderState, PaymentState, RefundState
from services.payments.provider import Outcome
from tests.builders.payments import FEE, MAPS


@pytest.fixture
def economist(office):
    return office.staff(Duty.ECONOMIST, Duty.CLERK)


@pytest.fixture
def attester(office):
    return office.staff(Duty.ATTESTER)


def asked(office, economist, order, kronor="900", **wishes):
    with office.work(economist) as work:
        return staff.ask_refund(
            work, order.id, Money.kronor(kronor), "Kursen blev inställd", **wishes
        )


def attested(office, attester, refund):
    with office.work(attester) as work:
        staff.attest_refund(work, refund.id)
    office.work_through()
    return refund


def given_back(office, economist, attester, order, kronor="900"):
    refund = attested(office, attester, asked(office, economist, order, kronor))
    office.do("payments.ask_refund", refund_id=refund.id)
    return refund


def test_a_refund_takes_two_persons_and_is_a_new_entry(office, economist, attester):
    order = office.order_of([("125", MAPS)])
    office.paid(order)
    refund = given_back(office, economist, attester, order, "125")

    assert refund.state == RefundState.DONE
    assert order.state == OrderState.REFUNDED
    assert [entry.series for entry in office.entries(order.id)] == ["B", "R"]
    assert not any(office.balance(account) for account in ("1912", "3120", "2611"))
    assert isinstance(office.told[-1], OrderRefunded)


def test_a_part_can_go_back_and_then_another(office, economist, attester):
    order = office.order_of([("100", FEE), ("125", MAPS)])
    office.paid(order)
    given_back(office, economist, attester, order, "25")
    assert order.state == OrderState.PART_REFUNDED
    assert office.balance("2611") == Money.kronor(-20)

    given_back(office, economist, attester, order, "200")
    assert order.state == OrderState.REFUNDED
    assert office.balance("3110") == Money(0)


def test_nobody_attests_what_they_asked_for(office):
    both = office.staff(Duty.ECONOMIST, Duty.ATTESTER)
    order = office.order()
    office.paid(order)
    refund = asked(office, both, order)
    with pytest.raises(NotAllowed, match="own-attest"), office.work(both) as work:
        staff.attest_refund(work, refund.id)


def test_the_database_too_wants_two_persons(office, economist):
    order = office.order()
    office.paid(order)
    asked(office, economist, order)
    change = text("UPDATE payment_refund SET attested_by_id = requested_by_id")
    with pytest.raises(IntegrityError, match="two_persons"):
        office.session.execute(change)


def test_nobody_attests_their_own_money(office, economist):
    order = office.order()
    office.paid(order)
    refund = asked(office, economist, order)
    payer = replace(office.staff(Duty.ATTESTER), person_id=order.payer_person_id)
    with pytest.raises(NotAllowed), office.work(payer) as work:
        staff.attest_refund(work, refund.id)


@pytest.mark.parametrize("duty", [Duty.REGISTRAR, Duty.HANDLER, Duty.ECONOMIST])
def test_only_who_is_set_to_it_attests(office, economist, duty):
    order = office.order()
    office.paid(order)
    refund = asked(office, economist, order)
    with pytest.raises(NotAllowed), office.work(office.staff(duty)) as work:
        staff.attest_refund(work, refund.id)


def test_staff_of_another_authority_ask_for_nothing(office):
    order = office.order()
    office.paid(order)
    stranger = replace(office.staff(Duty.ECONOMIST), authorities={})
    with pytest.raises(NotAllowed):
        asked(office, stranger, order)


@pytest.mark.parametrize("kronor", ["900.01", "0", "-1"])
def test_no_more_goes_back_than_has_come(office, economist, kronor):
    order = office.order()
    office.paid(order)
    with pytest.raises(Invalid, match="refund-amount"):
        asked(office, economist, order, kronor)


def test_what_is_on_its_way_back_cannot_be_asked_for_again(office, economist):
    order = office.order()
    office.paid(order)
    asked(office, economist, order, "500")
    with pytest.raises(Invalid, match="refund-amount") as refusal:
        asked(office, economist, order, "401")
    assert refusal.value.details["most_ore"] == 40000


def test_a_refund_needs_a_reason(office, economist):
    order = office.order()
    office.paid(order)
    with pytest.raises(Invalid, match="reason"), office.work(economist) as work:
        staff.ask_refund(work, order.id, Money(100), "  ")


def test_a_refused_refund_moves_nothing(office, economist, attester):
    order = office.order()
    office.paid(order)
    refund = asked(office, economist, order)
    with office.work(attester) as work:
        staff.refuse_refund(work, refund.id)
    with pytest.raises(Conflict, match="refund-state"):
        attested(office, attester, refund)
    assert order.state == OrderState.PAID


def test_a_refund_that_the_provider_will_not_do_can_be_asked_for_again(office, economist, attester):
    order = office.order()
    office.paid(order)
    office.pretend.refusing = "not-done"
    refund = attested(office, attester, asked(office, economist, order))

    assert (refund.state, refund.last_error) == (RefundState.FAILED, "not-done")
    office.pretend.refusing = None
    assert given_back(office, economist, attester, order).state == RefundState.DONE


def test_a_refund_survives_a_provider_that_is_away_and_lost_jobs(office, economist, attester):
    order = office.order()
    office.paid(order)
    office.pretend.away = True
    refund = attested(office, attester, asked(office, economist, order))
    office.forget_jobs()
    office.pretend.away = False
    for _ in range(2):
        office.now += timedelta(minutes=3)
        office.do("payments.sweep")
        office.work_through()

    assert refund.state == RefundState.DONE
    assert office.balance("1912") == Money(0)


def test_a_refund_is_sent_once_however_often_the_job_is_done(office, economist, attester):
    order = office.order()
    office.paid(order)
    refund = attested(office, attester, asked(office, economist, order, "500"))
    for _ in range(3):
        office.do("payments.refund", refund_id=refund.id)
        office.do("payments.ask_refund", refund_id=refund.id)
    assert office.balance("1912") == Money.kronor(400)


def test_surplus_goes_back_when_one_person_has_attested(office, attester):
    order = office.order()
    late = office.begun(order)
    office.pretend.end(late.instruction, Outcome.EXPIRED)
    office.ask(late)
    office.paid(order)
    entry = office.pretend.entries[late.instruction]
    office.pretend.entries[late.instruction] = replace(entry, outcome=Outcome.WAITING)
    office.pretend.pay(late.instruction)
    office.ask(late)
    (refund,) = office.refunds()
    attested(office, attester, refund)
    office.do("payments.ask_refund", refund_id=refund.id)

    assert refund.state == RefundState.DONE
    assert office.balance("2890") == Money(0)
    assert (order.state, office.balance("1912")) == (OrderState.PAID, Money.kronor(900))


def test_surplus_that_could_not_be_sent_is_asked_for_anew(office, economist, attester):
    order = office.order("900")
    payment = office.begun(order)
    office.pretend.pay(payment.instruction, Money.kronor(1000))
    office.ask(payment)
    with pytest.raises(Conflict, match="no-surplus"), office.work(economist) as work:
        staff.ask_surplus_back(work, payment.id, "Betalt för mycket")
    office.pretend.refusing = "not-done"
    attested(office, attester, office.refunds()[0])
    office.pretend.refusing = None
    with office.work(economist) as work:
        refund = staff.ask_surplus_back(work, payment.id, "Betalt för mycket")
    attested(office, attester, refund)
    office.do("payments.ask_refund", refund_id=refund.id)

    assert (refund.state, office.balance("2890")) == (RefundState.DONE, Money(0))


def test_the_counter_takes_money_with_a_receipt(office, economist):
    order = office.order()
    payment = office.begun(order, "counter")
    with office.work(economist) as work:
        staff.take_at_counter(work, payment.id, "K-17")

    assert (order.state, payment.paid_reference) == (OrderState.PAID, "K-17")
    assert office.balance("1920") == Money.kronor(900)


def test_a_refund_at_the_counter_is_noted_by_whoever_pays_it_out(office, economist, attester):
    order = office.order()
    payment = office.begun(order, "counter")
    with office.work(economist) as work:
        staff.take_at_counter(work, payment.id, "K-17")
    refund = attested(office, attester, asked(office, economist, order))
    assert refund.state == RefundState.ASKED
    with office.work(economist) as work:
        staff.refund_paid_out(work, refund.id)
    assert (order.state, office.balance("1920")) == (OrderState.REFUNDED, Money(0))


def test_nobody_notes_money_that_a_provider_sends(office, economist, attester):
    order = office.order()
    office.paid(order)
    refund = asked(office, economist, order)
    with office.work(attester) as work:
        staff.attest_refund(work, refund.id)
    with pytest.raises(Conflict, match="refund-by-provider"), office.work(economist) as work:
        staff.refund_paid_out(work, refund.id)


def test_an_invoice_that_will_not_be_paid_is_written_off_by_two_persons(
    office, economist, attester
):
    order = office.order()
    payment = office.begun(order, "invoice")
    with office.work(economist) as work:
        adjustment = staff.ask_write_off(work, order.id, "Konkurs")
    assert [each.id for each in queries.adjustments_to_attest(office.session, attester)] == [
        adjustment.id
    ]
    with office.work(attester) as work:
        staff.attest(work, adjustment.id)
    office.work_through()

    assert order.state == OrderState.WRITTEN_OFF
    assert (office.balance("1510"), office.balance("6062")) == (Money(0), Money.kronor(900))
    assert payment.state == PaymentState.CANCELLED


def test_what_was_never_invoiced_is_cancelled_not_written_off(office, economist):
    order = office.order()
    with pytest.raises(Conflict, match="order-not-invoiced"), office.work(economist) as work:
        staff.ask_write_off(work, order.id, "Konkurs")


def test_a_correction_moves_amounts_and_changes_no_order(office, economist, attester):
    order = office.order()
    office.paid(order)
    legs = [
        Leg("3110", Money.kronor(900), "3100", "310"),
        Leg("3410", Money.kronor(-900), "5100", "249"),
    ]
    with office.work(economist) as work:
        adjustment = staff.ask_correction(work, legs, "Fel kontering", order_id=order.id)
    with office.work(attester) as work:
        staff.attest(work, adjustment.id)

    assert office.balance("3410") == Money.kronor(-900)
    assert order.state == OrderState.PAID
    with pytest.raises(Conflict, match="adjustment-state"), office.work(attester) as work:
        staff.attest(work, adjustment.id)


def test_a_correction_that_does_not_balance_is_refused(office, economist):
    with pytest.raises(Invalid, match="not-balanced"), office.work(economist) as work:
        staff.ask_correction(work, [Leg("1930", Money(1)), Leg("1910", Money(-2))], "Fel")


def test_a_providers_payout_empties_its_account_and_books_its_fee(office, economist, attester):
    office.paid(office.order())
    with office.work(economist) as work:
        adjustment = staff.ask_payout(
            work, "pretend", Money.kronor(900), Money.kronor("9.50"), "Utbetalning vecka 48"
        )
    with office.work(attester) as work:
        staff.attest(work, adjustment.id)

    assert office.balance("1912") == Money(0)
    assert office.balance("1930") == Money.kronor("890.50")
    assert office.balance("6570") == Money.kronor("9.50")


def test_what_a_provider_cannot_tell_is_ended_by_an_economist(office, economist):
    order = office.order()
    payment = office.begun(order)
    office.pretend.end(payment.instruction, Outcome.UNKNOWN, "checking")
    office.ask(payment)
    assert payment.state == PaymentState.UNKNOWN
    with office.work(economist) as work:
        staff.end_unknown(work, payment.id)
    assert payment.state == PaymentState.FAILED
    office.paid(order)


@pytest.mark.parametrize("month", [date(2026, 11, 1), date(2026, 12, 1)])
def test_a_month_is_closed_when_it_is_over(office, economist, month):
    with pytest.raises(Conflict, match="month-not-over"), office.work(economist) as work:
        staff.close_month(work, month)


def test_a_handler_closes_no_month(office):
    with pytest.raises(NotAllowed), office.work(office.staff(Duty.HANDLER)) as work:
        staff.close_month(work, date(2026, 10, 1))


def test_a_refund_of_a_payment_that_is_anothers_is_not_found(office, economist):
    order, other = office.order(), office.order()
    office.paid(order)
    payment = office.paid(other)
    with pytest.raises(NotFound, match="payment"):
        asked(office, economist, order, payment_id=payment.id)


def test_whatever_staff_do_is_in_the_audit_log(office, economist, attester):
    order = office.order()
    office.paid(order)
    given_back(office, economist, attester, order)
    log.write(office.session)
    actions = set(office.session.scalars(select(AuditEntry.action)))
    assert {"refund:ask", "refund:attest"} <= actions


def test_an_order_with_money_is_not_cancelled(office):
    order = office.order(takes_parts=True)
    office.paid(order, amount=Money.kronor(100))
    with pytest.raises(Conflict, match="order-has-money"), office.work() as work:
        commands.cancel_order(work, order.id, "withdrawn")


def test_an_economist_sees_only_the_authoritys_orders_and_never_ones_own(office, economist):
    order = office.order()
    stranger = replace(economist, authorities={})
    own = replace(economist, person_id=order.payer_person_id)
    office.now = office.now.replace(year=2027)
    order.due_on = date(2026, 12, 1)
    with office.work() as work:
        seen = [
            queries.unpaid_since(work.session, who, date(2027, 1, 1))
            for who in (economist, stranger, own)
        ]
    assert seen == [[order], [], []]
