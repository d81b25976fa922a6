"""How long a closed case is kept, by what its service says."""

from datetime import date, timedelta

from services.cases.models import Case
from services.kernel.calendar import local_day


def earliest(case: Case, years: int) -> date | None:
    """The first day on which the case may be disposed of: after so many whole years from its closing.

    None while the case is open.
    """
    if case.closed_at is None:
        return None
    closed = local_day(case.closed_at)
    if (closed.month, closed.day) == (2, 29):
        closed += timedelta(days=1)
    return closed.replace(year=closed.year + years) + timedelta(days=1)
