"""Places that are limited: held while somebody pays, kept when paid, given back when not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.cases import charges, commands, drafts, places
from services.cases.desk_models import CaseTask
from services.cases.models import CaseEvent, State
from services.cases.place_models import HoldState
from services.catalogue import commands as catalogue
from services.kernel.errors import Conflict
from services.kernel.work import SYSTEM
from services.payments import checking
from services.payments import queries as orders
from services.payments.lifecycle import Stopped
from tests.builders import a_handler, a_resident
from tests.builders.paying import PAID_STATUSES
from tests.builders.places import CAPACITY, Fair, limited


@pytest.fixture
def fair(lent):
    return Fair(lent)


@pytest.fixture
def document(fair):
    document = limited()
    with fair.work() as work:
        catalogue.publish(work, document)
    return document


def test_a_place_is_held_when_a_payment_begins_and_kept_when_it_is_paid(fair, document):
    case, order = fair.applicant(document)
    assert fair.holds(case) == []
    payment = fair.pays(order)
    assert fair.holds(case) == [HoldState.HELD]

    fair.paid(payment)

    assert fair.holds(case) == [HoldState.KEPT]
    assert case.state == State.RECEIVED


def test_the_last_place_is_somebodys_before_any_money_moves(fair, document):
    for _ in range(2):
        fair.pays(fair.applicant(document)[1])
    case, late = fair.applicant(document)

    with pytest.raises(Conflict, match="place-gone"):
        fair.pays(late)

    assert orders.payments_of(fair.session, late.id) == []
    assert fair.holds(case) == []
    assert places.left(fair.session, document, case) == 0


def test_places_of_another_kind_are_others(fair, document):
    for _ in range(2):
        fair.pays(fair.applicant(document)[1])
    case, other = fair.applicant(document, kind="B")
    assert places.left(fair.session, document, case) == 2

    fair.pays(other)

    assert fair.holds(case) == [HoldState.HELD]


def test_a_payment_that_ends_without_money_gives_its_place_back(fair, document):
    first, order = fair.applicant(document)
    fair.pays(fair.applicant(document)[1])
    payment = fair.pays(order)
    fair.hears(payment, Stopped(None))
    assert fair.holds(first) == [HoldState.FREE]

    case, other = fair.applicant(document)
    fair.pays(other)

    assert fair.holds(case) == [HoldState.HELD]


def test_beginning_again_holds_the_same_place(fair, document):
    case, order = fair.applicant(document)
    fair.hears(fair.pays(order), Stopped(None))

    fair.pays(order)
    fair.pays(order)

    assert fair.holds(case) == [HoldState.FREE, HoldState.HELD]


def test_when_the_time_has_passed_the_place_is_free_and_the_attempt_is_stopped(fair, document):
    case, order = fair.applicant(document)
    payment = fair.pays(order)
    fair.hears(payment)
    fair.now += timedelta(minutes=29)
    fair.sweeps()
    assert fair.holds(case) == [HoldState.HELD]

    fair.now += timedelta(minutes=1)
    fair.sweeps()

    assert fair.holds(case) == [HoldState.FREE]
    assert payment.cancel_asked_at is not None


def expired(fair, document):
    """Somebody whose place was given back while the payment was under way."""
    case, order = fair.applicant(document)
    payment = fair.pays(order)
    fair.hears(payment)
    fair.now += timedelta(minutes=31)
    fair.sweeps()
    return case, order, payment


def test_late_money_gets_another_place_while_there_is_one(fair, document):
    case, _order, payment = expired(fair, document)

    fair.paid(payment)

    assert fair.holds(case) == [HoldState.FREE, HoldState.KEPT]
    assert case.status == "mottagen"


def test_late_money_for_a_place_that_is_gone_is_booked_and_the_desk_is_told(fair, document):
    case, order, payment = expired(fair, document)
    for _ in range(2):
        fair.paid(fair.pays(fair.applicant(document)[1]))

    fair.paid(payment)

    assert order.received_ore == order.total_ore
    assert (case.state, case.status) == (State.IN_PROGRESS, "pagar")
    kinds = select(CaseEvent.kind).where(CaseEvent.case_id == case.id)
    assert "fee_place_gone" in fair.session.scalars(kinds).all()
    assert fair.session.scalars(select(CaseTask.what).where(CaseTask.case_id == case.id)).all()
    assert list(checking.faults(fair.session)) == []


def test_what_is_paid_twice_keeps_one_place_and_gives_the_rest_back(fair, document):
    case, order, payment = expired(fair, document)
    again = fair.pays(order) if orders.live_payment(fair.session, order.id) is None else None
    fair.paid(payment)
    if again is not None:
        fair.paid(again)

    assert fair.holds(case).count(HoldState.KEPT) == 1


def test_an_answer_that_changes_takes_its_own_place_over(fair, document):
    case, order = fair.applicant(document)
    fair.hears(fair.pays(order))
    with fair.work(SYSTEM) as work:
        charges.pay_first(work, case)
    fair.pays(fair.applicant(document)[1])

    second = orders.orders_of_owner(fair.session, case.id)[-1]
    fair.pays(second)

    assert fair.holds(case).count(HoldState.HELD) == 1


def test_a_withdrawn_case_gives_its_place_back_and_so_does_a_status_that_says_so(fair, document):
    by_hand = {}
    for how in ("withdrawn", "klar"):
        case, order = fair.applicant(document)
        fair.paid(fair.pays(order))
        by_hand[how] = case
    gone = by_hand["withdrawn"]
    by = replace(a_resident(fair.session), person_id=gone.acting_person_id)
    with fair.work(by) as work:
        commands.withdraw(work, gone.id, "Nej tack")
    handler = a_handler(fair.session, fair.authority)
    with fair.work(handler) as work:
        commands.set_status(work, by_hand["klar"].id, "klar")

    assert fair.holds(*by_hand.values()) == [HoldState.FREE, HoldState.FREE]


def test_a_place_is_needed_each_day(fair):
    dated = [
        {"key": key, "type": "date", "label": {"sv": key, "en": key}} for key in ("fran", "till")
    ]
    base = limited("dagar", most=1)
    pages = [page.model_dump(mode="json", by_alias=True, exclude_none=True) for page in base.pages]
    pages[0]["questions"] += dated
    days = {"days": {"first": "fran", "last": "till"}}
    document = limited("dagar", most=1, pages=pages, capacity=days)
    with fair.work() as work:
        catalogue.publish(work, document)

    def wants(first, last):
        by = a_resident(fair.session)
        with fair.work(by) as work:
            case = drafts.begin(work, document.slug, drafts.Beginning("sv"))
            page = {"stolpe": "A", "epost": "tolvan@example.se", "fran": first, "till": last}
            drafts.save_page(work, case, "vad", page)
            fair.session.flush()
            return case, charges.pay_first(work, case)

    case, order = wants("2026-12-01", "2026-12-03")
    fair.pays(order)
    assert fair.holds(case) == [HoldState.HELD] * 3
    with pytest.raises(Conflict, match="place-gone"):
        fair.pays(wants("2026-12-03", "2026-12-05")[1])

    after, order = wants("2026-12-04", "2026-12-05")
    fair.pays(order)

    assert fair.holds(after) == [HoldState.HELD] * 2


def test_an_application_is_looked_at_again_when_it_is_paid(fair, document):
    _case, order = fair.applicant(document)
    with fair.work() as work:
        catalogue.hide(work, document.slug)
    with pytest.raises(Conflict, match="service-closed"):
        fair.pays(order)
    with fair.work() as work:
        catalogue.show(work, document.slug)

    assert fair.pays(order).amount == order.total


def test_who_is_too_young_cannot_pay_even_by_a_link(fair, monkeypatch):
    document = limited("alder", ages={"from": 18})
    with fair.work() as work:
        catalogue.publish(work, document)
    _case, order = fair.applicant(document)
    monkeypatch.setattr(charges.ages, "was_old_enough", lambda *_: False)

    with pytest.raises(Conflict, match="too-young"):
        fair.pays(order)


def test_a_case_that_is_struck_off_before_it_is_paid_costs_nothing(fair):
    struck = {**PAID_STATUSES[-1], "key": "avskriven", "outcome": "struck_off"}
    waiting = [{**PAID_STATUSES[0], "next": ["betald", "avskriven"]}, PAID_STATUSES[1], struck]
    waiting[1] = {**waiting[1], "next": ["avskriven"]}
    capacity = {**CAPACITY, "late": "betald", "frees": []}
    document = limited(when="after_receipt", statuses=waiting, capacity=capacity)
    with fair.work() as work:
        catalogue.publish(work, document)
    by = a_resident(fair.session)
    with fair.work(by) as work:
        case = drafts.begin(work, document.slug, drafts.Beginning("sv"))
        drafts.save_page(work, case, "vad", {"stolpe": "A", "epost": "tolvan@example.se"})
        fair.session.flush()
        drafts.submit(work, case)
    [order] = orders.orders_of_owner(fair.session, case.id)
    with fair.work(a_handler(fair.session, fair.authority)) as work:
        commands.set_status(work, case.id, "avskriven")

    with pytest.raises(Conflict, match="order-not-payable"):
        fair.pays(order)
