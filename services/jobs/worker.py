"""The worker's side: each job is run by its handler in a unit of work of its own."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from services.kernel.work import Work

Handler = Callable[[Work, dict[str, Any]], None]
OpenWork = Callable[[], AbstractContextManager[Work]]
Call = Callable[[], Any]
Part = Callable[[Work], None]

MOST_ATTEMPTS = 10
STALLED_AFTER_SECONDS = 30
KEPT_HOURS = 72
EVERY_MINUTE = "* * * * *"
EACH_NIGHT = "17 3 * * *"
# A refusal of these kinds is the same the next time: trying again would change nothing.
FINAL = (NotFound, NotAllowed, Conflict, Invalid)


@dataclass(frozen=True)
class Errand:
    """A job that asks somebody outside, in three parts so that no transaction waits for them.

    `prepare` reads, and notes what is about to be done, in a unit of work that commits; it
    returns the call to make, or None when there is nothing to ask any more. `note` writes down
    the answer in a unit of work of its own. The worker may die between any two of them, so what
    is called must bear repetition.
    """

    prepare: Callable[[Work, dict[str, Any]], Call | None]
    note: Callable[[Work, dict[str, Any], Any], None]


@dataclass(frozen=True)
class Series:
    """A job in parts, each in a unit of work of its own: what has been done stays done.

    `parts` finds in a unit of work what is left to do. A worker that dies leaves the rest to the
    next attempt. `refused` writes down, in a unit of work of its own, why a part would not; the
    job has then ended.
    """

    parts: Callable[[Work, dict[str, Any]], Iterable[Part]]
    refused: Callable[[Work, dict[str, Any], Refusal], None]


class Patience(BaseRetryStrategy):
    """Try again after 3, 9, 27 seconds and so on, over about a day, unless it cannot help."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, or None for never."""
        if isinstance(exception, FINAL) or job.attempts >= MOST_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": 3 ** (job.attempts + 1)})


def build_app(
    database_url: str,
    handlers: Mapping[str, Handler | Errand | Series],
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
        app.task(name=kind, retry=Patience())(run_of(handler, open_work))
    for kind, cron in (timetable or {}).items():
        ticking = _on_time(run_of(handlers[kind], open_work))
        app.periodic(cron=cron)(app.task(name=f"{kind}@timetable", retry=Patience())(ticking))
    _keep_house(app)
    return app


def plain(database_url: str) -> str:
    """The address as libpq reads it, without SQLAlchemy's name of the driver."""
    scheme, separator, rest = database_url.partition("://")
    return scheme.partition("+")[0] + separator + rest


def run_of(handler: Handler | Errand | Series, open_work: OpenWork) -> Callable[..., None]:
    """How a job of this kind is done, in as many units of work as it takes."""
    if isinstance(handler, Errand):
        return _as_errand(handler, open_work)
    if isinstance(handler, Series):
        return _in_series(handler, open_work)
    return _in_own_work(handler, open_work)


def _in_own_work(handler: Handler, open_work: OpenWork) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        with open_work() as work:
            handler(work, arguments)

    return run


def _as_errand(errand: Errand, open_work: OpenWork) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        with open_work() as work:
            call = errand.prepare(work, arguments)
        if call is None:
            return
        answer = call()
        with open_work() as work:
            errand.note(work, arguments, answer)

    return run


def _in_series(series: Series, open_work: OpenWork) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        try:
            with open_work() as work:
                parts = series.parts(work, arguments)
            for part in parts:
                with open_work() as work:
                    part(work)
        except FINAL as refusal:
            with open_work() as work:
                series.refused(work, arguments, refusal)

    return run


def _on_time(run: Callable[..., None]) -> Callable[[int], None]:
    def at(timestamp: int) -> None:
        run()

    return at


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
