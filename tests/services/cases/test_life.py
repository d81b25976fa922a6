"""A case's life with two handlers, a chief, a resident and the clock, in any order (hypothesis).

Whatever they do, in whatever order: what is refused changes nothing, who has jäv never gets in,
what was answered before is never lost, and the timeline only grows.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from services.access.rules import may
from services.cases import assignment, commands, completions, corrections, notes, policy, tasks
from services.cases.changing import locked
from services.cases.desk_models import AnswerChange
from services.cases.models import CaseEvent, State
from services.kernel.calendar import local_day
from services.kernel.errors import Refusal
from services.kernel.work import SYSTEM, Duty
from services.organisation import commands as organisation
from tests.builders import NOON, a_case, a_handler, a_resident, a_work, an_authority

STATES = {
    State.RECEIVED,
    State.IN_PROGRESS,
    State.AWAITING_COMPLETION,
    State.CLOSED,
    State.WITHDRAWN,
}
WHO = st.sampled_from(["one", "other", "chief"])
STEPS = st.one_of(
    st.tuples(st.just("take"), WHO),
    st.tuples(st.just("assign"), WHO, WHO),
    st.tuples(st.just("help"), WHO, WHO),
    st.tuples(st.just("jav"), WHO, WHO),
    st.tuples(st.just("lift"), WHO, WHO),
    st.tuples(st.just("status"), WHO, st.sampled_from(["mottagen", "pagar", "klar"])),
    st.tuples(st.just("ask"), WHO),
    st.tuples(st.just("note"), WHO),
    st.tuples(st.just("task"), WHO, WHO),
    st.tuples(st.just("correct"), WHO, st.sampled_from(["S-1", "S-2"])),
    st.tuples(st.just("answer"), st.sampled_from(["S-3", "S-4"])),
    st.tuples(st.just("withdraw")),
    st.tuples(st.just("night"), st.integers(1, 20)),
)


class Life:
    """The people, the case, and what the model remembers of it."""

    def __init__(self, lent) -> None:
        authority = an_authority(lent)
        self.lent, self.now = lent, NOON
        self.resident = a_resident(lent)
        self.case = a_case(lent, by=self.resident)
        self.staff = {
            "one": a_handler(lent, authority),
            "other": a_handler(lent, authority),
            "chief": a_handler(lent, authority, Duty.MANAGER),
        }
        for name, actor in self.staff.items():
            duty = Duty.MANAGER if name == "chief" else Duty.HANDLER
            organisation.appoint(
                a_work(lent),
                actor.person_id,
                authority.id,
                duty,
                elected=False,
                valid_from=NOON.date(),
            )
        lent.flush()
        self.barred: set[str] = set()
        self.values = {"S-123"}

    def work(self, who: str):
        """A unit of work by one of them, now."""
        actors = {**self.staff, "resident": self.resident, "clock": SYSTEM}
        return a_work(self.lent, actors[who], self.now)

    def events(self) -> int:
        """How long the timeline is."""
        query = select(func.count()).where(CaseEvent.case_id == self.case.id)
        return int(self.lent.scalar(query) or 0)

    def do(self, step: tuple) -> None:
        """Do one thing; what is refused is taken back."""
        before = (self.case.state, self.case.handler_id, dict(self.case.answers), self.events())
        self.now += timedelta(hours=1)
        try:
            with self.lent.begin_nested():
                getattr(self, f"_{step[0]}")(*step[1:])
                self.lent.flush()
        except Refusal:
            self.lent.refresh(self.case)
            after = (self.case.state, self.case.handler_id, dict(self.case.answers), self.events())
            assert after == before, step
        self.hold(before[3])

    def _take(self, who: str) -> None:
        assignment.take(self.work(who), self.case.id)
        assert who not in self.barred

    def _assign(self, who: str, to: str) -> None:
        assignment.assign(self.work(who), self.case.id, self.staff[to].person_id)
        assert not {who, to} & self.barred

    def _help(self, who: str, to: str) -> None:
        assignment.add_person(self.work(who), self.case.id, self.staff[to].person_id)
        assert not {who, to} & self.barred

    def _jav(self, who: str, whose: str) -> None:
        person_id = self.staff[whose].person_id
        assignment.declare_conflict(self.work(who), self.case.id, person_id, "related")
        assert who == whose or who == "chief"
        self.barred.add(whose)

    def _lift(self, who: str, whose: str) -> None:
        assignment.lift_conflict(self.work(who), self.case.id, self.staff[whose].person_id)
        assert who == "chief"
        assert who not in self.barred
        self.barred.discard(whose)

    def _status(self, who: str, key: str) -> None:
        commands.set_status(self.work(who), self.case.id, key)
        assert who not in self.barred

    def _ask(self, who: str) -> None:
        day = local_day(self.now) + timedelta(days=7)
        asked = [("stolpe", "Numret finns inte.")]
        completions.ask(self.work(who), self.case.id, "Mer, tack.", day, asked=asked)

    def _note(self, who: str) -> None:
        notes.note(self.work(who), self.case.id, "Ringde.")

    def _task(self, who: str, to: str) -> None:
        tasks.add(self.work(who), self.case.id, "Ring", self.staff[to].person_id, None)
        assert to not in self.barred

    def _correct(self, who: str, value: str) -> None:
        corrections.correct(self.work(who), self.case.id, {"stolpe": value}, "Ringde.")
        self.values.add(value)

    def _answer(self, value: str) -> None:
        case = locked(self.work("resident"), self.case.id)
        completions.answer(self.work("resident"), case, {"stolpe": value})
        self.values.add(value)

    def _withdraw(self) -> None:
        commands.withdraw(self.work("resident"), self.case.id)

    def _night(self, days: int) -> None:
        self.now += timedelta(days=days)
        completions.follow_up(self.work("clock"))

    def hold(self, events: int) -> None:
        """What must be true after everything."""
        assert State(self.case.state) in STATES
        assert self.events() >= events
        for name in self.barred:
            actor = self.staff[name]
            assert not may(actor, policy.READ_AT_DESK, self.case)
            assert self.case.handler_id != actor.person_id
            assert all(each.person_id != actor.person_id for each in self.case.handlers)
        query = select(AnswerChange).where(AnswerChange.case_id == self.case.id)
        changes = self.lent.scalars(query.order_by(AnswerChange.id).limit(100)).all()
        kept = {each.before for each in changes} | {self.case.answers["stolpe"]}
        assert kept == self.values
        waits = completions.waited_for(self.lent, self.case) is not None
        assert waits == (self.case.state == State.AWAITING_COMPLETION)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=15))
def test_whatever_people_do_the_case_holds_together(lent, steps):
    outer = lent.begin_nested()
    try:
        life = Life(lent)
        for step in steps:
            life.do(step)
    finally:
        outer.rollback()
        lent.info.pop("audit_entries", None)
