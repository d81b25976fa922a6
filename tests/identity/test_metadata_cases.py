"""The fourteen cases of a metadata feed, one line each: expected, got (identity §7.4)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from lxml import etree

from identity import metadata
from identity.keys import KeyPair
from identity.metadata import Directory, MetadataFault, check_newer, read_feed
from identity.moments import written
from tests.identity.test_metadata import ENTITY, NOW, a_feed, an_idp, signed

READ = "read"


class Mint:
    """Feeds of all sorts: ours is the pinned signer, evil is not."""

    def __init__(self, ours: KeyPair, evil: KeyPair) -> None:
        self.ours, self.evil = ours, evil
        self.idp = an_idp(ours)

    def feed(self, inner: str | None = None, until: str | None = "soon") -> bytes:
        return signed(a_feed(inner or self.idp, until), self.ours)

    def at(self, moment: datetime) -> bytes:
        return self.feed(until=written(moment))

    def wrapped(self) -> bytes:
        evil = a_feed(an_idp(self.evil) + self.feed().decode())
        return evil.replace('ID="_feed"', 'ID="_evil"', 1).encode()

    def moved(self) -> bytes:
        root, evil = etree.fromstring(self.feed()), etree.fromstring(a_feed(an_idp(self.evil)))
        evil.insert(0, root[0])
        return etree.tostring(evil)


CASES: dict[str, tuple[Callable[[Mint], bytes], str]] = {
    "golden": (lambda mint: mint.feed(), READ),
    "comments": (lambda mint: mint.feed().replace(b"<md:Ext", b"<!-- x --><md:Ext", 1), READ),
    "wrapped": (lambda mint: mint.wrapped(), "signature-place"),
    "signature moved to another root": (lambda mint: mint.moved(), "signature"),
    "unsigned": (lambda mint: a_feed(mint.idp).encode(), "count-Signature"),
    "wrong key": (lambda mint: signed(a_feed(mint.idp), mint.evil), "signature"),
    "expired": (lambda mint: mint.at(NOW - timedelta(minutes=1)), "expired"),
    "no end": (lambda mint: mint.feed(until=None), "valid-until"),
    "valid for too long": (lambda mint: mint.at(NOW + timedelta(days=40)), "valid-too-long"),
    "an entity twice": (lambda mint: mint.feed(mint.idp * 2), "entity-twice"),
    "DTD": (lambda mint: b"<!DOCTYPE x>" + mint.feed(), "dtd"),
    "truncated": (lambda mint: mint.feed()[:-200], "xml"),
    "too large": (lambda mint: mint.feed() + b" " * metadata.LARGEST, "too-large"),
    "another root": (lambda mint: b"<html/>", "root"),
}


def _outcome(xml: bytes, mint: Mint) -> str:
    try:
        found = read_feed(xml, "feed", (mint.ours.certificate_text,), NOW)
    except MetadataFault as fault:
        return str(fault)
    return READ if [one.entity_id for one in found] == [ENTITY] else "other entities"


def test_each_case_comes_out_as_it_must(our_keys: KeyPair, other_keys: KeyPair) -> None:
    mint = Mint(our_keys, other_keys)
    lines = {
        name: (expected, _outcome(make(mint), mint)) for name, (make, expected) in CASES.items()
    }
    for name, (expected, got) in lines.items():
        print(f"{name}: expected {expected}, got {got}")
    assert not {name: line for name, line in lines.items() if line[0] != line[1]}


def test_an_odd_name_finds_no_entity(our_keys: KeyPair, other_keys: KeyPair) -> None:
    mint = Mint(our_keys, other_keys)
    found = read_feed(mint.feed(), "feed", (our_keys.certificate_text,), NOW)
    directory = Directory.of([found], {"invanare": frozenset({ENTITY})})
    for odd in ("x' or '1'='1", ENTITY + "' or ''='", ENTITY.upper(), ENTITY + "/", ""):
        assert directory.provider(odd, "invanare", NOW) is None
    assert directory.provider(ENTITY, "invanare", NOW) is not None


def test_a_feed_does_not_go_back(our_keys: KeyPair, other_keys: KeyPair) -> None:
    mint = Mint(our_keys, other_keys)
    older, newer = (mint.at(NOW + timedelta(days=days)) for days in (6, 7))
    check_newer(newer, older)
    check_newer(older, older)
    with pytest.raises(MetadataFault, match="rolled-back"):
        check_newer(older, newer)
