"""What the settings make of our entities and their providers."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from app.demo import eid_setup
from app.federation import RESIDENTS, federation_of
from identity import keys
from identity.keys import KeyPair
from tests.identity.test_metadata import a_feed, an_idp

NOW = datetime.now(UTC)


@pytest.fixture
def demonstration(tmp_path: Path) -> Settings:
    return Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": "postgresql://unused",
            "SALEM24_DATA": str(tmp_path),
        }
    )


def test_a_changed_file_is_read_again(demonstration: Settings) -> None:
    federation = federation_of(demonstration)
    entity = federation.entities[RESIDENTS]
    assert len(federation.on_offer(entity, NOW)) == 2
    [source] = federation.sources
    keys.write(source.file, source.file.read_bytes().replace(b"loa3-pnr", b"loa9-pnr"))
    federation._read_at = ()
    assert len(federation.on_offer(entity, NOW)) == 1


def test_a_spoilt_file_leaves_the_last_good_copy(demonstration: Settings) -> None:
    federation = federation_of(demonstration)
    entity = federation.entities[RESIDENTS]
    federation.on_offer(entity, NOW)
    keys.write(federation.sources[0].file, b"<spoilt")
    federation._read_at = ()
    assert len(federation.on_offer(entity, NOW)) == 2


def test_production_takes_no_provider_without_tls(demonstration: Settings) -> None:
    file = eid_setup.ensure_demo_federation(demonstration)
    real = replace(demonstration, environment="production", eid_metadata=(str(file),))
    federation = federation_of(real)
    assert federation.directory(NOW).providers == {}


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("https://idp.salem.se", True),
        ("https://idp.example.se", True),
        ("http://idp.salem.se", False),
        ("https://localhost:8443", False),
        ("https://127.0.0.1", False),
        ("https://idp.example", False),
        ("https://idp.salem.test", False),
    ],
)
def test_production_takes_no_test_that_has_strayed(
    demonstration: Settings, tmp_path: Path, provider_keys: KeyPair, name: str, stays: bool
) -> None:
    file = tmp_path / "own.xml"
    file.write_text(a_feed(an_idp(provider_keys, name), None))
    real = replace(demonstration, environment="production", eid_metadata=(str(file),))
    assert (name in federation_of(real).directory(NOW).providers) is stays


def test_the_check_tells_what_is_on_offer(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["identity", "check"])
    assert told.exit_code == 0
    assert "Demo-legitimation" in told.output
