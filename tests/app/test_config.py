"""Settings: defaults of a demonstration, and every fault of an installation at once."""

import base64
import json
import stat
from dataclasses import FrozenInstanceError

import pytest

from app.config import ConfigurationFault, Settings

DATABASE = "postgresql://salem24@database.example/salem24"
KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def demonstration(tmp_path):
    return {"SALEM24_DATABASE_URL": DATABASE, "SALEM24_DATA": str(tmp_path / "data")}


@pytest.fixture
def production(demonstration):
    return {
        **demonstration,
        "SALEM24_ENV": "production",
        "SALEM24_PUBLIC_URL": "https://e-tjanster.salem24.example/",
        "SALEM24_SECRET_KEY": "k" * 48,
        "SALEM24_IDENTIFIER_KEYS": f"k2:{OTHER_KEY},k1:{KEY}",
        "SALEM24_INDEX_KEY": KEY,
        "SALEM24_CLAMD": "scanner.example:3310",
        "SALEM24_SMTP_HOST": "mail.example",
    }


def _faults(environ):
    with pytest.raises(ConfigurationFault) as caught:
        Settings.from_environment(environ)
    return caught.value.faults


def test_a_demonstration_needs_nothing_but_a_database(demonstration):
    settings = Settings.from_environment(demonstration)

    assert settings.environment == "demonstration"
    assert settings.public_url == "http://localhost:8024"
    assert settings.eid_demo_url == "http://127.0.0.1:8025"
    assert settings.max_upload_bytes == 10 * 1024 * 1024


def test_the_driver_is_named_for_sqlalchemy(demonstration):
    settings = Settings.from_environment(demonstration)
    assert settings.database_url == DATABASE.replace("postgresql:", "postgresql+psycopg:")


def test_secrets_of_a_demonstration_are_made_once_and_kept_for_us_alone(demonstration, tmp_path):
    first = Settings.from_environment(demonstration)
    second = Settings.from_environment(demonstration)

    kept = tmp_path / "data" / "secrets.json"
    assert (first.secret_key, first.index_key) == (second.secret_key, second.index_key)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secrets.json"]


def test_a_secret_in_the_environment_comes_before_the_kept_one(demonstration):
    settings = Settings.from_environment({**demonstration, "SALEM24_SECRET_KEY": "s" * 40})
    assert settings.secret_key == "s" * 40


def test_production_takes_what_it_is_given(production):
    settings = Settings.from_environment(production)

    assert settings.is_production
    assert settings.public_url == "https://e-tjanster.salem24.example"
    assert list(settings.identifier_keys) == ["k2", "k1"]
    assert settings.smtp.tls


def test_production_makes_no_secrets(production, tmp_path):
    Settings.from_environment(production)
    assert not (tmp_path / "data").exists()


def test_every_fault_is_reported_at_once_by_its_variable():
    faults = _faults({"SALEM24_ENV": "production"})
    named = {fault.partition(":")[0] for fault in faults}

    assert named >= {
        "SALEM24_DATA",
        "SALEM24_DATABASE_URL",
        "SALEM24_PUBLIC_URL",
        "SALEM24_SECRET_KEY",
        "SALEM24_IDENTIFIER_KEYS",
        "SALEM24_INDEX_KEY",
        "SALEM24_CLAMD",
        "SALEM24_SMTP_HOST",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SALEM24_ENV", "staging"),
        ("SALEM24_DATABASE_URL", "sqlite:///salem24.db"),
        ("SALEM24_PUBLIC_URL", "localhost:8024"),
        ("SALEM24_SECRET_KEY", "short"),
        ("SALEM24_INDEX_KEY", "bm90IDMyIGJ5dGVz"),
        ("SALEM24_INDEX_KEY", "not base64"),
        ("SALEM24_IDENTIFIER_KEYS", "no-name-before-the-key"),
        ("SALEM24_IDENTIFIER_KEYS", "k1:c2hvcnQ="),
        ("SALEM24_POOL_SIZE", "0"),
        ("SALEM24_POOL_SIZE", "٣"),
        ("SALEM24_TRUSTED_PROXIES", "-1"),
        ("SALEM24_MAX_UPLOAD_BYTES", "ten"),
        ("SALEM24_SMTP_PORT", "70000"),
        ("SALEM24_SMTP_TLS", "maybe"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(demonstration, name, value):
    faults = _faults({**demonstration, name: value})

    assert all(fault.startswith(f"{name}: expected ") for fault in faults)


def test_a_fault_does_not_tell_the_secret(demonstration):
    faults = _faults(
        {**demonstration, "SALEM24_SECRET_KEY": "hunter2", "SALEM24_INDEX_KEY": "c2k="}
    )
    assert "hunter2" not in str(faults)
    assert "c2k=" not in str(faults)


def test_an_address_in_production_must_be_encrypted(production):
    faults = _faults({**production, "SALEM24_PUBLIC_URL": "http://e-tjanster.salem24.example"})
    assert faults == ["SALEM24_PUBLIC_URL: expected an https address in production"]


def test_settings_do_not_change(demonstration):
    settings = Settings.from_environment(demonstration)
    with pytest.raises(FrozenInstanceError):
        settings.environment = "production"


def test_kept_secrets_are_strong(demonstration, tmp_path):
    Settings.from_environment(demonstration)
    kept = json.loads((tmp_path / "data" / "secrets.json").read_text())
    assert len(kept["SALEM24_SECRET_KEY"]) >= 48
    assert len(base64.b64decode(kept["SALEM24_INDEX_KEY"])) == 32
