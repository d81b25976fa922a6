"""What a payer wants to have on an invoice, and the code that a bank's app reads it by."""

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.calendar import local_day
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.payments import settling
from services.payments.models import Order, Payment

LONGEST, LONGEST_NAME, LONGEST_PART = 60, 100, 120


@dataclass(frozen=True)
class Addressed:
    """What shall stand on an invoice: a business's own words, and whom it is sent to, and where.

    The address has the parts that a postal address is written in; None where none is wanted.
    """

    buyer_reference: str = ""
    cost_centre: str = ""
    einvoice_address: str = ""
    payer_name: str = ""
    payer_address: dict[str, str] | None = None


WORDS = ("buyer_reference", "cost_centre", "einvoice_address", "payer_name")


def address_invoice(work: Work, order_id: UUID, wanted: Addressed) -> Order:
    """Note what shall stand on an invoice; empty words are left out.

    Raises Invalid("invoice-words") for what is too long to stand on an invoice.
    """
    words = {name: getattr(wanted, name).strip() for name in WORDS}
    most = {name: LONGEST_NAME if name == "payer_name" else LONGEST for name in WORDS}
    if any(len(text) > most[name] for name, text in words.items()):
        raise Invalid("invoice-words", most=LONGEST)
    if wanted.payer_address and any(
        len(part) > LONGEST_PART for part in wanted.payer_address.values()
    ):
        raise Invalid("invoice-words", most=LONGEST_PART)
    order = settling.locked_order(work, order_id)
    for name, text in words.items():
        setattr(order, name, text or None)
    order.payer_address = wanted.payer_address
    return order


def due_on(order: Order, payment: Payment) -> date:
    """The last day to pay an invoice: the order's own, unless the invoice came after it."""
    if order.due_on is not None and order.due_on > local_day(payment.created_at):
        return order.due_on
    return date.fromisoformat(payment.next["due_on"])


def bank_code(order: Order, payment: Payment, *, payee: str, number: str) -> str:
    """The text of the QR code that Swedish banks' apps read an invoice by (UsingQR 1)."""
    shown = payment.next
    facts = {
        "uqr": 1,
        "tp": 1,
        "nme": payee,
        "cid": number,
        "iref": shown["ocr"],
        "idt": local_day(payment.created_at).strftime("%Y%m%d"),
        "ddt": due_on(order, payment).strftime("%Y%m%d"),
        "due": _plain(payment.amount_ore),
        "cur": "SEK",
        "pt": "BG",
        "acc": shown["bankgiro"],
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _plain(ore: int) -> int | float:
    # The format asks for a number. Kronor and öre are exact in it far above any invoice.
    return ore // 100 if ore % 100 == 0 else ore / 100
