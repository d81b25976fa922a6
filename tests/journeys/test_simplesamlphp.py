"""A foreign provider with a log-in page of its own, on another site, in a real browser."""

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from app.pending_cookie import NAME, PLAIN_NAME
from tests.identity.simplesamlphp import CANCELS, LOW, PASSWORD, UNNAMED
from tests.journeys.abroad import Abroad
from tests.live import Chromium, started

# Chromium lets a cookie without SameSite come along from another site for two minutes, and told
# so, as Chromium's own tests tell it, for ten seconds.
SOON_STRICT = "--enable-features=ShortLaxAllowUnsafeThreshold"
PAST_THE_GRACE = 11


@pytest.fixture
def traveller(abroad: Abroad, visitor: Chromium) -> Chromium:
    """A person at the service that knows the foreign provider."""
    return replace(visitor, site=abroad.site)


@pytest.fixture
def scripted(abroad: Abroad, chromium: Chromium) -> Chromium:
    """The same, whose browser runs scripts."""
    return replace(chromium, site=abroad.site)


def leave(traveller: Chromium, abroad: Abroad, address: str = "/mina-sidor") -> None:
    """Open a page that asks one to sign in, and go to the provider."""
    traveller.get(address).press("Prov-legitimation", onwards=abroad.provider.origin)
    assert traveller.driver.current_url.startswith(abroad.provider.origin)


def identify(traveller: Chromium, name: str = "tolvan") -> None:
    """Log in at the provider."""
    traveller.fill("username", name).fill("password", PASSWORD)
    traveller.press("Logga in", where="form", onwards="localhost")


def come_back(traveller: Chromium) -> None:
    """Without scripts, the page that leads back has a button."""
    if not traveller.driver.current_url.startswith(traveller.site):
        traveller.press("Submit", where="form")


def test_a_resident_signs_in_and_comes_back(traveller: Chromium, abroad: Abroad):
    leave(traveller, abroad, "/logga-in?vidare=/kontakt")
    identify(traveller)
    if not traveller.runs_scripts:
        sent = traveller.find("//input[@name='SAMLResponse']").get_attribute("value")
        assert b"xmlenc#aes128-cbc" in base64.b64decode(sent)
    come_back(traveller)
    assert traveller.driver.current_url == f"{abroad.site}/kontakt"
    assert "Tolvan Tolvansson" in traveller.find("//header").text


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        (LOW, "Din e-legitimation räcker inte"),
        (UNNAMED, "Din inloggning saknar uppgifter som tjänsten behöver"),
    ],
)
def test_what_does_not_suffice_has_its_page(
    scripted: Chromium, abroad: Abroad, name: str, heading: str
):
    leave(scripted, abroad)
    identify(scripted, name)
    assert (scripted.status, scripted.heading) == (403, heading)
    assert scripted.get("/mina-sidor").heading == "Logga in"


def test_one_who_cancels_comes_back_to_the_choice(traveller: Chromium, abroad: Abroad):
    leave(traveller, abroad)
    identify(traveller, CANCELS)
    come_back(traveller)
    assert traveller.heading == "Logga in"
    assert "Du avbröt" in traveller.text


def test_one_who_goes_back_from_the_provider_chooses_anew(scripted: Chromium, abroad: Abroad):
    leave(scripted, abroad)
    scripted.driver.back()
    assert scripted.heading == "Logga in"
    scripted.press("Prov-legitimation", onwards=abroad.provider.origin)
    identify(scripted)
    assert scripted.heading == "Mina sidor"


def test_back_after_the_sign_in_signs_nobody_in_again(scripted: Chromium, abroad: Abroad):
    leave(scripted, abroad)
    identify(scripted)
    assert scripted.heading == "Mina sidor"
    scripted.driver.back()
    assert scripted.heading == "Inloggningen tog för lång tid eller har redan använts"
    assert scripted.status == 403
    # Whoever is signed in stays so: the way on leads to where they were going.
    assert scripted.get("/mina-sidor").heading == "Mina sidor"


def test_reloading_the_page_of_the_answer_is_harmless(scripted: Chromium, abroad: Abroad):
    leave(scripted, abroad)
    identify(scripted)
    scripted.driver.refresh()
    assert scripted.heading == "Mina sidor"


@pytest.fixture
def other_tab(scripted: Chromium) -> Iterator[Callable[[], None]]:
    """Goes over to a second tab, or back to the first."""
    here = scripted.driver.current_window_handle
    scripted.driver.switch_to.new_window("tab")
    there = scripted.driver.current_window_handle

    def change() -> None:
        now = scripted.driver.current_window_handle
        scripted.driver.switch_to.window(here if now == there else there)

    yield change
    scripted.driver.switch_to.window(there)
    scripted.driver.close()
    scripted.driver.switch_to.window(here)


def test_two_tabs_sign_in_each_to_its_own_page(
    scripted: Chromium, abroad: Abroad, other_tab: Callable[[], None]
):
    leave(scripted, abroad, "/logga-in?vidare=/kontakt")
    other_tab()
    leave(scripted, abroad, "/mina-sidor")
    other_tab()
    identify(scripted)
    assert scripted.driver.current_url == f"{abroad.site}/kontakt"
    other_tab()
    identify(scripted)
    assert scripted.driver.current_url == f"{abroad.site}/mina-sidor"


def test_cookies_that_are_deleted_on_the_way_lead_to_a_page(scripted: Chromium, abroad: Abroad):
    leave(scripted, abroad)
    scripted.told("Network.deleteCookies", name=NAME, url=abroad.site)
    scripted.told("Network.deleteCookies", name=PLAIN_NAME, url=abroad.site)
    identify(scripted)
    assert scripted.status == 403
    assert scripted.heading == "Inloggningen tog för lång tid eller har redan använts"


def test_a_browser_that_takes_no_cookies_is_told_so(abroad: Abroad, tmp_path: Path):
    driver = started(tmp_path, **{"profile.default_content_setting_values.cookies": 2})
    try:
        visitor = Chromium(driver, abroad.site).get("/logga-in").press("Prov-legitimation")
        assert (visitor.status, visitor.heading) == (400, "Din webbläsare tar inte emot kakor")
    finally:
        driver.quit()


def test_a_request_may_go_in_a_form(traveller: Chromium, abroad: Abroad):
    with abroad.provider.asked_by_form_only():
        traveller.get("/mina-sidor").press("Prov-legitimation")
        if not traveller.runs_scripts:
            assert traveller.driver.current_url.startswith(abroad.site)
            traveller.press("Fortsätt")
        assert "SSOService" in traveller.find("//input[@name='AuthState']").get_attribute("value")
        identify(traveller)
        come_back(traveller)
    assert traveller.heading == "Mina sidor"


def is_logged_in_abroad(visitor: Chromium, abroad: Abroad) -> bool:
    """Whether the provider knows the person without asking."""
    visitor.driver.get(abroad.provider.sign_on_page)
    return not visitor.driver.find_elements(By.NAME, "password")


def test_one_who_signs_out_can_do_so_at_the_provider_too(scripted: Chromium, abroad: Abroad):
    leave(scripted, abroad)
    identify(scripted)
    assert is_logged_in_abroad(scripted, abroad)
    scripted.get("/mina-sidor").press("Logga ut", where="header")
    assert scripted.heading == "Du är utloggad"
    assert is_logged_in_abroad(scripted, abroad)
    scripted.get("/logga-ut")
    scripted.press("Logga ut hos utfärdaren också", onwards=f"{abroad.site}/logga-ut")
    assert "utfardare=klar" in scripted.driver.current_url
    assert not is_logged_in_abroad(scripted, abroad)


def test_a_provider_can_end_the_session_here(scripted: Chromium, abroad: Abroad):
    leave(scripted, abroad)
    identify(scripted)
    assert scripted.heading == "Mina sidor"
    scripted.driver.get(abroad.provider.logout_page)
    assert not is_logged_in_abroad(scripted, abroad)
    assert scripted.get("/mina-sidor").heading == "Logga in"


@pytest.fixture
def strict(abroad: Abroad, tmp_path: Path) -> Iterator[Chromium]:
    """A browser of its own, whose grace with young cookies is short."""
    driver = started(tmp_path, SOON_STRICT)
    yield Chromium(driver, abroad.site)
    driver.quit()


@pytest.fixture
def brought(abroad: Abroad, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cookies that come along with what is posted to the service."""
    brought, serve = [], abroad.app.wsgi_app

    def noting(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            brought.append(environ.get("HTTP_COOKIE", ""))
        return serve(environ, start_response)

    monkeypatch.setattr(abroad.app, "wsgi_app", noting)
    return brought


def test_a_log_in_may_take_longer_than_two_minutes(
    strict: Chromium, abroad: Abroad, brought: list[str]
):
    strict.hold({"of_no_samesite": "young"})
    leave(strict, abroad)
    time.sleep(PAST_THE_GRACE)
    brought.clear()
    identify(strict)
    assert strict.heading == "Mina sidor"
    assert "of_no_samesite" not in brought[0]
