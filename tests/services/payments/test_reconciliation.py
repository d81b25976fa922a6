"""Every night the providers' books are compared with ours; what differs is told, never mended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, NotFound
from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import placing, queries, reconciliation, staff
from services.payments.provider import BookRow


def reconciled(office, day=None):
    """The nightly job, for today unless told."""
    with office.work() as work:
        reconciliation.reconcile(work, day or local_day(datetime.now(UTC)))
    office.work_through()
    office.session.flush()
    return queries.open_differences(office.session)


@pytest.fixture
def office(office):
    """The pretend provider dates by the real clock, and so does this office."""
    office.now = datetime.now(UTC)
    return office


def test_books_that_agree_leave_nothing_to_do(office):
    order = office.order()
    office.paid(order)
    with office.work(office.staff(Duty.ECONOMIST)) as work:
        refund = staff.ask_refund(work, order.id, Money.kronor(100), "Rabatt")
    with office.work(office.staff(Duty.ATTESTER)) as work:
        staff.attest_refund(work, refund.id)
    office.work_through()
    office.do("payments.ask_refund", refund_id=refund.id)

    assert reconciled(office) == []


def test_money_that_the_provider_has_and_we_do_not_is_told_and_not_booked(office):
    payment = office.begun(office.order())
    office.pretend.pay(payment.instruction)
    office.forget_jobs()

    (found,) = reconciled(office)
    assert (found.kind, found.reference, found.theirs_ore) == (
        "missing_here", payment.instruction, 90000,
    )  # fmt: skip
    assert office.entries() == []


def test_money_that_we_have_and_the_provider_does_not_is_told(office):
    payment = office.paid(office.order())
    office.pretend.entries.clear()

    (found,) = reconciled(office)
    assert (found.kind, found.reference, found.ours_ore) == (
        "missing_there", payment.instruction, 90000,
    )  # fmt: skip


def test_another_amount_is_told(office):
    payment = office.paid(office.order())
    entry = office.pretend.entries[payment.instruction]
    office.pretend.entries[payment.instruction] = replace(entry, paid=Money.kronor(899))

    (found,) = reconciled(office)
    assert (found.kind, found.ours_ore, found.theirs_ore) == ("amount", 90000, 89900)


def test_a_difference_is_told_once_however_often_it_is_found(office):
    office.paid(office.order())
    office.pretend.entries.clear()
    reconciled(office)
    assert len(reconciled(office)) == 1


def test_what_is_booked_on_the_other_side_of_midnight_is_no_difference(office):
    payment = office.paid(office.order())
    entry = office.pretend.entries[payment.instruction]
    tomorrow = entry.paid_at + timedelta(days=1)
    office.pretend.entries[payment.instruction] = replace(entry, paid_at=tomorrow)
    assert reconciled(office) == []


def test_a_row_without_our_name_is_known_by_the_providers(office, monkeypatch):
    payment = office.paid(office.order())
    row = BookRow(None, payment.paid_reference, Money.kronor(900), office.now)
    monkeypatch.setattr(type(office.pretend), "books", lambda self, day: [row])
    assert reconciled(office) == []


def test_a_provider_without_books_is_left_alone(office, monkeypatch):
    def none(self, day):
        raise NotFound("provider-books")

    office.paid(office.order())
    monkeypatch.setattr(type(office.pretend), "books", none)
    assert reconciled(office) == []


def test_a_person_explains_a_difference_once(office):
    economist = office.staff(Duty.ECONOMIST)
    office.paid(office.order())
    office.pretend.entries.clear()
    (found,) = reconciled(office)
    with office.work(economist) as work:
        placing.explain(work, found.id, "Banken bokför i morgon")
    assert queries.open_differences(office.session) == []
    with pytest.raises(Conflict, match="difference-explained"), office.work(economist) as work:
        placing.explain(work, found.id, "Igen")
