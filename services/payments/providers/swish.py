"""Swish Handel, API version 2: money from a phone at once (domain reference §5.2).

Both sides show certificates. Our instruction names the payment, so asking twice is asking once.
"""

import hashlib
import hmac
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from services.kernel.errors import Invalid, NotFound, Unavailable
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

KEY = "swish"
REAL = "https://cpc.getswish.net/swish-cpcapi"
APP = "swish://paymentrequest"
SECONDS = httpx.Timeout(20, connect=5)
PAYEE = re.compile(r"123[0-9]{7}")
INSTRUCTION = re.compile(r"[0-9A-F]{32}")
UNWRITTEN = re.compile(r"[^A-Za-zÅÄÖåäö0-9 :;.,?!()]+")
LONGEST_MESSAGE, LONGEST_REFERENCE = 50, 35
CANCEL = [{"op": "replace", "path": "/status", "value": "cancelled"}]
# Not Swish's own: what we call a request that it does not know, and an app's token that is lost.
UNHEARD_OF, TOKEN_LOST, PAYER_SAID_NO, OTHER_PAYEE = "unheard-of", "token-lost", "DECLINED", "payee"
DUPLICATE = "RP09"

REASONS = {
    **dict.fromkeys(("FF08", "RP01", "RP02", "RP03", "RP04", "RP09"), Reason.TRY_AGAIN),
    **dict.fromkeys(("PA02", "AM02", "AM03", "AM06", TOKEN_LOST, UNHEARD_OF), Reason.TRY_AGAIN),
    "RP06": Reason.ALREADY_PAYING,
    "BE18": Reason.CHECK_NUMBER,
    **dict.fromkeys(("ACMT01", "ACMT03", "ACMT07"), Reason.NOT_CONNECTED),
    **dict.fromkeys(("VR01", "VR02"), Reason.NOT_DONE),
    **dict.fromkeys(("RF07", "AC05", "AC06", "AC07", "AC15"), Reason.BANK_DECLINED),
    **dict.fromkeys(("AM04", "AM14", "AM21", "DS0K"), Reason.BANK_DECLINED),
    **dict.fromkeys(("BANKIDCL", "BANKIDONGOING", "BANKIDUNKN"), Reason.PAYER_CANCELLED),
    PAYER_SAID_NO: Reason.PAYER_CANCELLED,
    "TM01": Reason.TIMED_OUT,
    **dict.fromkeys(("DS24", OTHER_PAYEE), Reason.CHECKING),
}
STATUSES = {
    **dict.fromkeys(("CREATED", "INITIATED", "VALIDATED", "DEBITED"), Outcome.WAITING),
    "PAID": Outcome.PAID,
    "DECLINED": Outcome.DECLINED,
    "CANCELLED": Outcome.CANCELLED,
    "ERROR": Outcome.FAILED,
}
ENDS = {
    Reason.BANK_DECLINED: Outcome.DECLINED,
    Reason.PAYER_CANCELLED: Outcome.CANCELLED,
    Reason.TIMED_OUT: Outcome.EXPIRED,
    Reason.CHECKING: Outcome.UNKNOWN,
}


@dataclass(frozen=True)
class Settings:
    """Our agreement with Swish. `authority` is whom we trust to vouch for Swish's server."""

    url: str
    certificate: Path
    private_key: Path
    authority: Path
    payee: str
    app: str
    books: str
    secret: bytes


def configured(given: Reader) -> Settings:
    """What the environment says."""
    url = given.url("SALEM24_SWISH_URL", REAL, ("https",)).rstrip("/")
    if given.production and is_local(url):
        given.complain("SALEM24_SWISH_URL", "Swish's address, not a simulator's")
    payee = given.text("SALEM24_SWISH_PAYEE", None)
    if payee and PAYEE.fullmatch(payee) is None:
        given.complain("SALEM24_SWISH_PAYEE", "ten digits that begin with 123")
    return Settings(
        url=url,
        certificate=given.file("SALEM24_SWISH_CERTIFICATE"),
        private_key=given.file("SALEM24_SWISH_PRIVATE_KEY"),
        authority=given.file("SALEM24_SWISH_AUTHORITY"),
        payee=payee,
        app=_simulated(url, given.text("SALEM24_SWISH_APP", APP)) or APP,
        books=_simulated(url, given.text("SALEM24_SWISH_BOOKS", "").rstrip("/")),
        secret=given.derived("swish-notices"),
    )


def _simulated(url: str, address: str) -> str:
    # Swish itself, its test environment too, has neither books nor an app at a simulator's address.
    return "" if is_local(address) and not is_local(url) else address


def open_provider(settings: Settings) -> "Swish":
    """The way to pay; it reads its certificates when it is first asked something."""
    return Swish(settings)


class Swish:
    """Asks Swish over mutual TLS."""

    key = KEY
    settles = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def begin(self, asked: Asked) -> Begun:
        """Ask for a payment: of a named payer, or of whoever opens the app with the token."""
        body = {
            "payeeAlias": self.settings.payee,
            "payeePaymentReference": _reference(asked.reference),
            "amount": asked.amount.plain,
            "currency": "SEK",
            "callbackUrl": asked.notice_url,
            "callbackIdentifier": self._identifier(asked.instruction),
            "message": _message(asked.message),
        }
        if asked.payer_alias is not None:
            body["payerAlias"] = _payer(asked.payer_alias)
        try:
            answer = self._put("/api/v2/paymentrequests", asked.instruction, body)
        except Invalid as refusal:
            if refusal.details.get("answer") != DUPLICATE:
                raise
            return self._begun_before(asked)
        return self._begun(asked, answer.headers.get("PaymentRequestToken"))

    def ask(self, payment: PaymentFacts) -> Said:
        """How it stands. A payment to somebody else than us is UNKNOWN, whatever its status."""
        return self._asked(f"/api/v1/paymentrequests/{payment.instruction}", "payeeAlias")

    def cancel(self, payment: PaymentFacts) -> Said:
        """Take the request back; when it is too late for that, tell how it stands instead."""
        path = f"/api/v1/paymentrequests/{payment.instruction}"
        try:
            answer = self._call("PATCH", path, CANCEL, "application/json-patch+json")
        except (Invalid, NotFound):
            return self.ask(payment)
        return self._said(answer, "payeeAlias")

    def refund(self, asked: AskedRefund) -> str:
        """Give back all or a part; Swish allows it for about a year."""
        body = {
            "originalPaymentReference": asked.paid_reference,
            "payerAlias": self.settings.payee,
            "amount": asked.amount.plain,
            "currency": "SEK",
            "callbackUrl": asked.notice_url,
            "callbackIdentifier": self._identifier(asked.instruction),
            "message": _message(asked.message),
        }
        try:
            self._put("/api/v2/refunds", asked.instruction, body)
        except Invalid as refusal:
            if refusal.details.get("answer") != DUPLICATE:
                raise
        return asked.instruction

    def ask_refund(self, reference: str) -> Said:
        """How it stands with a refund; here we are the payer."""
        return self._asked(f"/api/v1/refunds/{reference}", "payerAlias")

    def notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Swish signs nothing, but sends back the identifier that we alone can have made."""
        try:
            told = json.loads(body)
            instruction, status = str(told["id"]), str(told["status"])
        except (ValueError, TypeError, KeyError, RecursionError) as fault:
            raise Invalid(FORGED) from fault
        given = headers.get("callbackidentifier", "")
        if INSTRUCTION.fullmatch(instruction) is None or status not in STATUSES:
            raise Invalid(FORGED)
        if not hmac.compare_digest(given.encode(), self._identifier(instruction).encode()):
            raise Invalid(FORGED)
        return Notice(f"{instruction}:{status}", instruction, instruction)

    def books(self, day: date) -> list[BookRow]:
        """Swish has no list to ask for: a simulator has, and else the bank's report is read."""
        if not self.settings.books:
            raise NotFound("provider-books")
        rows = _json(self._call("GET", f"{self.settings.books}/{day.isoformat()}"))
        return [
            BookRow(
                row["id"],
                row["paymentReference"],
                _money(row["amount"]),
                datetime.fromisoformat(row["date"]),
            )
            for row in rows
        ]

    def reason(self, code: str | None) -> Reason:
        """Swish's error codes, as the domain reference words them for payers."""
        return REASONS.get(code or "", Reason.NOT_DONE)

    def _begun(self, asked: Asked, token: str | None) -> Begun:
        if token is None:
            return Begun(
                asked.instruction, {"kind": "swish", "token": None, "app": None, "qr": None}
            )
        way_back = quote(asked.return_url, safe="")
        app = f"{self.settings.app}?token={token}&callbackurl={way_back}"
        return Begun(
            asked.instruction, {"kind": "swish", "token": token, "app": app, "qr": f"D{token}"}
        )

    def _begun_before(self, asked: Asked) -> Begun:
        # The token is told once. Without it nobody can pay, so the request is taken back.
        if asked.payer_alias is None:
            said = self.cancel(_Named(asked.instruction))
            if said.outcome not in (Outcome.PAID, Outcome.WAITING, Outcome.UNKNOWN):
                raise Invalid(REFUSED, answer=TOKEN_LOST)
        return self._begun(asked, None)

    def _asked(self, path: str, ours: str) -> Said:
        try:
            answer = self._call("GET", path)
        except NotFound:
            return Said(Outcome.FAILED, code=UNHEARD_OF)
        return self._said(answer, ours)

    def _said(self, answer: httpx.Response, ours: str) -> Said:
        told = _object(answer)
        outcome = STATUSES.get(str(told.get("status")), Outcome.UNKNOWN)
        code = told.get("errorCode") or None
        if told.get("status") == "ERROR":
            outcome = ENDS.get(self.reason(code), Outcome.FAILED)
        if outcome is Outcome.DECLINED:
            code = code or PAYER_SAID_NO
        if told.get(ours) != self.settings.payee or told.get("currency") != "SEK":
            outcome, code = Outcome.UNKNOWN, OTHER_PAYEE
        paid = outcome is Outcome.PAID
        return Said(
            outcome,
            amount=_money(told.get("amount")) if paid else None,
            paid_reference=told.get("paymentReference") if paid else None,
            paid_at=_moment(told.get("datePaid")) if paid else None,
            code=code,
        )

    def _put(self, path: str, instruction: str, body: dict[str, str]) -> httpx.Response:
        try:
            return self._call("PUT", f"{path}/{instruction}", body)
        except NotFound as fault:
            raise Unavailable(UNREACHABLE, fault="no such address") from fault

    def _call(
        self, method: str, path: str, body: Any = None, kind: str = "application/json"
    ) -> httpx.Response:
        address = path if path.startswith("https:") else self.settings.url + path
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {} if content is None else {"Content-Type": kind}
        try:
            answer = self._client.request(method, address, content=content, headers=headers)
        except (httpx.HTTPError, OSError) as fault:
            raise Unavailable(UNREACHABLE, fault=type(fault).__name__) from fault
        return _checked(answer)

    @cached_property
    def _client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=self.settings.authority)
        trusted.minimum_version = ssl.TLSVersion.TLSv1_2
        trusted.load_cert_chain(self.settings.certificate, self.settings.private_key)
        # A line that was kept would now and then be dead when it is needed.
        return httpx.Client(
            verify=trusted,
            timeout=SECONDS,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=not is_local(self.settings.url),
        )

    def _identifier(self, instruction: str) -> str:
        made = hmac.new(self.settings.secret, instruction.encode(), hashlib.sha256)
        return made.hexdigest()[:32].upper()


@dataclass(frozen=True)
class _Named:
    instruction: str
    provider_reference: str | None = None


def _checked(answer: httpx.Response) -> httpx.Response:
    """The answer, unless it is a refusal. Refused certificates are ours to mend: ask again then."""
    if answer.is_success:
        return answer
    codes = [str(each["errorCode"]) for each in _errors(answer) if each.get("errorCode")]
    if answer.status_code == 404:
        raise NotFound("provider-payment")
    if answer.is_client_error and codes and answer.status_code != 401:
        raise Invalid(REFUSED, answer=codes[0])
    raise Unavailable(UNREACHABLE, status=answer.status_code)


def _errors(answer: httpx.Response) -> list[dict[str, Any]]:
    try:
        found = json.loads(answer.content)
    except ValueError:
        return []
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, dict)]


def _json(answer: httpx.Response) -> Any:
    try:
        return json.loads(answer.content, parse_float=Decimal)
    except ValueError as fault:
        raise Unavailable(UNREACHABLE, fault="not JSON") from fault


def _object(answer: httpx.Response) -> dict[str, Any]:
    found = _json(answer)
    if not isinstance(found, dict):
        raise Unavailable(UNREACHABLE, fault="no object")
    return found


def _money(told: Any) -> Money:
    try:
        return Money.kronor(str(told))
    except Invalid as fault:
        raise Unavailable(UNREACHABLE, fault="no amount") from fault


def _moment(told: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=SWEDEN)


def _message(words: str) -> str:
    return " ".join(UNWRITTEN.sub(" ", words).split())[:LONGEST_MESSAGE].strip()


def _reference(number: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", number)[:LONGEST_REFERENCE]


def _payer(number: str) -> str:
    digits = re.sub(r"[^0-9]", "", number)
    return f"46{digits[1:]}" if digits.startswith("0") else digits
