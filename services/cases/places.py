"""Reserving places before money moves, giving them back, and what becomes of late money.

The service's row is locked while places are counted, so that two who want the last one wait for
each other; and no two holds of the same number stand in the database at the same time. Whoever
calls has locked the order, and the case where there is one to be changed.
"""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cases import tasks
from services.cases.changing import note_event
from services.cases.models import Case, State
from services.cases.place_models import HoldState, PlaceHold
from services.catalogue import queries as catalogue
from services.catalogue.models import Service
from services.forms.capacity import Capacity
from services.forms.definition import ServiceDocument
from services.kernel.db import new_id
from services.kernel.errors import Conflict
from services.kernel.numbers import SWEDEN
from services.kernel.work import Work
from services.payments import settling
from services.payments.events import PaymentEnded
from services.payments.models import Order

TAKEN = (HoldState.HELD, HoldState.KEPT)
WAITED = (State.AWAITING_PAYMENT, State.RECEIVED)
# An invoice that nobody has given a last day, and a transfer that is on its way through the banks.
TO_PAY, ON_ITS_WAY = timedelta(days=30), timedelta(days=10)
SWEPT = 200


def hold(work: Work, case: Case, order: Order, way: str) -> None:
    """Reserve what the case needs, for as long as paying in this way may take.

    What this very order holds already is held on to. Raises Conflict("place-gone") when one of
    the places is gone: then nothing is reserved, and no money has moved.
    """
    document = catalogue.version_document(work.session, case.version_id)
    if document.capacity is None:
        return
    until = _until(work, document.capacity, order, way)
    if not _taken_for(work, case, order, document, HoldState.HELD, until):
        raise Conflict("place-gone", service=document.slug)


def _until(work: Work, capacity: Capacity, order: Order, way: str) -> datetime:
    provider = work.resources["providers"].get(way)
    if getattr(provider, "settles", True):
        return work.now + timedelta(minutes=capacity.minutes)
    if order.due_on is None:
        return work.now + TO_PAY
    last = datetime.combine(order.due_on, time.max, SWEDEN)
    return max(last, work.now) + ON_ITS_WAY


def _taken_for(
    work: Work,
    case: Case,
    order: Order,
    document: ServiceDocument,
    state: HoldState,
    until: datetime | None,
) -> bool:
    """Whether all places of the case are this order's now; if one is missing, none is taken.

    What another order of the same case holds is taken over: one case needs each place once.
    """
    capacity = document.capacity
    most = capacity.most(case.answers) if capacity else None
    if capacity is None or most is None:
        return True
    _lock(work, case.service_id)
    wanted = capacity.keys(case.answers)
    mine = {each.key: each for each in _of_case(work.session, case) if each.key in wanted}
    numbers = {
        key: _free_number(work.session, case.service_id, key, most)
        for key in wanted
        if key not in mine
    }
    if None in numbers.values():
        return False
    for held in mine.values():
        if held.state == HoldState.HELD:
            held.state, held.held_until, held.changed_at = state, until, work.now
            held.order_id = order.id
    for key, number in numbers.items():
        work.session.add(_hold(work, case, order, key, number or 0, state, until))
    work.session.flush()  # The database has the last word on whether a place is free.
    return True


def _lock(work: Work, service_id: UUID) -> None:
    query = select(Service.id).where(Service.id == service_id)
    work.session.execute(query.with_for_update(key_share=True))


def _of_case(session: Session, case: Case) -> list[PlaceHold]:
    query = select(PlaceHold).where(PlaceHold.case_id == case.id, PlaceHold.state.in_(TAKEN))
    fresh = query.order_by(PlaceHold.key).limit(1000).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def _of_order(session: Session, order_id: UUID) -> list[PlaceHold]:
    query = select(PlaceHold).where(PlaceHold.order_id == order_id).order_by(PlaceHold.key)
    fresh = query.limit(1000).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def _free_number(session: Session, service_id: UUID, key: str, most: int) -> int | None:
    query = select(PlaceHold.place).where(
        PlaceHold.service_id == service_id, PlaceHold.key == key, PlaceHold.state.in_(TAKEN)
    )
    taken = set(session.scalars(query.limit(most + 1)))
    return next((number for number in range(1, most + 1) if number not in taken), None)


def _hold(
    work: Work, case: Case, order: Order, key: str, number: int, state: HoldState, until: datetime | None
) -> PlaceHold:  # fmt: skip
    return PlaceHold(
        id=new_id(),
        service_id=case.service_id,
        key=key,
        place=number,
        case_id=case.id,
        order_id=order.id,
        state=state,
        held_until=until,
        made_at=work.now,
        changed_at=work.now,
    )


def left(session: Session, document: ServiceDocument, case: Case) -> int | None:
    """How many places there are left of what a case asks for; None where they are not limited.

    Where a place is needed on several days, the day with the fewest is the one that counts.
    """
    capacity = document.capacity
    most = capacity.most(case.answers) if capacity else None
    if capacity is None or most is None:
        return None
    keys = capacity.keys(case.answers)
    counted = (
        select(PlaceHold.key, func.count())
        .where(
            PlaceHold.service_id == case.service_id,
            PlaceHold.key.in_(keys),
            PlaceHold.state.in_(TAKEN),
            PlaceHold.case_id != case.id,
        )
        .group_by(PlaceHold.key)
    )
    taken = [many for _key, many in session.execute(counted)]
    return max(0, most - max(taken, default=0))


def keep(work: Work, case: Case, order: Order, document: ServiceDocument) -> bool:
    """Keep the places of what has been paid; whether there were any left to keep.

    Money that comes when the place was given back already gets another one if there is one.
    """
    return _taken_for(work, case, order, document, HoldState.KEPT, None)


def tell_of_late_money(work: Work, case: Case, document: ServiceDocument) -> None:
    """The money is booked and the place is gone: a handler must see to it, and the case says so.

    A case that is being worked on, or decided, keeps its status.
    """
    assert document.capacity is not None, "only what has places can lack one"
    if case.state in WAITED:
        late = next(each for each in document.statuses if each.key == document.capacity.late)
        case.status, case.state = late.key, State(late.state)
    case.unread_by_desk = True
    note_event(work, case, "fee_place_gone", public=True)
    tasks.ask(work, case, tasks.PLACE_GONE)


def payment_ended(work: Work, event: PaymentEnded) -> None:
    """An attempt to pay ended without money: its places are free, whoever wants them next."""
    _give_back(work, _of_order(work.session, event.order_id), HoldState.HELD)


def give_back(work: Work, case: Case) -> None:
    """Give back all places of a case, those that were paid for too."""
    _give_back(work, _of_case(work.session, case), *TAKEN)


def _give_back(work: Work, holds: list[PlaceHold], *states: HoldState) -> None:
    for each in holds:
        if each.state in states:
            each.state, each.held_until, each.changed_at = HoldState.FREE, None, work.now


def release_expired(work: Work) -> int:
    """Job: give back what nobody paid for in time, and stop the attempt to pay it; how many orders.

    The payer may be paying this very moment: what comes all the same is booked, see `keep`.
    """
    expired = (
        select(PlaceHold.order_id)
        .where(PlaceHold.state == HoldState.HELD, PlaceHold.held_until <= work.now)
        .distinct()
        .order_by(PlaceHold.order_id)
        .limit(SWEPT)
    )
    orders = work.session.scalars(expired).all()
    for order_id in orders:
        order = settling.locked_order(work, order_id)
        past = [
            each
            for each in _of_order(work.session, order_id)
            if each.held_until is not None and each.held_until <= work.now
        ]
        if past:
            settling.stop_live(work, order)
            _give_back(work, past, HoldState.HELD)
    return len(orders)
