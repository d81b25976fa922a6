"""Who may pay, see and attest. The authority border stands here, in SQL and in Python."""

from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true

from services.access.rules import action
from services.kernel.work import Actor, Duty, Role
from services.payments.models import Order

SEES_MONEY = frozenset({Duty.ECONOMIST, Duty.ATTESTER, Duty.MANAGER})
ASKS = frozenset({Duty.ECONOMIST, Duty.HANDLER, Duty.MANAGER})
TAKES_MONEY = frozenset({Duty.ECONOMIST, Duty.CLERK, Duty.REGISTRAR})


class Owned(Protocol):
    """What the rules need to know of an order."""

    authority_id: UUID
    payer_person_id: UUID | None
    payer_organisation_id: UUID | None


def is_payer(actor: Actor, order: Owned) -> bool:
    """The one whose order it is, or somebody acting today for that person or organisation."""
    if actor.role is not Role.RESIDENT:
        return False
    if order.payer_organisation_id is not None:
        return actor.acting_for == order.payer_organisation_id
    acting_as = actor.principal_id or actor.person_id
    return actor.acting_for is None and acting_as == order.payer_person_id


def is_own(actor: Actor, order: Owned) -> bool:
    """One's own money, which one never books (jäv, förvaltningslagen 16 §)."""
    return actor.role is Role.STAFF and actor.person_id == order.payer_person_id


def _holds(actor: Actor, order: Owned, duties: frozenset[Duty]) -> bool:
    return actor.works_in(order.authority_id) and bool(
        actor.authorities[order.authority_id] & duties
    )


def sees_money(actor: Actor, order: Owned) -> bool:
    """Set to look after the authority's money."""
    return _holds(actor, order, SEES_MONEY)


def may_ask(actor: Actor, order: Owned) -> bool:
    """Set to ask for refunds and corrections there."""
    return _holds(actor, order, ASKS)


def attests(actor: Actor, order: Owned) -> bool:
    """Set to attest what others ask for."""
    return _holds(actor, order, frozenset({Duty.ATTESTER}))


def takes_money(actor: Actor, order: Owned) -> bool:
    """Set to take payments at the counter."""
    return _holds(actor, order, TAKES_MONEY)


def is_economist(actor: Actor, _: object) -> bool:
    """An economist of some authority: months and provider's books are the whole town's."""
    return _has_duty(actor, Duty.ECONOMIST)


def is_attester(actor: Actor, _: object) -> bool:
    """An attester of some authority, for what belongs to no order."""
    return _has_duty(actor, Duty.ATTESTER)


def is_operator(actor: Actor, _: object) -> bool:
    """The system itself, and whoever runs its commands."""
    return actor.role is Role.SYSTEM


def _has_duty(actor: Actor, duty: Duty) -> bool:
    return actor.is_staff and any(duty in held for held in actor.authorities.values())


PAY = action("order:pay", is_payer)
READ = action("order:read", sees_money, unless=is_own)
ASK = action("order:ask-refund", may_ask, unless=is_own)
ATTEST = action("order:attest", attests, unless=is_own)
TAKE = action("order:take-at-counter", takes_money, unless=is_own)
KEEP_BOOKS = action("ledger:keep", is_economist)
CLOSE = action("ledger:close", is_economist, is_operator)
ATTEST_BOOKS = action("ledger:attest", is_attester)


def visible_to_payer(actor: Actor) -> ColumnElement[bool]:
    """PAY as a condition in SQL: one's own, or those of whom one acts for."""
    if actor.role is not Role.RESIDENT or actor.person_id is None:
        return false()
    if actor.acting_for is not None:
        return Order.payer_organisation_id == actor.acting_for
    return Order.payer_person_id == (actor.principal_id or actor.person_id)


def visible_files(actor: Actor) -> ColumnElement[bool]:
    """KEEP_BOOKS as a condition in SQL: files from the bank are the whole town's economists'."""
    return true() if is_economist(actor, None) else false()


def visible_to_economy(actor: Actor) -> ColumnElement[bool]:
    """READ as a condition in SQL, for every list, search, sum and export."""
    if not actor.is_staff:
        return false()
    theirs = [
        authority_id for authority_id, duties in actor.authorities.items() if duties & SEES_MONEY
    ]
    own = or_(Order.payer_person_id.is_(None), Order.payer_person_id != actor.person_id)
    return and_(Order.authority_id.in_(theirs), own)
