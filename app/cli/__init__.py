"""The commands of `./start flask …`: one module each, found by its `register(app)`."""

import importlib
import pkgutil

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every module of this package."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"app.cli.{found.name}").register(app)
