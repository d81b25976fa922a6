"""Files from banks: read as they are meant, and refused whole when anything in them is wrong."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import files, ocr
from tests.builders.bank_files import EXAMPLE, Paid, bgmax, camt054

OCR = ocr.reference("2026000123")


def read(data: bytes):
    """A file's survey and rows."""
    file = io.BytesIO(data)
    told = files.recognised(file)
    survey = told.survey(file)
    return survey, list(told.rows(file, survey))


def refused(data: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(Invalid, match="bank-file") as refusal:
        read(data)
    return refusal.value.details["fault"]


def test_the_example_of_the_domain_reference_is_read():
    survey, rows = read(EXAMPLE.encode("latin-1"))

    assert (survey.rows, survey.total, survey.is_test) == (3, Money.kronor(3151), True)
    assert [row.amount.plain for row in rows] == ["1688.00", "563.00", "900.00"]
    assert [row.references for row in rows] == [("202600012324",), ("2026001234536",), ()]
    assert rows[1].payer_name == "Testföreningen Exempel"
    assert rows[1].payer_number == "8029990002"
    assert rows[2].message == "Kulturskola HT26 testelev"
    assert {row.paid_on for row in rows} == {date(2026, 10, 2)}


payments = st.builds(
    Paid,
    ore=st.integers(1, 10**9),
    reference=st.sampled_from(["", OCR, "ABC 123"]),
    extra=st.lists(st.just(OCR), max_size=2).map(tuple),
    name=st.sampled_from(["", "Åsa Öberg", "Firma & Co"]),
    number=st.sampled_from(["", "8029990002"]),
    text=st.sampled_from(["", "Avgift för höst"]),
)


@pytest.mark.parametrize("written", [bgmax, camt054])
@given(st.lists(payments, min_size=1, max_size=12))
def test_whatever_is_written_is_read_back(written, told):
    survey, rows = read(written(told))

    assert survey.rows == len(rows) == len(told)
    assert survey.total.ore == sum(each.ore for each in told)
    for each, row in zip(told, rows):
        assert row.amount.ore == each.ore
        assert row.references == tuple(filter(None, (each.reference, *each.extra)))
        assert (row.payer_name or "", row.message or "") == (each.name, each.text)
    assert len({row.bank_reference for row in rows}) == len(rows)


@pytest.mark.parametrize("written", [bgmax, camt054])
def test_a_deduction_is_negative(written):
    survey, rows = read(written([Paid(90000, OCR), Paid(-10000, OCR)]))
    assert [row.amount.ore for row in rows] == [90000, -10000]
    assert survey.total.ore == 80000


@given(st.data())
def test_a_bgmax_file_with_one_digit_changed_is_never_read_as_another_sum(data):
    good = bgmax([Paid(90000, OCR), Paid(56300, OCR)])
    place = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[place] = data.draw(st.sampled_from(b"0123456789 X"))
    try:
        survey, rows = read(bytes(changed))
    except Invalid:
        return
    assert survey.total.ore == sum(row.amount.ore for row in rows) == 146300


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("315100SEK", "315101SEK", "sum"),
        ("SEK00000003", "SEK00000002", "count"),
        ("7000000003", "7000000004", "count"),
        ("0000000000000001\n", "0000000000000002\n", "count"),
        ("SEK\n", "EUR\n", "currency"),
        ("25Kulturskola", "99Kulturskola", "record"),
        ("20261002000", "20261302000", "day"),
        ("0120261002173035", "0220261002173035", "version"),
        ("50009912346", "5000991234X", "number"),
        ("25Kulturskola", "25\x07ulturskola", "character"),
        ("25Kulturskola", "25" + "x" * 90, "length"),
        ("168800210", "00000X210", "number"),
    ],
)
def test_a_bgmax_file_that_is_wrong_anywhere_is_refused_whole(old, new, fault):
    assert old in EXAMPLE
    assert refused(EXAMPLE.replace(old, new, 1).encode("latin-1")) == fault


@pytest.mark.parametrize("lines", [slice(0, -1), slice(0, 3), slice(1, None), slice(0, 1)])
def test_a_bgmax_file_that_is_cut_is_refused(lines):
    kept = EXAMPLE.splitlines(keepends=True)[lines]
    assert refused("".join(kept).encode("latin-1")) in ("end", "format", "count")


def test_records_out_of_order_are_refused():
    lines = EXAMPLE.splitlines(keepends=True)
    lines.insert(1, "25Text\n")
    assert refused("".join(lines).encode("latin-1")) == "order"


def test_what_is_no_bank_file_is_refused():
    assert refused(b"hej") == "format"
    assert refused(b"") == "format"


HOSTILE = {
    "entities": '<!DOCTYPE Document [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>',
    "outside": '<!DOCTYPE Document [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "type": '<!DOCTYPE Document SYSTEM "http://example.com/x.dtd">',
}


@pytest.mark.parametrize("prologue", HOSTILE.values(), ids=HOSTILE)
def test_a_document_type_is_refused(prologue):
    good = camt054([Paid(90000, OCR, name="NAMN")]).decode()
    hostile = good.replace("<Document", prologue + "<Document", 1).replace("NAMN", "&a;")
    assert refused(hostile.encode()) in ("document-type", "xml")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<Sum>900.00", "<Sum>900.01", "sum"),
        ("<NbOfNtries>1", "<NbOfNtries>2", "sum"),
        ('Ccy="SEK"', 'Ccy="EUR"', "currency"),
        ("900.00</Amt>", "900.001</Amt>", "amount"),
        ("900.00</Amt>", "1e9</Amt>", "sum"),
        ("CRDT", "XXXX", "direction"),
        ("<Dt>2026-11-24", "<Dt>2026-13-24", "day"),
        ("</Ntry>", "</Entry>", "xml"),
        ("camt.054.001.08", "camt.053.001.08", "format"),
    ],
)
def test_a_camt_file_that_is_wrong_anywhere_is_refused_whole(old, new, fault):
    good = camt054([Paid(90000, OCR)]).decode()
    assert old in good
    assert refused(good.replace(old, new, 1).encode()) == fault


def test_an_entry_in_camt_of_several_transactions_must_add_up():
    good = camt054([Paid(90000, OCR)]).decode()
    first, second = good.index("<TxDtls>"), good.index("</NtryDtls>")
    details = good[first:second].replace("900.00", "450.00")
    halves = details + details.replace("B00000001", "B00000002")
    _, rows = read((good[:first] + halves + good[second:]).encode())
    assert [row.amount.plain for row in rows] == ["450.00", "450.00"]
    assert refused((good[:first] + details + good[second:]).encode()) == "sum"


def test_a_deep_or_endless_tree_is_refused():
    assert (
        refused(
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">' + b"<a>" * 5000
        )
        == "xml"
    )
