"""The ways to pay that are on, and what the environment says of each.

Outside production the simulators' addresses and keys are the defaults, so that a demonstration
needs no settings; in production there are none but those that are given.
"""

import hashlib
import hmac
from pathlib import Path
from typing import Any, Protocol

from services.payments import providers

WAYS = {
    "production": "",
    "demonstration": "swish card invoice counter",
    "development": "swish card invoice counter pretend",
    "test": "swish card invoice counter pretend",
}
# Swish's own number for trying things out; nobody is paid there.
PAYEE = "1231181189"


class Variables(Protocol):
    """The environment's variables, each fault gathered."""

    production: bool
    faults: list[str]

    def text(self, name: str, default: str | None) -> str:
        """A text."""
        ...

    def url(self, name: str, default: str | None, schemes: tuple[str, ...]) -> str:
        """An address."""
        ...

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number."""
        ...


def read(
    variables: Variables, *, environment: str, secret: str, data: Path, port: int
) -> dict[str, Any]:
    """The settings of each way that is on, by its key."""
    ways = variables.text("SALEM24_PAYMENT_WAYS", WAYS.get(environment, "")).split()
    known = providers.known()
    if unknown := [way for way in ways if way not in known]:
        variables.faults.append(
            f"SALEM24_PAYMENT_WAYS: expected some of {', '.join(known)}, not {', '.join(unknown)}"
        )
    simulated = {} if variables.production else _simulated(secret, data, port)
    given = Given(variables, secret, simulated)
    return providers.configured([way for way in known if way in ways], given)


def addresses(port: int) -> dict[str, str]:
    """Where the simulators of a demonstration on a port are."""
    return {
        "SALEM24_SWISH_URL": f"https://127.0.0.1:{port + 3}/swish-cpcapi",
        "SALEM24_SWISH_BOOKS": f"https://127.0.0.1:{port + 3}/bocker",
        "SALEM24_SWISH_APP": f"http://127.0.0.1:{port + 3}/app",
        "SALEM24_CARD_URL": f"https://127.0.0.1:{port + 4}",
    }


def _simulated(secret: str, data: Path, port: int) -> dict[str, str]:
    """Where the simulators of a demonstration are, and the keys that they share with us."""
    folder = data / "payments"
    return {
        **addresses(port),
        "SALEM24_SWISH_PAYEE": PAYEE,
        "SALEM24_SWISH_CERTIFICATE": str(folder / "client.pem"),
        "SALEM24_SWISH_PRIVATE_KEY": str(folder / "client.key"),
        "SALEM24_SWISH_AUTHORITY": str(folder / "authority.pem"),
        "SALEM24_CARD_AUTHORITY": str(folder / "authority.pem"),
        "SALEM24_CARD_SECRET_KEY": f"sk_test_{_derived(secret, 'card').hex()}",
        "SALEM24_CARD_WEBHOOK_SECRET": f"whsec_{_derived(secret, 'card-notices').hex()}",
    }


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


class Given:
    """What a provider reads its settings from."""

    def __init__(self, variables: Variables, secret: str, simulated: dict[str, str]) -> None:
        self.variables, self.secret, self.simulated = variables, secret, simulated

    @property
    def production(self) -> bool:
        """Whether real money is paid."""
        return self.variables.production

    def text(self, name: str, default: str | None) -> str:
        """A variable's text; without a default it must be given."""
        return self.variables.text(name, self.simulated.get(name, default))

    def url(self, name: str, default: str | None, schemes: tuple[str, ...]) -> str:
        """A variable's address, with one of the schemes."""
        return self.variables.url(name, self.simulated.get(name, default), schemes)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A variable's whole number."""
        return self.variables.number(name, default, least, most)

    def file(self, name: str) -> Path:
        """A variable's file. A demonstration's are made when its simulators start."""
        path = Path(self.text(name, None))
        if name not in self.simulated and not path.is_file():
            self.complain(name, "a file that can be read")
        return path

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose alone, the same in every process."""
        return _derived(self.secret, purpose)

    def complain(self, name: str, expected: str) -> None:
        """Note that a variable is not as expected."""
        self.variables.faults.append(f"{name}: expected {expected}")
