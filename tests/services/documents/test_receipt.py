"""The receipt as a reader, a screen reader and an archive get it."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from services.documents import receipt
from services.documents.typesetting import UNKNOWN
from services.kernel.words import LANGUAGES

FACTS = receipt.Facts(
    language="sv",
    municipality="Salems kommun",
    service="Felanmälan gata, park och belysning",
    number="S24-26-4F7K9C",
    received_at=datetime(2026, 10, 1, 12, 32, tzinfo=UTC),
    next_steps="Vi tittar på din anmälan inom tio arbetsdagar.\n\nDu får ett mejl.",
    answers=[
        (
            "Vad gäller det?",
            [("Kategori", "Belysning"), ("Beskriv felet", "Lampan är trasig\nsedan i tisdags.")],
        ),
        ("Var?", [("Plats", "Säby torg 1"), ("Annat", "")]),
    ],
    attachments=["lykta.jpg"],
)


def opened(facts: receipt.Facts) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(receipt.pdf(facts)))


def tags(node: Any) -> list[str]:
    if isinstance(node, pikepdf.Array):
        return [tag for child in node for tag in tags(child)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [str(node.S)] if "/S" in node else []
    return own + (tags(node.K) if "/K" in node else [])


def test_a_receipt_is_tagged_titled_and_in_its_language() -> None:
    with opened(FACTS) as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "sv"
        assert document.docinfo.Title == f"Kvittens {FACTS.number} – {FACTS.service}"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        found = tags(document.Root.StructTreeRoot.K)
        assert found.count("/H1") == 1
        assert found.count("/H2") == 4
        assert found.count("/H3") == 2


def test_a_receipt_says_that_it_is_for_the_archive_and_for_all() -> None:
    with opened(FACTS) as document, document.open_metadata() as told:
        assert told.pdfa_status == "2A"
        assert told["pdfuaid:part"] == "1"


def test_its_fonts_are_embedded() -> None:
    with opened(FACTS) as document:
        fonts = [font for page in document.pages for font in page.Resources.Font.values()]
        assert fonts
        assert all("SourceSans3" in str(font.BaseFont) for font in fonts)
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there_in_every_language(language: str) -> None:
    assert all(words.get(language) for words in receipt.WORDS.values())
    assert receipt.pdf(replace(FACTS, language=language)).startswith(b"%PDF-")


def test_the_moment_is_told_in_swedish_time() -> None:
    assert receipt.received(FACTS.received_at, "sv") == "1 oktober 2026 kl. 14.32"
    assert receipt.received(FACTS.received_at, "en") == "1 October 2026 at 14:32"


@pytest.mark.parametrize(
    "text",
    [
        "#strong[x] $a$ @b <c> *d* _e_ = f",
        '"]) #panic("x")',
        "x" * 5000,
        "\u200f\u0000\u0007",
        "漢字 عربي 😀 👩‍👩‍👧",
        "a\u0301",
    ],
)
def test_whatever_somebody_wrote_can_be_set(text: str) -> None:
    facts = replace(FACTS, next_steps=text, answers=[(text, [(text, text)])], attachments=[text])
    with opened(facts) as document:
        assert len(document.pages) >= 1


def test_a_sign_that_no_font_has_becomes_a_square_and_is_told_of() -> None:
    plain, strange = (tags_of(replace(FACTS, next_steps=text)) for text in ("Hej", "Hej 😀"))
    assert len(strange) > len(plain)
    assert UNKNOWN in receipt.WORDS["replaced"]["sv"]


def tags_of(facts: receipt.Facts) -> list[str]:
    with opened(facts) as document:
        return tags(document.Root.StructTreeRoot.K)


def test_a_receipt_without_answers_or_files_is_a_receipt() -> None:
    with opened(replace(FACTS, answers=[], attachments=[])) as document:
        assert len(document.pages) == 1


def test_a_long_application_goes_over_several_pages() -> None:
    rows = [(f"Fråga {number}", "Ett svar som är ganska långt. " * 8) for number in range(60)]
    with opened(replace(FACTS, answers=[("Sida", rows)])) as document:
        assert len(document.pages) > 3
