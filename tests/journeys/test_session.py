"""A session that is about to run out: announced, extended with one press, and nothing lost."""

from datetime import timedelta

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import select, update

from services.kernel.numbers import digest
from services.people.commands import IDLE
from services.people.models import LoginSession
from tests.live import Chromium
from tests.pages import number_on, report
from tests.town import Town

WRITTEN = "Lampan vid lekplatsen blinkar hela natten."
DIALOG = "document.getElementById('session').open"


def leave(town: Town, token: str, left: timedelta, **more: timedelta) -> None:
    """Let a session have so much left."""
    with town.work() as work:
        values = {"last_seen_at": work.now + left - IDLE["invanare"]}
        if more:
            values = {"last_seen_at": work.now, "expires_at": work.now + more["longest"]}
        mine = LoginSession.token_hash == digest(token)
        work.session.execute(update(LoginSession).where(mine).values(values))


def signed_in(town: Town, chromium: Chromium) -> str:
    """Testa is signed in; the token of her session."""
    token = town.token("testa")
    chromium.hold({town.cookie: token})
    return token


@pytest.fixture
def case(town: Town) -> str:
    """The address of a case of Testa's."""
    return f"/mina-sidor/arenden/{number_on(report(town.signed_in('testa')).submit('Skicka in'))}"


def wait(chromium: Chromium, until: str) -> None:
    """Wait until a condition holds on the page."""
    WebDriverWait(chromium.driver, 10, 0.05).until(lambda _: chromium.run(f"return {until}"))


def shorten(town: Town, chromium: Chromium, token: str, left: timedelta) -> None:
    """Tell the page that so much is left, as if it had lain open."""
    leave(town, token, left)
    ends = town.ask(
        select(LoginSession.last_seen_at).where(LoginSession.token_hash == digest(token))
    )
    chromium.run(
        "localStorage.clear();"
        "document.getElementById('session').dataset.ends = arguments[0];"
        "const script = document.createElement('script'); script.type = 'module';"
        "script.src = '/static/session.js?again=' + Math.random(); document.head.append(script);",
        (ends + IDLE["invanare"]).isoformat(),
    )


def test_it_asks_beforehand_and_one_press_extends(town, chromium, case):
    token = signed_in(town, chromium)
    chromium.get(case).fill("body", WRITTEN)
    assert not chromium.run(f"return {DIALOG}")
    shorten(town, chromium, token, timedelta(minutes=4))
    wait(chromium, DIALOG)
    dialog = chromium.find("//dialog")
    assert dialog.get_attribute("aria-labelledby") == "session-title"
    assert "Du loggas ut kl." in dialog.text
    focused = chromium.driver.switch_to.active_element
    assert focused.text == "Fortsätt vara inloggad"
    focused.send_keys(Keys.ENTER)
    wait(chromium, f"!{DIALOG}")
    seen = town.ask(
        select(LoginSession.last_seen_at).where(LoginSession.token_hash == digest(token))
    )
    with town.work() as work:
        assert work.now - seen < timedelta(minutes=1)
    assert chromium.driver.find_element(By.NAME, "body").get_attribute("value") == WRITTEN


def test_the_dialog_is_left_with_escape(town, chromium, case):
    token = signed_in(town, chromium)
    chromium.get(case)
    shorten(town, chromium, token, timedelta(minutes=4))
    wait(chromium, DIALOG)
    chromium.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait(chromium, f"!{DIALOG}")


def test_when_it_cannot_be_extended_it_is_told_and_nothing_is_lost(town, chromium, case):
    token = signed_in(town, chromium)
    chromium.get(case).fill("body", WRITTEN)
    shorten(town, chromium, token, timedelta(seconds=-5))
    wait(chromium, DIALOG)
    assert "Du har loggats ut" in chromium.find("//dialog").text
    assert not chromium.find("//form[@id='session-stay']").is_displayed()
    chromium.find("//button[@id='session-close']").click()
    chromium.press("Skicka meddelandet")
    assert chromium.heading == "Logga in"
    chromium.hold({town.cookie: town.token("testa")})
    chromium.get(case)
    assert "Du loggades ut medan du skrev" in chromium.text
    assert chromium.driver.find_element(By.NAME, "body").get_attribute("value").strip() == WRITTEN


def test_without_scripts_the_page_says_until_when(town, visitor, case):
    signed_in(town, visitor)
    visitor.get(case)
    told = visitor.find("//*[contains(@class, 'salem-until')]").text
    assert "Du är inloggad till kl." in told
    assert not visitor.driver.find_element(By.ID, "session").is_displayed()
