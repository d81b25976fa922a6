"""What a file is, is told by what is in it."""

import pytest

from services.attachments.sniffing import Found, sniff
from services.kernel.errors import Invalid
from tests.services.attachments import files

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_pictures_are_known_whatever_they_are_called(form: str) -> None:
    expected = {"JPEG": "image/jpeg", "PNG": "image/png", "HEIF": "image/heic"}[form]
    assert sniff(files.photo(form), "brev.txt") == Found("image", expected)


def test_documents_are_known() -> None:
    assert sniff(files.pdf(), "a.pdf") == Found("pdf", "application/pdf")
    assert sniff(files.word(), "a.docx") == Found("document", files.WORD_TYPE)
    open_text = files.archive({"mimetype": TEXT, "content.xml": "<x/>"})
    assert sniff(open_text, "a.odt") == Found("document", TEXT)
    index = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{SHEET}.main+xml"/></Types>'
    sheet = files.archive({"[Content_Types].xml": index, "xl/workbook.xml": "<x/>"})
    assert sniff(sheet, "a.xlsx") == Found("document", SHEET)


@pytest.mark.parametrize(
    "text", ["Hej på dig; å ä ö\r\nrad två".encode(), "räksmörgås".encode("cp1252")]
)
def test_plain_text_is_known_by_its_name_and_its_signs(text: bytes) -> None:
    assert sniff(text, "lista.csv") == Found("document", "text/csv")
    assert sniff(text, "brev.txt") == Found("document", "text/plain")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\0" * 200, "bild.jpg"),
        (b"<html><script>alert(1)</script>", "brev.txt"),
        (b"  <!DOCTYPE html><p>hej", "brev.txt"),
        (b"<svg onload='x()'>", "bild.svg"),
        (b"#!/bin/sh\nrm -rf /", "brev.txt"),
        (b"text with a \x00 in it", "brev.txt"),
        (b"plain text without a suffix", "brev"),
        (b"GIF89a" + b"\0" * 30, "bild.gif"),
        (b"PK\x03\x04 not really a zip", "brev.docx"),
        (b"junk before %PDF-1.7", "brev.pdf"),
    ],
)
def test_all_else_is_refused_by_name(data: bytes, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        sniff(data, name)
    assert (refusal.value.code, refusal.value.details["name"]) == ("file-kind", name)


@pytest.mark.parametrize(
    "data",
    [
        files.word(macros=True),
        files.word({"word/vbaProject.bin": "x"}),
        files.word({"word/activeX/activeX1.xml": "x"}),
        files.word({"word/embeddings/oleObject1.bin": "x"}),
        files.word({"../../outside.xml": "x"}),
        files.archive({"mimetype": TEXT, "content.xml": "<x/>", "Basic/Standard/Module1.xml": "x"}),
        files.archive({"readme.txt": "just a zip"}),
    ],
)
def test_archives_with_macros_or_programs_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="file-kind"):
        sniff(data, "brev.docx")
