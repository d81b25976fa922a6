"""Planning what shall be done once the transaction has committed."""

from datetime import datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector

from services.kernel.work import Work

# Never opened: each job is written on the connection of the work that plans it.
_planner = App(connector=SyncPsycopgConnector())


def plan(work: Work, kind: str, **arguments: Any) -> None:
    """Plan a job in this very transaction: it exists if, and only if, the work commits.

    `arguments` are JSON. The job is done at least once, so its handler must bear repetition.
    """
    _defer(work, kind, None, arguments)


def plan_at(work: Work, moment: datetime, kind: str, **arguments: Any) -> None:
    """Plan a job that is done no sooner than a moment."""
    _defer(work, kind, moment, arguments)


def _defer(work: Work, kind: str, moment: datetime | None, arguments: dict[str, Any]) -> None:
    raw = work.session.connection().connection.driver_connection
    _planner.configure_task(kind, connection=raw, schedule_at=moment).defer(**arguments)
