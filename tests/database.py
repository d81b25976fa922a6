"""One PostgreSQL for the whole run, and a database of its own for each worker of it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from app.runner.migrations import alembic_config
from app.runner.postgres import Postgres

SHARED = "SALEM24_TEST_SERVER"
TEMPLATE = "salem24"


@contextmanager
def server() -> Iterator[str]:
    """Start the server, migrate the template database once, and tell the workers its address."""
    if SHARED in os.environ:
        yield os.environ[SHARED]
        return
    with tempfile.TemporaryDirectory(prefix="salem24-test-") as folder:
        started = Postgres(Path(folder) / "postgres", durable=False)
        started.start()
        try:
            command.upgrade(alembic_config(started.url()), "head")
            os.environ[SHARED] = started.url()
            yield started.url()
        finally:
            os.environ.pop(SHARED, None)
            started.stop()


def own_database(template_url: str, name: str) -> str:
    """A copy of the migrated template under a name of one's own; returns its address."""
    url = make_url(template_url)
    engine = create_engine(
        url.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        # Two copies of one template at once would be refused.
        connection.execute(text("SELECT pg_advisory_lock(2402)"))
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(
            text(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        )
        connection.execute(text("SELECT pg_advisory_unlock(2402)"))
    return url.set(database=name).render_as_string(hide_password=False)
