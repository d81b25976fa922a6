"""What every page carries, and what pages that are the same for everybody do for caches."""

import itertools
import re

import pytest

from tests.browser import Browser, words
from tests.town import Town

PUBLIC = [
    "/",
    "/e-tjanster",
    "/e-tjanster?q=lampa",
    "/e-tjanster?kategori=gata-trafik",
    "/kontakt",
    "/tillganglighet",
    "/personuppgifter",
    "/kakor",
    "/om",
]
OTHERS = ["/tillganglighet/rapportera", "/logga-in", "/logga-in?som=medarbetare", "/logga-ut"]
SERVICES = (
    *("felanmalan", "synpunkt", "begara-allman-handling", "livsmedelsanmalan", "varmepump"),
    *("bostadsanpassningsbidrag", "aktivitetsbidrag", "parkeringstillstand"),
    *("serveringstillstand", "torghandel-markupplatelse", "kulturskola", "fraga-fragestund"),
)
EVERYTHING = [*PUBLIC, *OTHERS, *(f"/e-tjanster/{slug}" for slug in SERVICES)]


def answer(town: Town, address: str, **named):
    """A raw answer to a browser that has nothing."""
    return town.visitor().client.get(address, **named)


@pytest.mark.parametrize("address", EVERYTHING)
def test_a_page_is_there_in_both_languages(town, address):
    for prefix, language in (("", "sv"), ("/en", "en")):
        browser = town.visitor().get(prefix + address)
        assert browser.status == 200
        assert browser.page.get("lang") == language


@pytest.mark.parametrize("address", EVERYTHING)
def test_the_two_languages_do_not_share_a_heading(town, address):
    both = {town.visitor().get(prefix + address).heading for prefix in ("", "/en")}
    assert len(both) == 2


@pytest.mark.parametrize("address", EVERYTHING)
def test_the_language_link_leads_to_the_same_page(town, address):
    browser = town.visitor().get(address)
    there = browser.click("English").address
    assert there.startswith("/en")
    assert browser.click("Svenska").address.removesuffix("?") == address


@pytest.mark.parametrize("address", [*PUBLIC, "/e-tjanster/felanmalan"])
def test_a_visitor_who_has_begun_nothing_gets_no_cookie_and_a_page_to_keep(town, address):
    response = answer(town, address)
    assert "Set-Cookie" not in response.headers
    assert "public" in response.headers["Cache-Control"]
    etag = response.headers["ETag"]
    again = answer(town, address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", [*PUBLIC, "/finns-inte", "/health/live"])
def test_every_answer_carries_the_headers_that_protect(town, address):
    headers = answer(town, address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers


def test_a_page_of_somebody_who_has_signed_in_is_never_kept(town):
    browser = town.signed_in("tolvan").get("/")
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in browser.response.headers
    assert "Tolvan" in browser.page.text_content()
    assert "Tolvan" not in town.visitor().get("/").page.text_content()


def test_static_files_are_kept_for_long(town):
    page = answer(town, "/").get_data(as_text=True)
    style = re.findall(r'href="(/static/salem\.css\?v=[0-9a-f]+)"', page)[0]
    with answer(town, style) as response:
        assert response.status_code == 200
        assert "no-store" not in response.headers.get("Cache-Control", "")


def test_the_start_page_shows_the_common_services(town):
    browser = town.visitor().get("/")
    assert "Felanmälan gata, park och belysning" in browser.text


def test_the_catalogue_lists_every_service(town):
    listed = town.visitor().get("/e-tjanster").page.xpath("//main//a/@href")
    for slug in SERVICES:
        assert f"/e-tjanster/{slug}" in listed


@pytest.mark.parametrize("address", ["/finns-inte", "/e-tjanster/finns-inte", "/folj/finns-inte"])
def test_what_is_not_there_is_said_in_words(town, address):
    browser = town.visitor().get(address)
    assert browser.status == 404
    assert browser.heading == "Vi hittar inte sidan"


def test_the_statement_says_what_the_authority_demands(town):
    browser = town.visitor().get("/tillganglighet")
    links = browser.page.xpath("//main//a/@href")
    assert "https://www.digg.se/tdosanmalan" in links
    assert "/tillganglighet/rapportera" in links
    for part in ("Salems kommun", "förenlig", "novemb", "bedöm"):
        assert part in browser.text


def test_the_statement_is_reached_from_every_page(town):
    for address in EVERYTHING:
        footer = town.visitor().get(address).page.xpath("//footer//a/@href")
        assert "/tillganglighet" in footer
        assert "/personuppgifter" in footer


def test_a_report_on_accessibility_becomes_a_case_that_can_be_followed(town):
    browser = town.visitor().get("/tillganglighet/rapportera")
    browser.submit("Skicka", matter="", what="")
    assert browser.status == 422
    assert len(browser.page.xpath("//*[contains(@class,'govuk-error-summary')]//li")) >= 2
    browser.submit(
        "Skicka", matter="fault", what="Skärmläsaren läser inte knappen.", email="a@example.com"
    )
    assert browser.address.startswith("/folj/")
    assert "S24-" in browser.text


def test_the_machine_pages_tell_no_secrets(town):
    assert answer(town, "/health/live").status_code == 200
    assert answer(town, "/health/ready").json == {"status": "ready"}
    assert answer(town, "/metrics").status_code == 404


def test_there_is_no_link_to_nowhere(town):
    browser, seen = town.visitor(), set()
    for address in EVERYTHING:
        seen |= set(browser.get(address).page.xpath("//a[starts-with(@href,'/')]/@href"))
    broken = [address for address in sorted(seen) if Browser(town.app).get(address).status >= 400]
    assert broken == []


def test_a_heading_never_jumps_over_a_level(town):
    for address in EVERYTHING:
        page = town.visitor().get(address).page
        levels = [
            int(each.tag[1]) for each in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")
        ]
        assert levels[0] == 1, address
        for before, after in itertools.pairwise(levels):
            assert after <= before + 1, f"{address}: {words(page.xpath('//main')[0])[:200]}"
