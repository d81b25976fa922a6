"""What receipts and invoices say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from app import i18n, paying
from app.sign_in import settings
from app.templating import day as day_words
from app.templating import moment, money
from app.transactions import session, work
from services.cases import charges
from services.documents import payment_paper
from services.forms.types.postal_address import written
from services.kernel.calendar import local_day
from services.kernel.words import say
from services.payments import codes, invoicing, qr, queries, together
from services.payments.models import Order, OrderLine, Payment, PaymentState
from services.people import queries as people


def bank_code(found: Order, attempt: Payment) -> str | None:
    """The QR code that a bank's app reads an invoice by, as SVG."""
    if attempt.next.get("kind") != "invoice":
        return None
    text = invoicing.bank_code(
        found,
        attempt,
        payee=settings().municipality_name,
        number=settings().municipality_number,
    )
    return qr.svg(text)


def paid(found: Order) -> list[Payment]:
    """The attempts by which money has come."""
    return [
        each
        for each in queries.payments_of(session(), found.id)
        if each.state == PaymentState.PAID and each.paid_ore
    ]


def vat_of(lines: list[OrderLine]) -> list[tuple[int, int]]:
    """The VAT by its rate: (per cent, öre). None for what carries no VAT."""
    sums: dict[int, int] = {}
    for line in lines:
        if line.vat_percent:
            sums[line.vat_percent] = sums.get(line.vat_percent, 0) + line.tax.ore
    return sorted(sums.items())


def receipt(found: Order) -> payment_paper.Paper:
    """The receipt of what has come in."""
    payments = paid(found)
    facts: list[tuple[str, str]] = [*_seller(), *_of_case(found)]
    for each in payments:
        facts.append(("paid_at", moment(each.paid_at or each.created_at)))
        facts.append(("way", paying.way_words().get(each.provider, each.provider)))
        if each.paid_reference:
            facts.append(("reference", each.paid_reference))
    latest = payments[-1].paid_at if payments else None
    sums = [("total", money(found.total_ore))]
    if found.received_ore != found.total_ore:
        sums.append(("paid_before", money(found.received_ore)))
    return _paper("receipt", found, local_day(latest or found.created_at), facts, sums)


def invoice(found: Order, attempt: Payment) -> payment_paper.Paper:
    """The invoice of an attempt that is paid through the bank."""
    due_on = day_words(invoicing.due_on(found, attempt))
    facts: list[tuple[str, str]] = [
        *_seller(),
        ("issued_at", day_words(attempt.created_at)),
        *_of_case(found),
        *_payer(found),
    ]
    sums = [("to_pay", money(attempt.amount_ore))]
    if found.received_ore:
        sums = [
            ("total", money(found.total_ore)),
            ("paid_before", money(found.received_ore)),
            *sums,
        ]
    how = [
        ("to_pay", money(attempt.amount_ore)),
        ("bankgiro", str(attempt.next["bankgiro"])),
        ("ocr", str(attempt.next["ocr"])),
        ("due_on", due_on),
        *_by_code(found),
    ]
    return _paper(
        "invoice", found, local_day(attempt.created_at), facts, sums,
        payment=how, code=bank_code(found, attempt),
    )  # fmt: skip


def _paper(
    kind: str,
    found: Order,
    day: date,
    facts: list[tuple[str, str]],
    sums: list[tuple[str, str]],
    **more: Any,
) -> payment_paper.Paper:
    language = i18n.language()
    lines = queries.lines(session(), found.id)
    vat = payment_paper.word("vat", language)
    return payment_paper.Paper(
        kind=kind,
        language=language,
        municipality=settings().municipality_name,
        number=found.number,
        about=say(found.description, language),
        day=day,
        facts=facts,
        items=[
            payment_paper.Item(
                say(line.words, language),
                money(line.amount_ore),
                [say(step, language) for step in line.explanation],
            )
            for line in lines
        ],
        sums=sums,
        vat=[
            (f"{vat} {percent} %", money(ore))
            for percent, ore in vat_of(together.vat_lines(session(), found))
        ],
        contact=f"{settings().contact_phone}, {settings().contact_email}",
        **more,
    )


def _seller() -> Iterator[tuple[str, str]]:
    yield "seller", settings().municipality_name
    yield "seller_number", settings().municipality_number


def _of_case(found: Order) -> Iterator[tuple[str, str]]:
    case = charges.case_of(session(), found)
    if case is not None and case.number:
        yield "case", case.number


def _by_code(found: Order) -> Iterator[tuple[str, str]]:
    """How one pays without signing in: the address, and the code that opens the order there."""
    code = codes.code_of(work().resources["keyring"], found)
    if code is not None:
        yield "pay_at", url_for("payments.enter", _external=True)
        yield "letter_code", codes.spaced(code)


@dataclass(frozen=True)
class Letter:
    """Whom an invoice is for, where it goes, and the code that stands on it."""

    name: str | None
    address: str | None
    code: str | None


def letter(found: Order, attempt: Payment) -> Letter | None:
    """What an invoice says of whom it is for; None for other ways to pay."""
    if attempt.next.get("kind") != "invoice":
        return None
    facts = dict([*_payer(found), *_by_code(found)])
    return Letter(facts.get("payer"), facts.get("address"), facts.get("letter_code"))


def is_protected(found: Order) -> bool:
    """Whether the payer's data are protected: then nobody asks where they live, or prints it."""
    if found.payer_person_id is None:
        return False
    person = people.person(session(), found.payer_person_id)
    return person is not None and person.protected


def asks_for_address(found: Order) -> bool:
    """Whether something is asked before an invoice: a business's words, a person's address."""
    if found.payer_organisation_id is not None:
        return True
    known = found.payer_address is not None or found.payer_person_id is None
    return not known and not is_protected(found)


def _payer(found: Order) -> Iterator[tuple[str, str]]:
    name = payer_name(found)
    if name:
        yield "payer", name
    if found.payer_address is not None and not is_protected(found):
        yield "address", written(found.payer_address)
    for label in ("buyer_reference", "cost_centre", "einvoice_address"):
        if getattr(found, label):
            yield label, getattr(found, label)


def payer_name(found: Order) -> str | None:
    """Who is to pay, as an invoice names them; nobody whose data are protected."""
    if found.payer_name and not is_protected(found):
        return found.payer_name
    if found.payer_organisation_id is not None:
        organisation = people.organisation(session(), found.payer_organisation_id)
        return organisation.name if organisation else None
    if found.payer_person_id is None:
        return None
    person = people.person(session(), found.payer_person_id)
    return None if person is None or person.protected else person.name
