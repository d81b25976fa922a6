"""What is counted is right, also when nothing or little is there to count."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.cases.models import Case, State
from services.statistics import commands, queries
from tests.builders import a_case, a_handler, a_work, an_authority

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def authority(lent):
    return an_authority(lent)


def decided(lent, days, *, late=False):
    """A case that took a number of days, and was decided yesterday."""
    case = a_case(lent)
    case.received_at = NOW - timedelta(days=days + 1)
    case.decided_at = case.closed_at = NOW - timedelta(days=1)
    case.due_on = date(2026, 11, 1) if late else date(2026, 12, 1)
    case.state, case.outcome = State.CLOSED, "done"
    return case


def counted(lent):
    lent.flush()
    commands.count(a_work(lent, now=NOW))
    lent.expire_all()


def test_half_of_the_cases_took_between_these_days(lent, authority):
    cases = [decided(lent, days) for days in range(1, 21)]
    counted(lent)
    pace = queries.pace(lent, cases[0].service_id)
    assert (pace.low_days, pace.median_days, pace.high_days) == (5, 10, 15)
    assert pace.slow_days == 18
    assert pace.decided_cases == 20


def test_too_few_cases_tell_nothing(lent, authority):
    cases = [decided(lent, days) for days in range(1, 10)]
    counted(lent)
    assert queries.pace(lent, cases[0].service_id) is None


def test_counting_again_counts_nothing_twice(lent, authority):
    cases = [decided(lent, days, late=days > 8) for days in range(1, 13)]
    counted(lent)
    counted(lent)
    months = queries.months(lent, date(2026, 1, 1), date(2026, 12, 1))
    summary = queries.summed(months)[cases[0].service_id]
    assert (summary.received, summary.decided, summary.late) == (12, 12, 4)
    assert summary.late_share == 33
    assert summary.outcomes == {"done": 12}
    assert summary.channels == {"web": 12}


def test_a_month_begins_at_midnight_in_sweden(lent, authority):
    case = a_case(lent)
    case.received_at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    counted(lent)
    [month] = queries.months(lent, date(2026, 1, 1), date(2026, 12, 1))
    assert month.month == date(2026, 11, 1)


def test_the_place_in_the_queue_is_by_the_day_of_receipt(lent, authority):
    first, second, third = (a_case(lent, now=NOW + timedelta(minutes=each)) for each in range(3))
    lent.flush()
    assert [queries.position(lent, each) for each in (first, second, third)] == [1, 2, 3]
    first.state = State.CLOSED
    first.closed_at = NOW
    lent.flush()
    assert queries.position(lent, first) is None
    assert queries.position(lent, third) == 2


def test_drafts_that_were_never_handed_in_are_counted(lent, authority):
    handed_in = a_case(lent)
    a_case(lent, state=State.DRAFT)
    counted(lent)
    standing = queries.standings(lent)[handed_in.service_id]
    assert (standing.begun, standing.handed_in) == (2, 1)


def test_another_authoritys_figures_are_not_among_ones_own(lent, authority):
    case = a_case(lent)
    other = an_authority(lent, "SN")
    counted(lent)
    assert case.service_id in queries.standings(lent, queries.own(a_handler(lent, authority)))
    assert queries.standings(lent, queries.own(a_handler(lent, other))) == {}
    assert queries.months(lent, date(2026, 1, 1), date(2026, 12, 1), {other.id}) == []


def test_a_withdrawn_case_counts_as_received_only(lent, authority):
    case = a_case(lent)
    case.state, case.closed_at = State.WITHDRAWN, NOW
    counted(lent)
    [month] = queries.months(lent, date(2026, 1, 1), date(2026, 12, 1))
    assert (month.received, month.decided) == (1, 0)
    assert lent.get(Case, case.id).decided_at is None
