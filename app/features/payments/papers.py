"""Receipts and invoices, as pages and as papers."""

from uuid import UUID

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app import paying
from app.features.payments import paper_facts
from app.features.payments.blueprint import bp
from app.features.payments.routes import order_behind, payment_of
from app.templating import page
from app.transactions import session
from app.visitors import anyone
from services.cases import charges
from services.documents import payment_paper
from services.kernel.errors import NotFound
from services.payments import links, queries, together
from services.payments.models import Order


@bp.route("/betala/<code>/kvitto")
@anyone
def receipt(code: str):
    """What has been paid, how and when; with VAT where there is any."""
    found = order_behind(code)
    if not found.received_ore:
        return redirect(url_for(".order", code=code), code=303)
    return page(
        "payments/receipt.html",
        link=code,
        order=found,
        lines=queries.lines(session(), found.id),
        payments=paper_facts.paid(found),
        refunds=queries.refunds_of(session(), found.id),
        owner=charges.case_of(session(), found),
        way_words=paying.way_words(),
        vat=paper_facts.vat_of(together.vat_lines(session(), found)),
        others={
            each.number: links.code_of(session(), each.id)
            for each in together.members(session(), found)
        },
    )


@bp.route("/betala/<code>/kvitto.pdf")
@anyone
def receipt_paper(code: str):
    """The receipt as an accessible PDF."""
    found = order_behind(code)
    if not found.received_ore:
        raise NotFound("receipt")
    return _answer("kvitto", found, paper_facts.receipt(found))


@bp.route("/betala/<code>/<uuid:payment_id>/faktura.pdf")
@anyone
def invoice_paper(code: str, payment_id: UUID):
    """The invoice as an accessible PDF, with a QR code for the bank's app."""
    found = order_behind(code)
    attempt = payment_of(found, payment_id)
    if attempt.next.get("kind") != "invoice":
        raise NotFound("invoice")
    return _answer("faktura", found, paper_facts.invoice(found, attempt))


def _answer(name: str, found: Order, paper: payment_paper.Paper) -> Response:
    response = Response(payment_paper.pdf(paper), content_type="application/pdf")
    filename = f'attachment; filename="{name}-{found.number}.pdf"'
    response.headers["Content-Disposition"] = filename
    return response
