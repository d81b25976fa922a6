"""One file for each virus scanner, found by the scheme of its address."""

import sys

from services.attachments.scanning import Scanner
from services.kernel.registry import discover

PRETEND = "pretend:"


def open_scanner(address: str | None, *, production: bool) -> Scanner:
    """The scanner at `tcp://host:port` or `unix:///path`; without an address the pretend one.

    Raises ValueError when no scanner answers to the scheme, or in production without one.
    """
    scheme = (address or PRETEND).partition(":")[0]
    for module in discover(sys.modules[__name__]):
        if scheme in module.SCHEMES:
            opened: Scanner = module.open_scanner(address or PRETEND, production=production)
            return opened
    raise ValueError(f"no scanner for the scheme {scheme!r}")
