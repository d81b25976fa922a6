"""Paying as people do it, in Chromium with and without scripts: every way, with every outcome.

The Swish and card simulators stand where the real ones would; a worker does the jobs meanwhile.
"""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.support.wait import WebDriverWait

from services.payments import queries
from services.payments.models import OrderState
from tests.live import Chromium
from tests.paying import Till
from tests.simulators import running
from tests.town import Town

PAID = "Tack, du har betalat"


@pytest.fixture(scope="module")
def till(town: Town) -> Iterator[Till]:
    """The town with its simulators, and a worker who never rests."""
    till, rest = Till(town, {}), threading.Event()

    def worker() -> None:
        while not rest.wait(0.2):
            till.work_through()

    with contextlib.ExitStack() as stack:
        stack.enter_context(running("swish", town.settings, town.port + 3))
        stack.enter_context(running("card", town.settings, town.port + 4))
        thread = threading.Thread(target=worker, daemon=True)
        thread.start()
        yield till
        rest.set()
        thread.join(20)


@pytest.fixture
def payer(visitor: Chromium) -> Iterator[Chromium]:
    """Somebody who trusts the simulators' certificates, as a browser trusts the real ones."""
    visitor.told("Security.setIgnoreCertificateErrors", ignore=True)
    yield visitor
    visitor.told("Security.setIgnoreCertificateErrors", ignore=False)


def sees(payer: Chromium, heading: str) -> None:
    """The page comes to say this by itself, with scripts or by being read again."""
    # What is read may be gone by then: Chromium says so in more than one way.
    ignored = (StaleElementReferenceException, WebDriverException)
    WebDriverWait(payer.driver, 40, 0.2, ignored_exceptions=ignored).until(
        lambda _: payer.heading == heading, f"{heading!r} is not {payer.heading!r}"
    )


def swish(payer: Chromium, code: str, answer: str) -> None:
    """Swish in this phone, and back again."""
    payer.get(f"/betala/{code}").choose("way", "swish").press("Nästa")
    payer.press("Öppna Swish eller visa QR-koden")
    sees(payer, "Godkänn 900 kr i Swish")
    payer.press("Öppna Swish").choose("svar", answer).press("Svara")
    if payer.driver.find_elements("link text", "Tillbaka till e-tjänsten"):
        payer.press("Tillbaka till e-tjänsten")


def card(payer: Chromium, code: str, answer: str) -> None:
    """The card company's page, and back again."""
    payer.get(f"/betala/{code}").choose("way", "card").press("Nästa")
    sees(payer, "Betala 900 kr med kort")
    payer.press("Gå till kortbetalningen").choose("svar", answer).press("Fortsätt")
    if payer.driver.find_elements("link text", "Tillbaka till e-tjänsten"):
        payer.press("Tillbaka till e-tjänsten")


def state(till: Till, order_id) -> str:
    """How it stands with an order."""
    with till.town.work() as work:
        return queries.order(work.session, order_id).state


@pytest.mark.parametrize(
    ("answer", "heading"),
    [
        ("godkann", PAID),
        ("dubbelt", PAID),
        ("tyst", PAID),
        ("avboj", "Betalningen är avbruten"),
        ("bankid-avbryt", "Betalningen är avbruten"),
        ("banken-nekar", "Betalningen nekades"),
        ("tiden-ut", "Tiden gick ut"),
        ("okant", "Vi kontrollerar din betalning"),
    ],
)
def test_swish(till: Till, payer: Chromium, answer: str, heading: str) -> None:
    order, code = till.order(900)
    swish(payer, code, answer)
    sees(payer, heading)

    assert (state(till, order.id) == OrderState.PAID) is (heading == PAID)
    assert len(till.payments(order.id)) == 1


@pytest.mark.parametrize(
    ("answer", "heading"),
    [
        ("godkann", PAID),
        ("dubbelt", PAID),
        ("tyst", PAID),
        ("tiden-ut", "Tiden gick ut"),
        # Who turns around has not paid, and finds the way to the card once more.
        ("avbryt", "Betala 900 kr med kort"),
    ],
)
def test_card(till: Till, payer: Chromium, answer: str, heading: str) -> None:
    order, code = till.order(900)
    card(payer, code, answer)
    sees(payer, heading)

    assert (state(till, order.id) == OrderState.PAID) is (heading == PAID)


def test_a_closed_tab_becomes_right_by_itself(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    payer.get(f"/betala/{code}").choose("way", "swish").press("Nästa")
    payer.press("Öppna Swish eller visa QR-koden")
    sees(payer, "Godkänn 900 kr i Swish")
    payer.press("Öppna Swish").choose("svar", "godkann").press("Svara")

    payer.get("/")
    WebDriverWait(payer.driver, 40, 0.2).until(
        lambda _: state(till, order.id) == OrderState.PAID, "never paid"
    )

    payer.get(f"/betala/{code}")
    assert "Betalt" in payer.text


def test_the_back_button_and_a_second_try_never_pay_twice(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    swish(payer, code, "godkann")
    sees(payer, PAID)
    for _ in range(4):
        payer.driver.back()
    payer.get(f"/betala/{code}")

    assert "Betalt" in payer.text
    assert len(till.payments(order.id)) == 1


def test_swish_to_a_number_and_no_from_the_bank_then_an_invoice(
    till: Till, payer: Chromium
) -> None:
    _order, code = till.order(900)
    payer.get(f"/betala/{code}").choose("way", "swish").press("Nästa")
    payer.fill("number", "070-174 06 05").press("Skicka till min telefon")
    sees(payer, "Godkänn 900 kr i Swish")
    payer.press("Avbryt och välj ett annat sätt")
    sees(payer, "Betalningen är avbruten")
    payer.press("Försök igen eller välj ett annat sätt")
    payer.choose("way", "invoice").press("Nästa")
    sees(payer, "Betala 900 kr genom din bank")

    assert "991-2346" in payer.text
    payer.press("Betala på ett annat sätt i stället")
    sees(payer, "Betalningen är avbruten")


def test_the_counter(till: Till, payer: Chromium) -> None:
    order, code = till.order(900)
    payer.get(f"/betala/{code}").choose("way", "counter").press("Nästa")
    sees(payer, "Betala 900 kr i vår reception")
    assert order.number in payer.text
