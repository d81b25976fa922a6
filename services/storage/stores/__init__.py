"""One file for each kind of store, found by its address's scheme."""

import sys
from urllib.parse import urlsplit

from services.kernel.registry import discover
from services.storage.store import Store


def open_store(address: str) -> Store:
    """The store at an address such as `file:///srv/salem24/files` or `s3://bucket/prefix`.

    Raises ValueError when no store answers to the address's scheme.
    """
    scheme = urlsplit(address).scheme
    for module in discover(sys.modules[__name__]):
        if scheme in module.SCHEMES:
            opened: Store = module.open_store(address)
            return opened
    raise ValueError(f"no store for the scheme {scheme!r}")
