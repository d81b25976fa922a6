"""Cards by Stripe's own page (Checkout): a card's number never comes near us (PCI SAQ A).

Our instruction is the idempotency key of whatever is begun, and stands in its metadata.
"""

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import stripe

from services.kernel.errors import Invalid, Unavailable
from services.kernel.money import Money
from services.kernel.numbers import SWEDEN
from services.payments.provider import (
    FORGED,
    REFUSED,
    UNREACHABLE,
    Asked,
    AskedRefund,
    Begun,
    BookRow,
    Notice,
    Outcome,
    PaymentFacts,
    Reader,
    Reason,
    Said,
    is_local,
)

KEY = "card"
REAL = "https://api.stripe.com"
SECONDS = httpx.Timeout(20, connect=5)
# Stripe wants at least thirty minutes, counted from when it is asked; we may be late.
PAGE_LIVES = timedelta(minutes=60)
SIGNATURE_SECONDS = 300
LONGEST_NAME = 250
LIVE_KEY = re.compile(r"(sk|rk)_live_[A-Za-z0-9]+")
UNHEARD_OF, OTHER_CURRENCY = "unheard-of", "currency"
# Ours to mend, or over in a while: asking again may help.
PASSING = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)
REFUNDS = {
    "succeeded": Outcome.PAID,
    "pending": Outcome.WAITING,
    "requires_action": Outcome.WAITING,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CANCELLED,
}
REASONS = {
    **dict.fromkeys(("card_declined", "generic_decline", "do_not_honor"), Reason.BANK_DECLINED),
    **dict.fromkeys(("insufficient_funds", "lost_card", "stolen_card"), Reason.BANK_DECLINED),
    **dict.fromkeys(("expired_card", "incorrect_cvc", "incorrect_number"), Reason.BANK_DECLINED),
    "authentication_required": Reason.PAYER_CANCELLED,
    "payment_intent_authentication_failure": Reason.PAYER_CANCELLED,
    **dict.fromkeys((UNHEARD_OF, "processing_error", "idempotency_error"), Reason.TRY_AGAIN),
    OTHER_CURRENCY: Reason.CHECKING,
}


@dataclass(frozen=True)
class Settings:
    """Our account with Stripe. Without an `authority`, those that the machine trusts are ours."""

    url: str
    secret_key: str
    webhook_secrets: tuple[str, ...]
    authority: Path | None = None


def configured(given: Reader) -> Settings:
    """What the environment says."""
    url = given.url("SALEM24_CARD_URL", REAL, ("https",)).rstrip("/")
    key = given.text("SALEM24_CARD_SECRET_KEY", None)
    secrets = given.text("SALEM24_CARD_WEBHOOK_SECRET", None).split()
    if given.production and is_local(url):
        given.complain("SALEM24_CARD_URL", "Stripe's address, not a simulator's")
    if given.production and key and LIVE_KEY.fullmatch(key) is None:
        given.complain("SALEM24_CARD_SECRET_KEY", "a live key, sk_live_… or rk_live_…")
    if not all(secret.startswith("whsec_") for secret in secrets):
        given.complain("SALEM24_CARD_WEBHOOK_SECRET", "whsec_…, or two with a space between")
    simulated = is_local(url) and not given.production
    authority = given.file("SALEM24_CARD_AUTHORITY") if simulated else None
    return Settings(url, key, tuple(secrets), authority)


def open_provider(settings: Settings) -> "Card":
    """The way to pay."""
    return Card(settings)


class Card:
    """Asks Stripe."""

    key = KEY
    settles = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def begin(self, asked: Asked) -> Begun:
        """Have Stripe make a page of its own for this payment, and send the payer there."""
        wanted: Any = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "client_reference_id": asked.instruction,
            "metadata": {"instruction": asked.instruction},
            "payment_intent_data": {
                "metadata": {"instruction": asked.instruction},
                "description": asked.reference,
            },
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "sek",
                        "unit_amount": asked.amount.ore,
                        "product_data": {"name": (asked.message or asked.reference)[:LONGEST_NAME]},
                    },
                }
            ],
            "success_url": asked.return_url,
            # Whoever turns around has not been there: the query tells of those who have.
            "cancel_url": asked.return_url.partition("?")[0],
            "locale": "sv" if asked.language == "sv" else "en",
            "expires_at": int((asked.asked_at + PAGE_LIVES).timestamp()),
        }
        with _refusals():
            session = self._stripe.v1.checkout.sessions.create(wanted, _once(asked.instruction))
        return Begun(session.id, {"kind": "redirect", "url": session.url})

    def ask(self, payment: PaymentFacts) -> Said:
        """How it stands with the page, and with the money behind it.

        A page that we never heard of may be there all the same: WAITING until it is begun again.
        """
        if payment.provider_reference is None:
            return Said(Outcome.WAITING)
        try:
            with _refusals():
                session = self._stripe.v1.checkout.sessions.retrieve(payment.provider_reference)
        except Invalid as refusal:
            if refusal.details.get("answer") == "resource_missing":
                return Said(Outcome.FAILED, code=UNHEARD_OF)
            raise
        return self._said(session)

    def cancel(self, payment: PaymentFacts) -> Said:
        """Close the page; when it is paid already, or closed, tell how it stands instead."""
        if payment.provider_reference is None:
            return Said(Outcome.WAITING)
        try:
            with _refusals():
                self._stripe.v1.checkout.sessions.expire(payment.provider_reference)
        except Invalid:
            return self.ask(payment)
        return Said(Outcome.CANCELLED)

    def refund(self, asked: AskedRefund) -> str:
        """Give back all or a part to the same card.

        Stripe forgets an idempotency key after a day; its list of refunds does not.
        """
        with _refusals():
            before = self._stripe.v1.refunds.list({"payment_intent": asked.paid_reference})
            for refund in before.auto_paging_iter():
                if _instruction(refund) == asked.instruction:
                    return refund.id
            made = self._stripe.v1.refunds.create(
                {
                    "payment_intent": asked.paid_reference,
                    "amount": asked.amount.ore,
                    "metadata": {"instruction": asked.instruction},
                },
                _once(asked.instruction),
            )
        return made.id

    def ask_refund(self, reference: str) -> Said:
        """How it stands with a refund."""
        with _refusals():
            refund = self._stripe.v1.refunds.retrieve(reference)
        outcome = REFUNDS.get(refund.status or "", Outcome.UNKNOWN)
        return Said(
            outcome,
            amount=Money(refund.amount) if outcome is Outcome.PAID else None,
            paid_reference=refund.id,
            paid_at=_moment(refund.created) if outcome is Outcome.PAID else None,
            code=getattr(refund, "failure_reason", None),
        )

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """An event that Stripe has signed within the last five minutes."""
        self._check_signature(headers.get("stripe-signature", ""), body)
        try:
            event = json.loads(body)
            told = event["data"]["object"]
            metadata = told.get("metadata") or {}
            return Notice(
                str(event["id"]),
                metadata.get("instruction") or told.get("client_reference_id"),
                told.get("id"),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
            raise Invalid(FORGED) from fault

    def books(self, day: date) -> list[BookRow]:
        """Charges and refunds that were made on the day."""
        begins = datetime.combine(day, time(), SWEDEN)
        ends = datetime.combine(day + timedelta(days=1), time(), SWEDEN)
        within: Any = {"gte": int(begins.timestamp()), "lt": int(ends.timestamp())}
        with _refusals():
            charges = self._stripe.v1.charges.list({"created": within, "limit": 100})
            rows = [_row(each, 1) for each in charges.auto_paging_iter() if each.paid]
            refunds = self._stripe.v1.refunds.list({"created": within, "limit": 100})
            rows += [
                _row(each, -1) for each in refunds.auto_paging_iter() if each.status == "succeeded"
            ]
        return rows

    def reason(self, code: str | None) -> Reason:
        """What a payer needs to know of a decline code."""
        return REASONS.get(code or "", Reason.NOT_DONE)

    def said_of(self, intent_id: str) -> Said:
        """How it stands with the money itself (a PaymentIntent)."""
        with _refusals():
            intent = self._stripe.v1.payment_intents.retrieve(
                intent_id, {"expand": ["latest_charge"]}
            )
        charge: Any = intent.latest_charge
        if intent.status != "succeeded" or charge is None:
            return Said(Outcome.WAITING, code=_decline(intent.last_payment_error))
        if charge.currency != "sek":
            return Said(Outcome.UNKNOWN, code=OTHER_CURRENCY)
        return Said(
            Outcome.PAID,
            amount=Money(charge.amount),
            paid_reference=intent.id,
            paid_at=_moment(charge.created),
        )

    def _said(self, session: stripe.checkout.Session) -> Said:
        if session.payment_intent is not None:
            said = self.said_of(str(session.payment_intent))
            if said.outcome is not Outcome.WAITING or session.status != "expired":
                return said
        if session.status == "expired":
            return Said(Outcome.EXPIRED)
        return Said(Outcome.WAITING)

    def _check_signature(self, signature: str, body: bytes) -> None:
        for secret in self.settings.webhook_secrets:
            try:
                stripe.WebhookSignature.verify_header(
                    body.decode(), signature, secret, SIGNATURE_SECONDS
                )
            except (stripe.SignatureVerificationError, ValueError):
                continue
            return
        raise Invalid(FORGED)

    @cached_property
    def _stripe(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            self.settings.secret_key,
            base_addresses={"api": self.settings.url},
            http_client=_Line(self.settings),
            max_network_retries=1,
        )


class _Line(stripe.HTTPClient):
    """The library's requests over our own connection: with a time limit, and whom to trust."""

    name = "httpx"

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        trusted = (
            ssl.create_default_context(cafile=settings.authority) if settings.authority else True
        )
        # A line that was kept would now and then be dead when it is needed.
        self._client = httpx.Client(
            verify=trusted,
            timeout=SECONDS,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=not is_local(settings.url),
        )

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """One request; the library itself decides whether to try again."""
        try:
            answer = self._client.request(method, url, headers=headers, content=post_data or None)
        except (httpx.HTTPError, OSError) as fault:
            away = stripe.APIConnectionError(type(fault).__name__)  # type: ignore[no-untyped-call]
            away.should_retry = True
            raise away from fault
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


@contextmanager
def _refusals() -> Iterator[None]:
    """Stripe's faults in our words."""
    try:
        yield
    except PASSING as fault:
        raise Unavailable(UNREACHABLE, fault=type(fault).__name__) from fault
    except stripe.StripeError as fault:
        status = fault.http_status or 500
        if status >= 500 or status == 409:
            raise Unavailable(UNREACHABLE, status=status) from fault
        raise Invalid(REFUSED, answer=fault.code or _kind(fault)) from fault
    except OSError as fault:
        # The file of whom we trust cannot be read.
        raise Unavailable(UNREACHABLE, fault=type(fault).__name__) from fault


def _kind(fault: stripe.StripeError) -> str:
    return str(getattr(fault.error, "type", None) or "refused")


def _once(instruction: str) -> Any:
    return {"idempotency_key": instruction}


def _instruction(thing: Any) -> str | None:
    found: str | None = getattr(thing.metadata, "instruction", None)
    return found


def _decline(fault: Any) -> str | None:
    if fault is None:
        return None
    return getattr(fault, "decline_code", None) or getattr(fault, "code", None)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _row(each: Any, sign: int) -> BookRow:
    return BookRow(
        _instruction(each),
        str(each.payment_intent or each.id),
        Money(each.amount * sign),
        _moment(each.created),
    )
