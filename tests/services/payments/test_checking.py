"""The check finds what the database cannot refuse: sums and states that no entry explains."""

import pytest
from sqlalchemy import text

from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import checking, commands, staff
from services.payments.provider import Outcome
from tests.builders.payments import FEE, MAPS


def found(office):
    office.session.flush()
    return {fault.kind for fault in checking.faults(office.session)}


def test_a_busy_day_is_explained_to_the_last_ore(office):
    economist, attester = office.staff(Duty.ECONOMIST), office.staff(Duty.ATTESTER)
    office.order()
    paid = office.order_of([("125", MAPS), ("88.50", FEE)])
    office.paid(paid)
    office.paid(office.order(takes_parts=True), amount=Money.kronor(100))
    office.begun(office.order(), "invoice")
    with office.work() as work:
        commands.cancel_order(work, office.order().id, "withdrawn")
    declined = office.begun(office.order())
    office.pretend.end(declined.instruction, Outcome.DECLINED)
    office.ask(declined)
    with office.work(economist) as work:
        refund = staff.ask_refund(work, paid.id, Money.kronor(50), "Fel avgift")
    with office.work(attester) as work:
        staff.attest_refund(work, refund.id)
    office.work_through()
    office.do("payments.ask_refund", refund_id=refund.id)

    assert found(office) == set()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE payment_order SET state = 'open'", "order-not-explained"),
        ("UPDATE payment_order SET received_ore = 1", "order-not-explained"),
        ("UPDATE payment_order SET recognised_ore = 0", "order-not-explained"),
        ("UPDATE payment_order SET total_ore = 100000", "order-not-explained"),
        ("UPDATE payment SET paid_ore = 1", "payment-not-explained"),
        ("UPDATE payment SET paid_at = NULL", "payment-not-explained"),
        ("UPDATE voucher_series SET last_number = 7", "voucher-gap"),
    ],
)
def test_what_was_changed_by_hand_is_found(office, change, kind):
    office.paid(office.order())
    office.session.execute(text(change))
    assert found(office) == {kind}


def test_an_entry_that_was_changed_past_the_triggers_is_found(office):
    office.paid(office.order())
    office.session.execute(text("ALTER TABLE ledger_posting DISABLE TRIGGER USER"))
    office.session.execute(text("UPDATE ledger_posting SET amount_ore = 1 WHERE position = 1"))
    assert "unbalanced" in found(office)
