"""Receipts and invoices as a reader, a screen reader and an archive get them."""

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from services.documents import payment_paper
from services.documents.payment_paper import Item, Paper
from services.kernel.words import LANGUAGES
from services.payments import qr
from tests.services.documents.test_receipt import tags

INVOICE = Paper(
    kind="invoice",
    language="sv",
    municipality="Salems kommun",
    number="B2026-000123",
    about="Ansök om serveringstillstånd",
    day=date(2026, 11, 25),
    facts=[("seller", "Salems kommun"), ("payer", "Krogen i Salem AB")],
    items=[Item("Ansökningsavgift", "20 580 kr", ["Stadigvarande tillstånd: 20 580 kr"])],
    sums=[("to_pay", "20 580 kr")],
    contact="08-465 004 00",
    payment=[("bankgiro", "991-2346"), ("ocr", "202600012324")],
    code=qr.svg('{"uqr":1}'),
)
RECEIPT = replace(INVOICE, kind="receipt", payment=(), code=None, sums=[("total", "20 580 kr")])


def opened(paper):
    return pikepdf.open(io.BytesIO(payment_paper.pdf(paper)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", [INVOICE, RECEIPT], ids=lambda paper: paper.kind)
def test_a_paper_is_tagged_titled_and_for_the_archive(paper, language):
    with opened(replace(paper, language=language)) as document, document.open_metadata() as told:
        assert document.Root.Lang == language
        title = payment_paper.word(paper.kind, language)
        assert document.docinfo.Title == f"{title} B2026-000123 – Ansök om serveringstillstånd"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        found = tags(document.Root.StructTreeRoot.K)
        assert found.count("/H1") == 1
        assert {"/Table", "/TH", "/TD"} <= set(found)
        assert told.pdfa_status == "2A"
        assert told["pdfuaid:part"] == "1"


def test_the_bank_s_code_has_words_for_who_cannot_see_it():
    with opened(INVOICE) as document:
        figures = [
            each for each in _elements(document.Root.StructTreeRoot) if each.get("/S") == "/Figure"
        ]
        assert [str(each.Alt) for each in figures] == [payment_paper.word("code_alt", "sv")]


def _elements(element):
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield kid
            yield from _elements(kid)


def test_words_of_an_emoji_and_very_long_words_do_not_stop_a_paper():
    odd = replace(INVOICE, about="🎪 " + "x" * 200, facts=[("payer", "🙂")])
    assert payment_paper.pdf(odd).startswith(b"%PDF-")
