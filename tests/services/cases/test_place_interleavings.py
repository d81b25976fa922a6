"""Payers in any order: never more than there are places, and no krona without its case.

SALEM24_INTERLEAVINGS says how many; ten thousand are run before a release.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.cases.desk_models import CaseTask
from services.cases.models import Case, State
from services.cases.place_models import HoldState
from services.catalogue import commands as catalogue
from services.kernel.errors import Refusal
from services.kernel.money import Money
from services.payments import checking
from services.payments import commands as payments
from services.payments import queries as orders
from services.payments.models import Order, Payment
from services.payments.provider import Outcome
from tests.builders.places import Fair, limited

RUNS = int(os.environ.get("SALEM24_INTERLEAVINGS", "30"))


@dataclass
class Crowd:
    """Payers who want the same few places, and chance."""

    fair: Fair
    chance: Random
    most: int
    cases: list[tuple[Case, Order]]

    def somebody(self) -> tuple[Case, Order]:
        """Any of them."""
        return self.chance.choice(self.cases)

    def some_payment(self) -> Payment | None:
        """Any attempt of any of them."""
        found = orders.payments_of(self.fair.session, self.somebody()[1].id)
        return self.chance.choice(found) if found else None


def begins(crowd: Crowd) -> None:
    """Somebody begins to pay, if there is a place."""
    try:
        crowd.fair.pays(crowd.somebody()[1])
    except Refusal:
        return


def works(crowd: Crowd) -> None:
    """The worker does what is due."""
    crowd.fair.work_through()


def acts(crowd: Crowd) -> None:
    """Somebody approves, or says no, and the provider is asked."""
    payment = crowd.some_payment()
    if payment is None or payment.instruction not in crowd.fair.swish.entries:
        return
    if crowd.chance.random() < 0.6:
        crowd.fair.swish.pay(payment.instruction)
    else:
        ending = crowd.chance.choice([Outcome.DECLINED, Outcome.EXPIRED, Outcome.CANCELLED])
        crowd.fair.swish.end(payment.instruction, ending)
    crowd.fair.ask(payment)


def money_comes_late(crowd: Crowd) -> None:
    """What had ended without money has got money after all."""
    payment = crowd.some_payment()
    entries = crowd.fair.swish.entries
    entry = entries.get(payment.instruction) if payment else None
    if payment is not None and entry is not None and entry.paid is None:
        entries[payment.instruction] = replace(entry, outcome=Outcome.WAITING)
        crowd.fair.swish.pay(payment.instruction)
        crowd.fair.ask(payment)


def time_passes(crowd: Crowd) -> None:
    """Minutes, and the job comes."""
    crowd.fair.now += timedelta(minutes=crowd.chance.choice([1, 12, 31]))
    crowd.fair.sweeps()


def gives_up(crowd: Crowd) -> None:
    """Somebody cancels."""
    payment = crowd.some_payment()
    if payment is not None:
        with crowd.fair.work() as work:
            payments.cancel(work, payment.id)


DOINGS: list[Callable[[Crowd], None]] = [
    *(begins, begins, begins, works, works, acts, acts),
    *(money_comes_late, time_passes, gives_up),
]


def require_no_more_than_there_are(crowd: Crowd) -> None:
    """Never more than the places, whatever has just been done."""
    states = crowd.fair.holds(*(case for case, _ in crowd.cases))
    taken = [state for state in states if state in (HoldState.HELD, HoldState.KEPT)]
    assert len(taken) <= crowd.most


def require_right(crowd: Crowd) -> None:
    """The books agree, and all money has a place or a handler."""
    fair = crowd.fair
    theirs = Money.total(each.paid for each in fair.swish.entries.values() if each.paid)
    heard = [p for _, order in crowd.cases for p in orders.payments_of(fair.session, order.id)]
    assert Money.total(Money(each.paid_ore) for each in heard) == theirs
    assert list(checking.faults(fair.session)) == []
    for case, order in crowd.cases:
        if order.received_ore:
            has_place = HoldState.KEPT in fair.holds(case)
            tasks = select(CaseTask.id).where(CaseTask.case_id == case.id)
            assert has_place or fair.session.scalars(tasks).first()
            assert case.state != State.DRAFT


@pytest.fixture
def settled(lent) -> tuple[Fair, list[list[tuple[Case, Order]]]]:
    """A fair, and those who are about to pay for one, two or three places: laid out once, so that
    they outlive what each run rolls back."""
    fair = Fair(lent)
    crowds = []
    for most in (1, 2, 3):
        document = limited(f"trangt-{most}", most=most)
        with fair.work() as work:
            catalogue.publish(work, document)
        crowds.append([fair.applicant(document) for _ in range(4)])
    lent.commit()
    return fair, crowds


@settings(
    max_examples=RUNS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.sampled_from(DOINGS), min_size=8, max_size=40),
    st.integers(1, 3),
    st.integers(0, 2**32),
)
def test_payers_in_any_order_never_get_more_places_than_there_are(settled, doings, most, seed):
    fair, crowds = settled
    fair.open_anew()
    try:
        crowd = Crowd(fair, Random(seed), most, crowds[most - 1])
        for doing in doings:
            doing(crowd)
            require_no_more_than_there_are(crowd)
        require_right(crowd)
    finally:
        fair.session.rollback()
