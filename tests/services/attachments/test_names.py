"""File names are made safe without becoming strange."""

import pytest

from services.attachments import names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("lykta.jpg", "lykta.jpg"),
        ("Åkes älv ö.PDF", "Åkes älv ö.PDF"),
        ("C:\\Users\\testa\\lykta.jpg", "lykta.jpg"),
        ("../../etc/passwd", "passwd"),
        ("lyk\x00ta\r\nX: y.jpg", "lyk ta X_ y.jpg"),
        ("höger\u202egpj.exe", "höger gpj.exe"),
        ("", "fil"),
        (None, "fil"),
        ("...", "fil"),
        (".htaccess", "htaccess"),
        ("\ud800.jpg", "jpg"),
        ("bild-2.5.jpg", "bild-2.5.jpg"),
    ],
)
def test_a_name_loses_what_is_dangerous_and_keeps_the_rest(given: str | None, kept: str) -> None:
    assert names.clean(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "19640823-3234.pdf",
        "640823-3234.pdf",
        "196408233234.pdf",
        "intyg 640823+3234 x.pdf",
        "701063-2391.pdf",
    ],
)
def test_a_personal_number_does_not_stay_in_a_name(given: str) -> None:
    assert names.HIDDEN in names.clean(given)
    assert not any(part in names.clean(given) for part in ("3234", "2391"))


@pytest.mark.parametrize(
    "given", ["IMG_20261001_143212.jpg", "DSC00012345678.jpg", "S24-26-4F7K9C.pdf"]
)
def test_an_ordinary_number_stays_in_a_name(given: str) -> None:
    assert names.clean(given) == given


def test_a_long_name_is_cut_and_keeps_its_suffix() -> None:
    kept = names.clean("å" * 300 + ".jpeg")
    assert len(kept) == names.LONGEST
    assert kept.endswith("å.jpeg")


def test_a_suffix_tells_the_truth() -> None:
    assert names.fitting("faktura.exe", "application/pdf") == "faktura.pdf"
    assert names.fitting("foto.HEIC", "image/jpeg") == "foto.jpg"
    assert names.fitting("foto.JPEG", "image/jpeg") == "foto.JPEG"
    assert names.fitting("utan ändelse", "image/png") == "utan ändelse.png"
