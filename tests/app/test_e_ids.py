"""Choosing an e-ID: in order, with logos of our own, remembered only if asked."""

import re
from dataclasses import replace

import pytest
from lxml import etree

from app import choice_file
from app.choice_file import Choice
from app.config import ConfigurationFault, Settings
from app.demo.eid_setup import FOREIGN, PERSONAL, SCHOOL, entity_id
from identity.vocabulary import SAMLP, tag
from tests.app.test_sign_in import Traveller
from tests.app.test_step_up import _request as request_of
from tests.browser import Browser
from tests.town import Town

REMEMBERED = "salem24_e-id"


def offered(browser: Browser) -> list[str]:
    """The e-IDs on the page, in order."""
    return [str(one) for one in browser.page.xpath("//button[@name='provider']/@value")]


@pytest.fixture
def traveller(town: Town) -> Traveller:
    return Traveller(town.app, town.settings)


def test_the_order_and_the_texts_are_the_municipalitys(town, monkeypatch):
    first = offered(town.visitor().get("/logga-in"))
    assert len(first) >= 2
    words = {"sv": "Vårt eget ord", "en": "A word of our own"}
    chosen = replace(town.settings, eid_choice=Choice(tuple(reversed(first)), {first[1]: words}))
    monkeypatch.setitem(town.app.extensions, "settings", chosen)
    browser = town.visitor().get("/logga-in?igen=1")
    assert offered(browser) == list(reversed(first))
    assert "Vårt eget ord" in browser.text


def test_logos_come_from_us_and_are_kept_for_ever(town):
    browser = town.visitor().get("/logga-in")
    addresses = browser.page.xpath("//main//img/@src")
    assert len(addresses) >= 2
    for address in addresses:
        assert re.fullmatch(r"/e-legitimationer/[0-9a-f]{32}\.png", address)
        response = browser.client.get(address)
        assert (response.status_code, response.mimetype) == (200, "image/png")
        assert "immutable" in response.headers["Cache-Control"]
    assert browser.client.get("/e-legitimationer/finnsinte.png").status_code == 404
    assert not browser.page.xpath("//main//img[starts-with(@src, 'http')]")


def test_without_a_logo_there_is_a_letter(town, monkeypatch):
    monkeypatch.setattr("identity.logos.Logos.name_of", lambda *_: None)
    browser = town.visitor().get("/logga-in?som=skola")
    assert "D" in browser.page.xpath("//*[@class='salem-e-id__initial']/text()")
    assert not browser.page.xpath("//main//img")


def test_a_choice_is_remembered_only_if_asked_and_can_be_forgotten(traveller):
    last = entity_id(traveller.settings, FOREIGN)
    traveller.get("/logga-in")
    before = offered(traveller)
    traveller.submit("Utländsk")
    assert traveller.client.get_cookie(REMEMBERED) is None
    traveller.get("/logga-in").submit("Utländsk", remember="1")
    assert last not in str(traveller.client.get_cookie(REMEMBERED))
    traveller.get("/logga-in")
    assert offered(traveller)[0] == last
    assert "Den här valde du senast" in traveller.text
    traveller.submit("Glöm mitt val")
    assert offered(traveller) == before
    assert traveller.client.get_cookie(REMEMBERED) is None


def test_leaving_the_box_empty_forgets(traveller):
    traveller.get("/logga-in").submit("Utländsk", remember="1")
    traveller.get("/logga-in").submit("Utländsk", remember=[])
    assert traveller.client.get_cookie(REMEMBERED) is None


def test_the_page_sets_no_cookie_by_itself(town):
    browser = town.visitor().get("/logga-in")
    assert not any(REMEMBERED in one for one in browser.response.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(("prefix", "last"), [("", "Österrike"), ("/en", "Sweden")])
def test_countries_are_named_in_the_language_of_the_page(town, prefix, last):
    browser = town.visitor().get(f"{prefix}/logga-in")
    names = [each.text for each in browser.page.xpath("//select[@name='country']/option")][1:]
    assert len(names) == 29
    assert "Norge" in names or "Norway" in names
    if not prefix:
        assert names[-1] == last


def test_the_country_goes_along_to_the_connector_only(traveller):
    traveller.get("/logga-in").submit("Utländsk", country="NO")
    entry = request_of(traveller).find(f".//{tag(SAMLP, 'IDPEntry')}")
    assert entry.get("ProviderID").endswith("/no")
    traveller.get("/logga-in").submit("Demo-legitimation", country="NO")
    assert request_of(traveller).find(f".//{tag(SAMLP, 'Scoping')}") is None


def test_without_a_country_one_goes_on_all_the_same(traveller):
    traveller.get("/logga-in").submit("Utländsk")
    assert isinstance(request_of(traveller), etree._Element)
    assert request_of(traveller).find(f".//{tag(SAMLP, 'Scoping')}") is None


def test_one_e_id_is_told_to_be_the_only_one(town, monkeypatch):
    only = town.app.extensions["federation"].on_offer
    monkeypatch.setattr(
        town.app.extensions["federation"], "on_offer", lambda *given: only(*given)[:1]
    )
    assert "bara att använda en e-legitimation" in town.visitor().get("/logga-in?igen=2").text


def test_the_school_has_an_entrance_of_its_own(town):
    browser = town.visitor().get("/logga-in?som=skola")
    assert browser.heading == "Logga in med skolans konto"
    assert offered(browser) == [entity_id(town.settings, SCHOOL)]
    assert PERSONAL not in offered(browser)


def test_the_page_says_how_long_one_stays_signed_in(town):
    assert (
        "efter 2 timmar utan aktivitet, och senast efter 12 timmar"
        in town.visitor().get("/logga-in").text
    )
    assert (
        "efter 1 timme utan aktivitet, och senast efter 9 timmar"
        in town.visitor().get("/logga-in?som=medarbetare").text
    )


GOOD = "providers:\n  - entity_id: https://a.example\n    text: {sv: Hej, en: Hello}\n  - entity_id: https://b.example\n"


def test_the_file_of_the_choice_is_read(tmp_path):
    file = tmp_path / "choice.yaml"
    file.write_text(GOOD)
    found = choice_file.read(file)
    assert found.order == ("https://a.example", "https://b.example")
    assert found.place("https://c.example") == 2
    assert found.texts["https://a.example"]["sv"] == "Hej"


@pytest.mark.parametrize(
    "text",
    [
        "providers: [{entity_id: a}, {entity_id: a}]",
        "providers: [{entity_id: a, text: {sv: Hej}}]",
        "providers: [{name: a}]",
        "]",
    ],
)
def test_a_faulty_file_is_told_at_the_start(tmp_path, text):
    file = tmp_path / "choice.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationFault, match="SALEM24_EID_CHOICE"):
        Settings.from_environment(
            {
                "SALEM24_EID_CHOICE": str(file),
                "SALEM24_DATABASE_URL": "postgresql://x/y",
                "SALEM24_DATA": str(tmp_path),
            }
        )
