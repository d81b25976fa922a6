"""Changing our key in steps: at no moment is a sign-in lost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from identity import keys, own_metadata
from identity.claims import Refused
from identity.keys import KeyPair
from identity.provider import ServiceProvider
from identity.vocabulary import DS, MD, tag
from tests.identity.conftest import Desk, an_entity
from tests.identity.minter import TOLVAN, Minter

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys.ensure(tmp_path / "sp")
    return tmp_path / "sp"


def _entity(folder: Path) -> ServiceProvider:
    return an_entity(
        keys.read(folder),
        previous_keys=keys.previous(folder),
        next_keys=keys.upcoming(folder),
    )


def _announced(entity: ServiceProvider, use: str) -> list[str]:
    root = etree.fromstring(own_metadata.document(entity, NOW))
    described = [one for one in root.iter(tag(MD, "KeyDescriptor")) if one.get("use") == use]
    return [one.findtext(f".//{tag(DS, 'X509Certificate')}") or "" for one in described]


def _opens(desk: Desk, entity: ServiceProvider, pair: KeyPair) -> bool:
    desk.entity, desk.minter = entity, Minter(desk.minter.keys, pair)
    try:
        return desk.answer().value == TOLVAN
    except Refused:
        return False


def test_no_sign_in_is_lost_while_our_key_changes(desk: Desk, folder: Path) -> None:
    old = keys.read(folder)
    new = keys.prepare(folder)
    prepared = _entity(folder)
    assert _announced(prepared, "signing") == [old.certificate_text, new.certificate_text]
    assert _announced(prepared, "encryption") == [new.certificate_text]
    assert prepared.keys == old
    assert all(_opens(desk, prepared, one) for one in (old, new))

    keys.switch(folder, NOW)
    switched = _entity(folder)
    assert switched.keys == new
    assert _announced(switched, "signing") == [new.certificate_text]
    assert all(_opens(desk, switched, one) for one in (old, new))

    assert keys.drop(folder, NOW - timedelta(days=1)) == 0
    assert keys.drop(folder, NOW + timedelta(days=1)) == 1
    dropped = _entity(folder)
    assert (_opens(desk, dropped, new), _opens(desk, dropped, old)) == (True, False)


def test_a_change_has_one_step_after_the_other(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keys.switch(folder, NOW)
    keys.prepare(folder)
    with pytest.raises(FileExistsError):
        keys.prepare(folder)
    keys.switch(folder, NOW)
    assert keys.upcoming(folder) is None
    assert (folder / "private.pem").stat().st_mode & 0o077 == 0


def test_an_operator_is_led_through_the_steps(app: Flask, monkeypatch, folder: Path) -> None:
    monkeypatch.setattr("app.cli.identity_keys._folder", lambda use: folder)
    steps = [
        ("switch", 1, "prepare one first"),
        ("prepare", 0, "Restart"),
        ("prepare", 1, "there already"),
        ("switch", 0, "Switched"),
        ("drop", 0, "0 earlier keys dropped"),
    ]
    for step, code, words in steps:
        told = app.test_cli_runner().invoke(args=["identity", "keys", step])
        assert (told.exit_code, words in told.output) == (code, True), told.output


def test_rotate_takes_the_step_that_is_next_and_not_too_early(
    app: Flask, monkeypatch, folder: Path
) -> None:
    monkeypatch.setattr("app.cli.identity_keys._folder", lambda use: folder)
    steps = [
        ([], 0, "next key is made"),
        ([], 1, "switch then"),
        (["--now"], 0, "Switched"),
        ([], 1, "drop it later"),
        (["--now"], 0, "the change is done"),
    ]
    for options, code, words in steps:
        told = app.test_cli_runner().invoke(args=["identity", "keys", "rotate", *options])
        assert (told.exit_code, words in told.output) == (code, True), told.output


def test_encryption_can_have_a_key_of_its_own(desk: Desk, folder: Path, other_keys) -> None:
    signing = keys.read(folder)
    entity = an_entity(signing, encryption_keys=other_keys)
    assert _announced(entity, "signing") == [signing.certificate_text]
    assert _announced(entity, "encryption") == [other_keys.certificate_text]
    # Who has not yet read the new metadata encrypts to the old key.
    assert all(_opens(desk, entity, one) for one in (signing, other_keys))


def test_the_key_for_encryption_changes_in_steps_too(desk: Desk, folder: Path) -> None:
    apart = folder.parent / "encryption"
    old = keys.ensure(apart)
    new = keys.prepare(apart)
    prepared = an_entity(keys.read(folder), encryption_keys=old, next_encryption_keys=new)
    assert _announced(prepared, "encryption") == [new.certificate_text]
    assert all(_opens(desk, prepared, one) for one in (old, new))


def test_an_operator_makes_a_key_of_its_own_for_encryption(
    app: Flask, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.cli.identity_keys._folder", lambda use: tmp_path / use)
    invoke = app.test_cli_runner().invoke
    assert invoke(args=["identity", "keys", "prepare", "--of", "encryption"]).exit_code == 1
    assert invoke(args=["identity", "keys", "separate"]).exit_code == 0
    assert invoke(args=["identity", "keys", "separate"]).exit_code == 1
    assert invoke(args=["identity", "keys", "prepare", "--of", "encryption"]).exit_code == 0
