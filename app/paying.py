"""What several pages show of fees: the ways to pay in words, and a case's orders with their links."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from app.transactions import session, work
from services.cases.models import Case
from services.forms.charging import PaymentTerms
from services.forms.definition import ServiceDocument
from services.payments import links, queries, together
from services.payments.models import Order


@dataclass(frozen=True)
class Payable:
    """An order, and the word of the link to where it is paid."""

    order: Order
    code: str


def way_words() -> dict[str, str]:
    """The ways to pay, by their keys."""
    return {
        "swish": _("Swish"),
        "card": _("Card"),
        "invoice": _("Invoice"),
        "counter": _("At our reception"),
        "pretend": _("Pretend payment"),
        "together": _("Together with other fees"),
    }


def ways_of(terms: PaymentTerms | None) -> list[str]:
    """The ways in which a service is paid, in words within a sentence."""
    words = {
        "swish": _("Swish"),
        "card": _("card"),
        "invoice": _("invoice"),
        "counter": _("at our reception"),
    }
    return [words[way] for way in terms.ways] if terms else []


def unpaid(shared: Collection[UUID] = ()) -> list[Payable]:
    """What is to be paid now by who is signed in, or by the organisation acted for, and in cases
    that others have shared with them."""
    current = work()
    found = queries.my_orders(current.session, current.actor, shared=shared)
    return [
        Payable(order, links.code_of(current.session, order.id))
        for order in together.one_by_one(current.session, found)
        if order.is_payable
    ]


def orders_of(case: Case, document: ServiceDocument) -> list[Payable]:
    """What a case has been charged. A service without fees is not asked about."""
    if not document.fees:
        return []
    found = queries.orders_of_owner(session(), case.id)
    return [Payable(order, links.code_of(session(), order.id)) for order in found]
