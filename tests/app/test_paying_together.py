"""Several fees in one payment, from the list of what one has to pay to one receipt."""

import re

import pytest

from services.payments import commands, links, queries
from tests.pages import told
from tests.paying import at_the_till


@pytest.fixture(scope="module")
def till(town):
    with at_the_till(town) as till:
        yield till


@pytest.fixture
def fees(till):
    """Two fees of one resident."""
    payer = commands.Payer(person_id=till.town.founded.personas["testa"])
    return [till.order(kronor, payer=payer)[0] for kronor in (900, 125)]


@pytest.fixture
def resident(till):
    return till.town.signed_in("testa")


def tick(resident, fees):
    resident.get("/mina-sidor/betalningar")
    return resident.submit("Betala de här tillsammans", orders=[each.number for each in fees])


def state(till, order):
    with till.town.work() as work:
        return queries.order(work.session, order.id).state


def pay(till, resident):
    resident.submit("Nästa", way="card")
    till.work_through()
    with till.town.work() as work:
        number = resident.page.xpath("//p[@class='salem-step']")[0].text_content()[-12:].strip()
        collected = queries.order_by_number(work.session, number)
        payment = queries.live_payment(work.session, collected.id)
    till.ways["card"].pay(payment.instruction)
    till.hear(payment)
    till.work_through()
    return resident.get(resident.address)


def test_two_fees_are_paid_in_one_payment_with_one_receipt(till, resident, fees):
    tick(resident, fees)
    assert "Betala 1 025 kr" in resident.heading.replace("\u00a0", " ")
    for each in fees:
        assert each.number in resident.text
    pay(till, resident)
    assert [state(till, each) for each in fees] == ["paid", "paid"]
    resident.click("Se kvittot")
    assert all(f"Kvitto {each.number}" in resident.text for each in fees)
    resident.click(f"Kvitto {fees[0].number}")
    assert "Tillsammans med andra avgifter" in resident.text


def test_a_fee_that_is_paid_together_leads_there(till, resident, fees):
    tick(resident, fees)
    together = resident.address
    number = re.findall(r"B\d{4}-\d{6}", resident.text)[0]
    resident.get("/mina-sidor/betalningar")
    assert number in resident.page.xpath("//main//ul")[0].text_content()
    assert fees[0].number not in resident.page.xpath("//main//ul")[0].text_content()
    with till.town.work() as work:
        live = queries.live_payment(work.session, fees[0].id)
        code = links.code_of(work.session, fees[0].id)
    assert resident.get(f"/betala/{code}/{live.id}").address == together
    resident.submit("Betala varje avgift för sig i stället")
    till.work_through()
    resident.get("/mina-sidor/betalningar")
    to_pay = resident.page.xpath("//main//ul")[0].text_content()
    assert all(each.number in to_pay for each in fees)
    assert number not in to_pay


def test_fewer_than_two_are_told_at_the_field(resident, fees):
    tick(resident, fees[:1])
    assert told(resident) == ["Kryssa för minst två avgifter och högst tjugo."]
    tick(resident, [])
    assert told(resident) == ["Kryssa för minst två avgifter."]


def test_one_that_is_being_paid_is_named(till, resident, fees):
    with till.town.work() as work:
        commands.start(work, fees[0].id, "card")
    tick(resident, fees)
    assert told(resident) == [
        f"{fees[0].number} håller redan på att betalas. Slutför eller avbryt det först."
    ]


def test_nobody_ticks_what_is_not_their_own(till, fees):
    other = till.town.signed_in("testo")
    payer = commands.Payer(person_id=till.town.founded.personas["testo"])
    own = [till.order(kronor, payer=payer)[0] for kronor in (10, 20)]
    tick(other, [own[0], *fees])
    assert told(other)
    tick(other, own)
    assert "Betala 30 kr" in other.heading.replace("\u00a0", " ")
