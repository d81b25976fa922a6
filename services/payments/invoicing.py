"""What a payer wants to have on an invoice, and the code that a bank's app reads it by."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.payments import settling
from services.payments.models import Order

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


def bank_code(order: Order, shown: dict[str, Any], *, payee: str, number: str, issued: date) -> str:
    """The text of the QR code that Swedish banks' apps read an invoice by (UsingQR 1).

    `shown` is the payment's `next`: its OCR reference, bankgiro and last day.
    """
    facts = {
        "uqr": 1,
        "tp": 1,
        "nme": payee,
        "cid": number,
        "iref": shown["ocr"],
        "idt": issued.strftime("%Y%m%d"),
        "ddt": date.fromisoformat(shown["due_on"]).strftime("%Y%m%d"),
        "due": _plain(order.outstanding.ore),
        "cur": "SEK",
        "pt": "BG",
        "acc": shown["bankgiro"],
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _plain(ore: int) -> int | float:
    # The format asks for a number. Kronor and öre are exact in it far above any invoice.
    return ore // 100 if ore % 100 == 0 else ore / 100
