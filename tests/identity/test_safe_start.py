"""What stops the start: libraries that do not fit, and tests that have strayed (ID-02, ID-17)."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import safe_start
from app.config import ConfigurationFault, Settings
from app.demo import eid_setup
from app.entities import SIGNING
from identity import keys, selftest
from identity.feeds import Feed
from identity.keys import KeyPair
from tests.identity.test_metadata import a_feed, an_idp

# It takes a few hundredths; what burns seconds is caught, a busy machine is not.
LONGEST_SECONDS = 2


@pytest.fixture(scope="module")
def our_own() -> KeyPair:
    return keys.generate("salem24")


@pytest.fixture
def production(tmp_path: Path, our_own: KeyPair) -> Settings:
    keep(tmp_path / "eid" / SIGNING, our_own)
    settings = Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": "postgresql://unused",
            "SALEM24_DATA": str(tmp_path),
        }
    )
    return replace(settings, environment="production")


def keep(folder: Path, pair: KeyPair) -> None:
    """Lay a pair down where a municipality keeps it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "private.pem").write_bytes(pair.private_pem)
    (folder / "certificate.pem").write_bytes(pair.certificate_pem)


def start(settings: Settings) -> list[str]:
    """The faults that stop the start; none when it goes well."""
    app = Flask(__name__)
    app.extensions["settings"] = settings
    try:
        safe_start.init_app(app)
    except ConfigurationFault as fault:
        return fault.faults
    return []


def test_production_starts_with_nothing_that_is_a_test(production: Settings) -> None:
    assert start(production) == []


def test_the_self_test_is_run_at_every_start_and_costs_little(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(production)
    begun = time.thread_time()
    assert start(production) == []
    assert time.thread_time() - begun < LONGEST_SECONDS

    def broken(pair: KeyPair) -> None:
        raise selftest.SelfTestFault("they do not fit")

    monkeypatch.setattr("identity.selftest.run", broken)
    for environment in ("production", "demonstration"):
        [fault] = start(replace(production, environment=environment))
        assert "they do not fit" in fault


def test_a_short_key_stops_production(production: Settings) -> None:
    keep(production.eid_keys_folder / SIGNING, keys.generate("salem24", bits=2048))
    [fault] = start(production)
    assert "2048 bits" in fault


def test_a_key_of_a_demonstration_stops_production(production: Settings, tmp_path: Path) -> None:
    demonstration = replace(production, environment="demonstration", eid_keys_folder=tmp_path / "d")
    assert start(demonstration) == []
    made_there = replace(production, eid_keys_folder=tmp_path / "d")
    [fault] = start(made_there)
    assert "made for a demonstration" in fault


def with_file(settings: Settings, tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "own.xml"
    file.write_text(text)
    return replace(settings, eid_metadata=(str(file),))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("http://idp.salem.se", "without TLS"),
        ("https://localhost:8443", "for tests"),
        ("https://127.0.0.1", "for tests"),
        ("https://idp.example", "for tests"),
        ("https://idp.salem.test", "for tests"),
        ("https://eid.sandbox.swedenconnect.se/idp", "for tests"),
        ("https://qa.connector.eidas.swedenconnect.se/eidas", "for tests"),
        ("https://idp-x.test.frejaeid.com", "for tests"),
        ("https://m00-mg-local.testidp.funktionstjanster.se/samlv2", "for tests"),
    ],
)
def test_a_provider_for_tests_stops_production(
    production: Settings, tmp_path: Path, provider_keys: KeyPair, name: str, why: str
) -> None:
    file = a_feed(an_idp(provider_keys, name), None)
    [fault] = start(with_file(production, tmp_path, file))
    assert name in fault
    assert why in fault


@pytest.mark.parametrize(
    "name", ["https://idp.salem.se", "https://connector.eidas.swedenconnect.se/eidas"]
)
def test_a_real_provider_does_not(
    production: Settings, tmp_path: Path, provider_keys: KeyPair, name: str
) -> None:
    assert start(with_file(production, tmp_path, a_feed(an_idp(provider_keys, name), None))) == []


def test_the_demonstrations_own_metadata_stops_production(
    production: Settings, tmp_path: Path
) -> None:
    demonstration = replace(production, environment="demonstration", data_folder=tmp_path / "d")
    file = eid_setup.ensure_demo_federation(demonstration)
    faults = start(replace(production, eid_metadata=(str(file),)))
    assert len(faults) == len(eid_setup.ISSUERS)


def test_a_key_of_the_demonstration_under_a_real_name_stops_production(
    production: Settings, tmp_path: Path
) -> None:
    pair = keys.generate(f"salem24 {keys.DEMONSTRATION} e-ID")
    file = a_feed(an_idp(pair, "https://idp.salem.se"), None)
    [fault] = start(with_file(production, tmp_path, file))
    assert "demonstration's key" in fault


def test_an_unreadable_file_stops_production(production: Settings, tmp_path: Path) -> None:
    [fault] = start(with_file(production, tmp_path, "<spoilt"))
    assert "SALEM24_EID_METADATA" in fault


def test_a_feed_for_tests_stops_production(production: Settings, provider_keys: KeyPair) -> None:
    listed = {
        "invanare": frozenset({"https://idp.salem.se", "http://dev.test.swedenconnect.se/idp"})
    }
    feed = Feed(
        "qa",
        "https://qa.md.swedenconnect.se/role/idp.xml",
        (provider_keys.certificate_text,),
        listed=listed,
    )
    faults = start(replace(production, eid_feeds=(feed,)))
    assert any("test environment's feed" in one for one in faults)
    assert any("dev.test.swedenconnect.se" in one for one in faults)
    assert len(faults) == 2


def test_a_demonstration_starts_with_all_of_that(production: Settings, tmp_path: Path) -> None:
    demonstration = replace(production, environment="demonstration")
    file = eid_setup.ensure_demo_federation(demonstration)
    assert start(replace(demonstration, eid_metadata=(str(file),))) == []
