"""Logos: made anew, kept by checksum, never something active, never larger than it must be."""

import base64
import io
from dataclasses import replace

import pytest
from PIL import Image, PngImagePlugin

from identity import logos
from identity.logos import LogoFault, Logos
from identity.provider import Provider

PLAIN = Provider("https://idp.example", "https://idp.example/sso", None, (), {"sv": "En"})


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> bytes:
    """A picture of a format, with something told on its side."""
    made, told = io.BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("Author", "Hemlig Hemligsson")
    Image.new("RGB", size, "#0a3f5c").save(
        made, kind, **({"pnginfo": told} if kind == "PNG" else {})
    )
    return made.getvalue()


def with_logos(*addresses: str) -> Provider:
    """A provider whose metadata tells of these logos."""
    return replace(PLAIN, logos=addresses)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_made_anew_small_and_silent(kind):
    made = logos.made_anew(picture(kind))
    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.format, shown.size) == ("PNG", (128, 85))
        assert "Author" not in shown.info
    assert b"Hemlig" not in made


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html>",
        b"",
        picture()[:100],
        picture() + b"0" * 200_000,
        picture(size=(4001, 1)),
    ],
    ids=["svg", "html", "empty", "broken", "large", "wide"],
)
def test_what_is_no_small_picture_is_refused(data):
    with pytest.raises(LogoFault):
        logos.made_anew(data)


@pytest.mark.parametrize("address", ["http://idp.example/a.png", "file:///etc/passwd", "ftp://x/y"])
def test_a_logo_is_fetched_by_tls_only(address):
    with pytest.raises(LogoFault):
        logos.fetched(address)


def test_a_logo_is_kept_by_its_checksum_and_its_provider(tmp_path):
    kept = Logos(tmp_path)
    assert kept.name_of(PLAIN.entity_id) is None
    assert kept.refresh([with_logos("https://idp.example/a.png")], lambda _: picture()) == 1
    name = kept.name_of(PLAIN.entity_id)
    assert kept.picture(name) == logos.made_anew(picture())
    assert Logos(tmp_path).name_of(PLAIN.entity_id) == name


def test_the_first_one_that_can_be_shown_is_shown(tmp_path):
    kept = Logos(tmp_path)
    found = {"https://a.example/a.svg": b"<svg/>", "https://a.example/b.png": picture()}
    kept.refresh([with_logos(*found)], found.__getitem__)
    assert kept.name_of(PLAIN.entity_id)


def test_one_that_cannot_be_had_leaves_the_one_before(tmp_path):
    kept = Logos(tmp_path)
    provider = with_logos("https://idp.example/a.png")
    kept.refresh([provider], lambda _: picture())
    before = kept.name_of(PLAIN.entity_id)

    def away(_):
        raise LogoFault("away")

    kept.refresh([provider], away)
    assert kept.name_of(PLAIN.entity_id) == before
    kept.refresh([PLAIN], away)
    assert kept.name_of(PLAIN.entity_id) is None


def test_a_logo_may_lie_in_the_metadata_itself(tmp_path):
    kept = Logos(tmp_path)
    inline = "data:image/png;base64," + base64.b64encode(picture()).decode()
    for address in ("data:image/png,x", "data:image/png;base64,=x", inline):
        kept.refresh([with_logos(address)], lambda _: b"")
        assert bool(kept.name_of(PLAIN.entity_id)) == (address == inline)


@pytest.mark.parametrize("name", ["../secrets", "logos", "x", "", "a/b"])
def test_no_other_file_is_given_out(tmp_path, name):
    folder = tmp_path / "logos"
    kept = Logos(folder)
    kept.refresh([with_logos("https://idp.example/a.png")], lambda _: picture())
    (tmp_path / "secrets.png").write_bytes(b"secret")
    assert kept.picture(name) is None
