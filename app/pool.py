"""The pool of database connections: each is checked before use, the fresh ones without asking.

Asking the server takes three round trips, more than many a page needs for itself. A server
that has gone leaves its end of the connection closed, which the socket shows at once; only a
connection that has been idle, where a network can swallow that, is asked.
"""

import functools
import select
import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from app.config import Settings

FRESH_SECONDS = 1.0


def engine_of(settings: Settings) -> Engine:
    """The pool, with time limits on connecting and on every statement."""
    engine = create_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=4,
        pool_timeout=10,
        pool_recycle=1800,
        # The connection used last is the one that is fresh.
        pool_use_lifo=True,
        # Faults are logged, and what people have written is not.
        hide_parameters=True,
        connect_args={
            "connect_timeout": 4,
            "tcp_user_timeout": 5000,
            "options": "-c statement_timeout=15000 -c lock_timeout=8000 -c timezone=UTC",
        },
    )
    event.listen(engine, "checkin", _note_when)
    event.listen(engine, "checkout", functools.partial(_check, engine.dialect))
    return engine


def _note_when(_: Any, record: Any) -> None:
    record.info["good_at"] = time.monotonic()


def _check(dialect: Any, connection: Any, record: Any, _: Any) -> None:
    good_at = record.info.get("good_at")
    # Without that it has just been connected.
    if good_at is None or (time.monotonic() - good_at < FRESH_SECONDS and _is_quiet(connection)):
        return
    try:
        dialect.do_ping(connection)
    except dialect.dbapi.Error as fault:
        # This one and all older ones are thrown away, and a new one is tried.
        raise InvalidatePoolError from fault


def _is_quiet(connection: Any) -> bool:
    """Nothing has come unasked: neither the server's farewell nor the end of the stream."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
