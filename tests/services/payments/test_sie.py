"""What we write for the economy system, read back by a reader that knows only the specification."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import ledger, sie
from services.payments.books import EntryKind, Posting
from services.payments.ledger import About, Leg
from tests.builders import sie_reader
from tests.builders.payments import FEE, MAPS

TODAY = date(2026, 11, 24)
SALEM = sie.Sender("Salems kommun (TESTDATA)", "212000-2874", "1.0")


def exported(office, first=TODAY, last=TODAY):
    office.session.flush()
    told = sie.lines(office.session, SALEM, first, last, TODAY)
    return sie_reader.read(b"".join(sie.encoded(told)))


def test_a_days_vouchers_are_read_back_to_the_ore(office):
    office.paid(office.order_of([("125", MAPS), ("88.50", FEE)]))
    office.begun(office.order("900"), "invoice")
    told = exported(office)

    assert [(each.series, each.number) for each in told.vouchers] == [("B", 1), ("F", 1)]
    assert told.vouchers[0].day == "20261124"
    rows = {account: amount for account, _, amount in told.vouchers[0].rows}
    assert rows == {"1912": Decimal("213.50"), "3120": -100, "2611": -25, "3110": Decimal("-88.50")}
    objects = next(pairs for account, pairs, _ in told.vouchers[0].rows if account == "3110")
    assert objects == {"1": "3100", "20": "310"}


def test_the_heading_says_whose_books_and_what_kind(office):
    office.paid(office.order())
    facts = exported(office).facts

    assert facts["#ORGNR"] == ["212000-2874"]
    assert facts["#FNAMN"] == ["Salems kommun (TESTDATA)"]
    assert (facts["#SIETYP"], facts["#FORMAT"], facts["#FLAGGA"]) == (["4"], ["PC8"], ["0"])
    assert facts["#RAR"] == ["0", "20260101", "20261231"]


def test_accounts_and_objects_have_their_names_in_swedish(office):
    office.paid(office.order_of([("10", FEE)]))
    told = exported(office)

    assert told.accounts["1912"] == "Avräkning låtsasbetalningar"
    assert told.dimensions == {"1": "Ansvar", "20": "Verksamhet", "6": "Projekt"}
    assert told.objects[("1", "3100")] == "Kulturskolan"


def test_the_bytes_are_of_code_page_437(office):
    office.paid(office.order())
    data = b"".join(sie.encoded(sie.lines(office.session, SALEM, TODAY, TODAY, TODAY)))
    assert b"Avr\x84kning l\x86tsasbetalningar" in data


def test_a_period_is_the_sum_of_its_days(office):
    for kronor in ("900", "100", "33.33"):
        office.paid(office.order(kronor))
        office.now = office.now.replace(day=office.now.day + 1)
    office.session.flush()
    whole = exported(office, TODAY, date(2026, 11, 30)).vouchers
    days = [
        exported(office, date(2026, 11, day), date(2026, 11, day)).vouchers for day in range(24, 31)
    ]
    assert [vars(each) for day in days for each in day] == [vars(each) for each in whole]


def test_the_file_holds_all_that_the_ledger_holds(office):
    for kronor in ("900", "0.01", "562.50"):
        office.paid(office.order(kronor))
    told = exported(office)
    for account in told.accounts:
        total = office.session.scalar(
            select(func.sum(Posting.amount_ore)).where(Posting.account == account)
        )
        written = sum(
            amount for each in told.vouchers for name, _, amount in each.rows if name == account
        )
        assert written * 100 == total


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 11, 2), date(2026, 11, 1)), (date(2025, 12, 31), date(2026, 1, 1))],
)
def test_a_file_is_of_one_year(office, first, last):
    with pytest.raises(Invalid, match="period"):
        exported(office, first, last)


@given(st.text(max_size=60))
def test_whatever_a_text_holds_the_field_is_read_back_as_one(words):
    line = f"#FNAMN {sie.quoted(words)} 1"
    data = b"".join(sie.encoded([line]))
    label, text, last = sie_reader.fields(data.decode("cp437").removesuffix("\r\n"))
    assert (label, last) == ("#FNAMN", "1")
    assert "\n" not in text


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
def test_amounts_are_written_to_the_ore(amounts):
    told = [Money(amount).plain for amount in amounts]
    assert [Decimal(each) * 100 for each in told] == amounts


def test_a_hundred_vouchers_are_numbered_in_a_row(office):
    legs = [Leg("1912", Money(1)), Leg("3110", Money(-1), "3100", "310")]
    with office.work() as work:
        for _ in range(100):
            ledger.book(work, EntryKind.CORRECTION, legs, Money(0), About(), TODAY)
    assert [each.number for each in exported(office).vouchers] == list(range(1, 101))
