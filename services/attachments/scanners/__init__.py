"""One file for each virus scanner, found by the address that it answers to."""

import sys

from services.attachments.scanning import Scanner
from services.kernel.registry import discover


def open_scanner(address: str | None, *, production: bool) -> Scanner:
    """The scanner at `host:port` or `/path/of/socket`; without an address the pretend one.

    Raises ValueError when no scanner answers to the address, or in production without one.
    """
    for module in discover(sys.modules[__name__]):
        if module.answers_to(address):
            opened: Scanner = module.open_scanner(address, production=production)
            return opened
    raise ValueError(f"no scanner answers to {address!r}")
