"""What hostile, clumsy and simultaneous visitors do, and what must come of it."""

import contextlib
import dataclasses
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import func, select
from werkzeug.test import Client

from app import create_app
from app.entities import SIGNING
from identity import keys
from services.cases import assignment, commands, notes
from services.cases.models import Case, CaseMessage, State
from services.organisation.models import Authority
from tests.identity.test_safe_start import keep
from tests.town import Town

TECHNICAL = "TN"


@pytest.fixture
def number(town: Town) -> str:
    """The number of an open, unread case of the technical services committee."""
    with town.work() as work:
        case = work.session.scalars(
            select(Case)
            .join(Authority, Authority.id == Case.authority_id)
            .where(
                Authority.code == TECHNICAL,
                Case.state.in_([State.RECEIVED, State.IN_PROGRESS]),
                ~Case.secrecy,
                ~Case.protected,
                Case.acting_person_id.is_(None),
            )
            .limit(1)
        ).one()
        case.unread_by_desk = True
        case.handler_id = None
        return str(case.number)


@pytest.mark.parametrize("name", ["A" * 5000 + ".css", "../wsgi.py", "%2e%2e/wsgi.py", "."])
def test_an_odd_name_of_a_static_file_is_not_found(town, name):
    assert town.visitor().client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    "wish",
    [
        "/%09/elsewhere.example",
        "/%0D/elsewhere.example",
        "/%0A/elsewhere.example",
        "//elsewhere.example",
        "/%5Celsewhere.example",
        "https://elsewhere.example",
    ],
)
def test_after_signing_in_one_stays_here(town, wish):
    answer = town.signed_in("tolvan").client.get(f"/logga-in?vidare={wish}")
    assert answer.headers["Location"] == "/mina-sidor"


def test_no_redirect_repeats_the_host_that_was_asked_for(town):
    answer = town.visitor().client.get(
        "/e-tjanster//felanmalan", headers={"Host": "elsewhere.example"}
    )
    assert "elsewhere" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "address", ["/e-tjanster/felanmalan/ansok", "/mina-sidor", "/mina-sidor/inloggningar", "/"]
)
def test_asking_for_the_head_of_a_page_begins_nothing(town, address):
    before = town.ask(select(func.count()).select_from(Case))
    assert town.signed_in("tolvan").client.head(address).status_code == 200
    assert town.ask(select(func.count()).select_from(Case)) == before


def test_two_who_open_a_new_case_at_once_both_read_it(town, number, monkeypatch):
    others = town.signed_in("chef-tn")
    browser = town.signed_in("handlaggare-tn")
    with meanwhile(monkeypatch, commands, "opened_at_desk", lambda: others.get(at_desk(number))):
        browser.get(at_desk(number))
    assert (others.status, browser.status) == (200, 200)


def test_reading_a_case_does_not_disturb_who_changes_it(town, number):
    browser = town.signed_in("handlaggare-tn")
    before = town.ask(select(Case.revision).where(Case.number == number))
    browser.get(at_desk(number))
    assert town.ask(select(Case.revision).where(Case.number == number)) == before
    assert not town.ask(select(Case.unread_by_desk).where(Case.number == number))


def test_two_who_write_at_once_are_both_heard(town, number, monkeypatch):
    others, browser = town.signed_in("chef-tn"), town.signed_in("handlaggare-tn")
    others.get(at_desk(number))
    browser.get(at_desk(number))
    with meanwhile(monkeypatch, notes, "note", lambda: write(others, "Chefens anteckning.")):
        write(browser, "Handläggarens anteckning.")
    assert (others.status, browser.status) == (200, 200)
    bodies = "Chefens anteckning.", "Handläggarens anteckning."
    assert town.ask(select(func.count()).where(CaseMessage.body.in_(bodies))) == 2


def test_a_change_that_came_between_is_told_with_a_whole_page(town, number, monkeypatch):
    browser = town.signed_in("handlaggare-tn").get(at_desk(number))

    def too_late(work, case_id):
        with town.work() as other:
            other.session.get(Case, case_id).due_on = date(2030, 1, 2)
        work.session.get(Case, case_id).due_on = date(2030, 1, 3)
        work.session.flush()

    monkeypatch.setattr(assignment, "take", too_late)
    browser.submit("Ta ärendet")
    assert browser.status == 409
    assert "Tore Tekniker" in browser.page.text_content()


def test_the_elected_can_use_the_open_services_too(town):
    browser = town.signed_in("ledamot-bun").get("/e-tjanster/felanmalan/ansok")
    browser.submit("Nästa", kategori="lekplats")
    assert browser.status == 200
    assert "Steg 2" in browser.text


def at_desk(number: str) -> str:
    """The address of a case at the desk."""
    return f"/handlaggning/arenden/{number}"


def write(browser, text: str) -> None:
    """Write an internal note on the case that is shown."""
    browser.submit("Spara och skicka", kind="note", body=text)


@contextlib.contextmanager
def meanwhile(monkeypatch, module, command: str, act):
    """Let somebody else act just before a command of the desk is carried out, once."""
    wanted, left = getattr(module, command), [act]

    def after_the_others(*arguments, **named):
        if left:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(left.pop()).result()
        return wanted(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, command, after_the_others)
        yield


def test_what_is_too_large_is_read_to_the_end_so_that_the_answer_is_heard(town):
    size = town.app.config["MAX_CONTENT_LENGTH"] + 1
    body = io.BytesIO(bytes(size))
    answer = town.visitor().client.post(
        "/e-tjanster/felanmalan/ansok", input_stream=body, content_length=size
    )
    assert answer.status_code == 413
    assert body.tell() == size


@pytest.fixture
def real(town: Town, tmp_path: Path) -> Iterator[Client]:
    """Somebody without a session at a town that is for real, with a key of its own, behind TLS."""
    keep(tmp_path / SIGNING, keys.generate("salem24"))
    settings = dataclasses.replace(
        town.settings,
        environment="production",
        public_url="https://salem24.example",
        clamd_address="127.0.0.1:3310",
        eid_keys_folder=tmp_path,
    )
    app = create_app(settings)
    yield Client(app)
    app.extensions["engine"].dispose()


@pytest.mark.parametrize("address", ["/demo/mail", "/demo/mail/1", "/metrics"])
def test_nothing_of_the_demonstration_is_shown_in_production(real, address):
    assert real.get(address).status_code == 404


def test_cookies_are_bound_to_tls_in_production(real):
    address, site = "/e-tjanster/felanmalan/ansok", "https://salem24.example"
    asked = real.get(address, base_url=site)
    page = html.fromstring(asked.get_data(as_text=True))
    token = page.xpath("//main//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "kategori": "lekplats"}
    answer = real.post(address, data=sent, base_url=site, headers={"Referer": site})
    cookies = [*asked.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    names = {cookie.split("=")[0] for cookie in cookies}
    assert names == {"__Host-salem24_form", "__Host-salem24_draft"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"]
