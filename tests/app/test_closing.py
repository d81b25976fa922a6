"""Closing a case at the desk while its fee is unpaid: the handler is shown it, and chooses."""

import pytest

from services.cases.models import Case, State
from services.payments import links, queries
from services.payments.models import OrderState
from tests import deciding
from tests.app.test_paying_for_a_case import applied
from tests.paying import Bill, at_the_till

HANDLER = "handlaggare-tn"


@pytest.fixture
def till(town):
    with at_the_till(town) as till:
        yield till


@pytest.fixture
def unpaid(till):
    """Somebody's bill of a case that waits for its fee, and the case's number."""
    payer = applied(till.town).submit("Skicka in").click("Betala avgiften")
    code = payer.address.rsplit("/", 1)[1]
    with till.town.work() as work:
        order = queries.order(work.session, links.order_id_of(work.session, code))
        number = work.session.get(Case, order.owner_id).number
    return Bill(till, order, code), number


def at_desk(till, number):
    return till.town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}")


def state_of(till, order):
    with till.town.work() as work:
        return work.session.get(Case, order.owner_id).state


def test_the_handler_chooses_what_becomes_of_the_fee(till, unpaid):
    bill, number = unpaid
    desk = at_desk(till, number)
    assert f"{bill.order.number}: 900 kr" in desk.text
    desk.submit("Ändra status", status="klar")
    assert desk.status == 422
    assert "Välj vad som ska hända med avgiften" in desk.text
    assert state_of(till, bill.order) == State.AWAITING_PAYMENT

    desk.submit("Ändra status", status="klar", avgift="cancel")

    assert (state_of(till, bill.order), bill.state) == (State.CLOSED, OrderState.CANCELLED)


def test_a_fee_that_stands_is_still_to_be_paid(till, unpaid):
    bill, number = unpaid
    desk = at_desk(till, number).submit("Ändra status", status="klar", avgift="stand")
    assert "Ärendet avslutades, och avgiften ska fortfarande betalas" in desk.text
    assert state_of(till, bill.order) == State.CLOSED
    bill.swish()
    bill.pays()
    assert (state_of(till, bill.order), bill.state) == (State.CLOSED, OrderState.PAID)


def test_what_somebody_is_paying_is_not_offered_to_be_called_off(till, unpaid):
    bill, number = unpaid
    bill.swish()
    desk = at_desk(till, number)
    assert "Den går inte att ta bort nu" in desk.text
    assert not desk.page.xpath("//input[@name='avgift' and @value='cancel']")
    shown = desk.page.xpath("string(//input[@name='seen']/@value)")
    token = desk.page.xpath("string(//input[@name='csrf_token']/@value)")
    facts = {"status": "klar", "avgift": "cancel", "seen": shown, "csrf_token": token}
    refused = desk.client.post(f"/handlaggning/arenden/{number}/status", data=facts)
    assert refused.status_code == 409
    assert bill.state == OrderState.OPEN


def test_a_draft_that_a_colleague_has_written_meanwhile_is_not_overwritten(town):
    deciding.publish(town)
    number = deciding.applied(town)
    mine = town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}/beslut")
    deciding.drafted(town, number, says="Kollegans beslut.")
    mine.submit("Spara utkastet", **{**deciding.NO, "says": "Mitt beslut."})
    assert mine.status == 422
    assert "Någon har ändrat utkastet sedan du öppnade det" in mine.text
    assert deciding.decision_of(town, number).says == "Kollegans beslut."
    mine.submit("Spara utkastet", **{**deciding.NO, "says": "Mitt beslut."})
    assert deciding.decision_of(town, number).says == "Mitt beslut."
