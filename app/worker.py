"""The worker: `python -m app.worker` does what requests have planned, until told to stop."""

import asyncio
import functools
import sys

from sqlalchemy.orm import sessionmaker

from app.config import ConfigurationFault, Settings
from app.pool import engine_of
from app.transactions import open_work
from services import wiring
from services.audit.log import AuditedSession
from services.jobs import worker

CONCURRENCY = 4
# How often to look when no notice has come; notices come within milliseconds.
LOOK_SECONDS = 5.0


async def serve(settings: Settings) -> None:
    """Run jobs until SIGTERM; a job under way is finished first."""
    sessions = sessionmaker(
        engine_of(settings),
        class_=AuditedSession,
        expire_on_commit=False,
        info=wiring.resources(settings),
    )
    jobs = worker.build_app(
        settings.database_url,
        wiring.HANDLERS,
        functools.partial(open_work, sessions),
        wiring.TIMETABLE,
    )
    async with jobs.open_async():
        await jobs.run_worker_async(
            concurrency=CONCURRENCY, fetch_job_polling_interval=LOOK_SECONDS
        )


def main() -> int:
    """Exit 2 on faults of the configuration, each named."""
    try:
        settings = Settings.from_environment()
    except ConfigurationFault as fault:
        print("\n".join(fault.faults), file=sys.stderr)
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
