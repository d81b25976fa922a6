"""OCR references and QR codes: what a bank's machine reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from stdnum import luhn

from services.payments import ocr, qr


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("2026000123", "202600012324"),
        ("20260012345", "2026001234536"),
        ("100045", "10004588"),
        ("B2026-000123", "202600012324"),
    ],
)
def test_the_domain_reference_s_examples_hold(number: str, reference: str) -> None:
    assert ocr.reference(number) == reference


@given(st.text("0123456789", min_size=2, max_size=23))
def test_every_reference_tells_its_length_and_is_valid(digits: str) -> None:
    made = ocr.reference(digits)
    assert made.startswith(digits)
    assert int(made[-2]) == len(made) % 10
    assert luhn.is_valid(made)
    assert ocr.is_valid(made)


@given(st.text("0123456789", min_size=2, max_size=23), st.integers(0, 24), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(digits: str, place: int, change: int) -> None:
    made = ocr.reference(digits)
    place %= len(made)
    wrong = str((int(made[place]) + change) % 10)
    assert not ocr.is_valid(made[:place] + wrong + made[place + 1 :])


@pytest.mark.parametrize("text", ["", "1", "12345678A", "20260001232", "2" * 26, "٢٠٢٦"])
def test_what_is_no_reference_is_not_valid(text: str) -> None:
    assert not ocr.is_valid(text)


@pytest.mark.parametrize("number", ["", "B", "1", "1" * 24])
def test_no_reference_is_made_of_too_little_or_too_much(number: str) -> None:
    with pytest.raises(ValueError, match="OCR"):
        ocr.reference(number)


def test_a_code_is_drawn_dark_on_light_whatever_stands_behind_it() -> None:
    drawn = etree.fromstring(qr.svg("D" + "a" * 32))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    light, dark = drawn
    assert (light.get("fill"), dark.get("stroke")) == ("#fff", "#000")


def test_what_does_not_fit_in_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr.svg("x" * 3000)
