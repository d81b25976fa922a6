"""Payers, providers, callbacks, workers, kills and retries in any order: the books still agree.

SALEM24_INTERLEAVINGS says how many; ten thousand are run before a release.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.errors import Refusal
from services.kernel.money import Money
from services.kernel.work import Actor, Duty
from services.payments import checking, commands, queries, staff, together
from services.payments.lifecycle import LIVE
from services.payments.models import Order, OrderState, Payment, PaymentState, RefundState
from services.payments.provider import Outcome
from tests.builders.payments import Office

RUNS = int(os.environ.get("SALEM24_INTERLEAVINGS", "25"))
JOBS = ("payments.begin", "payments.ask", "payments.cancel")


@dataclass
class World:
    """An office with one order, whatever is under way in it, and chance."""

    office: Office
    chance: Random
    order: Order
    other: Order
    economist: Actor
    attester: Actor
    # Workers that have asked, or are about to: they may finish, or never.
    under_way: list[Callable[[], None]] = field(default_factory=list)
    collected: list[Order] = field(default_factory=list)

    def payments(self) -> list[Payment]:
        """Every attempt so far, by itself or together with the other order."""
        found: list[Payment] = []
        for order in (self.order, self.other, *self.collected):
            found += queries.payments_of(self.office.session, order.id)
        return found

    def some_payment(self) -> Payment | None:
        """Any of the attempts."""
        payments = self.payments()
        return self.chance.choice(payments) if payments else None


def start(world: World) -> None:
    """The payer begins, with all or a part."""
    part = world.chance.choice([None, Money.kronor(300)])
    order = world.chance.choice([world.order, world.order, world.other, *world.collected])
    try:
        world.office.start(order, amount=part)
    except Refusal:
        return


def pay_together(world: World) -> None:
    """The payer collects both orders, in another tab perhaps, and begins to pay them."""
    try:
        with world.office.work() as work:
            both = [world.order.id, world.other.id]
            world.collected.append(together.collect(work, both, "sv"))
        world.office.start(world.collected[-1])
    except Refusal:
        return


def take_apart(world: World) -> None:
    """The payer wants each order by itself after all."""
    if world.collected:
        try:
            with world.office.work() as work:
                together.undo(work, world.chance.choice(world.collected).id)
        except Refusal:
            return


def worker_begins(world: World) -> None:
    """A worker takes up some job: it may come to ask, and it may come to note the answer."""
    payment = world.some_payment()
    # A part is never asked about: nobody plans such a job.
    if payment is None or payment.together_id is not None:
        return
    errand = world.office.errand(world.chance.choice(JOBS), payment_id=payment.id)
    call = errand.prepare()
    if call is not None:
        world.under_way.append(lambda: answer(world, errand, call()))


def answer(world: World, errand: Any, said: Any) -> None:
    """The provider has answered; the worker will note it, unless it dies."""
    world.under_way.append(lambda: errand.note(said))


def worker_goes_on(world: World) -> None:
    """Some worker does its next part."""
    if world.under_way:
        world.under_way.pop(world.chance.randrange(len(world.under_way)))()


def worker_dies(world: World) -> None:
    """Some worker is killed, with what it knew."""
    if world.under_way:
        world.under_way.pop(world.chance.randrange(len(world.under_way)))


def worker_works(world: World) -> None:
    """A worker does what is due."""
    world.office.work_through()


def jobs_are_lost(world: World) -> None:
    """What was planned is gone, as no real database loses it: the sweep must find it all."""
    world.office.forget_jobs()


def payer_acts(world: World) -> None:
    """The payer pays, pays another amount, or does not, if the provider knows of the payment."""
    payment = world.some_payment()
    if payment is None or payment.instruction not in world.office.pretend.entries:
        return
    pretend = world.office.pretend
    match world.chance.randrange(6):
        case 0 | 1 | 2:
            pretend.pay(payment.instruction)
        case 3:
            pretend.pay(payment.instruction, Money.kronor(world.chance.choice([100, 1200])))
        case 4:
            pretend.end(
                payment.instruction, world.chance.choice([Outcome.DECLINED, Outcome.EXPIRED])
            )
        case _:
            pretend.end(payment.instruction, Outcome.UNKNOWN)


def late_money(world: World) -> None:
    """A provider that said no has got the money after all."""
    payment = world.some_payment()
    entry = world.office.pretend.entries.get(payment.instruction) if payment else None
    if payment is not None and entry is not None and entry.paid is None:
        entries = world.office.pretend.entries
        entries[payment.instruction] = replace(entry, outcome=Outcome.WAITING)
        world.office.pretend.pay(payment.instruction)
        callback(world, payment)


def callback(world: World, payment: Payment | None = None) -> None:
    """A callback comes: new or repeated, about something or nothing."""
    payment = payment or world.some_payment()
    instruction = payment.instruction if payment and world.chance.random() < 0.9 else "0" * 32
    with world.office.work() as work:
        notice = commands.Told(f"e{world.chance.randrange(10**6)}", instruction, None)
        commands.heard(work, "pretend", notice)


def payer_cancels(world: World) -> None:
    """The payer gives up an attempt."""
    payment = world.some_payment()
    if payment is not None:
        with world.office.work() as work:
            commands.cancel(work, payment.id)


def order_is_cancelled(world: World) -> None:
    """What was to be paid is withdrawn."""
    if world.chance.random() < 0.3 and not world.order.received_ore:
        with world.office.work() as work:
            commands.cancel_order(work, world.order.id, "withdrawn")


def provider_comes_and_goes(world: World) -> None:
    """The provider is away, or back."""
    world.office.pretend.away = not world.office.pretend.away


def time_passes(world: World) -> None:
    """Seconds, minutes or hours."""
    world.office.now += timedelta(seconds=world.chance.choice([2, 20, 100, 1000, 5000]))


def sweep_comes(world: World) -> None:
    """The timetable's sweep."""
    world.office.do("payments.sweep")


def refund_is_asked_for(world: World) -> None:
    """An economist asks for some of it back."""
    if world.order.kept:
        try:
            with world.office.work(world.economist) as work:
                staff.ask_refund(work, world.order.id, Money.kronor(100), "Rabatt")
        except Refusal:
            return


def refund_is_attested(world: World) -> None:
    """An attester agrees to what waits."""
    for refund in world.office.refunds():
        if refund.state == RefundState.REQUESTED:
            with world.office.work(world.attester) as work:
                staff.attest_refund(work, refund.id)


ACTIONS = [
    start,
    start,
    pay_together,
    pay_together,
    take_apart,
    worker_begins,
    worker_begins,
    worker_goes_on,
    worker_goes_on,
    worker_goes_on,
    worker_dies,
    worker_works,
    worker_works,
    jobs_are_lost,
    payer_acts,
    payer_acts,
    late_money,
    callback,
    payer_cancels,
    order_is_cancelled,
    provider_comes_and_goes,
    time_passes,
    sweep_comes,
    refund_is_asked_for,
    refund_is_attested,
]


def come_to_rest(world: World) -> None:
    """Everybody alive finishes, the provider is back, and days pass with the sweep and a worker."""
    world.office.pretend.away = False
    while world.under_way:
        worker_goes_on(world)
    for minutes in (2, 3, 12, 30, 90, 90):
        payers_leave(world)
        world.office.now += timedelta(minutes=minutes)
        sweep_comes(world)
        worker_works(world)
    refund_is_attested(world)
    for minutes in (1, 5, 30):
        world.office.now += timedelta(minutes=minutes)
        worker_works(world)


def payers_leave(world: World) -> None:
    """What nobody has paid by now ends at the provider by itself."""
    for payment in world.payments():
        if payment.instruction in world.office.pretend.entries:
            world.office.pretend.end(payment.instruction, Outcome.EXPIRED)


def require_agreement(world: World) -> None:
    """The ledger is what the provider's books say, and everybody understands each order's state."""
    office = world.office
    theirs = Money.total(each.paid for each in office.pretend.entries.values() if each.paid)
    assert office.balance("1912") == theirs
    assert list(checking.faults(office.session)) == []
    assert not office.balance("2890"), "money that nobody needs has gone back, and all is shared"
    for payment in world.payments():
        assert not _is_stuck(world, payment), f"{payment.state} for ever"
    for order in (world.order, world.other, *world.collected):
        _require_understood(world, order)


def _is_stuck(world: World, payment: Payment) -> bool:
    if payment.state not in LIVE or payment.state == PaymentState.UNKNOWN:
        return False
    # A part waits for as long as nobody knows whether the whole was paid.
    wholes = queries.payments_of(world.office.session, payment.together_id or payment.id)
    return all(each.state != PaymentState.UNKNOWN for each in wholes)


def _require_understood(world: World, order: Order) -> None:
    assert order.kept <= order.total, "charged twice"
    assert order.state in list(OrderState)
    if order.cancel_asked_at and not order.received_ore:
        attempts = queries.payments_of(world.office.session, order.id)
        unsure = [each for each in attempts if each.state in LIVE]
        assert unsure or order.state == OrderState.CANCELLED


@pytest.fixture
def settled(lent) -> tuple[Office, Actor, Actor]:
    """An office and its staff that outlive a rollback: laid out once, not in every run."""
    office = Office(lent)
    people = office.staff(Duty.ECONOMIST), office.staff(Duty.ATTESTER)
    lent.commit()
    return office, *people


@settings(
    max_examples=RUNS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(ACTIONS), min_size=5, max_size=45), st.integers(0, 2**32))
def test_whatever_happens_in_whatever_order_the_books_agree(settled, actions, seed):
    office, *people = settled
    office.open_anew()
    try:
        orders = office.order("900", takes_parts=True), office.order("400")
        world = World(office, Random(seed), *orders, *people)
        for act in actions:
            act(world)
        come_to_rest(world)
        require_agreement(world)
    finally:
        office.session.rollback()
