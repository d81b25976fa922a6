"""The card provider against localstripe, a server that nobody here wrote.

It has no hosted pages, so what stands behind them is tried: the money, refunds, signed notices.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments.provider import AskedRefund, Outcome
from services.payments.providers.card_stripe import Card, Settings
from tests.simulators import LetterBox, free_port, letter_box

INSTRUCTION = "0123456789ABCDEF0123456789ABCDEF"
SECRET = "whsec_something"


@dataclass
class Local:
    """localstripe, and our provider that asks it."""

    provider: Card
    box: LetterBox

    def paid(self, currency: str = "sek") -> Any:
        """Money that has been taken from a card, as a hosted page would have taken it."""
        intents = self.provider._stripe.v1.payment_intents
        wanted: Any = {
            "amount": 56250,
            "currency": currency,
            "payment_method": "pm_card_visa",
            "metadata": {"instruction": INSTRUCTION},
        }
        return intents.confirm(intents.create(wanted).id)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    folder, port = tmp_path_factory.mktemp("localstripe"), free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    environ = {**os.environ, "HOME": str(folder)}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environ, cwd=folder) as server,
        letter_box() as box,
    ):
        try:
            _wait_for(url, folder / "log")
            hook = {"url": f"http://127.0.0.1:{box.port}/besked", "secret": SECRET}
            httpx.post(f"{url}/_config/webhooks/ours", json=hook, trust_env=False)
            yield Local(Card(Settings(url, "sk_test_12345", (SECRET,))), box)
        finally:
            server.terminate()


def _wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.get(url, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def test_money_that_was_taken_is_told_of(local: Local) -> None:
    intent = local.paid()
    said = local.provider.said_of(intent.id)
    assert (said.outcome, said.amount) == (Outcome.PAID, Money.kronor("562.50"))
    assert said.paid_reference == intent.id
    assert said.paid_at is not None


def test_money_that_is_not_taken_yet_is_waited_for(local: Local) -> None:
    made = local.provider._stripe.v1.payment_intents.create({"amount": 56250, "currency": "sek"})
    assert local.provider.said_of(made.id).outcome is Outcome.WAITING


def test_another_currency_is_not_what_was_asked_for(local: Local) -> None:
    assert local.provider.said_of(local.paid("eur").id).outcome is Outcome.UNKNOWN


def test_a_refund_is_given_once(local: Local) -> None:
    asked = AskedRefund("F" * 32, local.paid().id, Money.kronor(100), "Åter", "http://x")
    reference = local.provider.refund(asked)
    assert local.provider.refund(asked) == reference
    said = local.provider.ask_refund(reference)
    assert (said.outcome, said.amount) == (Outcome.PAID, Money.kronor(100))


def test_a_refund_of_nothing_is_refused(local: Local) -> None:
    asked = AskedRefund("E" * 32, "pi_nothing", Money.kronor(100), "Åter", "http://x")
    with pytest.raises(Invalid, match="provider-refused"):
        local.provider.refund(asked)


def test_its_signed_notice_is_known_and_a_changed_one_is_not(local: Local) -> None:
    intent = local.paid()
    told = local.box.about(intent.id)[0]
    notice = local.provider.notice(told.headers, told.body)
    assert notice.event_id.startswith("evt_")
    assert notice.instruction == INSTRUCTION
    with pytest.raises(Invalid, match="notice-forged"):
        local.provider.notice(told.headers, told.body.replace(b"562", b"999", 1))
