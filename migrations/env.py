"""Alembic's environment: one connection, no pool, and one migration at a time."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from services import models

LOCK = 2401


def run() -> None:
    """Migrate over the connection that the caller gives, or the configured address."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    # A pooled connection left behind would keep the database from being a template.
    engine = create_engine(
        context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool
    )
    with engine.connect() as connection:
        _migrate(connection)
        connection.commit()


def _migrate(connection):
    context.configure(
        connection=connection,
        target_metadata=models.metadata(),
        compare_type=True,
        compare_server_default=False,
        include_name=ours,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()


def ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave the job library's own tables and the rate counters out of comparisons."""
    return not (
        kind == "table" and name is not None and name.startswith(("procrastinate_", "rate_limit"))
    )


run()
