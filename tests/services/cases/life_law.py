"""What must be true of a case after everything that anybody does."""

from typing import Any

from sqlalchemy import select

from services.audit import log
from services.cases import completions
from services.cases.desk_models import AnswerChange, CaseTask, Completion
from services.cases.models import Case, State
from services.deadlines import queries as deadlines
from services.deadlines.models import Kind
from services.decisions import queries as decisions
from services.decisions.models import DecisionSeries, Stage
from services.kernel.calendar import last_day, working_days_after, working_days_between
from services.payments import queries as orders
from services.records.models import DiaryEntry
from tests.services.cases.life import ENDED, FAR, STAFF, WAITS
from tests.services.cases.life_steps import Keeping


def hold(life: Keeping) -> None:
    """Everything below, after each step."""
    _who_has_jav_is_out(life)
    _who_sees_is_as_the_model_says(life)
    _what_was_answered_is_kept(life)
    _time_is_counted(life)
    _decisions_stand(life)
    if life.case.state in (*ENDED, State.DISPOSED):
        _ended_is_ended(life)


def _who_has_jav_is_out(life: Keeping) -> None:
    out = {life.staff[name].person_id for name in life.barred}
    assert life.case.handler_id not in out
    assert not {each.person_id for each in life.case.handlers} & out
    assert not {each.who_id for each in _tasks(life) if each.done_at is None} & out


def _tasks(life: Keeping) -> Any:
    query = select(CaseTask).where(CaseTask.case_id == life.case.id).order_by(CaseTask.id)
    return life.lent.scalars(query.limit(200)).all()


def _who_sees_is_as_the_model_says(life: Keeping) -> None:
    for name in STAFF:
        assert life.seen_by(life.staff[name]) == {life.sees(name)}, name
    assert life.seen_by(life.people.resident) == {not life.is_gone}
    assert life.seen_by(life.people.stranger) == {False}


def _what_was_answered_is_kept(life: Keeping) -> None:
    if life.is_gone:
        return
    query = select(AnswerChange.before).where(AnswerChange.case_id == life.case.id)
    before = set(life.lent.scalars(query.order_by(AnswerChange.id).limit(100)))
    assert before | {life.case.answers["stolpe"]} == life.values


def _time_is_counted(life: Keeping) -> None:
    waits = completions.waited_for(life.lent, life.case) is not None
    assert waits == (life.case.state == State.AWAITING_COMPLETION)
    pause = deadlines.open_pause(life.lent, life.case.id)
    assert (pause is not None) == (life.case.state in WAITS or life.rests)
    waited = sum(working_days_between(*each) for each in life.waited)
    for each in deadlines.of_case(life.lent, life.case.id):
        assert each.due_on >= life.due.get(each.id, each.promised_on), "a time became shorter"
        life.due[each.id] = each.due_on
        if each.kind == Kind.PROMISE:
            assert each.due_on == working_days_after(each.promised_on, waited)
        if each.key == "lag" and life.completed_on:
            assert each.due_on >= last_day(life.completed_on, weeks=10)


def _decisions_stand(life: Keeping) -> None:
    if life.is_gone:
        return
    for made in life.decided:
        if made.stage == Stage.REPLACED:
            continue
        for each in decisions.appeals_covering(life.lent, made):
            in_time = each.last_day is None or each.received_at.date() <= each.last_day
            if each.is_open and (each.in_time or (each.in_time is None and in_time)):
                assert made.legal_force_on is None, "final, and yet before a court"
            if each.decision_id == made.id and each.result in ("revoked", "sent_back"):
                assert made.legal_force_on is None, "final, and yet revoked"


def _ended_is_ended(life: Keeping) -> None:
    case = life.case
    assert deadlines.open_of_case(life.lent, case.id) == []
    assert deadlines.open_pause(life.lent, case.id) is None
    waits = select(Completion.id).where(
        Completion.case_id == case.id,
        Completion.answered_at.is_(None),
        Completion.expired_at.is_(None),
    )
    assert life.lent.scalars(waits.limit(1)).all() == []
    left = [each for each in _tasks(life) if each.done_at is None]
    assert all(case.closed_at and each.made_at > case.closed_at for each in left), "left undone"
    if case.state == State.WITHDRAWN:
        assert decisions.draft_of_case(life.lent, case.id) is None
    if life.owing():
        assert case.state == State.CLOSED
        assert life.stands
        assert case.status != "avskriven"


def end(life: Keeping) -> None:
    """What is dear to ask: once, when the life is over."""
    life.books_agree()
    _numbers_have_no_gaps(life)
    _others_have_only_theirs(life)
    log.write(life.lent)
    assert log.first_broken(life.lent) is None


def _numbers_have_no_gaps(life: Keeping) -> None:
    authority = life.people.authority
    # A decision of the year after begins a series of its own.
    by_year: dict[str, list[int]] = {}
    for number in life.numbers:
        year, place = number.removeprefix("TN D ").split("/")
        by_year.setdefault(year, []).append(int(place))
    for year, places in by_year.items():
        assert sorted(places) == list(range(1, len(places) + 1)), (year, places)
        assert life.lent.get(DecisionSeries, (authority.id, int(year))).last == len(places)
    query = select(DiaryEntry.number).where(DiaryEntry.authority_id == authority.id)
    assert list(life.lent.scalars(query.limit(10))) == [1]


def _others_have_only_theirs(life: Keeping) -> None:
    """What was handed over is the other authority's: nobody looks back over the border."""
    mine = life.case
    for row in life.referred:
        life.case = life.lent.get_one(Case, row.new_case_id)
        for name in STAFF:
            sees = name == FAR and not life.case.protected
            assert life.seen_by(life.staff[name]) == {sees}, name
    life.case = mine
    assert orders.orders_of_owner(life.lent, mine.id)
