"""What is shown is made anew: nothing hidden comes along."""

import io

import pikepdf
import pytest
from PIL import Image

from services.attachments import images, pdfs
from services.kernel.errors import Invalid
from tests.services.attachments import files


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_a_rendition_carries_no_metadata(form: str) -> None:
    made = images.rendition(files.photo(form), "lykta.jpg")
    picture = Image.open(io.BytesIO(made.data))
    assert not picture.getexif()
    assert b"Testa" not in made.data
    assert made.media_type == ("image/png" if form == "PNG" else "image/jpeg")


def test_a_sideways_photo_is_turned_upright() -> None:
    made = images.rendition(files.photo(sideways=True), "lykta.jpg")
    picture = Image.open(io.BytesIO(made.data))
    assert picture.size == (48, 64)
    red, _green, blue = picture.convert("RGB").getpixel((24, 5))  # type: ignore[misc]
    assert blue > 200 > 60 > red


def test_a_large_photo_is_made_smaller() -> None:
    made = images.rendition(files.photo(size=(5000, 1000)), "lykta.jpg")
    assert max(Image.open(io.BytesIO(made.data)).size) == images.LONGEST_SIDE


def test_what_is_hung_after_a_picture_is_left_behind() -> None:
    made = images.rendition(files.photo() + b"<script>alert(1)</script>", "lykta.jpg")
    assert b"script" not in made.data


def test_a_see_through_picture_stays_see_through() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(images.rendition(out.getvalue(), "a.png").data)).mode == "RGBA"


def test_a_decompression_bomb_is_refused_unopened() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Invalid, match="file-broken"):
        images.rendition(out.getvalue(), "bomb.png")


@pytest.mark.parametrize(
    "data", [files.photo()[:400], b"\xff\xd8\xff garbage", files.photo("PNG")[:60]]
)
def test_a_broken_picture_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        images.rendition(data, "trasig.jpg")
    assert (refusal.value.code, refusal.value.details["name"]) == ("file-broken", "trasig.jpg")


@pytest.mark.parametrize("form", ["JPEG", "HEIF"])
def test_a_photo_can_be_asked_where_it_was_taken(form: str) -> None:
    assert images.position(files.photo(form)) == images.Position(59.201667, 17.766667)


def test_a_picture_that_does_not_say_where_is_no_fault() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    assert images.position(out.getvalue()) is None
    assert images.position(b"not a picture") is None


def test_a_pdf_loses_scripts_attachments_and_author() -> None:
    made = pdfs.sanitised(files.pdf(script=True), "brev.pdf")
    with pikepdf.open(io.BytesIO(made)) as document:
        assert "/OpenAction" not in document.Root
        assert "/Metadata" not in document.Root
        assert "/Author" not in document.docinfo
        assert not document.attachments
        assert len(document.pages) == 1


@pytest.mark.parametrize("data", [files.pdf(password="hemlig"), b"%PDF-1.7 and nothing more"])
def test_a_locked_or_broken_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="file-broken"):
        pdfs.sanitised(data, "brev.pdf")
