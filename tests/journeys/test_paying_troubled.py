"""What a payer meets when things go wrong: no network on the way back, a no, a late word, a crossing.

The same town, simulators and worker as in the other journeys of paying.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import select

from services.payments.models import OrderState, PaymentEvent
from tests.journeys.test_paying import PAID, card, payer, sees, state, swish, till
from tests.live import Chromium
from tests.paying import Till

__all__ = ["payer", "till"]
CARD_PAGE = "Betala 900 kr med kort"
SWISH_PAGE = "Godkänn 900 kr i Swish"
OFF = "Betalningen är avbruten"


@contextmanager
def no_network(payer: Chromium) -> Iterator[None]:
    """The e-service cannot be reached, though the one who takes the money can."""
    there = urlsplit(payer.site).netloc
    payer.told("Network.enable")
    payer.told("Network.setBlockedURLs", urls=[f"*{there}/*"])
    try:
        yield
    finally:
        payer.told("Network.setBlockedURLs", urls=[])


def comes_in(till: Till, payer: Chromium, order_id) -> None:
    """The money is booked, whoever looks or does not."""
    paid = WebDriverWait(payer.driver, 40, 0.2)
    paid.until(lambda _: state(till, order_id) == OrderState.PAID, "never paid")


def begins_swish(payer: Chromium, code: str) -> str:
    """Wait for Swish in this phone; returns the address of the payment's page."""
    payer.get(f"/betala/{code}").choose("way", "swish").press("Nästa")
    payer.press("Öppna Swish eller visa QR-koden")
    sees(payer, SWISH_PAGE)
    return urlsplit(payer.driver.current_url).path


def begins_card(payer: Chromium, code: str) -> str:
    """Come to the page that leads to the card company; returns its address."""
    payer.get(f"/betala/{code}").choose("way", "card").press("Nästa")
    sees(payer, CARD_PAGE)
    return urlsplit(payer.driver.current_url).path


def test_no_network_on_the_way_back_from_swish(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    page = begins_swish(payer, code)
    payer.press("Öppna Swish").choose("svar", "godkann")
    with no_network(payer):
        payer.press("Svara")
        assert payer.heading != PAID
        # The browser is closed, with all that it knew.
        payer.driver.get("about:blank")
        payer.driver.delete_all_cookies()
        comes_in(till, payer, order.id)

    payer.get(page)

    assert payer.heading == PAID
    assert len(till.payments(order.id)) == 1


def test_no_network_on_the_way_back_from_the_card_page(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    page = begins_card(payer, code)
    payer.press("Gå till kortbetalningen").choose("svar", "godkann")
    with no_network(payer):
        payer.press("Fortsätt")
        payer.driver.get("about:blank")
        payer.driver.delete_all_cookies()
        comes_in(till, payer, order.id)

    payer.get(page)

    assert payer.heading == PAID
    assert len(till.payments(order.id)) == 1


def test_a_declined_card_is_told_there_and_another_try_pays_once(
    till: Till, payer: Chromium
) -> None:
    order, code = till.order(900)
    begins_card(payer, code)
    payer.press("Gå till kortbetalningen").choose("svar", "nekas").press("Fortsätt")
    assert "Kortet nekades" in payer.text
    assert state(till, order.id) == OrderState.OPEN

    payer.choose("svar", "godkann").press("Fortsätt")
    sees(payer, PAID)

    assert len(till.payments(order.id)) == 1


def test_a_declined_card_leads_back_to_other_ways(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    begins_card(payer, code)
    payer.press("Gå till kortbetalningen").choose("svar", "nekas").press("Fortsätt")
    payer.choose("svar", "avbryt").press("Fortsätt")
    sees(payer, CARD_PAGE)
    payer.press("Avbryt och välj ett annat sätt")
    sees(payer, OFF)
    payer.press("Försök igen eller välj ett annat sätt")

    swish(payer, code, "godkann")
    sees(payer, PAID)

    assert state(till, order.id) == OrderState.PAID
    assert [each.paid_ore for each in till.payments(order.id)] == [0, 90000]


@pytest.mark.parametrize("pays", [swish, card])
def test_a_late_word_becomes_right_by_itself(till: Till, payer: Chromium, pays) -> None:
    order, code = till.order(900)
    pays(payer, code, "sent")
    sees(payer, PAID)

    assert state(till, order.id) == OrderState.PAID


@pytest.mark.parametrize(("answer", "heading"), [("avboj", OFF), ("tiden-ut", "Tiden gick ut")])
def test_a_no_in_swish_leads_on_to_a_card(till: Till, payer: Chromium, answer, heading) -> None:
    order, code = till.order(900)
    swish(payer, code, answer)
    sees(payer, heading)
    payer.press("Försök igen eller välj ett annat sätt")

    card(payer, code, "godkann")
    sees(payer, PAID)

    assert [each.paid_ore for each in till.payments(order.id)] == [0, 90000]


def test_money_that_crosses_a_cancelled_swish_is_told_of(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    page = begins_swish(payer, code)
    payer.press("Öppna Swish").choose("svar", "korsar").press("Svara")
    payer.get(page).press("Avbryt och välj ett annat sätt")

    comes_in(till, payer, order.id)

    assert payer.get(page).heading == PAID
    assert "Betalt" in payer.get(f"/betala/{code}").text
    [payment] = till.payments(order.id)
    said = select(PaymentEvent.kind).where(PaymentEvent.payment_id == payment.id)
    with till.town.work() as work:
        kinds = work.session.scalars(said.order_by(PaymentEvent.id)).all()
    assert kinds[-2:] == ["Stopped", "Paid"]
