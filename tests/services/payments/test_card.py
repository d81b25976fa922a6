"""Cards in particular: what becomes of a page, what is declined, and what Stripe has signed."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.demo.payments import certificates
from app.demo.payments.card import signed
from services.kernel.errors import Invalid, Unavailable
from services.kernel.money import Money
from services.payments.provider import Outcome, Reason
from services.payments.providers.card_stripe import Card
from tests.simulators import Simulator


@pytest.fixture
def way(simulators: dict[str, Simulator]) -> Simulator:
    return simulators["card"]


def changed(way: Simulator, **settings: Any) -> Card:
    assert isinstance(way.provider, Card)
    return Card(replace(way.provider.settings, **settings))


def an_event(**changes: Any) -> bytes:
    about = {"id": "cs_test_1", "metadata": {"instruction": "A" * 32}}
    return json.dumps({"id": "evt_1", "data": {"object": about}, **changes}).encode()


def test_the_payer_is_sent_to_a_page_of_the_provider_s(way: Simulator) -> None:
    begun = way.begun().begun
    assert begun.next == {
        "kind": "redirect",
        "url": f"{way.ledger.pages}/betala/{begun.provider_reference}",
    }


def test_the_page_says_what_is_paid_and_leads_back(way: Simulator) -> None:
    page = f"{way.settings.public_url}/betala/x"
    going = way.begun(return_url=f"{page}?tillbaka=1")
    session = way.ledger.found("checkout.session", going.provider_reference)
    assert session["amount_total"] == 56250
    assert session["inner"]["name"] == going.asked.message
    assert session["success_url"] == f"{page}?tillbaka=1"
    assert session["cancel_url"] == page
    assert session["client_reference_id"] == going.instruction


@pytest.mark.parametrize(
    ("how", "code"), [("nekas", "generic_decline"), ("tomt", "insufficient_funds")]
)
def test_a_declined_card_may_be_followed_by_another(way: Simulator, how: str, code: str) -> None:
    going = way.begun()
    way.pay(going, how)
    said = way.provider.ask(going)
    assert (said.outcome, said.code) == (Outcome.WAITING, code)
    assert way.provider.reason(code) is Reason.BANK_DECLINED
    way.pay(going)
    assert way.provider.ask(going).outcome is Outcome.PAID


def test_a_page_whose_time_is_out_has_expired(way: Simulator) -> None:
    going = way.begun()
    way.pay(going, "nekas")
    way.pay(going, "tiden-ut")
    assert way.provider.ask(going).outcome is Outcome.EXPIRED
    assert way.provider.cancel(going).outcome is Outcome.EXPIRED


def test_a_page_ends_an_hour_after_the_payment_was_planned(way: Simulator) -> None:
    asked_at = datetime.now(UTC) - timedelta(minutes=20)
    going = way.begun(asked_at=asked_at)
    session = way.ledger.found("checkout.session", going.provider_reference)
    assert session["expires_at"] == int((asked_at + timedelta(hours=1)).timestamp())


def test_a_page_that_is_asked_for_far_too_late_is_refused(way: Simulator) -> None:
    with pytest.raises(Invalid, match="provider-refused"):
        way.begun(asked_at=datetime.now(UTC) - timedelta(hours=2))


def test_an_instruction_is_never_used_for_two_amounts(way: Simulator) -> None:
    going = way.begun()
    with pytest.raises(Invalid, match="provider-refused") as refused:
        way.provider.begin(replace(going.asked, amount=Money.kronor(1000)))
    assert way.provider.reason(refused.value.details["answer"]) is Reason.TRY_AGAIN


def test_too_little_for_a_card_is_refused(way: Simulator) -> None:
    with pytest.raises(Invalid, match="provider-refused"):
        way.begun(amount=Money.kronor(2))


def test_a_key_that_is_not_ours_can_be_mended(way: Simulator) -> None:
    with pytest.raises(Unavailable, match="provider-unreachable"):
        changed(way, secret_key="sk_test_other").begin(way.asked())


def test_a_server_of_another_authority_is_told_nothing(way: Simulator, tmp_path: Path) -> None:
    other = certificates.ensure(tmp_path)
    with pytest.raises(Unavailable, match="provider-unreachable"):
        changed(way, authority=other.authority).begin(way.asked())


def test_the_protocol_is_not_spoken_without_tls(way: Simulator) -> None:
    provider = changed(way)
    plain = provider.settings.url.replace("https:", "http:")
    headers = {"Authorization": f"Bearer {provider.settings.secret_key}"}
    answer = httpx.get(f"{plain}/v1/charges", headers=headers, trust_env=False)
    assert answer.status_code == 403


def test_what_we_have_not_heard_of_may_have_been_begun(way: Simulator) -> None:
    class Unheard:
        instruction = "A" * 32
        provider_reference = None

    assert way.provider.ask(Unheard()).outcome is Outcome.WAITING
    assert way.provider.cancel(Unheard()).outcome is Outcome.WAITING


@pytest.mark.parametrize("age", [-299, 0, 299])
def test_a_signature_holds_for_five_minutes(way: Simulator, age: int) -> None:
    body = an_event()
    headers = signature(way, body, age)
    assert way.provider.notice(headers, body).event_id == "evt_1"


def test_an_older_signature_does_not_hold(way: Simulator) -> None:
    body = an_event()
    with pytest.raises(Invalid, match="notice-forged"):
        way.provider.notice(signature(way, body, 302), body)


def test_a_notice_is_known_while_the_secret_is_changed(way: Simulator) -> None:
    secrets = ("whsec_new", *changed(way).settings.webhook_secrets)
    body = an_event()
    both = changed(way, webhook_secrets=secrets)
    assert both.notice(signature(way, body), body).instruction == "A" * 32
    assert both.notice(_lower(signed(body, "whsec_new", int(time.time()))), body)


def test_an_event_about_something_else_names_no_payment(way: Simulator) -> None:
    body = an_event(data={"object": {"id": "acct_1", "object": "account"}})
    notice = way.provider.notice(signature(way, body), body)
    assert (notice.instruction, notice.provider_reference) == (None, "acct_1")


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"id": "evt_1"}', an_event(data=None)])
def test_what_is_signed_and_makes_no_sense_is_refused(way: Simulator, body: bytes) -> None:
    with pytest.raises(Invalid, match="notice-forged"):
        way.provider.notice(signature(way, body), body)


def test_more_refunds_than_one_page_holds_are_all_seen(way: Simulator) -> None:
    going = way.paid(amount=Money.kronor(100))
    paid = way.provider.ask(going).paid_reference
    asked: Any = {"payment_intent": paid, "amount": "100", "metadata": {"instruction": "X"}}
    for _ in range(12):
        way.ledger.refund(asked, None, "/v1/refunds")
    seen = changed(way)._stripe.v1.refunds.list({"payment_intent": str(paid)})
    assert len(list(seen.auto_paging_iter())) == 12


def signature(way: Simulator, body: bytes, age: int = 0) -> dict[str, str]:
    secret = changed(way).settings.webhook_secrets[0]
    return _lower(signed(body, secret, int(time.time()) - age))


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
