"""Rate limits, counted in PostgreSQL so that all processes share them.

Only what can be abused is limited: sign-in answers, guesses at follow links, and messages
from people who are not signed in. Reading is not limited here; that is the proxy's work.
"""

import time
from typing import Any

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage
from sqlalchemy import Engine, text

COUNT = text(
    """
    INSERT INTO rate_limit AS r (key, hits, expires_at)
    VALUES (:key, :amount, clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (key) DO UPDATE SET
      hits = CASE WHEN r.expires_at < clock_timestamp() THEN :amount ELSE r.hits + :amount END,
      expires_at = CASE WHEN r.expires_at < clock_timestamp()
        THEN clock_timestamp() + make_interval(secs => :seconds) ELSE r.expires_at END
    RETURNING hits
    """
)
READ = text("SELECT hits FROM rate_limit WHERE key = :key AND expires_at >= clock_timestamp()")
EXPIRY = text("SELECT extract(epoch FROM expires_at) FROM rate_limit WHERE key = :key")


class PostgresStorage(Storage):
    """Fixed-window counters in an unlogged table: one upsert for each hit."""

    STORAGE_SCHEME = ["salem24"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def _engine(self) -> Engine:
        engine: Engine = current_app.extensions["engine"]
        return engine

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a hit; returns how many there are in this window."""
        with self._engine().begin() as connection:
            facts = {"key": key, "amount": amount, "seconds": expiry}
            return int(connection.execute(COUNT, facts).scalar_one())

    def get(self, key: str) -> int:
        """How many hits there are in this window."""
        with self._engine().connect() as connection:
            return int(connection.execute(READ, {"key": key}).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When this window ends, in seconds since 1970."""
        with self._engine().connect() as connection:
            return float(connection.execute(EXPIRY, {"key": key}).scalar() or time.time())

    def check(self) -> bool:
        """The readiness check asks the database already."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._engine().begin() as connection:
            return connection.execute(text("DELETE FROM rate_limit")).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._engine().begin() as connection:
            connection.execute(text("DELETE FROM rate_limit WHERE key = :key"), {"key": key})


limiter = Limiter(
    get_remote_address,
    storage_uri="salem24://",
    strategy="fixed-window",
    headers_enabled=True,
    default_limits=[],
)


def init_app(app: Flask) -> None:
    """Limits are set by the views that need them."""
    app.config.setdefault("RATELIMIT_ENABLED", True)
    limiter.init_app(app)
