"""What all tests share: one database server, a session that leaves nothing behind, settings."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from services.audit.log import AuditedSession
from tests import database
from tests.builders import lend
from tests.live import browser_program, chromium, demonstration_e_id, site
from tests.simulators import simulators
from tests.town import town

__all__ = ["browser_program", "chromium", "demonstration_e_id", "simulators", "site", "town"]


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the server before its workers; they find it in the environment."""
    if not hasattr(config, "workerinput"):
        config.stash[SERVER] = manager = database.server()
        manager.__enter__()


def pytest_unconfigure(config: pytest.Config) -> None:
    """And stops it when the last worker is done."""
    manager = config.stash.get(SERVER, None)
    if manager is not None:
        manager.__exit__(None, None, None)


SERVER = pytest.StashKey()


@pytest.fixture(scope="session")
def database_url() -> str:
    """A migrated database of this worker's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return database.own_database(os.environ[database.SHARED], f"test_{worker}")


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on it."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work, commits included, is undone after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        with AuditedSession(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as opened:
            yield opened
        outer.rollback()


@pytest.fixture
def lent(session: Session, tmp_path: Path) -> Session:
    """The same session, lent what entry points lend: keys, a file store, a scanner."""
    return lend(session, tmp_path / "files")


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test installation on this worker's database."""
    return Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": database_url,
            "SALEM24_DATA": str(tmp_path_factory.mktemp("data")),
        }
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The whole application, as it is served."""
    served = create_app(settings)
    yield served
    served.extensions["engine"].dispose()
