"""The code that a bank's app reads an invoice by, and what a business has written on it."""

import json
from datetime import date

import pytest

from services.kernel.errors import Invalid, NotFound
from services.payments import codes, commands, invoicing, queries
from services.payments.aliases import swish_number
from services.payments.invoicing import Addressed

HOME = {
    "care_of": "",
    "street": "Testgatan 1",
    "postcode": "99999",
    "town": "Teststad",
    "country": "",
}


def code(office, payment, order):
    return json.loads(
        invoicing.bank_code(order, payment, payee="Salems kommun", number="212000-2874")
    )


def test_a_bank_reads_whom_how_much_where_and_when(office):
    order = office.order("900")
    payment = office.begun(order, "invoice")

    read = code(office, payment, order)

    assert read["nme"] == "Salems kommun"
    assert read["cid"] == "212000-2874"
    assert (read["due"], read["cur"]) == (900, "SEK")
    assert (read["pt"], read["acc"]) == ("BG", "991-2346")
    assert read["iref"] == order.ocr
    assert read["ddt"] == invoicing.due_on(order, payment).strftime("%Y%m%d")


def test_ore_stand_behind_a_dot(office):
    order = office.order("562.50")
    assert code(office, office.begun(order, "invoice"), order)["due"] == 562.5


def test_an_invoice_keeps_the_orders_own_last_day_unless_it_has_passed(office):
    later, passed = date(2027, 1, 15), date(2026, 1, 15)
    for due_on, expected in ((later, later), (passed, None)):
        order = office.order("900", due_on=due_on)
        payment = office.begun(order, "invoice")
        found = invoicing.due_on(order, payment)
        assert found == (expected or date.fromisoformat(payment.next["due_on"]))


def test_a_business_writes_its_words_and_empty_ones_are_left_out(office):
    order = office.order("900")
    with office.work() as work:
        invoicing.address_invoice(
            work, order.id, Addressed(buyer_reference=" Inköp 12 ", payer_address=HOME)
        )
    assert (order.buyer_reference, order.cost_centre) == ("Inköp 12", None)
    assert order.payer_address == HOME


@pytest.mark.parametrize(
    "wanted",
    [
        Addressed(buyer_reference="x" * 61),
        Addressed(payer_name="x" * 101),
        Addressed(payer_address={**HOME, "street": "x" * 121}),
    ],
)
def test_words_that_do_not_fit_on_an_invoice_are_refused(office, wanted):
    order = office.order("900")
    with pytest.raises(Invalid, match="invoice-words"), office.work() as work:
        invoicing.address_invoice(work, order.id, wanted)


def test_an_invoice_has_a_code_that_opens_its_order_and_can_be_printed_again(office):
    order = office.order("900")
    keyring = office.session.info["keyring"]
    assert codes.code_of(keyring, order) is None

    office.begun(order, "invoice")

    printed = codes.code_of(keyring, order)
    assert printed == codes.code_of(keyring, order)
    assert queries.order_by_code(office.session, codes.spaced(printed).lower()) is order


def test_a_code_that_stands_in_a_letter_is_the_invoices_too(office):
    order = office.order("900")
    with office.work() as work:
        written = commands.new_code(work, order.id)
        another = commands.new_code(work, order.id)
    office.begun(order, "invoice")

    assert codes.code_of(office.session.info["keyring"], order) == another
    with pytest.raises(NotFound):
        queries.order_by_code(office.session, written)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("070-174 06 05", "46701740605"),
        ("+46 70 174 06 05", "46701740605"),
        ("0046701740605", "46701740605"),
        ("0701740605", "46701740605"),
    ],
)
def test_a_number_as_people_write_it_is_a_number_as_swish_has_it(written, number):
    assert swish_number(written) == number


@pytest.mark.parametrize(
    "written", ["", "hej", "12", "070-174 06 05 07 08 09", "070-1740605;ext=1"]
)
def test_what_is_no_number_is_refused(written):
    with pytest.raises(Invalid, match="swish-number"):
        swish_number(written)
