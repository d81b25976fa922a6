"""What ends with a case and what does not: fees, tasks, requests, rest and drafts."""

from datetime import timedelta

import pytest

from services import wiring
from services.cases import assignment, charges, closing, commands, completions, notes, tasks
from services.cases import drafts as applications
from services.cases.closing import Unpaid
from services.cases.models import State
from services.consultations import dormancy
from services.consultations import queries as consultations
from services.deadlines import queries as deadlines
from services.decisions import queries as decisions
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import SYSTEM
from services.payments import commands as payments
from services.payments import lifecycle, settling
from services.payments import queries as orders
from services.payments.models import OrderState
from tests.builders import a_resident, a_work
from tests.builders.paying import a_paid_service
from tests.services.cases.life import People
from tests.services.cases.life_steps import NO, Keeping
from tests.services.cases.test_charges import handed_in, order_of


@pytest.fixture
def people(lent):
    return People(lent)


@pytest.fixture
def unpaid(lent, people):
    """A case that waits for its fee."""
    return Keeping(lent, people, pays=True)


@pytest.fixture
def life(lent, people):
    """A case that is paid and can be worked on."""
    return Keeping(lent, people, pays=False)


def order_in(life):
    return orders.orders_of_owner(life.lent, life.case.id)[-1]


def close(life, unpaid=None, key="klar"):
    work = life.work("one")
    commands.set_status(work, life.case.id, key, unpaid=unpaid)
    life.end(work)


def test_who_closes_a_case_with_an_unpaid_fee_says_what_becomes_of_it(unpaid):
    with pytest.raises(Invalid, match="fee-unpaid") as refused:
        close(unpaid)
    assert refused.value.details["numbers"] == [order_in(unpaid).number]


def test_an_unpaid_fee_can_be_cancelled_with_its_case(unpaid):
    close(unpaid, Unpaid.CANCEL)
    assert unpaid.case.state == State.CLOSED
    assert (order_in(unpaid).state, order_in(unpaid).cancel_reason) == (
        OrderState.CANCELLED,
        "case-closed",
    )


def test_an_unpaid_fee_can_stand_as_a_claim(unpaid):
    close(unpaid, Unpaid.STAND)
    assert unpaid.case.state == State.CLOSED
    assert order_in(unpaid).is_payable
    unpaid.do(("pay", "begun"))
    unpaid.do(("pay", "paid"))
    assert order_in(unpaid).state == OrderState.PAID
    assert unpaid.case.state == State.CLOSED


@pytest.mark.parametrize("how", ["begun", "unsure"])
def test_what_is_being_paid_is_not_cancelled_with_its_case(unpaid, how):
    unpaid.do(("pay", "begun"))
    unpaid.do(("pay", how))
    with pytest.raises(Conflict, match="order-being-paid"):
        close(unpaid, Unpaid.CANCEL)


def test_an_invoice_that_nobody_has_paid_is_cancelled_with_its_case(unpaid):
    work = unpaid.work("clock")
    unpaid.lent.info["providers"]["invoice"] = type("ByHand", (), {"settles": False})()
    payment = payments.start(work, order_in(unpaid).id, "invoice")
    unpaid.lent.flush()
    order, payment = settling.locked_payment(work, payment.id)
    settling.happened(work, order, payment, lifecycle.Tried())
    settling.happened(work, order, payment, lifecycle.Accepted("ref", {"kind": "invoice"}))
    close(unpaid, Unpaid.CANCEL)
    # The claim is credited as soon as nobody can pay the invoice any more.
    assert order.cancel_asked_at is not None


def test_a_case_that_is_struck_off_owes_nothing(unpaid):
    close(unpaid, key="avskriven")
    assert order_in(unpaid).state == OrderState.CANCELLED


def test_a_resident_who_withdraws_what_is_not_paid_owes_nothing(unpaid):
    unpaid.do(("withdraw",))
    assert order_in(unpaid).state == OrderState.CANCELLED
    assert closing.unpaid(unpaid.lent, unpaid.case.id) == []


def test_nothing_is_charged_in_what_has_been_withdrawn(unpaid):
    unpaid.do(("withdraw",))
    with pytest.raises(Conflict, match="case-state"):
        charges.charge(unpaid.work("one"), unpaid.case.id, {})


def test_a_draft_that_is_thrown_away_takes_its_unpaid_fee_along(lent, people):
    by = a_resident(lent)
    case = handed_in(lent, a_paid_service(when="before"), by)
    order = order_of(lent, case)
    work = a_work(lent, by)
    applications.discard(work, case)
    wiring.deliver(work)
    assert order.state == OrderState.CANCELLED


def test_a_draft_that_somebody_pays_for_is_not_thrown_away(lent, people):
    by = a_resident(lent)
    case = handed_in(lent, a_paid_service(when="before"), by)
    payments.start(a_work(lent, SYSTEM), order_of(lent, case).id, "swish")
    lent.flush()
    with pytest.raises(Conflict, match="order-being-paid"):
        applications.discard(a_work(lent, by), case)


def test_a_case_that_waits_for_both_completion_and_money_is_not_moved_on_unpaid(unpaid):
    unpaid.do(("ask", "one", 5))
    with pytest.raises(Invalid, match="status-by-payment"):
        commands.set_status(unpaid.work("one"), unpaid.case.id, "betald")


def test_tasks_are_ticked_off_when_their_case_ends(life):
    life.do(("task", "one", "other"))
    close(life)
    (task,) = tasks.of(life.lent, life.case.id)
    assert (task.done_at, task.done_by_id) == (life.now, life.staff["one"].person_id)


def test_who_has_jav_has_no_tasks_left_in_the_case(life):
    life.do(("task", "one", "other"))
    life.do(("jav", "other", "other"))
    (task,) = tasks.of(life.lent, life.case.id)
    assert (task.who_id, task.done_at) == (None, None)


def test_a_request_that_is_passed_over_does_not_cut_the_next_one_short(life):
    life.do(("ask", "one", 2))
    life.do(("status", "one", "pagar", None))
    life.do(("ask", "one", 20))
    life.do(("night", 5))
    assert life.case.state == State.AWAITING_COMPLETION
    asked = completions.of_case(life.lent, life.case.id).values()
    assert [each.expired_at is None for each in asked] == [False, True]


def test_a_case_that_ends_rests_no_more(life):
    life.do(("rest", "one", 30))
    close(life)
    assert consultations.resting(life.lent, life.case.id) is None
    assert deadlines.open_pause(life.lent, life.case.id) is None
    life.now += timedelta(days=40)
    assert dormancy.wake_due(life.work("clock")) == 0


@pytest.mark.parametrize("rests", [True, False])
def test_the_laws_time_runs_from_the_day_the_application_was_complete(unpaid, rests):
    """Also where the case rested, or waited for its fee, when it was asked to be completed."""
    if rests:
        unpaid.do(("pay", "begun"))
        unpaid.do(("pay", "paid"))
        unpaid.do(("rest", "one", 60))
    unpaid.do(("ask", "one", 20))
    unpaid.do(("night", 10))
    unpaid.do(("answer", "S-3"))
    limit = next(e for e in deadlines.of_case(unpaid.lent, unpaid.case.id) if e.key == "lag")
    assert limit.starts_on == unpaid.today
    assert limit.due_on == unpaid.today + timedelta(weeks=10)


def test_a_draft_decision_falls_with_what_is_withdrawn(life):
    life.do(("write", "one", "avslag"))
    life.do(("propose", "one"))
    life.do(("withdraw",))
    assert decisions.draft_of_case(life.lent, life.case.id) is None


def test_nothing_is_written_in_what_has_been_disposed_of(life):
    life.case.state, life.case.closed_at = State.DISPOSED, life.now
    life.lent.flush()
    with pytest.raises(Conflict, match="case-disposed"):
        notes.note(life.work("one"), life.case.id, "Ringde.")
    with pytest.raises(Conflict, match="case-disposed"):
        assignment.add_person(life.work("one"), life.case.id, life.staff["other"].person_id)


def test_a_colleagues_draft_is_not_overwritten(life):
    life.do(("read_draft", "other"))
    life.do(("write", "one", "avslag"))
    life.do(("write", "other", "bifall"))
    assert decisions.draft_of_case(life.lent, life.case.id).says == NO.says


def test_a_refusal_leaves_the_case_as_it_was(unpaid):
    with pytest.raises(Invalid, match="fee-unpaid"):
        commands.set_status(unpaid.work("one"), unpaid.case.id, "klar")
    assert (unpaid.case.state, unpaid.case.status) == (State.AWAITING_PAYMENT, "vantar")


def test_a_slip_is_corrected_while_the_next_decision_is_being_written(life):
    life.do(("write", "one", "avslag"))
    life.do(("decide", "one"))
    life.do(("write", "one", "avslag"))
    life.do(("replace", "one", "corrected"))
    assert [each.number[-2:] for each in life.decided] == ["/1", "/2"]
    assert decisions.draft_of_case(life.lent, life.case.id) is not None
