"""The commands of `./start flask …`: one module each, found by its `register(app)`."""

import importlib
import pkgutil

from click import Command, Context
from flask import Flask
from flask.cli import AppGroup

MODULES = frozenset(found.name for found in pkgutil.iter_modules(__path__))


class Commands(AppGroup):
    """Our commands, each read when it is asked for: no process keeps what it never needs."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self.app = app

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """A command by its name, which is its module's."""
        if cmd_name in MODULES and cmd_name not in self.commands:
            self._read(cmd_name)
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Context) -> list[str]:
        """All of them, for whoever asks for help."""
        for name in sorted(MODULES):
            self._read(name)
        return super().list_commands(ctx)

    def _read(self, name: str) -> None:
        importlib.import_module(f"app.cli.{name}").register(self.app)


def init_app(app: Flask) -> None:
    """Let every module of this package be found."""
    app.cli = Commands(app)
