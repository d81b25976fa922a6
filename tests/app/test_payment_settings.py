"""Which ways to pay are on, and what production demands of each."""

from pathlib import Path
from typing import Any

import pytest

from app.config import ConfigurationFault, Settings
from services.payments.providers import open_providers
from tests.app.test_config import demonstration, production

__all__ = ["demonstration", "production"]


@pytest.fixture
def real(production: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Production with every real way to pay."""
    for name in ("client.pem", "client.key", "authority.pem"):
        (tmp_path / name).write_text("made by a bank")
    return {
        **production,
        "SALEM24_PAYMENT_WAYS": "swish card invoice counter",
        "SALEM24_SWISH_PAYEE": "1239999999",
        "SALEM24_SWISH_CERTIFICATE": str(tmp_path / "client.pem"),
        "SALEM24_SWISH_PRIVATE_KEY": str(tmp_path / "client.key"),
        "SALEM24_SWISH_AUTHORITY": str(tmp_path / "authority.pem"),
        "SALEM24_CARD_SECRET_KEY": "rk_live_51abc",
        "SALEM24_CARD_WEBHOOK_SECRET": "whsec_new whsec_old",
        "SALEM24_INVOICE_BANKGIRO": "991-2346",
    }


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationFault) as caught:
        Settings.from_environment(environ)
    return [fault.partition(":")[0] for fault in caught.value.faults]


def settings_of(environ: dict[str, str]) -> dict[str, Any]:
    return Settings.from_environment(environ).payment_providers


def test_a_demonstration_has_every_way_with_simulators_beside_it(
    demonstration: dict[str, str],
) -> None:
    found = settings_of(demonstration)
    assert set(found) == {"swish", "card", "invoice", "counter"}
    assert found["swish"].url == "https://127.0.0.1:8027/swish-cpcapi"
    assert found["card"].url == "https://127.0.0.1:8028"
    assert set(open_providers(found)) == set(found)


def test_development_has_a_pretend_way_as_well(demonstration: dict[str, str]) -> None:
    assert "pretend" in settings_of({**demonstration, "SALEM24_ENV": "development"})


def test_every_process_shares_the_simulators_keys(demonstration: dict[str, str]) -> None:
    first, second = settings_of(demonstration), settings_of(demonstration)
    assert first == second
    assert first["card"].secret_key.startswith("sk_test_")


def test_production_has_no_way_that_nobody_has_turned_on(production: dict[str, str]) -> None:
    assert settings_of(production) == {}


def test_production_speaks_to_swish_and_stripe_themselves(real: dict[str, str]) -> None:
    found = settings_of(real)
    assert found["swish"].url == "https://cpc.getswish.net/swish-cpcapi"
    assert found["swish"].app == "swish://paymentrequest"
    assert found["swish"].books == ""
    assert found["card"].url == "https://api.stripe.com"
    assert found["card"].authority is None
    assert found["card"].webhook_secrets == ("whsec_new", "whsec_old")
    assert found["invoice"].bankgiro == "991-2346"


def test_a_demonstration_can_be_paid_in_their_test_environments(
    demonstration: dict[str, str],
) -> None:
    mss = "https://mss.cpc.getswish.net/swish-cpcapi"
    found = settings_of(
        {
            **demonstration,
            "SALEM24_SWISH_URL": mss,
            "SALEM24_CARD_URL": "https://api.stripe.com",
            "SALEM24_CARD_SECRET_KEY": "sk_test_51abc",
            "SALEM24_CARD_WEBHOOK_SECRET": "whsec_x",
        }
    )
    assert (found["swish"].url, found["swish"].books) == (mss, "")
    assert found["swish"].app == "swish://paymentrequest"
    assert found["card"].authority is None


def test_the_counter_needs_nothing(production: dict[str, str]) -> None:
    assert set(settings_of({**production, "SALEM24_PAYMENT_WAYS": "counter"})) == {"counter"}


def test_what_a_way_needs_is_all_named_at_once(production: dict[str, str]) -> None:
    missing = faults({**production, "SALEM24_PAYMENT_WAYS": "swish card invoice"})
    assert set(missing) == {
        "SALEM24_SWISH_PAYEE",
        "SALEM24_SWISH_CERTIFICATE",
        "SALEM24_SWISH_PRIVATE_KEY",
        "SALEM24_SWISH_AUTHORITY",
        "SALEM24_CARD_SECRET_KEY",
        "SALEM24_CARD_WEBHOOK_SECRET",
        "SALEM24_INVOICE_BANKGIRO",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SALEM24_PAYMENT_WAYS", "swish pretend"),
        ("SALEM24_PAYMENT_WAYS", "swish gold"),
        ("SALEM24_SWISH_URL", "https://127.0.0.1:8027/swish-cpcapi"),
        ("SALEM24_SWISH_URL", "https://localhost/swish-cpcapi"),
        ("SALEM24_SWISH_URL", "http://cpc.getswish.net/swish-cpcapi"),
        ("SALEM24_SWISH_PAYEE", "0701740605"),
        ("SALEM24_SWISH_CERTIFICATE", "/nowhere/client.pem"),
        ("SALEM24_CARD_URL", "https://[::1]:8028"),
        ("SALEM24_CARD_URL", "http://api.stripe.com"),
        ("SALEM24_CARD_SECRET_KEY", "sk_test_51abc"),
        ("SALEM24_CARD_WEBHOOK_SECRET", "secret"),
        ("SALEM24_INVOICE_BANKGIRO", "991-2345"),
        ("SALEM24_INVOICE_DAYS", "5"),
        ("SALEM24_PUBLIC_URL", "http://e-tjanster.salem24.example"),
    ],
)
def test_production_refuses_what_is_not_for_real(
    real: dict[str, str], name: str, value: str
) -> None:
    assert set(faults({**real, name: value})) == {name}


def test_a_fault_does_not_tell_a_key(real: dict[str, str]) -> None:
    with pytest.raises(ConfigurationFault) as caught:
        Settings.from_environment({**real, "SALEM24_CARD_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(caught.value.faults)
