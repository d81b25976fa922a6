"""The ways to pay, one file each; a new file here is a new way."""

import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from services.kernel.registry import discover
from services.payments.provider import Provider, Reader


def known() -> dict[str, ModuleType]:
    """Every way that there is, by its key."""
    return {module.KEY: module for module in discover(sys.modules[__name__])}


def configured(ways: Iterable[str], given: Reader) -> dict[str, Any]:
    """The settings of each way that is on; what is wrong is complained of to the reader.

    Raises KeyError for a way that there is not.
    """
    modules = known()
    return {key: modules[key].configured(given) for key in ways}


def open_providers(settings: Mapping[str, Any]) -> dict[str, Provider]:
    """The ways that are on, by their keys, from the settings that `configured` gave."""
    modules = known()
    return {key: modules[key].open_provider(each) for key, each in settings.items()}
