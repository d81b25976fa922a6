"""The worker's side: each job is run by its handler in a unit of work of its own."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Work

Handler = Callable[[Work, dict[str, Any]], None]
OpenWork = Callable[[], AbstractContextManager[Work]]

MOST_ATTEMPTS = 10
STALLED_AFTER_SECONDS = 30
KEPT_HOURS = 72
EVERY_MINUTE = "* * * * *"
EACH_NIGHT = "17 3 * * *"
# A refusal of these kinds is the same the next time: trying again would change nothing.
FINAL = (NotFound, NotAllowed, Conflict, Invalid)


class Patience(BaseRetryStrategy):
    """Try again after 3, 9, 27 seconds and so on, over about a day, unless it cannot help."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, or None for never."""
        if isinstance(exception, FINAL) or job.attempts >= MOST_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": 3 ** (job.attempts + 1)})


def build_app(
    database_url: str,
    handlers: Mapping[str, Handler],
    open_work: OpenWork,
    timetable: Mapping[str, str] | None = None,
) -> App:
    """A procrastinate app that knows every kind of job.

    `open_work` gives a context manager that commits when the job is done and rolls back
    when it fails. `timetable` maps kinds of job to cron lines; those jobs get no arguments.
    The database is reached directly, never through a pooler: the worker listens to it.
    """
    app = App(
        connector=PsycopgConnector(conninfo=plain(database_url)),
        worker_defaults={"stalled_worker_timeout": STALLED_AFTER_SECONDS, "delete_jobs": "never"},
    )
    for kind, handler in handlers.items():
        app.task(name=kind, retry=Patience())(_in_own_work(handler, open_work))
    for kind, cron in (timetable or {}).items():
        ticking = _on_time(handlers[kind], open_work)
        app.periodic(cron=cron)(app.task(name=f"{kind}@timetable", retry=Patience())(ticking))
    _keep_house(app)
    return app


def plain(database_url: str) -> str:
    """The address as libpq reads it, without SQLAlchemy's name of the driver."""
    scheme, separator, rest = database_url.partition("://")
    return scheme.partition("+")[0] + separator + rest


def _in_own_work(handler: Handler, open_work: OpenWork) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        with open_work() as work:
            handler(work, arguments)

    return run


def _on_time(handler: Handler, open_work: OpenWork) -> Callable[[int], None]:
    def run(timestamp: int) -> None:
        with open_work() as work:
            handler(work, {})

    return run


def _keep_house(app: App) -> None:
    """Jobs of a worker that died are run again, and those long done are cleared away."""

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name="jobs.retry-stalled", pass_context=True, queueing_lock="jobs.retry-stalled")
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            await manager.retry_job(job)

    @app.periodic(cron=EACH_NIGHT)
    @app.task(name="jobs.purge", pass_context=True, queueing_lock="jobs.purge")
    async def purge(context: JobContext, timestamp: int) -> None:
        await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_cancelled=True)
