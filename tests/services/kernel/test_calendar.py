"""Swedish working days, held against the table of holidays for 2026 to 2028 (1989:253, 1930:173)."""

from datetime import UTC, date, datetime

import pytest

from services.kernel.calendar import (
    is_working_day,
    last_day,
    local_day,
    working_days_after,
    working_days_between,
)

NOT_WORKING = [
    *("2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14"),
    *("2026-06-19", "2026-12-24", "2026-12-25", "2026-12-31"),
    *("2027-01-01", "2027-01-06", "2027-03-26", "2027-03-29", "2027-05-06", "2027-06-25"),
    *("2027-12-24", "2027-12-31"),
    *("2028-01-06", "2028-04-14", "2028-04-17", "2028-05-01", "2028-05-25", "2028-06-06"),
    *("2028-06-23", "2028-12-25", "2028-12-26"),
]
# Weekdays that many take off, but that the law counts as working days.
WORKING = ["2026-01-05", "2026-04-02", "2026-04-30", "2026-05-15", "2026-06-18", "2026-12-23"]


@pytest.mark.parametrize("day", NOT_WORKING)
def test_a_holiday_or_an_eve_is_no_working_day(day):
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", WORKING)
def test_a_day_before_a_holiday_is_a_working_day(day):
    assert is_working_day(date.fromisoformat(day))


def test_working_days_pass_over_christmas():
    assert working_days_after(date(2026, 12, 22), 2) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC), "2026-10-24"),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "2026-10-26"),
        (datetime(2027, 3, 27, 23, 0, tzinfo=UTC), "2027-03-28"),
        (datetime(2027, 3, 28, 22, 0, tzinfo=UTC), "2027-03-29"),
    ],
)
def test_the_day_turns_at_midnight_in_sweden_also_when_the_clocks_change(moment, day):
    assert local_day(moment).isoformat() == day


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-06-04", {"weeks": 3}, "2026-06-25"),
        ("2026-05-29", {"weeks": 3}, "2026-06-22"),
        ("2026-12-03", {"weeks": 3}, "2026-12-28"),
        ("2026-01-31", {"months": 1}, "2026-03-02"),
        ("2026-02-28", {"months": 6}, "2026-08-28"),
        ("2027-08-31", {"months": 6}, "2028-02-29"),
        ("2026-11-30", {"months": 3}, "2027-03-01"),
        ("2026-12-24", {"days": 0}, "2026-12-28"),
        # Neither Maundy Thursday nor the eves of Epiphany and Walpurgis count as holidays.
        ("2026-03-12", {"weeks": 3}, "2026-04-02"),
        ("2025-12-15", {"weeks": 3}, "2026-01-05"),
        ("2026-04-09", {"weeks": 3}, "2026-04-30"),
    ],
)
def test_a_time_set_by_law_ends_as_the_law_counts_it(start, length, end):
    assert last_day(date.fromisoformat(start), **length) == date.fromisoformat(end)


def test_working_days_between_are_those_that_pass():
    assert working_days_between(date(2026, 12, 22), date(2026, 12, 28)) == 2
    assert working_days_between(date(2026, 12, 28), date(2026, 12, 22)) == 0
