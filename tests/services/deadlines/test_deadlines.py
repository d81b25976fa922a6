"""The times that run in a case, each test named by the rule that it holds us to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.cases import commands as cases
from services.cases import completions
from services.cases.events import CaseReceived
from services.cases.models import State
from services.cases.queries import messages
from services.deadlines import commands, queries
from services.deadlines.models import Ending, Kind
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.wiring import deliver
from tests.builders import a_case, a_document, a_handler, a_resident, a_work, an_authority
from tests.builders.document import FACTS, two

# A Monday; ten working days later is Monday the 23rd.
START = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
LAW = {
    "key": "fyra-manader",
    "label": two("Beslut"),
    "source": two("5 § alkoholförordningen (2010:1636)"),
    "starts": "complete",
    "length": 4,
    "unit": "months",
}
STATUSES = [
    {**FACTS["statuses"][0], "next": ["pagar", "avslag"]},
    {**FACTS["statuses"][1], "next": ["avslag"]},
    {**FACTS["statuses"][2], "key": "avslag", "outcome": "refused", "state": "decided", "next": ["klar"]},
    {**FACTS["statuses"][2], "key": "klar", "outcome": None},
]  # fmt: skip


@pytest.fixture
def authority(lent):
    return an_authority(lent)


def received(lent, by=None, now=START, **changes):
    """A case that has come in, with its times begun."""
    by = by or a_resident(lent)
    document = a_document(statuses=STATUSES, level="eid", **changes)
    case = a_case(lent, by=by, now=now, document=document)
    work = a_work(lent, by, now)
    commands.case_received(work, CaseReceived(case.id))
    return case, by


def by_desk(lent, authority, case, do, now):
    """Something done at the desk at a moment, and told to who listens."""
    work = a_work(lent, a_handler(lent, authority), now)
    done = do(work)
    deliver(work)
    return done


def kinds(lent, case):
    return {each.kind: each for each in queries.of_case(lent, case.id)}


def test_the_promise_is_counted_in_working_days(lent, authority):
    case, _ = received(lent)
    assert case.due_on == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 11, 8, 22, 59, tzinfo=UTC), "2026-11-20"),
        (datetime(2026, 11, 9, 23, 1, tzinfo=UTC), "2026-11-24"),
    ],
)
def test_a_case_comes_in_on_the_day_that_it_is_in_sweden(lent, authority, moment, due):
    case, _ = received(lent, now=moment)
    assert case.due_on.isoformat() == due


def test_the_clock_stands_still_while_the_party_is_waited_for(lent, authority):
    case, resident = received(lent)
    by_desk(
        lent,
        authority,
        case,
        lambda work: completions.ask(work, case.id, "Vilken stolpe?", None),
        START + timedelta(days=2),
    )
    answer = a_work(lent, resident, START + timedelta(days=7))
    cases.write_from_party(answer, case.id, "S-123")
    deliver(answer)

    # Wednesday to Monday are three working days more.
    assert case.due_on == date(2026, 11, 26)
    promise = kinds(lent, case)[Kind.PROMISE]
    assert promise.promised_on == date(2026, 11, 23)
    [pause] = queries.pauses_of_case(lent, case.id)
    assert (pause.from_on, pause.to_on) == (date(2026, 11, 11), date(2026, 11, 16))


def test_a_law_that_counts_from_complete_starts_again_when_completed(lent, authority):
    case, resident = received(lent, time_limits=[LAW])
    assert kinds(lent, case)[Kind.LIMIT].due_on == date(2027, 3, 9)
    by_desk(
        lent,
        authority,
        case,
        lambda work: completions.ask(work, case.id, "Ritning?", None),
        START + timedelta(days=1),
    )
    answer = a_work(lent, resident, START + timedelta(days=10))
    cases.write_from_party(answer, case.id, "Här är den.")
    deliver(answer)
    assert kinds(lent, case)[Kind.LIMIT].due_on == date(2027, 3, 19)


def test_a_law_that_is_for_some_answers_runs_for_those_alone(lent, authority):
    of_others = {**LAW, "when": {"question": "stolpe", "is": "S-9"}}
    of_these = {
        **LAW,
        "key": "tva-veckor",
        "length": 2,
        "when": {"question": "stolpe", "is_not": "S-9"},
    }

    case, _ = received(lent, time_limits=[of_others, of_these])

    limits = [each for each in queries.of_case(lent, case.id) if each.kind == Kind.LIMIT]
    assert [each.key for each in limits] == ["tva-veckor"]


def test_days_after_the_laws_last_day_are_counted_until_it_is_decided(lent, authority):
    case, _ = received(lent, time_limits=[{**LAW, "length": 2, "unit": "weeks"}])
    last = kinds(lent, case)[Kind.LIMIT].due_on
    assert last == date(2026, 11, 23)
    assert [queries.days_late(lent, case.id, last + timedelta(days=n)) for n in (-1, 0, 9)] == [
        0,
        0,
        9,
    ]
    by_desk(
        lent,
        authority,
        case,
        lambda work: cases.set_status(work, case.id, "avslag"),
        START + timedelta(days=17),
    )

    assert queries.days_late(lent, case.id, last + timedelta(days=99)) == 3


def test_a_decided_case_keeps_its_day_and_tells_whether_it_was_late(lent, authority):
    case, _ = received(lent)
    by_desk(
        lent,
        authority,
        case,
        lambda work: cases.set_status(work, case.id, "avslag"),
        START + timedelta(days=30),
    )
    assert case.due_on == date(2026, 11, 23)
    assert {each.ending for each in queries.of_case(lent, case.id)} == {Ending.LATE, Ending.MET}


def test_fl_11_a_delay_is_told_with_its_reason_and_moves_the_day(lent, authority):
    case, _ = received(lent)
    handler = a_handler(lent, authority)
    work = a_work(lent, handler, START + timedelta(days=12))
    [running] = queries.running(lent, handler, date(2026, 11, 21))
    assert running.is_to_be_told

    commands.tell_delay(work, case.id, "Vi väntar på en besiktning.", date(2026, 12, 11))

    assert case.due_on == date(2026, 12, 11)
    promise = kinds(lent, case)[Kind.PROMISE]
    assert promise.promised_on == date(2026, 11, 23)
    lent.flush()
    written = messages(lent, case.id, with_notes=False)
    assert [each.body for each in written] == ["Vi väntar på en besiktning."]
    with pytest.raises(Invalid, match="delay-not-later"):
        commands.tell_delay(work, case.id, "Igen.", date(2026, 12, 11))


def test_fl_12_six_months_and_four_weeks(lent, authority):
    case, resident = received(lent, now=datetime(2026, 2, 28, 9, 0, tzinfo=UTC))
    early = a_work(lent, resident, datetime(2026, 8, 28, 9, 0, tzinfo=UTC))
    with pytest.raises(Conflict, match="decision-cannot-be-asked"):
        commands.ask_for_decision(early, case.id)

    day_after = a_work(lent, resident, datetime(2026, 8, 29, 9, 0, tzinfo=UTC))
    asked = commands.ask_for_decision(day_after, case.id)

    # Four weeks from a Saturday end on a Saturday, and so on the Monday after (1930:173).
    assert asked.due_on == date(2026, 9, 28)
    # The promise ran out long ago; it is still the first that the desk must answer for.
    assert case.due_on == date(2026, 3, 13)
    with pytest.raises(Conflict, match="decision-cannot-be-asked"):
        commands.ask_for_decision(day_after, case.id)


def test_fl_12_is_only_for_the_party(lent, authority):
    case, _ = received(lent, now=datetime(2026, 2, 28, 9, 0, tzinfo=UTC))
    stranger = a_work(lent, a_resident(lent), datetime(2026, 9, 1, 9, 0, tzinfo=UTC))
    with pytest.raises(NotAllowed):
        commands.ask_for_decision(stranger, case.id)


def test_fl_12_does_not_run_where_nothing_is_tried(lent, authority):
    resident = a_resident(lent)
    case = a_case(lent, by=resident, now=START)
    commands.case_received(a_work(lent, resident, START), CaseReceived(case.id))
    assert set(kinds(lent, case)) == {Kind.PROMISE}


def test_a_withdrawn_case_has_no_times_left(lent, authority):
    case, resident = received(lent)
    work = a_work(lent, resident, START + timedelta(days=1))
    cases.withdraw(work, case.id)
    deliver(work)
    assert case.state == State.WITHDRAWN
    assert {each.ending for each in queries.of_case(lent, case.id)} == {Ending.LAPSED}


def test_times_that_run_out_are_shown_within_the_authority_only(lent, authority):
    case, _ = received(lent)
    today = date(2026, 11, 20)
    other = an_authority(lent, "SN")
    assert [each.case for each in queries.running(lent, a_handler(lent, authority), today)] == [
        case
    ]
    assert queries.running(lent, a_handler(lent, other), today) == []
