"""What a case costs and when it is charged; and how the case goes on once it has been paid."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.cases import ages, closing, drafts, notices, places, policy, reminders
from services.cases.changing import for_change, locked, note_event
from services.cases.charge_models import Charge
from services.cases.events import CaseChanged, CaseReceived, DraftDiscarded
from services.cases.models import Case, State
from services.cases.of_orders import CASE, case_of_order
from services.catalogue import fees
from services.catalogue import queries as catalogue
from services.forms.charging import PaymentTerms
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day, next_working_day
from services.kernel.errors import Conflict, NotFound
from services.kernel.work import Work
from services.payments import commands as payments
from services.payments import links, together
from services.payments import queries as orders
from services.payments.events import OrderCancelled, OrderPaid, OrderRefunded
from services.payments.models import TOGETHER, Order, OrderState

BEFORE, AFTER_RECEIPT, AFTER_DECISION = "before", "after_receipt", "after_decision"
DISCARDED = "draft-discarded"
WAITS = (OrderState.OPEN, OrderState.PART_PAID)
# How long somebody has to pay for an application that is not received until then.
HELD = timedelta(days=14)


def calculation(work: Work, case: Case, given: Mapping[str, Any] | None = None) -> fees.Calculation:
    """What the case costs by the tariff of the day it came in, or of today while it is a draft."""
    document = catalogue.version_document(work.session, case.version_id)
    day = local_day(case.received_at or work.now)
    return fees.count(document, case.answers, day, given)


def pays_first(document: ServiceDocument) -> bool:
    """Whether an application is not received until it has been paid."""
    return document.payment is not None and document.payment.when == BEFORE


def pay_first(work: Work, case: Case) -> Order | None:
    """Check a draft and place its order; None, and it is received, when it costs nothing.

    The draft must be locked by the caller. Raises Invalid with the problems found, and Conflict
    when the fee cannot be counted.
    """
    drafts.checked(work, case)
    counted = calculation(work, case)
    _require_certain(counted)
    order = _charge(work, case, counted, {})
    if order is None:
        drafts.receive(work, case)
    return order


def charge(work: Work, case_id: UUID, given: Mapping[str, Any]) -> Order | None:
    """Charge a case at the desk, with what the desk has counted; None when it costs nothing.

    A fee that has changed since is cancelled and charged anew. Raises Conflict when something is
    still missing that the fee is counted from, when a part of the old fee has been paid, or when
    the case has been withdrawn.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    if case.state == State.WITHDRAWN:
        raise Conflict("case-state", state=case.state)
    counted = calculation(work, case, given)
    _require_certain(counted)
    return _charge(work, case, counted, dict(given))


def _require_certain(counted: fees.Calculation) -> None:
    if counted.undecided:
        raise Conflict("fee-not-in-force", fees=[fee.key for fee in counted.undecided])
    if not counted.is_certain:
        raise Conflict("fee-unknown", fees=[fee.key for fee in counted.unknown])


def code_for_letter(work: Work, case_id: UUID, order_id: UUID) -> str:
    """A code to write in a letter, by which the fee is paid without signing in.

    The one before opens nothing any more. Raises NotFound for another case's order.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    if orders.order(work.session, order_id).owner_id != case.id:
        raise NotFound("order")
    note_event(work, case, "fee_code_made", public=False)
    return payments.new_code(work, order_id)


def _charge(
    work: Work, case: Case, counted: fees.Calculation, given: dict[str, Any]
) -> Order | None:
    same = None
    for order in orders.orders_of_owner(work.session, case.id):
        if order.state in WAITS and order.cancel_asked_at is None:
            if same is None and _is_same(work, order, case, counted):
                same = order
            else:
                payments.cancel_order(work, order.id, "fee-changed")
    if same is not None or not counted.total:
        return same
    return _place(work, case, counted, given)


def _is_same(work: Work, order: Order, case: Case, counted: fees.Calculation) -> bool:
    lines = [(line.words, line.amount) for line in orders.lines(work.session, order.id)]
    charged = work.session.get(Charge, order.id)
    # What is paid for before it is received is the very answers that were checked.
    unchanged = not case.is_draft or (charged is not None and charged.answers == case.answers)
    return unchanged and lines == [
        (line.fee.words, line.amount) for line in counted.lines if line.amount
    ]


def _place(work: Work, case: Case, counted: fees.Calculation, given: dict[str, Any]) -> Order:
    document = catalogue.version_document(work.session, case.version_id)
    order = payments.place_order(
        work,
        owner_kind=CASE,
        owner_id=case.id,
        authority_id=case.authority_id,
        payer=_payer(case),
        description=dict(document.title),
        items=[_item(line) for line in counted.lines if line.amount],
        terms=_terms(work, case, document),
    )
    answers = dict(case.answers) if case.is_draft else {}
    work.session.add(
        Charge(
            order_id=order.id,
            case_id=case.id,
            answers=answers,
            given=given,
            placed_at=work.now,
            reminders=0,
            remind_on=reminders.first_day(document.payment, order.due_on)
            if document.payment
            else None,
        )
    )
    if not case.is_draft:
        note_event(work, case, "fee_charged", public=True, order=order.number)
        notices.tell(work, case, "payment-due", link=_link(work, order))
    return order


def _link(work: Work, order: Order) -> str:
    return links.pay_link(work, order.id, order.language)


def _item(line: fees.Line) -> payments.Item:
    return payments.Item(
        words=dict(line.fee.words),
        amount=line.amount,
        coding=fees.coded(line.fee),
        explanation=[dict(step) for step in line.steps],
    )


def _payer(case: Case) -> payments.Payer:
    if case.subject_organisation_id is not None:
        return payments.Payer(organisation_id=case.subject_organisation_id)
    return payments.Payer(person_id=case.acting_person_id or case.subject_person_id)


def _terms(work: Work, case: Case, document: ServiceDocument) -> payments.Terms:
    terms = document.payment
    assert terms is not None, "only a service with fees is charged"
    today = local_day(work.now)
    return payments.Terms(
        ways=list(terms.ways),
        due_on=None if case.is_draft else next_working_day(today + timedelta(days=terms.days)),
        open_until=work.now + HELD if case.is_draft else None,
        takes_parts=terms.in_parts,
        parts=terms.part_payments if terms.part_payments > 1 else None,
        least_part_ore=terms.smallest_part * 100 if terms.smallest_part else None,
        part_days=terms.days if terms.in_parts else None,
        language=case.language,
        service_slug=document.slug,
        buyer_reference=_told(case, terms.reference),
        payer_name=_told(case, terms.recipient),
        payer_address=_address(case, terms),
    )


def _told(case: Case, key: str | None) -> str | None:
    told = case.answers.get(key) if key else None
    return told if isinstance(told, str) and told.strip() else None


def _address(case: Case, terms: PaymentTerms) -> dict[str, str] | None:
    """Where an invoice is sent by what was answered; nowhere for those whose data are protected."""
    if case.protected:
        return None
    answered = (case.answers.get(key) for key in terms.addresses)
    return next((dict(each) for each in answered if isinstance(each, dict) and each), None)


def received(work: Work, event: CaseReceived) -> None:
    """A case that waits for its payment gets its order; one that costs nothing goes on at once."""
    case = locked(work, event.case_id)
    document = catalogue.version_document(work.session, case.version_id)
    if document.payment is None or document.payment.when != AFTER_RECEIPT:
        return
    counted = calculation(work, case)
    if not counted.is_certain:
        # The desk counts what the answers do not tell, and charges then.
        return
    if _charge(work, case, counted, {}) is None:
        _go_on(work, case, document)


def changed(work: Work, event: CaseChanged) -> None:
    """A decision is charged for; what ends untried is not, and its places are given back."""
    case = locked(work, event.case_id)
    document = catalogue.version_document(work.session, case.version_id)
    terms = document.payment
    if case.state == State.WITHDRAWN or event.status in _struck_off(document):
        _let_go(work, case)
    if case.state == State.WITHDRAWN or event.status in _frees(document):
        places.give_back(work, case)
        return
    if terms is None or terms.when != AFTER_DECISION or event.status not in terms.at:
        return
    guessed = any(line.fee.estimate for line in calculation(work, case).lines)
    counted = calculation(work, case)
    if counted.is_certain and not guessed and not _is_charged(work, case):
        _charge(work, case, counted, {})


def _struck_off(document: ServiceDocument) -> set[str]:
    return {each.key for each in document.statuses if each.outcome == closing.STRUCK_OFF}


def _frees(document: ServiceDocument) -> set[str]:
    places_of = document.capacity
    return set(places_of.frees if places_of else ()) | _struck_off(document)


def _is_charged(work: Work, case: Case) -> bool:
    return any(
        order.state != OrderState.CANCELLED
        for order in orders.orders_of_owner(work.session, case.id)
    )


def _let_go(work: Work, case: Case) -> None:
    for order in orders.orders_of_owner(work.session, case.id):
        # What has been paid is given back by a refund, which two persons look at.
        if order.state == OrderState.OPEN and order.cancel_asked_at is None:
            payments.cancel_order(work, order.id, "not-tried")


def draft_discarded(work: Work, event: DraftDiscarded) -> None:
    """Nobody will pay for what was never handed in."""
    for order in closing.unpaid(work.session, event.case_id):
        payments.cancel_order(work, order.id, DISCARDED)


def paid(work: Work, event: OrderPaid) -> None:
    """A fee has been paid: what waited for it goes on, and the payer is told.

    Where the place is gone that the money was for, a handler sees to it instead.
    """
    case = _case_told_of(work, event)
    if case is None:
        return
    charged = work.session.get(Charge, event.order_id)
    if charged is not None:
        charged.settled_at = work.now
    if case.is_draft:
        if charged is not None:
            case.answers = charged.answers
        drafts.receive(work, case)
    document = catalogue.version_document(work.session, case.version_id)
    has_place = places.keep(work, case, orders.order(work.session, event.order_id), document)
    note_event(work, case, "fee_paid", public=True)
    case.unread_by_desk = True
    notices.tell(work, case, "payment-received")
    if has_place or not case.is_open:
        _go_on(work, case, document)
        return
    places.tell_of_late_money(work, case, document)
    work.tell(CaseChanged(case.id, case.status))


def _go_on(work: Work, case: Case, document: ServiceDocument) -> None:
    """From waiting for payment to the status that the service names; nothing for other cases."""
    terms = document.payment
    known = {status.key: status for status in document.statuses}
    present = known.get(case.status)
    if terms is None or terms.paid is None or present is None:
        return
    if State(present.state) is not State.AWAITING_PAYMENT or not case.is_open:
        return
    after = known[terms.paid]
    case.status = after.key
    # A case that also waits for the party's completion goes on waiting for that.
    if case.state == State.AWAITING_PAYMENT:
        case.state = State(after.state)
    note_event(work, case, "status", public=True, status=after.key)
    work.tell(CaseChanged(case.id, after.key))


def cancelled(work: Work, event: OrderCancelled) -> None:
    """An order of a case will not be paid; it stands on the timeline."""
    if event.reason == DISCARDED:
        return
    _settle(work, event.order_id)
    case = _case_told_of(work, event)
    if case is not None and not case.is_draft:
        note_event(work, case, "fee_cancelled", public=True, reason=event.reason)


def refunded(work: Work, event: OrderRefunded) -> None:
    """Money has gone back to the payer, who is told."""
    case = _case_told_of(work, event)
    if case is not None:
        note_event(work, case, "fee_refunded", public=True, amount_ore=event.amount_ore)
        notices.tell(work, case, "payment-refunded")


def _case_told_of(work: Work, event: OrderPaid | OrderCancelled | OrderRefunded) -> Case | None:
    return case_of_order(work, event.order_id, event.owner_kind, event.owner_id)


def _settle(work: Work, order_id: UUID) -> None:
    charged = work.session.get(Charge, order_id)
    if charged is not None:
        charged.settled_at = work.now


def may_be_paid(work: Work, order: Order, way: str) -> None:
    """Whether what an order is for can still be had, and the place reserved: before money moves.

    Raises Conflict: "order-not-payable" when the case has been withdrawn or struck off,
    "fee-changed", "service-closed", "too-young" or "place-gone"; and Invalid with the problems
    when the application no longer holds.
    """
    if order.owner_kind == TOGETHER:
        together.hold(work, order, way)
        for member in together.members(work.session, order):
            may_be_paid(work, member, way)
    if order.owner_kind != CASE:
        return
    case = locked(work, order.owner_id)
    document = catalogue.version_document(work.session, case.version_id)
    if case.state == State.WITHDRAWN or case.status in _struck_off(document):
        raise Conflict("order-not-payable")
    if case.is_draft:
        _application_holds(work, case, order, document)
    places.hold(work, case, order, way)


def _application_holds(work: Work, case: Case, order: Order, document: ServiceDocument) -> None:
    charged = work.session.get(Charge, order.id)
    if charged is None or charged.answers != case.answers:
        raise Conflict("fee-changed")
    if catalogue.is_hidden(work.session, case.service_id):
        raise Conflict("service-closed")
    if not ages.was_old_enough(work, document, case.acting_person_id):
        raise Conflict("too-young")
    drafts.checked(work, case)


def places_left(session: Session, order: Order) -> int | None:
    """How many places there are left of what an order is for; None where they are not limited."""
    case = case_of(session, order)
    if case is None or not order.is_payable:
        return None
    return places.left(session, catalogue.version_document(session, case.version_id), case)


def case_of(session: Session, order: Order) -> Case | None:
    """The case that an order belongs to; None for orders of other things."""
    return session.get(Case, order.owner_id) if order.owner_kind == CASE else None
