"""Money that has come is booked whatever its case says; what the case refused is seen and tried again."""

import pytest
from sqlalchemy import select, text

from services import wiring
from services.cases import after_payment, charges, commands, drafts
from services.cases.charge_models import Charge
from services.cases.closing import Unpaid
from services.cases.models import CaseEvent, State
from services.jobs import worker
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.work import SYSTEM, Actor, Duty, Role
from services.payments import checking
from services.payments import commands as payments
from services.payments.models import OrderState
from tests.builders import a_person, a_work
from tests.builders.paying import a_paid_service, waits_for_payment
from tests.services.cases import test_charges
from tests.services.cases.test_charges import handed_in, order_of, pay

lent, authority = test_charges.lent, test_charges.authority


@pytest.fixture
def resident(lent):
    return Actor(Role.RESIDENT, a_person(lent).id)


@pytest.fixture
def broken(monkeypatch):
    """A draft that is not taken in, as long as this stands."""

    def refuse(work, case):
        case.answers = {"half": "done"}
        raise Conflict("case-state")

    monkeypatch.setattr(drafts, "receive", refuse)
    return monkeypatch


def an_economist(session, authority):
    person = a_person(session, "Ekon", "Omsson")
    return Actor(Role.STAFF, person.id, authorities={authority.id: frozenset({Duty.ECONOMIST})})


def go_on(session):
    """A worker does what is planned for the cases."""
    planned = "SELECT args FROM procrastinate_jobs WHERE task_name = 'payments.case_goes_on'"
    for arguments in session.scalars(text(planned)).all():
        worker.run_of(wiring.HANDLERS["payments.case_goes_on"], lambda: Unit(session))(**arguments)
    session.execute(text("DELETE FROM procrastinate_jobs"))


class Unit:
    """A unit of work that is undone when it fails."""

    def __init__(self, session):
        self.work, self.savepoint = a_work(session, SYSTEM), session.begin_nested()

    def __enter__(self):
        return self.work

    def __exit__(self, fault, *_):
        if fault is not None:
            self.savepoint.rollback()
            return
        wiring.deliver(self.work)
        self.savepoint.commit()


@pytest.fixture
def stuck(lent, authority, resident, broken):
    """A fee that was paid, for an application that was not taken in."""
    case = handed_in(lent, a_paid_service(when="before"), resident)
    order = order_of(lent, case)
    pay(lent, order)
    return case, order, case.answers


def test_the_money_is_booked_and_the_case_is_as_it_was(lent, stuck):
    case, order, answers = stuck
    lent.refresh(case)
    assert order.state == OrderState.PAID
    assert list(checking.faults(lent)) == []
    assert (case.state, case.answers) == (State.DRAFT, answers)
    assert lent.get(Charge, order.id).stuck_code == "case-state"


def test_it_is_tried_once_more_by_itself_and_then_seen(lent, authority, stuck):
    case, order, _ = stuck
    economist = an_economist(lent, authority)
    go_on(lent)
    assert after_payment.stuck(lent, economist) == [order]
    events = lent.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
    assert [each.public for each in events if each.kind == "fee_paid_stuck"] == [False]
    assert case.unread_by_desk


def test_it_goes_on_when_what_was_wrong_is_put_right(lent, authority, stuck, broken):
    case, order, _ = stuck
    economist = an_economist(lent, authority)
    go_on(lent)
    broken.undo()
    after_payment.try_again(a_work(lent, economist), order.id)
    go_on(lent)
    lent.refresh(case)
    assert case.number
    assert case.state != State.DRAFT
    assert after_payment.stuck(lent, economist) == []
    with pytest.raises(Conflict, match="not-stuck"):
        after_payment.try_again(a_work(lent, economist), order.id)


def test_only_an_economist_lets_it_try_again(lent, authority, stuck):
    _, order, _ = stuck
    handler = a_person(lent, "Hanna", "Andersson")
    duties = {authority.id: frozenset({Duty.HANDLER})}
    with pytest.raises(NotAllowed):
        after_payment.try_again(
            a_work(lent, Actor(Role.STAFF, handler.id, authorities=duties)), order.id
        )


def test_what_the_database_refuses_does_not_undo_it_either(lent, authority, resident, monkeypatch):
    def refuse(work, case):
        work.session.execute(text("SELECT 1/0"))

    monkeypatch.setattr(drafts, "receive", refuse)
    case = handed_in(lent, a_paid_service(when="before"), resident)
    order = order_of(lent, case)
    pay(lent, order)
    assert order.state == OrderState.PAID
    assert lent.get(Charge, order.id).stuck_code == "database"


def test_a_case_that_goes_on_leaves_nothing_behind(lent, authority, resident):
    case = handed_in(lent, a_paid_service(when="before"), resident)
    order = order_of(lent, case)
    pay(lent, order)
    assert case.state != State.DRAFT
    charged = lent.get(Charge, order.id)
    assert (charged.stuck_at, charged.stuck_code) == (None, None)
    assert charges.case_of(lent, order) is case


def a_handler(session, authority):
    person = a_person(session, "Hanna", "Andersson")
    return Actor(Role.STAFF, person.id, authorities={authority.id: frozenset({Duty.HANDLER})})


def test_what_waits_for_its_fee_does_not_go_on_by_hand(lent, authority, resident):
    case = handed_in(lent, waits_for_payment(), resident)
    handler = a_handler(lent, authority)
    with pytest.raises(Invalid, match="status-by-payment") as refusal:
        commands.set_status(a_work(lent, handler), case.id, "betald")
    assert refusal.value.details["number"] == order_of(lent, case).number
    assert case.state == State.AWAITING_PAYMENT

    pay(lent, order_of(lent, case))
    assert case.status == "betald"


def test_what_waits_for_its_fee_can_be_closed_and_goes_on_where_nothing_is_charged(
    lent, authority, resident
):
    handler = a_handler(lent, authority)
    closed, waived = (handed_in(lent, waits_for_payment(), resident) for _ in range(2))
    commands.set_status(a_work(lent, handler), closed.id, "klar", unpaid=Unpaid.STAND)
    assert closed.state == State.CLOSED
    payments.cancel_order(a_work(lent, SYSTEM), order_of(lent, waived).id, "waived")
    commands.set_status(a_work(lent, handler), waived.id, "betald")
    assert waived.status == "betald"
