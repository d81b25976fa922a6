"""The pages about the service, and reporting a fault in accessibility."""

import pytest
from sqlalchemy import select

from services.cases.models import Case
from tests.pages import told, value
from tests.town import Town

PAGES = ("/kontakt", "/tillganglighet", "/personuppgifter", "/kakor", "/om")


@pytest.fixture
def browser(town: Town):
    return town.visitor()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_page_about_the_service_is_read_without_any_cookie(browser, language, address):
    browser.get(language + address)
    assert browser.status == 200
    assert "Set-Cookie" not in browser.response.headers
    assert browser.response.headers["ETag"]


def test_the_statement_holds_what_the_law_asks_for(browser):
    browser.get("/tillganglighet")
    for words in (
        "delvis förenlig",
        "egen bedömning",
        "uppdaterades senast",
        "oskäligt betungande",
    ):
        assert words in browser.text
    assert browser.page.xpath("//main//a[@href='https://www.digg.se/tdosanmalan']")
    assert browser.click("Rapportera brister").heading == "Rapportera brister i tillgängligheten"


def test_every_page_leads_to_the_statement_and_to_help(browser):
    browser.get("/finns-inte")
    links = browser.page.xpath("//footer//a/@href")
    assert {"/tillganglighet", "/kontakt", "/personuppgifter", "/kakor"} <= set(links)


def test_a_report_becomes_a_case_that_can_be_followed(browser, town: Town):
    browser.get("/tillganglighet/rapportera")
    browser.submit("Skicka in", matter="fault", where="/kakor", what="Tabellen går inte att läsa.")
    assert "/folj/" in browser.address
    case = town.ask(select(Case).order_by(Case.created_at.desc()).limit(1))
    assert case.answers["typ"] == "tillganglighet"
    assert case.number in browser.text


def test_a_report_without_words_is_told_so_and_keeps_the_rest(browser):
    browser.get("/tillganglighet/rapportera")
    browser.submit("Skicka in", where="/kakor", email="ingen adress")
    assert len(told(browser)) == 3
    assert value(browser, "where") == "/kakor"
