"""What the card simulator knows: hosted pages, the money behind them, refunds, and its books.

The shapes are Stripe's: Checkout Session, PaymentIntent, Charge, Refund, Event.
"""

import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from app.demo.payments.books import Books, Page

SESSION, INTENT, CHARGE, REFUND, EVENT, KEPT = (
    "checkout.session",
    "payment_intent",
    "charge",
    "refund",
    "event",
    "idempotency",
)
LIVES_SECONDS = 24 * 3600
LATE_SECONDS = 20.0
# Approved at the moment when the e-service closes the page.
CROSSES = "crosses"


class Refused(Exception):
    """A request that is not taken, in Stripe's words."""

    def __init__(self, status: int, kind: str, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "code": code, "message": message}


def refused(code: str, message: str, status: int = 400) -> Refused:
    """The usual refusal."""
    return Refused(status, "invalid_request_error", code, message)


@dataclass(frozen=True)
class Ending:
    """What a payer does on the page; how often it is told, and after how many seconds.

    What `crosses` goes on as if nothing had been done, until the e-service closes the page: then
    the money comes a little after.
    """

    declined: str | None = None
    gives_up: bool = False
    ends: bool = False
    notices: int = 1
    after: float = 0.0
    short_by: int = 0
    crosses: bool = False


ENDINGS = {
    "godkann": Ending(),
    "nekas": Ending(declined="generic_decline"),
    "tomt": Ending(declined="insufficient_funds"),
    "avbryt": Ending(gives_up=True),
    "tiden-ut": Ending(ends=True),
    "sent": Ending(after=LATE_SECONDS),
    "dubbelt": Ending(notices=2),
    "tyst": Ending(notices=0),
    "fel-belopp": Ending(short_by=100),
    "korsar": Ending(crosses=True),
}


@dataclass(frozen=True)
class CardLedger:
    """Sessions in the books; `notice_url` is where the account has its webhook."""

    books: Books
    notice_url: str
    pages: str
    cross_seconds: float = 2.0

    def begin(self, asked: dict[str, Any], key: str | None, path: str) -> dict[str, Any]:
        """Make a hosted page; the same one for the same key."""
        with self.books.writing() as page:
            if kept := _kept(page, key, path, asked):
                return kept
            made = _session(asked, self.pages)
            page.put(SESSION, made["id"], made, is_open=True)
            _keep(page, key, path, asked, shown(made))
            return made

    def found(self, kind: str, entry_id: str) -> dict[str, Any]:
        """An entry as it stands now. Raises Refused when there is none."""
        with self.books.writing() as page:
            entry = page.entry(kind, entry_id)
            if entry is None:
                raise refused("resource_missing", f"No such {kind}: {entry_id}", 404)
            return _aged(page, entry, self.notice_url) if kind == SESSION else entry

    def expire(self, session_id: str) -> dict[str, Any]:
        """Close a page. Raises Refused when it is no longer open."""
        with self.books.writing() as page:
            session = page.entry(SESSION, session_id)
            if session is None:
                raise refused("resource_missing", f"No such session: {session_id}", 404)
            if session["status"] != "open":
                raise refused(
                    "checkout_session_not_open", "Only Checkout Sessions that are open can expire."
                )
            _expire(page, session, self.notice_url)
            if session["inner"].get(CROSSES) is not None:
                session["inner"][CROSSES] = time.time() + self.cross_seconds
                page.put(SESSION, session_id, session, is_open=True)
            return session

    def end(self, session_id: str, ending: Ending) -> dict[str, Any]:
        """The payer does something on the page; nothing comes of it when the page is closed."""
        with self.books.writing() as page:
            session = page.entry(SESSION, session_id)
            if session is None:
                raise refused("resource_missing", f"No such session: {session_id}", 404)
            if session["status"] != "open":
                return session
            if ending.ends:
                _expire(page, session, self.notice_url)
            elif ending.declined:
                _decline(page, session, ending.declined)
            elif ending.crosses:
                session["inner"][CROSSES] = 0
                page.put(SESSION, session_id, session, is_open=True)
            elif not ending.gives_up:
                self._pay(page, session, ending)
            return session

    def refund(self, asked: dict[str, Any], key: str | None, path: str) -> dict[str, Any]:
        """Give money back. Raises Refused when there is not so much left of the charge."""
        with self.books.writing() as page:
            if kept := _kept(page, key, path, asked):
                return kept
            intent = page.entry(INTENT, str(asked.get("payment_intent")))
            if intent is None or intent["status"] != "succeeded":
                raise refused("resource_missing", "No such payment_intent", 404)
            charge = page.entry(CHARGE, intent["latest_charge"]) or {}
            left = charge["amount"] - charge["amount_refunded"]
            amount = int(asked.get("amount") or left)
            if left == 0:
                raise refused("charge_already_refunded", "Charge has already been refunded.")
            if not 0 < amount <= left:
                raise refused(
                    "amount_too_large", "Refund amount is greater than unrefunded amount."
                )
            made = {
                "id": _new("re"),
                "object": REFUND,
                "amount": amount,
                "currency": "sek",
                "created": int(time.time()),
                "status": "succeeded",
                "payment_intent": intent["id"],
                "charge": charge["id"],
                "metadata": asked.get("metadata") or {},
            }
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            page.put(CHARGE, charge["id"], charge, is_open=False)
            page.put(REFUND, made["id"], made, is_open=False)
            _keep(page, key, path, asked, made)
            _tell(page, "refund.updated", made, self.notice_url)
            return made

    def listed(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        """A page of a list, newest first, within `created` and of a `payment_intent`."""
        limit = min(100, int(asked.get("limit") or 10))
        within, intent = asked.get("created") or {}, asked.get("payment_intent")
        with self.books.writing() as page:
            found = [
                each
                for each in page.entries(kind)
                if each["created"] >= int(within.get("gte", 0))
                and each["created"] < int(within.get("lt", 2**40))
                and intent in (None, each.get("payment_intent"))
            ]
        if after := asked.get("starting_after"):
            place = [each["id"] for each in found].index(after)
            found = found[place + 1 :]
        return {
            "object": "list",
            "url": f"/v1/{kind}s",
            "has_more": len(found) > limit,
            "data": found[:limit],
        }

    def by_the_clock(self) -> None:
        """Close pages whose time is out, and pay what crossed our closing."""
        with self.books.writing() as page:
            for session in page.open_entries(SESSION):
                _aged(page, session, self.notice_url)
                due = session["inner"].get(CROSSES)
                if session["status"] == "expired" and due and due <= time.time():
                    self._pay(page, session, ENDINGS["godkann"])

    def _pay(self, page: Page, session: dict[str, Any], ending: Ending) -> None:
        intent = _intent(page, session)
        paid = session["amount_total"] - ending.short_by
        charge = {
            "id": _new("ch"),
            "object": CHARGE,
            "amount": paid,
            "amount_captured": paid,
            "amount_refunded": 0,
            "refunded": False,
            "currency": session["currency"],
            "created": int(time.time()),
            "paid": True,
            "status": "succeeded",
            "payment_intent": intent["id"],
            "metadata": intent["metadata"],
        }
        intent.update(status="succeeded", amount_received=paid, latest_charge=charge["id"])
        session.update(status="complete", payment_status="paid")
        page.put(CHARGE, charge["id"], charge, is_open=False)
        page.put(INTENT, intent["id"], intent, is_open=False)
        page.put(SESSION, session["id"], session, is_open=False)
        if ending.notices:
            event = _event(page, "checkout.session.completed", session)
            for _ in range(ending.notices):
                page.send(self.notice_url, {}, event, ending.after)


def shown(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as the protocol tells it."""
    return {name: value for name, value in entry.items() if name != "inner"}


def _session(asked: dict[str, Any], pages: str) -> dict[str, Any]:
    now, session_id = int(time.time()), _new("cs_test")
    ends = int(asked.get("expires_at") or now + LIVES_SECONDS)
    if not now + 1790 <= ends <= now + LIVES_SECONDS:
        raise refused("parameter_invalid", "expires_at must be 30 minutes to 24 hours ahead.")
    amount, currency = _sum_of(asked)
    return {
        "id": session_id,
        "object": SESSION,
        "url": f"{pages}/betala/{session_id}",
        "mode": "payment",
        "livemode": False,
        "created": now,
        "expires_at": ends,
        "status": "open",
        "payment_status": "unpaid",
        "payment_intent": None,
        "amount_total": amount,
        "currency": currency,
        "client_reference_id": asked.get("client_reference_id"),
        "metadata": asked.get("metadata") or {},
        "success_url": asked.get("success_url"),
        "cancel_url": asked.get("cancel_url"),
        "inner": {
            "name": asked["line_items"]["0"]["price_data"]["product_data"]["name"],
            "intent": asked.get("payment_intent_data") or {},
        },
    }


def _intent(page: Page, session: dict[str, Any]) -> dict[str, Any]:
    if session["payment_intent"]:
        return page.entry(INTENT, session["payment_intent"]) or {}
    made = {
        "id": _new("pi"),
        "object": INTENT,
        "amount": session["amount_total"],
        "amount_received": 0,
        "currency": session["currency"],
        "created": int(time.time()),
        "status": "requires_payment_method",
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": session["inner"]["intent"].get("metadata") or {},
        "description": session["inner"]["intent"].get("description"),
    }
    session["payment_intent"] = made["id"]
    return made


def _decline(page: Page, session: dict[str, Any], code: str) -> None:
    intent = _intent(page, session)
    intent["last_payment_error"] = {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": code,
        "message": "Your card was declined.",
    }
    page.put(INTENT, intent["id"], intent, is_open=False)
    page.put(SESSION, session["id"], session, is_open=True)


def _aged(page: Page, session: dict[str, Any], notice_url: str) -> dict[str, Any]:
    if session["status"] == "open" and session["expires_at"] <= time.time():
        _expire(page, session, notice_url)
    return session


def _expire(page: Page, session: dict[str, Any], notice_url: str) -> None:
    session["status"] = "expired"
    page.put(SESSION, session["id"], session, is_open=False)
    _tell(page, "checkout.session.expired", session, notice_url)


def _tell(page: Page, kind: str, about: dict[str, Any], notice_url: str) -> None:
    page.send(notice_url, {}, _event(page, kind, about))


def _event(page: Page, kind: str, about: dict[str, Any]) -> str:
    event: dict[str, Any] = {
        "id": _new("evt"),
        "object": EVENT,
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": shown(about)},
    }
    page.put(EVENT, event["id"], event, is_open=False)
    return json.dumps(event)


def _kept(page: Page, key: str | None, path: str, asked: dict[str, Any]) -> dict[str, Any] | None:
    """What was answered to the same key before. Raises Refused when other things were asked."""
    kept = page.entry(KEPT, key) if key else None
    if kept is None:
        return None
    if kept["asked"] != _digest(path, asked):
        raise Refused(
            400, "idempotency_error", None, "Keys can only be used with the same parameters."
        )
    answer: dict[str, Any] = kept["answer"]
    return answer


def _keep(
    page: Page, key: str | None, path: str, asked: dict[str, Any], answer: dict[str, Any]
) -> None:
    if key:
        page.put(KEPT, key, {"asked": _digest(path, asked), "answer": answer}, is_open=False)


def _digest(path: str, asked: dict[str, Any]) -> str:
    return hashlib.sha256(f"{path} {json.dumps(asked, sort_keys=True)}".encode()).hexdigest()


def _sum_of(asked: dict[str, Any]) -> tuple[int, str]:
    try:
        lines = [line["price_data"] for line in asked["line_items"].values()]
        quantities = [int(line["quantity"]) for line in asked["line_items"].values()]
        amounts = [int(line["unit_amount"]) for line in lines]
        currencies = {line["currency"] for line in lines}
    except (KeyError, ValueError, AttributeError, TypeError) as fault:
        raise refused("parameter_missing", "line_items is not as it should be.") from fault
    total = sum(amount * quantity for amount, quantity in zip(amounts, quantities))
    if total < 300 or len(currencies) != 1:
        raise refused("amount_too_small", "The total must be at least 3.00 kr.")
    return total, currencies.pop()


def _new(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
