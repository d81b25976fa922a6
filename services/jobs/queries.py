"""What an operator asks of the jobs: how many wait, and how many have failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

STANDING = text("""
    SELECT count(*) FILTER (WHERE status = 'todo'),
           count(*) FILTER (WHERE status = 'doing'),
           count(*) FILTER (WHERE status = 'failed'),
           min(coalesce(scheduled_at, now()))
               FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())
      FROM procrastinate_jobs
     WHERE status IN ('todo', 'doing', 'failed')
""")


@dataclass(frozen=True)
class Standing:
    """How the jobs stand. `oldest_due` is when the longest waiting job should have begun."""

    waiting: int
    running: int
    failed: int
    oldest_due: datetime | None


def standing(session: Session) -> Standing:
    """Counts of jobs that are not done, for health checks and metrics."""
    return Standing(*session.execute(STANDING).one())
