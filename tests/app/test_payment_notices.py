"""Notices from those who take payments: what is taken, what is not, and what is told of it."""

import hashlib
import hmac
import io
import json
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from app.config import Settings
from app.demo.payments.card import signed
from app.rate_limits import limiter
from services.kernel.db import new_id

SWISH, CARD = "/betalning/besked/swish", "/betalning/besked/card"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def instruction() -> str:
    return new_id().hex.upper()


def identifier(settings: Settings, instruction: str) -> dict[str, str]:
    secret = settings.payment_providers["swish"].secret
    made = hmac.new(secret, instruction.encode(), hashlib.sha256).hexdigest()[:32].upper()
    return {"callbackIdentifier": made}


def swish_body(instruction: str) -> bytes:
    return json.dumps({"id": instruction, "status": "PAID", "amount": 100.0}).encode()


def kept(engine: Engine, instruction: str) -> list[Any]:
    query = text("SELECT verdict FROM payment_notice WHERE event_id LIKE :id")
    with engine.connect() as connection:
        return list(connection.execute(query, {"id": f"%{instruction}%"}).scalars())


def test_a_notice_of_something_unknown_is_kept_as_such(
    client: FlaskClient, settings: Settings, engine: Engine, instruction: str
) -> None:
    headers = identifier(settings, instruction)
    answer = client.post(SWISH, data=swish_body(instruction), headers=headers)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    assert kept(engine, instruction) == ["unknown"]


def test_a_notice_that_comes_twice_is_kept_once(
    client: FlaskClient, settings: Settings, engine: Engine, instruction: str
) -> None:
    headers = identifier(settings, instruction)
    for _ in range(3):
        answer = client.post(SWISH, data=swish_body(instruction), headers=headers)
        assert answer.status_code == 200
    assert kept(engine, instruction) == ["unknown"]


def test_an_event_that_stripe_has_signed_is_kept(
    client: FlaskClient, settings: Settings, engine: Engine, instruction: str
) -> None:
    body = a_card_event(instruction)
    answer = client.post(CARD, data=body, headers=card_signature(settings, body))
    assert answer.status_code == 200
    assert kept(engine, instruction) == ["unknown"]


def a_card_event(instruction: str) -> bytes:
    about = {"id": "cs_test_1", "metadata": {"instruction": instruction}}
    return json.dumps({"id": f"evt_{instruction}", "data": {"object": about}}).encode()


def card_signature(settings: Settings, body: bytes, at: float = 0) -> dict[str, str]:
    secret = settings.payment_providers["card"].webhook_secrets[0]
    return signed(body, secret, int(at or time.time()))


@pytest.mark.parametrize("path", [SWISH, CARD, "/betalning/besked/invoice"])
@pytest.mark.parametrize("body", [b" ", b"{}", b"[1]", b"\x00\xff", b"[" * 30_000])
def test_a_forged_notice_is_refused_without_a_word(
    client: FlaskClient, path: str, body: bytes
) -> None:
    answer = client.post(path, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.data) == (400, b"")


def test_an_identifier_of_another_payment_is_refused(
    client: FlaskClient, settings: Settings, engine: Engine, instruction: str
) -> None:
    headers = identifier(settings, new_id().hex.upper())
    assert client.post(SWISH, data=swish_body(instruction), headers=headers).status_code == 400
    assert kept(engine, instruction) == []


def test_an_old_signature_is_refused(
    client: FlaskClient, settings: Settings, instruction: str
) -> None:
    body = a_card_event(instruction)
    old = card_signature(settings, body, time.time() - 301)
    assert client.post(CARD, data=body, headers=old).status_code == 400


def test_a_body_without_a_length_is_refused(
    client: FlaskClient, settings: Settings, engine: Engine, instruction: str
) -> None:
    headers = {**identifier(settings, instruction), "Transfer-Encoding": "chunked"}
    answer = client.post(SWISH, input_stream=io.BytesIO(swish_body(instruction)), headers=headers)
    assert answer.status_code == 411
    assert kept(engine, instruction) == []


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert client.post(SWISH, data=b"x" * (64 * 1024 + 1)).status_code == 413


def test_a_body_that_was_cut_off_is_refused(
    client: FlaskClient, settings: Settings, engine: Engine, instruction: str
) -> None:
    body = swish_body(instruction)
    answer = client.post(
        SWISH,
        input_stream=io.BytesIO(body),
        headers=identifier(settings, instruction),
        environ_overrides={"CONTENT_LENGTH": str(len(body) + 9)},
    )
    assert answer.status_code == 400
    assert kept(engine, instruction) == []


def test_what_no_table_can_hold_is_refused(client: FlaskClient) -> None:
    body = json.dumps({"event": "a\x00b", "instruction": "x"})
    headers = {"X-Pretend": "sant"}
    answer = client.post("/betalning/besked/pretend", data=body, headers=headers)
    assert answer.status_code == 400


def test_only_a_post_is_a_notice(client: FlaskClient) -> None:
    assert client.get(SWISH).status_code == 405


def test_whoever_takes_no_payments_has_no_address(client: FlaskClient) -> None:
    assert client.post("/betalning/besked/nagon", data=b"{}").status_code == 404


def test_too_many_notices_from_one_place_are_asked_to_wait(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        limiter.reset()
    answers = {client.post(SWISH, data=b"{}").status_code for _ in range(1201)}
    assert answers == {400, 429}
    with app.app_context():
        limiter.reset()
