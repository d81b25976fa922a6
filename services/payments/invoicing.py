"""What a payer wants to have on an invoice, and the code that a bank's app reads it by."""

import json
from datetime import date
from uuid import UUID

from services.kernel.calendar import local_day
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.payments import settling
from services.payments.models import Order, Payment

LONGEST = 60


def address_invoice(
    work: Work,
    order_id: UUID,
    *,
    buyer_reference: str,
    cost_centre: str,
    einvoice_address: str,
) -> Order:
    """Note a business's own words for its invoice; empty ones are left out.

    Raises Invalid("invoice-words") for what is too long to stand on an invoice.
    """
    words = {
        "buyer_reference": buyer_reference.strip(),
        "cost_centre": cost_centre.strip(),
        "einvoice_address": einvoice_address.strip(),
    }
    if any(len(text) > LONGEST for text in words.values()):
        raise Invalid("invoice-words", most=LONGEST)
    order = settling.locked_order(work, order_id)
    for name, text in words.items():
        setattr(order, name, text or None)
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
