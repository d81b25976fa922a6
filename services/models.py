"""Every slice's tables, found by walking the slices; for migrations and their checks."""

import importlib
import pkgutil

from sqlalchemy import MetaData

import services
from services.kernel.db import Base


def metadata() -> MetaData:
    """The tables of all slices."""
    for found in pkgutil.iter_modules(services.__path__):
        if found.ispkg:
            package = importlib.import_module(f"services.{found.name}")
            for inner in pkgutil.iter_modules(package.__path__):
                if inner.name.endswith("models"):
                    importlib.import_module(f"services.{found.name}.{inner.name}")
    return Base.metadata
