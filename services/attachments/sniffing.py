"""Telling what a file is by looking into it, never by its name alone."""

from dataclasses import dataclass

import puremagic

from services.attachments import names, zips
from services.kernel.errors import Invalid

JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG\r\n\x1a\n"
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}
MARKUP = ("<!doctype", "<html", "<svg", "<script", "<?xml", "<?php", "#!", "{\\rtf")
DECISIVE = 0.4


@dataclass(frozen=True)
class Found:
    """What a file turned out to be: one of the kinds `image`, `pdf`, `document`."""

    kind: str
    media_type: str


def sniff(data: bytes, name: str) -> Found:
    """What the bytes are. Raises Invalid("file-kind") for everything that is not allowed."""
    found = _by_content(data) or _by_text(data, name)
    if found is None:
        raise Invalid("file-kind", name=name)
    return found


def _by_content(data: bytes) -> Found | None:
    if data.startswith(JPEG):
        return Found("image", "image/jpeg")
    if data.startswith(PNG):
        return Found("image", "image/png")
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return Found("image", "image/heic")
    if data.startswith(b"%PDF-"):
        return Found("pdf", "application/pdf")
    if data.startswith(b"PK\x03\x04"):
        media_type = zips.office_type(data)
        return Found("document", media_type) if media_type else None
    return None


def _by_text(data: bytes, name: str) -> Found | None:
    """Plain text has no signature: its name must say so, and nothing in it may speak against."""
    media_type = {".txt": "text/plain", ".csv": "text/csv"}.get(names.suffix(name))
    if media_type is None or not TEXT_CONTROLS.isdisjoint(data) or _looks_like_something_else(data):
        return None
    text = _decoded(data)
    if text is None or text.lstrip("\ufeff \t\r\n").lower().startswith(MARKUP):
        return None
    return Found("document", media_type)


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _looks_like_something_else(data: bytes) -> bool:
    try:
        guesses = puremagic.magic_string(data)
    except puremagic.PureError:
        return False
    return any(
        guess.confidence >= DECISIVE and not guess.mime_type.startswith("text/plain")
        for guess in guesses
    )
