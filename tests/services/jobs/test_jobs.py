"""Jobs are planned in the transaction and done after it, each in its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate import App, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.jobs import queries
from services.jobs.commands import plan, plan_at
from services.jobs.worker import MOST_ATTEMPTS, Errand, Patience, build_app, plain
from services.kernel.errors import NotFound, Unavailable
from services.kernel.work import SYSTEM, Work

NOW = datetime(2026, 10, 1, 12, 32, tzinfo=UTC)


@pytest.fixture
def work(session: Session) -> Work:
    return Work(session=session, actor=SYSTEM, now=NOW)


def planned(work: Work) -> list[Any]:
    query = text("SELECT task_name, args, scheduled_at FROM procrastinate_jobs ORDER BY id")
    return [tuple(row) for row in work.session.execute(query)]


def test_a_planned_job_stands_in_the_same_transaction(work: Work) -> None:
    plan(work, "letters.send", letter="1")
    assert planned(work) == [("letters.send", {"letter": "1"}, None)]


def test_a_job_goes_when_the_transaction_is_rolled_back(work: Work) -> None:
    with work.session.begin_nested() as part:
        plan(work, "letters.send", letter="1")
        part.rollback()
    assert planned(work) == []


def test_a_job_can_wait_for_its_moment(work: Work) -> None:
    plan_at(work, NOW + timedelta(days=1), "letters.send", letter="1")
    assert planned(work)[0][2] == NOW + timedelta(days=1)


def test_an_operator_sees_how_many_jobs_wait(work: Work) -> None:
    plan(work, "letters.send")
    plan_at(work, datetime.now(UTC) + timedelta(days=1), "letters.send")
    standing = queries.standing(work.session)
    assert (standing.waiting, standing.running, standing.failed) == (2, 0, 0)
    assert standing.oldest_due is not None


class Works:
    """Opens units of work and remembers how each of them ended."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ended: list[str] = []

    @contextmanager
    def open(self) -> Iterator[Work]:
        try:
            yield Work(session=self.session, actor=SYSTEM, now=NOW)
        except Exception:
            self.ended.append("rolled back")
            raise
        self.ended.append("committed")


def app_with(
    works: Works, handler: Callable[[Work, dict[str, Any]], None] | Errand, **wishes: Any
) -> App:
    return build_app(
        "postgresql+psycopg://nobody@/nowhere", {"letters.send": handler}, works.open, **wishes
    )


def test_a_job_is_done_in_a_unit_of_work_of_its_own(session: Session) -> None:
    done: list[dict[str, Any]] = []
    works = Works(session)
    app = app_with(works, lambda _work, arguments: done.append(arguments))
    app.tasks["letters.send"](letter="1")
    assert (done, works.ended) == ([{"letter": "1"}], ["committed"])


def test_a_job_that_fails_is_rolled_back(session: Session) -> None:
    def fail(_work: Work, _arguments: dict[str, Any]) -> None:
        raise Unavailable("mail-away")

    works = Works(session)
    with pytest.raises(Unavailable):
        app_with(works, fail).tasks["letters.send"](letter="1")
    assert works.ended == ["rolled back"]


def test_an_errand_asks_between_two_units_of_work(session: Session) -> None:
    works = Works(session)
    asked: list[list[str]] = []
    noted: list[Any] = []

    def call() -> str:
        asked.append(list(works.ended))
        return "yes"

    errand = Errand(lambda _work, _told: call, lambda _work, told, said: noted.append((told, said)))
    app_with(works, errand).tasks["letters.send"](letter="1")

    assert asked == [["committed"]]
    assert noted == [({"letter": "1"}, "yes")]
    assert works.ended == ["committed", "committed"]


def test_an_errand_with_nothing_to_ask_is_done(session: Session) -> None:
    works = Works(session)
    errand = Errand(lambda _work, _told: None, lambda *_: pytest.fail("there was no answer"))
    app_with(works, errand).tasks["letters.send"](letter="1")
    assert works.ended == ["committed"]


def test_the_timetable_runs_a_handler_without_arguments(session: Session) -> None:
    done: list[dict[str, Any]] = []
    app = app_with(
        Works(session),
        lambda _work, arguments: done.append(arguments),
        timetable={"letters.send": "0 3 * * *"},
    )
    app.tasks["letters.send@timetable"](timestamp=1)
    assert done == [{}]
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["letters.send@timetable"] == "0 3 * * *"
    assert {"jobs.retry-stalled", "jobs.purge"} <= set(crons)


def decision(fault: Exception, attempts: int) -> RetryDecision | None:
    job = Job(
        id=1, lock=None, queueing_lock=None, queue="default", task_name="x", attempts=attempts
    )
    return Patience().get_retry_decision(exception=fault, job=job)


def test_a_failed_job_is_tried_again_with_growing_patience() -> None:
    first, second = decision(Unavailable("away"), 0), decision(OSError(), 5)
    assert first is not None
    assert first.retry_at is not None
    assert second is not None
    assert second.retry_at is not None
    assert second.retry_at - first.retry_at > timedelta(minutes=10)


def test_a_job_is_not_tried_again_for_ever_or_when_it_cannot_help() -> None:
    assert decision(Unavailable("away"), MOST_ATTEMPTS) is None
    assert decision(NotFound("case"), 0) is None


def test_the_worker_reads_the_address_of_the_application() -> None:
    assert plain("postgresql+psycopg://u:p@h:5/d?host=/s") == "postgresql://u:p@h:5/d?host=/s"
