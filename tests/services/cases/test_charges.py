"""When a case is charged, what it waits for, and how it goes on once it has been paid."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from services import wiring
from services.cases import charges, commands, drafts
from services.cases.charge_models import Charge
from services.cases.closing import Unpaid
from services.cases.models import CaseEvent, State
from services.catalogue import commands as catalogue
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.money import Money
from services.kernel.work import SYSTEM
from services.notifications.models import Notification
from services.payments import checking, coding, lifecycle, links, settling
from services.payments import commands as payments
from services.payments import queries as orders
from services.payments.coding import Coded
from services.payments.models import OrderState
from tests.builders import NOON, a_handler, a_resident, a_work, an_authority
from tests.builders.document import two
from tests.builders.paying import FEE, PAGES, PER_LAMP, a_paid_service, waits_for_payment


@pytest.fixture
def lent(lent):
    """The session, lent ways to pay too, and the chart of the ledger."""
    lent.info["providers"] = {"swish": object(), "invoice": object()}
    coding.lay_out(a_work(lent))
    return lent


@pytest.fixture
def authority(lent):
    return an_authority(lent)


def handed_in(session, document, by, stolpe="S-1", now=NOON):
    """A case of a service with fees, handed in by a resident."""
    work = a_work(session, by, now)
    catalogue.publish(work, document)
    case = drafts.begin(work, document.slug, drafts.Beginning("sv"))
    drafts.save_page(work, case, "vad", {"stolpe": stolpe, "epost": "tolvan@example.se"})
    session.flush()
    if charges.pays_first(document):
        charges.pay_first(work, case)
    else:
        drafts.submit(work, case)
    wiring.deliver(work)
    session.flush()
    return case


def order_of(session, case):
    """The case's newest order."""
    return orders.orders_of_owner(session, case.id)[-1]


def pay(session, order, now=NOON):
    """The payer pays, and we are told."""
    work = a_work(session, SYSTEM, now)
    payment = payments.start(work, order.id, "swish", eligible=charges.may_be_paid)
    session.flush()
    locked, payment = settling.locked_payment(work, payment.id)
    settling.happened(work, locked, payment, lifecycle.Tried())
    settling.happened(work, locked, payment, lifecycle.Accepted("ref"))
    settling.happened(work, locked, payment, lifecycle.Paid(payment.amount, now, "paid"))
    wiring.deliver(work)
    session.flush()


def letters(session):
    """The letters that are planned, in order."""
    return list(
        session.scalars(
            select(Notification.template).order_by(Notification.created_at, Notification.id)
        )
    )


def kinds(session, case):
    """What stands on the case's timeline."""
    query = select(CaseEvent.kind).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    return list(session.scalars(query))


def test_an_application_that_is_paid_after_the_receipt_waits_for_its_payment(lent, authority):
    case = handed_in(lent, waits_for_payment(), a_resident(lent))

    order = order_of(lent, case)
    assert case.state == State.AWAITING_PAYMENT
    assert (order.total, order.state) == (Money.kronor(900), OrderState.OPEN)
    assert order.payer_person_id == case.acting_person_id
    assert order.due_on is not None
    assert orders.lines(lent, order.id)[0].explanation
    assert letters(lent) == ["case-received", "payment-due"]


def test_a_paid_case_goes_on_to_the_status_that_its_service_names(lent, authority):
    case = handed_in(lent, waits_for_payment(), a_resident(lent))

    pay(lent, order_of(lent, case))

    assert (case.state, case.status) == (State.RECEIVED, "betald")
    assert kinds(lent, case)[-3:] == ["fee_charged", "fee_paid", "status"]
    assert letters(lent)[-1] == "payment-received"
    assert lent.get(Charge, order_of(lent, case).id).settled_at == NOON


def test_a_case_that_waits_for_completion_too_goes_on_waiting_for_that(lent, authority):
    case = handed_in(lent, waits_for_payment(), a_resident(lent))
    case.state = State.AWAITING_COMPLETION
    lent.flush()

    pay(lent, order_of(lent, case))

    assert (case.state, case.status) == (State.AWAITING_COMPLETION, "betald")


def test_an_application_that_costs_nothing_goes_on_at_once(lent, authority):
    free = {**FEE, "free": {"when": {"question": "stolpe", "is": "S-0"}, "words": two("Gratis")}}

    case = handed_in(lent, waits_for_payment(fees=[free]), a_resident(lent), stolpe="S-0")

    assert (case.state, case.status) == (State.RECEIVED, "betald")
    assert orders.orders_of_owner(lent, case.id) == []


def test_what_is_withdrawn_before_it_is_paid_is_not_charged_any_more(lent, authority):
    by = a_resident(lent)
    case = handed_in(lent, waits_for_payment(), by)
    work = a_work(lent, by)

    commands.withdraw(work, case.id)
    wiring.deliver(work)

    order = order_of(lent, case)
    assert order.state == OrderState.CANCELLED
    with pytest.raises(Conflict, match="order-not-payable"):
        payments.start(a_work(lent), order.id, "swish", eligible=charges.may_be_paid)


def test_a_decision_is_charged_once_however_often_its_status_is_set(lent, authority):
    by, desk = a_resident(lent), a_handler(lent, authority)
    case = handed_in(lent, a_paid_service(), by)
    assert orders.orders_of_owner(lent, case.id) == []
    for status in ("klar", "mottagen", "klar"):
        work = a_work(lent, desk)
        commands.set_status(work, case.id, status, unpaid=Unpaid.STAND)
        wiring.deliver(work)
        lent.flush()

    assert [order.total for order in orders.orders_of_owner(lent, case.id)] == [Money.kronor(900)]


def test_what_was_only_guessed_is_not_charged_until_the_desk_has_counted(lent, authority):
    by, desk = a_resident(lent), a_handler(lent, authority)
    case = handed_in(lent, a_paid_service(fees=[PER_LAMP]), by)
    work = a_work(lent, desk)
    commands.set_status(work, case.id, "klar")
    wiring.deliver(work)
    assert orders.orders_of_owner(lent, case.id) == []

    charges.charge(a_work(lent, desk), case.id, {"antal": 3})

    assert order_of(lent, case).total == Money.kronor(300)


def test_a_fee_that_changes_is_cancelled_and_charged_anew(lent, authority):
    by, desk = a_resident(lent), a_handler(lent, authority)
    case = handed_in(lent, a_paid_service(fees=[PER_LAMP]), by)
    first = charges.charge(a_work(lent, desk), case.id, {"antal": 3})
    again = charges.charge(a_work(lent, desk), case.id, {"antal": 3})
    second = charges.charge(a_work(lent, desk), case.id, {"antal": 4})

    assert again.id == first.id
    assert second.total == Money.kronor(400)
    assert orders.order(lent, first.id).state == OrderState.CANCELLED


def test_a_fee_of_which_something_is_paid_is_not_changed_behind_the_payers_back(lent, authority):
    by, desk = a_resident(lent), a_handler(lent, authority)
    case = handed_in(lent, a_paid_service(fees=[PER_LAMP]), by)
    order = charges.charge(a_work(lent, desk), case.id, {"antal": 3})
    lent.flush()
    order.received_ore, order.state = 100_00, OrderState.PART_PAID

    with pytest.raises(Conflict, match="order-has-money"):
        charges.charge(a_work(lent, desk), case.id, {"antal": 4})


def test_the_desk_is_told_what_is_missing_before_it_can_charge(lent, authority):
    by, desk = a_resident(lent), a_handler(lent, authority)
    case = handed_in(lent, a_paid_service(fees=[PER_LAMP]), by)

    with pytest.raises(Conflict, match="fee-unknown"):
        charges.charge(a_work(lent, desk), case.id, {})


def test_only_those_who_work_on_the_case_may_charge(lent, authority):
    case = handed_in(lent, a_paid_service(), a_resident(lent))
    other = a_handler(lent, an_authority(lent, "BMN"))

    with pytest.raises(NotAllowed):
        charges.charge(a_work(lent, other), case.id, {})


def test_an_application_that_is_paid_first_comes_in_when_it_is_paid(lent, authority):
    case = handed_in(lent, a_paid_service(when="before"), a_resident(lent))
    assert case.is_draft

    pay(lent, order_of(lent, case))

    assert case.state == State.RECEIVED
    assert case.number is not None


def test_what_comes_in_is_what_was_checked_and_paid_for(lent, authority):
    by = a_resident(lent)
    case = handed_in(lent, a_paid_service(when="before"), by)
    payment = payments.start(a_work(lent), order_of(lent, case).id, "swish")
    drafts.save_page(a_work(lent, by), case, "vad", {"stolpe": "S-999"})
    lent.flush()
    work = a_work(lent, SYSTEM)
    order, payment = settling.locked_payment(work, payment.id)
    settling.happened(work, order, payment, lifecycle.Tried())
    settling.happened(work, order, payment, lifecycle.Accepted("ref"))
    settling.happened(work, order, payment, lifecycle.Paid(payment.amount, NOON, "paid"))
    wiring.deliver(work)

    assert case.answers["stolpe"] == "S-1"


def test_nobody_pays_for_answers_that_have_changed(lent, authority):
    by = a_resident(lent)
    case = handed_in(lent, a_paid_service(when="before"), by)
    drafts.save_page(a_work(lent, by), case, "vad", {"stolpe": "S-999"})
    lent.flush()

    with pytest.raises(Conflict, match="fee-changed"):
        payments.start(a_work(lent), order_of(lent, case).id, "swish", eligible=charges.may_be_paid)


def test_checking_again_without_a_change_gives_the_same_order(lent, authority):
    by = a_resident(lent)
    case = handed_in(lent, a_paid_service(when="before"), by)
    first = order_of(lent, case)
    again = charges.pay_first(a_work(lent, by), case)
    assert again.id == first.id

    drafts.save_page(a_work(lent, by), case, "vad", {"stolpe": "S-2"})
    changed = charges.pay_first(a_work(lent, by), case)

    assert changed.id != first.id
    assert orders.order(lent, first.id).state == OrderState.CANCELLED


def test_answers_that_do_not_hold_are_refused_before_any_money_moves(lent, authority):
    by = a_resident(lent)
    document = a_paid_service(when="before")
    work = a_work(lent, by)
    catalogue.publish(work, document)
    case = drafts.begin(work, document.slug, drafts.Beginning("sv"))

    with pytest.raises(Invalid, match="answers"):
        charges.pay_first(work, case)

    assert orders.orders_of_owner(lent, case.id) == []


def test_a_link_opens_its_own_order_and_no_other(lent, authority):
    case = handed_in(lent, waits_for_payment(), a_resident(lent))
    code = links.code_of(lent, order_of(lent, case).id)

    assert links.order_id_of(lent, code) == order_of(lent, case).id
    for wrong in ("", "x", code[:-1], code[:32], code[::-1], "å" * 64):
        with pytest.raises(Exception, match="payment-link"):
            links.order_id_of(lent, wrong)


def test_money_for_a_case_that_is_gone_is_booked_all_the_same(lent, authority):
    words = two("Avgift")
    item = payments.Item(words, Money.kronor(900), Coded("3110", "3100", "310"))
    order = payments.place_order(
        a_work(lent),
        owner_kind=charges.CASE,
        owner_id=uuid4(),
        authority_id=authority.id,
        payer=payments.Payer(),
        description=words,
        items=[item],
        terms=payments.Terms(("swish",)),
    )
    work = a_work(lent, SYSTEM, NOON)
    payment = payments.start(work, order.id, "swish")
    lent.flush()
    for said in (lifecycle.Tried(), lifecycle.Accepted("ref")):
        settling.happened(work, order, payment, said)
    settling.happened(work, order, payment, lifecycle.Paid(payment.amount, NOON, "paid"))
    wiring.deliver(work)
    lent.flush()

    assert order.state == OrderState.PAID
    assert list(checking.faults(lent)) == []


HOME = {
    "care_of": "",
    "street": "Testgatan 1",
    "postcode": "99999",
    "town": "Teststad",
    "country": "",
}
FOR_INVOICE = [
    {"key": "betalare", "type": "text", "label": two("Namn"), "personal": True, "required": False},
    {
        "key": "hem",
        "type": "postal_address",
        "label": two("Hem"),
        "personal": True,
        "required": False,
    },
]


def invoiced(session, by, **answers):
    """An order of a service whose answers say where its invoice goes."""
    pages = [{**page, "questions": [*page["questions"], *FOR_INVOICE]} for page in PAGES]
    terms = {"addresses": ["hem"], "recipient": "betalare"}
    document = waits_for_payment(pages=pages, terms=terms, slug="faktureras")
    work = a_work(session, by, NOON)
    catalogue.publish(work, document)
    case = drafts.begin(work, document.slug, drafts.Beginning("sv"))
    page = {"stolpe": "S-1", "epost": "tolvan@example.se", **answers}
    drafts.save_page(work, case, "vad", page)
    session.flush()
    drafts.submit(work, case)
    wiring.deliver(work)
    session.flush()
    return order_of(session, case)


def test_an_invoice_goes_where_the_application_says(lent, authority):
    order = invoiced(lent, a_resident(lent), betalare="Fru Fakturasson", hem=HOME)
    assert (order.payer_name, order.payer_address) == ("Fru Fakturasson", HOME)

    assert invoiced(lent, a_resident(lent)).payer_address is None


def test_nobody_reads_on_an_invoice_where_a_protected_person_lives(lent, authority):
    order = invoiced(lent, a_resident(lent, protected=True), hem=HOME)

    assert order.payer_address is None


@pytest.mark.parametrize(
    ("fault", "terms"),
    [
        ("which is not asked", {"addresses": ["borta"]}),
        ("which is not asked", {"recipient": "borta"}),
        ("no postal address", {"addresses": ["stolpe"]}),
    ],
)
def test_a_document_that_looks_for_an_address_elsewhere_is_not_published(lent, fault, terms):
    with pytest.raises(Invalid) as refused:
        catalogue.publish(a_work(lent), waits_for_payment(terms=terms))

    assert any(fault in told for told in refused.value.details["faults"])
