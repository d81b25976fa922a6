"""The simulators as people meet them, and that kill -9 costs their books nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from lxml import html

from app.demo.payments import card, certificates, swish
from app.demo.payments.books import Books
from app.demo.payments.card_ledger import CardLedger
from app.demo.payments.swish_ledger import SwishLedger
from services.payments import providers
from services.payments.provider import Outcome
from tests.simulators import (
    LetterBox,
    Simulator,
    free_port,
    letter_box,
    settings_of,
)


@pytest.fixture
def phone(simulators: dict[str, Simulator]) -> FlaskClient:
    way = simulators["swish"]
    return swish.create(way.settings, way.ledger).test_client()


@pytest.fixture
def hosted(simulators: dict[str, Simulator]) -> FlaskClient:
    way = simulators["card"]
    return card.create(way.settings, way.ledger).test_client()


def heading(answer: Any) -> str:
    page = html.fromstring(answer.data)
    assert len(page.xpath("//h1")) == 1
    assert page.get("lang") == "sv"
    assert page.xpath("//title")[0].text.startswith(page.xpath("//h1")[0].text)
    for field in page.xpath("//input[@type='radio']"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    assert not page.xpath("//script")
    return str(page.xpath("//h1")[0].text)


def test_the_app_is_opened_by_its_link_and_leads_back(
    simulators: dict[str, Simulator], phone: FlaskClient
) -> None:
    way = simulators["swish"]
    going = way.begun()
    link = going.begun.next["app"]
    opened = phone.get(link[link.index("/app") :])
    assert heading(opened).replace("\u00a0", " ") == "Betala 562,50 kr"
    form = html.fromstring(opened.data).forms[0]
    answered = phone.post(form.action, data={**dict(form.fields), "svar": "godkann"})
    assert (answered.status_code, answered.location) == (303, going.asked.return_url)
    assert way.provider.ask(going).outcome is Outcome.PAID
    assert heading(phone.get(f"/betalning/{going.instruction}")) == "Betalningen är avslutad"


def test_the_app_leads_nowhere_else(simulators: dict[str, Simulator], phone: FlaskClient) -> None:
    going = simulators["swish"].begun()
    data = {"svar": "avboj", "tillbaka": "https://evil.example/"}
    answered = phone.post(f"/betalning/{going.instruction}", data=data)
    assert answered.location == f"/betalning/{going.instruction}"


def test_the_phone_lists_what_waits(simulators: dict[str, Simulator], phone: FlaskClient) -> None:
    going = simulators["swish"].begun()
    assert heading(phone.get("/")) == "Telefonen"
    assert f"/betalning/{going.instruction}" in phone.get("/").text


def test_an_answer_must_be_chosen(simulators: dict[str, Simulator], phone: FlaskClient) -> None:
    going = simulators["swish"].begun()
    answered = phone.post(f"/betalning/{going.instruction}", data={})
    assert answered.status_code == 422
    assert "Något behöver rättas" in answered.text
    assert heading(answered)


@pytest.mark.parametrize("path", ["/app?token=x", "/betalning/x", "/app"])
def test_what_nobody_asked_for_is_not_found(phone: FlaskClient, path: str) -> None:
    assert phone.get(path).status_code == 404


def test_a_card_is_declined_and_then_approved(
    simulators: dict[str, Simulator], hosted: FlaskClient
) -> None:
    way = simulators["card"]
    going = way.begun()
    path = f"/betala/{going.provider_reference}"
    assert heading(hosted.get(path)).replace("\u00a0", " ") == "Betala 562,50 kr med kort"
    declined = hosted.post(path, data={"svar": "nekas"})
    assert declined.status_code == 402
    assert "Kortet nekades" in declined.text
    answered = hosted.post(path, data={"svar": "godkann"})
    assert (answered.status_code, answered.location) == (303, going.asked.return_url)
    assert way.provider.ask(going).outcome is Outcome.PAID
    assert heading(hosted.get(path)) == "Betalningen är avslutad"


def test_whoever_thinks_again_goes_back_unpaid(
    simulators: dict[str, Simulator], hosted: FlaskClient
) -> None:
    going = simulators["card"].begun()
    path = f"/betala/{going.provider_reference}"
    answered = hosted.post(path, data={"svar": "avbryt"})
    assert answered.location == going.asked.return_url
    assert simulators["card"].provider.ask(going).outcome is Outcome.WAITING


def test_an_ending_must_be_chosen(simulators: dict[str, Simulator], hosted: FlaskClient) -> None:
    going = simulators["card"].begun()
    answered = hosted.post(f"/betala/{going.provider_reference}", data={"svar": "guld"})
    assert answered.status_code == 422
    assert heading(answered)


def test_a_page_that_nobody_asked_for_is_not_found(hosted: FlaskClient) -> None:
    assert hosted.get("/betala/cs_test_x").status_code == 404
    assert heading(hosted.get("/")) == "Demonstrationens kortbetalning"


def test_a_notice_is_sent_until_it_is_taken(tmp_path: Path) -> None:
    books = Books(tmp_path / "books.sqlite")
    with books.writing() as page:
        page.send("http://127.0.0.1:9/besked", {"A": "b"}, "{}")
    (letter,) = books.due()
    books.sent(letter, arrived=False)
    assert books.due() == []
    for _ in range(9):
        books.sent(replace(letter, attempts=9), arrived=False)
    assert books.due() == []


def test_certificates_are_made_once_and_are_ours_alone(tmp_path: Path) -> None:
    first = certificates.ensure(tmp_path).client.read_bytes()
    assert certificates.ensure(tmp_path).client.read_bytes() == first
    assert (tmp_path / "client.key").stat().st_mode & 0o077 == 0


def test_no_simulator_starts_in_production(simulators: dict[str, Simulator]) -> None:
    real = replace(simulators["swish"].settings, environment="production")
    with pytest.raises(RuntimeError):
        swish.create(real, SwishLedger(simulators["swish"].ledger.books))
    with pytest.raises(RuntimeError):
        card.create(real, CardLedger(simulators["card"].ledger.books, "", ""))


@pytest.mark.parametrize("name", ["swish", "card"])
def test_a_simulator_whose_way_is_off_says_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALEM24_PAYMENT_WAYS", "counter")
    starts = {"swish": swish.start, "card": card.start}
    arguments = ["--port", "1", "--data", str(tmp_path)]
    assert swish.server.main(arguments, name, starts[name]) == 2
    assert "SALEM24_PAYMENT_WAYS" in capsys.readouterr().err


@contextmanager
def process(name: str, port: int, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", f"app.demo.payments.{name}", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, **environ}) as running:
        try:
            _wait_for(port)
            yield running
        finally:
            running.kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 90
    # To be ready for TLS takes its time: once is enough, and nothing here is encrypted.
    with httpx.Client(trust_env=False, verify=False) as line:
        while time.monotonic() < until:
            try:
                line.get(f"http://127.0.0.1:{port}/health/live")
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError("it does not start")


@pytest.mark.parametrize("name", ["swish", "card"])
def test_kill_9_costs_the_books_nothing(name: str, tmp_path: Path) -> None:
    ports = {"swish": free_port(), "card": free_port()}
    box_port = free_port()
    settings = settings_of(tmp_path, box_port, ports)
    environ = {
        "SALEM24_ENV": "test",
        "SALEM24_DATABASE_URL": "postgresql://unused",
        "SALEM24_DATA": str(tmp_path),
        "SALEM24_PUBLIC_URL": f"http://127.0.0.1:{box_port}",
    }
    provider = providers.open_providers(settings.payment_providers)[name]
    way = Simulator(name, provider, settings, LetterBox(box_port))
    with process(name, ports[name], environ) as running:
        going = way.begun()
        path = {"swish": "betalning", "card": "betala"}[name]
        page = f"http://127.0.0.1:{ports[name]}/{path}/{going.provider_reference}"
        httpx.post(page, data={"svar": "dubbelt"}, trust_env=False)
        os.kill(running.pid, signal.SIGKILL)
    with process(name, ports[name], environ), letter_box(box_port) as box:
        assert provider.ask(going).outcome is Outcome.PAID
        told = box.about(going.instruction, count=2, seconds=30)
        assert provider.notice(told[0].headers, told[0].body).instruction == going.instruction
        assert json.loads(told[0].body)
