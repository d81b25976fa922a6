"""Reminding of what nobody has paid, step by step; and not of what somebody says is wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import wiring
from services.cases import handed_over, reminders
from services.cases.charge_models import Charge
from services.cases.handed_over import Sums, Wanted
from services.cases.models import CaseEvent
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import SYSTEM, Actor, Duty, Role
from services.notifications.models import Notification
from services.payments import coding, disputing, lifecycle, settling
from services.payments import commands as payments
from services.payments import queries as orders
from services.payments.providers import invoice
from services.people import contact
from tests.builders import NOON, a_handler, a_resident, a_work, an_authority
from tests.builders.paying import waits_for_payment
from tests.services.cases.test_charges import handed_in, order_of, pay


@pytest.fixture
def lent(lent):
    """The session, lent an invoice to pay by, and the chart of the ledger."""
    bankgiro = invoice.open_provider(invoice.Settings("991-2346", 30))
    lent.info["providers"] = {"swish": object(), "invoice": bankgiro}
    coding.lay_out(a_work(lent))
    return lent


@pytest.fixture
def authority(lent):
    return an_authority(lent)


class Fee:
    """A fee that nobody has paid, and the days after its last one."""

    def __init__(self, lent, **terms):
        self.lent = lent
        self.case = handed_in(lent, waits_for_payment(terms=terms), a_resident(lent))
        self.order = order_of(lent, self.case)
        self.charge = lent.get(Charge, self.order.id)

    def at(self, days, who=SYSTEM):
        return a_work(
            self.lent, who, NOON + timedelta(days=(self.order.due_on - NOON.date()).days + days)
        )

    def on(self, days):
        """How many are reminded on a day, counted from the last one."""
        reminded = reminders.remind(self.at(days))
        self.lent.flush()
        return reminded

    def letters(self):
        query = select(Notification.template).where(Notification.case_number == self.case.number)
        return self.lent.scalars(query.order_by(Notification.created_at, Notification.id)).all()

    def kinds(self):
        query = select(CaseEvent.kind).where(CaseEvent.case_id == self.case.id)
        return self.lent.scalars(query.order_by(CaseEvent.id)).all()

    def told(self, work):
        wiring.deliver(work)
        self.lent.flush()


@pytest.fixture
def fee(lent, authority):
    return Fee(lent)


def test_an_unpaid_fee_is_reminded_of_twice_and_then_handed_over(fee):
    assert [fee.on(days) for days in (1, 6, 7, 25, 26, 60, 90)] == [0, 1, 0, 1, 0, 0, 0]

    assert fee.letters()[-3:] == ["payment-reminder", "payment-reminder", "payment-handed-over"]
    assert fee.kinds()[-1] == "fee_handed_over"
    assert fee.charge.handed_over_at is not None


def test_what_is_handed_over_is_followed_by_those_who_look_after_its_money(fee, authority):
    economist = a_handler(fee.lent, authority, Duty.ECONOMIST)
    for days in (6, 26, 46):
        assert handed_over.search(fee.lent, economist, Wanted(state=None)).fees == []
        fee.on(days)

    (found,) = handed_over.search(fee.lent, economist, Wanted()).fees
    assert (found.order, found.reminders, found.at) == (fee.order, 2, fee.at(46).now)
    left = fee.order.total_ore
    assert handed_over.sums(fee.lent, economist, Wanted()) == Sums(1, left, left)
    day = found.at.date()
    for wanted in (
        Wanted(until=day - timedelta(days=1)),
        Wanted(since=day + timedelta(days=1)),
        Wanted(service_slug="annan"),
        Wanted(before=(found.at, fee.order.id)),
        Wanted(state=handed_over.ENDED),
    ):
        assert handed_over.search(fee.lent, economist, wanted).fees == []
    elsewhere = a_handler(fee.lent, an_authority(fee.lent, "SN"), Duty.ECONOMIST)
    for who in (elsewhere, a_handler(fee.lent, authority), fee.at(0).actor):
        assert handed_over.search(fee.lent, who, Wanted(state=None)).fees == []

    pay(fee.lent, fee.order)
    assert handed_over.sums(fee.lent, economist, Wanted()) == Sums(0, 0, 0)
    assert handed_over.sums(fee.lent, economist, Wanted(state=handed_over.ENDED)) == Sums(
        1, left, 0
    )


def test_a_service_says_its_own_steps(lent, authority):
    fee = Fee(lent, reminding={"after": [10]})

    assert [fee.on(days) for days in (6, 10, 40, 90)] == [0, 1, 0, 0]
    assert fee.charge.handed_over_at is None


def test_steps_that_were_missed_come_with_the_documents_time_between(fee):
    assert fee.on(100) == 1
    assert fee.on(101) == 0
    assert fee.on(113) == 0
    assert fee.on(114) == 1


def test_what_has_been_paid_is_not_reminded_of(fee):
    pay(fee.lent, fee.order)

    assert fee.on(90) == 0


def test_an_invoice_that_was_chosen_late_has_a_last_day_of_its_own(fee):
    work = fee.at(3)
    payment = payments.start(work, fee.order.id, "invoice")
    fee.lent.flush()
    order, payment = settling.locked_payment(work, payment.id)
    settling.happened(work, order, payment, lifecycle.Tried())
    due_on = (work.now + timedelta(days=30)).date().isoformat()
    shown = {"kind": "invoice", "ocr": order.ocr, "bankgiro": "991-2346", "due_on": due_on}
    settling.happened(work, order, payment, lifecycle.Accepted(order.ocr, shown))
    fee.lent.flush()

    assert [fee.on(days) for days in (6, 38, 39)] == [0, 0, 1]


def test_nobody_is_reminded_of_what_is_disputed_until_it_stands(fee, authority):
    work = fee.at(2)
    disputing.dispute(work, fee.order.id, "Jag har redan betalat.")
    fee.told(work)
    assert [fee.on(days) for days in (6, 30)] == [0, 0]
    assert fee.case.unread_by_desk
    economist = a_handler(fee.lent, authority, Duty.ECONOMIST)
    work = fee.at(31, economist)
    disputing.settle(work, fee.order.id)
    fee.told(work)

    assert [fee.on(days) for days in (32, 36, 37)] == [0, 0, 1]
    assert [kind for kind in fee.kinds() if "disput" in kind] == [
        "fee_disputed",
        "fee_dispute_settled",
    ]


def test_an_economist_notes_for_whoever_called_and_nobody_else_does(fee, authority):
    for who in (a_handler(fee.lent, authority), a_resident(fee.lent)):
        with pytest.raises(NotAllowed):
            disputing.dispute_at_desk(fee.at(1, who), fee.order.id, "Fel")
        with pytest.raises(NotAllowed):
            disputing.settle(fee.at(1, who), fee.order.id)
    economist = a_handler(fee.lent, authority, Duty.ECONOMIST)

    disputing.dispute_at_desk(fee.at(1, economist), fee.order.id, "Fel")

    assert fee.order.dispute_reason == "Fel"


def test_what_is_disputed_can_be_paid_and_what_is_paid_cannot_be_disputed(fee):
    disputing.dispute(fee.at(1), fee.order.id, "Fel")
    disputing.dispute(fee.at(2), fee.order.id, "Mer fel")
    assert fee.order.dispute_reason == "Fel"
    pay(fee.lent, fee.order)
    assert orders.order(fee.lent, fee.order.id).state == "paid"

    with pytest.raises(Conflict, match="order-not-payable"):
        disputing.dispute(fee.at(3), fee.order.id, "Fel")


def test_a_reason_is_written(fee):
    with pytest.raises(Invalid, match="reason"):
        disputing.dispute(fee.at(1), fee.order.id, "  ")


def test_what_was_never_disputed_is_not_settled(fee, authority):
    with pytest.raises(Conflict, match="order-not-disputed"):
        disputing.settle(fee.at(1, a_handler(fee.lent, authority, Duty.ECONOMIST)), fee.order.id)


@pytest.mark.parametrize(
    "wrong", [{"after": [3]}, {"after": [10, 9]}, {"after": [50], "hand_over": 40}]
)
def test_a_document_reminds_neither_too_soon_nor_backwards(wrong):
    with pytest.raises(ValueError, match="reminding"):
        waits_for_payment(terms={"reminding": wrong})


def texts(fee):
    query = select(Notification.template).where(
        Notification.case_number == fee.case.number, Notification.to_phone.is_not(None)
    )
    return fee.lent.scalars(query).all()


def test_whoever_wants_texts_is_reminded_by_one_too(fee):
    fee.lent.info["sms"] = object()
    fee.case.contact_phone = "+46701740605"
    fee.on(6)
    assert texts(fee) == []
    who = Actor(Role.RESIDENT, fee.case.acting_person_id)
    contact.choose(fee.at(7, who), ["reminders"], by_sms=True)
    fee.lent.flush()

    fee.on(20)

    assert texts(fee) == ["payment-reminder"]
    assert fee.letters().count("payment-reminder") == 3


def test_the_protected_and_those_who_want_no_reminders_get_no_text(fee):
    fee.lent.info["sms"] = object()
    fee.case.contact_phone = "+46701740605"
    who = Actor(Role.RESIDENT, fee.case.acting_person_id)
    contact.choose(fee.at(1, who), [], by_sms=True)
    fee.lent.flush()
    fee.on(6)
    contact.choose(fee.at(7, who), ["reminders"], by_sms=True)
    fee.case.protected = True
    fee.lent.flush()
    fee.on(20)

    assert texts(fee) == []
