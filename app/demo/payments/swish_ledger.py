"""What the Swish simulator knows: payment requests, how they end, refunds, and its books."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.demo.payments.books import Books, Page
from app.demo.payments.swish_rules import AFTERWARDS, WORDS
from services.kernel.calendar import local_day

PAYMENT, REFUND = "payment", "refund"
LIVES = timedelta(minutes=3)
LATE_SECONDS = 20.0
# Approved at the moment when the e-service takes it back: the money comes a little after the no.
CROSSES = "crosses"
PRIVATE = ("token", "callbackIdentifier", CROSSES)


class Refused(Exception):
    """A request that is not taken; each fault by its code."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


@dataclass(frozen=True)
class Ending:
    """How a payer lets a payment end; how often it is told, and after how many seconds.

    What `crosses` goes on as if nothing had been answered, until the e-service takes it back.
    """

    status: str
    code: str | None = None
    notices: int = 1
    after: float = 0.0
    short_by: Decimal = Decimal(0)
    crosses: bool = False


ENDINGS = {
    "godkann": Ending("PAID"),
    "avboj": Ending("DECLINED"),
    "bankid-avbryt": Ending("ERROR", "BANKIDCL"),
    "banken-nekar": Ending("ERROR", "RF07"),
    "tiden-ut": Ending("ERROR", "TM01"),
    "okant": Ending("ERROR", "DS24"),
    "sent": Ending("PAID", after=LATE_SECONDS),
    "dubbelt": Ending("PAID", notices=2),
    "tyst": Ending("PAID", notices=0),
    "fel-belopp": Ending("PAID", short_by=Decimal(1)),
    "korsar": Ending("PAID", crosses=True),
}
TAKEN_BACK = Ending("CANCELLED")


@dataclass(frozen=True)
class SwishLedger:
    """Requests in the books. Refunds are done a moment after they are asked for."""

    books: Books
    refund_seconds: float = 1.0
    cross_seconds: float = 2.0

    def begin(self, instruction: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note a payment request. Raises Refused when the instruction or the payer is taken."""
        with self.books.writing() as page:
            if page.entry(PAYMENT, instruction) is not None:
                raise Refused(["RP09"])
            payer = body.get("payerAlias")
            if payer and any(
                each.get("payerAlias") == payer for each in page.open_entries(PAYMENT)
            ):
                raise Refused(["RP06"])
            made = {
                **body,
                "id": instruction,
                "status": "CREATED",
                "dateCreated": _now().isoformat(),
                "token": None if payer else secrets.token_hex(16),
            }
            page.put(PAYMENT, instruction, made, is_open=True)
            if body.get("message") in AFTERWARDS:
                _end(page, made, Ending("ERROR", body["message"]))
            return made

    def payment(self, instruction: str) -> dict[str, Any] | None:
        """A payment request as it stands now."""
        with self.books.writing() as page:
            found = page.entry(PAYMENT, instruction)
            return found and _aged(page, found)

    def of_token(self, token: str) -> dict[str, Any] | None:
        """The payment request that an app has opened."""
        with self.books.writing() as page:
            found = [each for each in page.entries(PAYMENT) if each["token"] == token]
            return _aged(page, found[0]) if token and found else None

    def newest(self) -> list[dict[str, Any]]:
        """The latest payment requests, newest first."""
        with self.books.writing() as page:
            return [_aged(page, each) for each in page.entries(PAYMENT, 20)]

    def end(self, instruction: str, ending: Ending) -> bool:
        """The payer decides; False when it has ended already."""
        with self.books.writing() as page:
            found = page.entry(PAYMENT, instruction)
            if found is None or _aged(page, found)["status"] != "CREATED":
                return False
            if ending.crosses:
                page.put(PAYMENT, instruction, {**found, CROSSES: None}, is_open=True)
                return True
            _end(page, found, ending)
            if ending is TAKEN_BACK and CROSSES in found:
                due = _now() + timedelta(seconds=self.cross_seconds)
                page.put(PAYMENT, instruction, {**found, CROSSES: due.isoformat()}, is_open=True)
            return True

    def refund(self, instruction: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note a refund. Raises Refused when there is not so much left of the payment."""
        with self.books.writing() as page:
            if page.entry(REFUND, instruction) is not None:
                raise Refused(["RP09"])
            reference = body.get("originalPaymentReference")
            paid = [
                each
                for each in page.entries(PAYMENT)
                if reference and each.get("paymentReference") == reference
            ]
            if not paid:
                raise Refused(["RF02"])
            given = [each for each in page.entries(REFUND) if each["of"] == paid[0]["id"]]
            back = sum((Decimal(each["amount"]) for each in given), Decimal(body["amount"]))
            if back > Decimal(paid[0]["amount"]):
                raise Refused(["RF08"])
            made = {
                **body,
                "id": instruction,
                "of": paid[0]["id"],
                "status": "CREATED",
                "dateCreated": _now().isoformat(),
            }
            page.put(REFUND, instruction, made, is_open=True)
            return made

    def refunded(self, instruction: str) -> dict[str, Any] | None:
        """A refund as it stands now."""
        self.by_the_clock()
        with self.books.writing() as page:
            return page.entry(REFUND, instruction)

    def by_the_clock(self) -> None:
        """End what has waited for too long, pay what crossed, and do the refunds asked for."""
        with self.books.writing() as page:
            for payment in page.open_entries(PAYMENT):
                _aged(page, payment)
                due = payment.pop(CROSSES, None)
                if due is not None and datetime.fromisoformat(due) <= _now():
                    _end(page, payment, ENDINGS["godkann"])
            for refund in page.open_entries(REFUND):
                if _age(refund).total_seconds() >= self.refund_seconds:
                    refund.update(status="PAID", datePaid=_now().isoformat())
                    refund["paymentReference"] = _reference()
                    page.put(REFUND, refund["id"], refund, is_open=False)
                    _tell(page, refund)

    def booked(self, day: date) -> list[dict[str, Any]]:
        """What has been paid and paid back on a Swedish day."""
        with self.books.writing() as page:
            found = [(each, 1) for each in page.entries(PAYMENT)]
            found += [(each, -1) for each in page.entries(REFUND)]
        return [
            {
                "id": each["id"],
                "paymentReference": each.get("originalPaymentReference")
                or each["paymentReference"],
                "amount": str(Decimal(each["amount"]) * sign),
                "date": each["datePaid"],
            }
            for each, sign in found
            if each["status"] == "PAID"
            and local_day(datetime.fromisoformat(each["datePaid"])) == day
        ]


def shown(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as the protocol tells it, amounts as numbers."""
    told = {name: value for name, value in entry.items() if name not in (*PRIVATE, "of")}
    return {**told, "amount": float(entry["amount"])}


def _aged(page: Page, payment: dict[str, Any]) -> dict[str, Any]:
    if payment["status"] == "CREATED" and _age(payment) > LIVES:
        _end(page, payment, Ending("ERROR", "TM01"))
    return payment


def _age(entry: dict[str, Any]) -> timedelta:
    return _now() - datetime.fromisoformat(entry["dateCreated"])


def _end(page: Page, payment: dict[str, Any], ending: Ending) -> None:
    payment["status"] = ending.status
    if ending.code:
        payment.update(errorCode=ending.code, errorMessage=WORDS[ending.code])
    if ending.status == "PAID":
        payment.update(datePaid=_now().isoformat(), paymentReference=_reference())
        payment["amount"] = str(Decimal(payment["amount"]) - ending.short_by)
    page.put(PAYMENT, payment["id"], payment, is_open=False)
    for _ in range(ending.notices):
        _tell(page, payment, ending.after)


def _tell(page: Page, entry: dict[str, Any], after: float = 0.0) -> None:
    identifier = entry.get("callbackIdentifier")
    headers = {"callbackIdentifier": identifier} if identifier else {}
    page.send(entry["callbackUrl"], headers, json.dumps(shown(entry)), after)


def _reference() -> str:
    return secrets.token_hex(16).upper()


def _now() -> datetime:
    return datetime.now(UTC)
