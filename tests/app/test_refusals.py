"""What no request gets past, and what people are told instead of a fault."""

import dataclasses
import threading

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import encode_multipart

from app import create_app
from tests.browser import Browser
from tests.pages import report, status_of


@pytest.mark.parametrize(
    "address",
    ["/e-tjanster?q=%00", "/e-tjanster?q=%1b", "/e-tjanster?%07=x", "/folj/a%00b", "/%00"],
)
def test_control_characters_in_an_address_are_refused(town, address):
    assert town.visitor().get(address).status == 400


def test_control_characters_in_an_answer_are_refused_and_the_rest_is_kept(town):
    browser = town.visitor().get("/e-tjanster/felanmalan/ansok")
    browser.submit("Nästa", kategori="lekplats").submit("Nästa", akut="no")
    browser.submit("Nästa", plats__text="Torget\x00 vid\x1b kiosken")
    assert browser.status in (400, 422)
    assert "Torget vid kiosken" in browser.get(browser.address).page.xpath("//main//@value")


@pytest.mark.parametrize("tail", ["?q=%ff%fe", "?q=" + "a" * 5000, "?kategori=%F0%9F%98%80"])
def test_strange_searches_are_answered(town, tail):
    assert town.visitor().get("/e-tjanster" + tail).status in (200, 400)


def test_a_form_without_its_token_is_refused_and_says_what_to_do(town):
    browser = report(town.visitor())
    response = browser.client.post(browser.address)
    assert status_of(response) == 400
    assert browser.get(browser.address).heading == "Granska dina uppgifter"


def test_a_form_that_is_too_large_is_refused(town):
    browser = town.visitor().get("/e-tjanster/felanmalan/ansok")
    token = browser.page.xpath("//main//input[@name='csrf_token']/@value")[0]
    data = {"csrf_token": token, "kategori": "x" * (2 * 1024 * 1024)}
    assert status_of(send(browser, data)) == 413


def test_very_many_fields_are_refused(town):
    browser = town.visitor().get("/e-tjanster/felanmalan/ansok")
    many = {f"f{place}": "x" for place in range(1200)}
    assert status_of(send(browser, many)) == 413


def send(browser, data):
    """Send fields as a form with files does."""
    boundary, body = encode_multipart(data)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.client.post(browser.address, data=body, content_type=kind)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_another_method_is_not_allowed(town, method):
    answer = getattr(town.visitor().client, method)("/e-tjanster")
    assert status_of(answer) in (400, 405)


def test_reading_the_head_only_is_allowed(town):
    answer = town.visitor().client.head("/e-tjanster")
    assert (answer.status_code, answer.data) == (200, b"")


def test_somebody_elses_site_gets_no_answer_to_read(town):
    answer = town.visitor().client.get("/", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "onwards", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(town, onwards):
    browser = town.signed_in("tolvan")
    answer = browser.client.get("/logga-in", query_string={"vidare": onwards})
    assert answer.headers["Location"] == "/mina-sidor"


def test_a_fault_of_ours_says_sorry_and_a_reference_and_no_more(town, monkeypatch):
    def broken(**_):
        raise RuntimeError("hemlig detalj")

    monkeypatch.setitem(town.app.view_functions, "information.contact", broken)
    browser = town.visitor().get("/kontakt")
    assert browser.status == 500
    assert "hemlig detalj" not in browser.response.get_data(as_text=True)
    assert "RuntimeError" not in browser.response.get_data(as_text=True)


def test_a_database_that_fails_midway_is_told_as_away(town, monkeypatch):
    def away(**_):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setitem(town.app.view_functions, "information.contact", away)
    browser = town.visitor().get("/kontakt")
    assert browser.status == 503
    assert int(browser.response.headers["Retry-After"]) > 0


def test_a_page_is_answered_although_the_database_is_away(town):
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    app = create_app(dataclasses.replace(town.settings, database_url=nowhere))
    browser = Browser(app).get("/e-tjanster")
    assert browser.status == 503
    assert browser.response.headers["Retry-After"]
    assert Browser(app).client.get("/health/live").status_code == 200
    assert Browser(app).client.get("/health/ready").status_code == 503
    app.extensions["engine"].dispose()


def test_guessing_follow_links_is_slowed_down(town):
    browser, codes = town.visitor(), []
    for place in range(125):
        with browser.client.get(f"/folj/gissning-{place}") as answer:
            codes.append(answer.status_code)
    with town.work() as work:
        work.session.connection().exec_driver_sql("DELETE FROM rate_limit")
    assert codes[0] == 404
    assert codes[-1] == 429


def test_two_presses_at_the_same_time_make_one_case(town):
    browser = report(town.visitor(), post="SAMTIDIG")
    token = browser.page.xpath("//main//input[@name='csrf_token']/@value")[0]
    cookies = {key: browser.client.get_cookie(key) for key in ("salem24_draft", "salem24_form")}
    places: list[str] = []

    def press() -> None:
        other = Browser(town.app)
        for name, cookie in cookies.items():
            other.client.set_cookie(name, cookie.value)
        answer = other.client.post(browser.address, data={"csrf_token": token})
        places.append(answer.headers.get("Location", str(answer.status_code)))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 6
    assert set(places) == {browser.address.replace("granska", "klart")}
