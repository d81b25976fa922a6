"""The last place: shown, told of before any money moves, and given to one of those who want it."""

import threading

import pytest

from services.cases import charges
from services.catalogue import commands as catalogue
from services.kernel.errors import Conflict
from services.payments import commands as payments
from services.payments import links, queries
from tests.browser import words
from tests.builders.paying import a_paid_service
from tests.paying import Bill, at_the_till

CAPACITY = {
    "by": ["stolpe"],
    "places": [{"match": {"stolpe": ["S-1"]}, "places": 1}, {"places": 2}],
    "late": "pagar",
}
TITLE = {"sv": "Få platser", "en": "Few places"}


@pytest.fixture
def till(town):
    document = a_paid_service(
        when="before", slug="fa-platser", title=TITLE, terms={"ways": ["swish", "card"]},
        capacity=CAPACITY,
    )  # fmt: skip
    with at_the_till(town) as till:
        with town.work() as work:
            catalogue.publish(work, document)
            catalogue.show(work, document.slug)
        yield till
        with town.work() as work:
            catalogue.hide(work, document.slug)


def wanting(till, who, stolpe="S-1"):
    """Somebody who has checked their answers and come to the page where one pays."""
    browser = till.town.signed_in(who).get("/e-tjanster/fa-platser/ansok")
    browser.submit("Nästa", stolpe=stolpe, epost=f"{who}@example.com")
    browser.submit("Gå vidare och betala")
    code = browser.address.rsplit("/", 1)[1]
    with till.town.work() as work:
        order = queries.order(work.session, links.order_id_of(work.session, code))
    bill = Bill(till, order, code)
    bill.browser = browser
    return bill


def test_the_last_place_is_shown_and_told_of_before_any_money_moves(till):
    first, second = wanting(till, "testa"), wanting(till, "samo")
    assert "Det finns 1 plats kvar." in first.browser.text
    first.swish()

    second.browser.submit("Nästa", way="card")

    assert "Den sista platsen har någon annan tagit. Du har inte betalat något." in words(
        second.browser.page
    )
    assert "Det finns ingen plats kvar" in second.browser.text
    assert not second.browser.page.xpath("//input[@name='way']")
    assert till.payments(second.order.id) == []
    first.pays()
    assert first.browser.heading == "Tack, du har betalat"


def test_a_place_that_is_given_back_is_the_next_ones(till):
    first, second = wanting(till, "testa", "S-3"), wanting(till, "samo", "S-3")
    assert "Det finns 2 platser kvar." in second.browser.text
    third = wanting(till, "testa", "S-3")
    first.swish()
    second.swish()
    third.reload()
    assert "Det finns ingen plats kvar" in third.browser.text

    second.browser.submit("Avbryt och välj ett annat sätt")
    till.work_through()
    third.reload()

    assert "Det finns 1 plats kvar." in third.browser.text


def test_payers_who_come_at_the_same_moment_wait_for_each_other(till):
    crowd = [wanting(till, who, "S-9").order.id for who in ("testa", "samo") * 2]
    outcomes = []

    def pay(order_id):
        try:
            with till.town.work() as work:
                payments.start(work, order_id, "swish", eligible=charges.may_be_paid)
            outcomes.append("held")
        except Conflict as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=pay, args=(order_id,)) for order_id in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["held", "held", "place-gone", "place-gone"]
    till.forget()
