"""Swedish working days, held against the table of holidays for 2026 to 2028 (1989:253, 1930:173)."""

from datetime import UTC, date, datetime

import pytest

from services.kernel.calendar import is_working_day, local_day, working_days_after

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
