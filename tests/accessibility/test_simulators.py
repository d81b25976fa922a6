"""axe on the pages of the Swish and card simulators, and that a keyboard answers there."""

import re
from collections.abc import Callable

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import url_to_be
from selenium.webdriver.support.wait import WebDriverWait

from services.payments.provider import Outcome
from tests.accessibility.test_axe import faults
from tests.live import Chromium
from tests.simulators import Simulator

Simulators = dict[str, Simulator]


def app_of(simulators: Simulators) -> str:
    return str(simulators["swish"].begun().begun.next["app"])


def phone_of(simulators: Simulators) -> str:
    app_of(simulators)
    simulators["swish"].paid()
    return re.sub(r"/app.*", "/", app_of(simulators))


def ended(simulators: Simulators) -> str:
    going = simulators["swish"].begun()
    simulators["swish"].pay(going, "banken-nekar")
    return str(going.begun.next["app"])


def hosted(simulators: Simulators) -> str:
    return str(simulators["card"].begun().begun.next["url"])


def hosted_ended(simulators: Simulators) -> str:
    return str(simulators["card"].paid().begun.next["url"])


@pytest.mark.parametrize(
    ("where", "press"),
    [
        (app_of, None),
        (app_of, "Svara"),
        (phone_of, None),
        (ended, None),
        (hosted, None),
        (hosted, "Fortsätt"),
        (hosted_ended, None),
    ],
)
def test_axe_finds_no_fault(
    chromium: Chromium,
    simulators: Simulators,
    where: Callable[[Simulators], str],
    press: str | None,
) -> None:
    for width in (320, 1280):
        chromium.narrow(width)
        chromium.driver.get(where(simulators))
        if press:
            chromium.press(press)
        for scheme in ("light", "dark"):
            chromium.prefer(color_scheme=scheme)
            assert faults(chromium) == "", scheme
        assert chromium.run("return document.documentElement.scrollWidth <= innerWidth")


def test_a_keyboard_and_no_script_are_enough(chromium: Chromium, simulators: Simulators) -> None:
    chromium.run_scripts(False)
    way = simulators["swish"]
    going = way.begun(return_url=f"{way.settings.public_url}/besked")
    chromium.driver.get(going.begun.next["app"])
    chromium.find("//input[@type='radio']").send_keys(Keys.SPACE)
    chromium.driver.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    WebDriverWait(chromium.driver, 10).until(url_to_be(going.asked.return_url))
    assert way.provider.ask(going).outcome is Outcome.PAID
