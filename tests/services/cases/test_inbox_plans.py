"""Each view of the inbox is read in order from an index made for it, so that its size does not matter."""

from typing import Any

import pytest
from sqlalchemy import event, text

from services.cases import inbox
from services.kernel.work import Duty
from tests.builders import NOON, a_case, a_handler, an_authority

PLANS = {
    "open": "ix_case_authority_id_open",
    "unassigned": "ix_case_authority_id_unassigned",
    "waiting": "ix_case_authority_id_waiting",
    "overdue": "ix_case_authority_id_due_on",
    "closed": "ix_case_authority_id_ended",
    "all": "ix_case_authority_id_received_at",
    "mine": "ix_case_handler_id_open",
}


def plan_of(lent, actor, wanted: inbox.Filter) -> str:
    """How the database would read a page, if the table were too large to be read whole."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    engine = lent.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        inbox.inbox(lent, actor, wanted)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
        lent.execute(text(f"SET LOCAL {setting} = off"))
    statement, parameters = asked[-1]
    rows = lent.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize("view", PLANS)
def test_a_view_is_read_from_its_own_index(lent, view):
    authority = an_authority(lent)
    handler = a_handler(lent, authority)
    a_case(lent)
    lent.flush()
    plan = plan_of(lent, handler, inbox.Filter(view=view, today=NOON.date()))
    assert PLANS[view] in plan, plan


def test_several_authorities_are_each_read_from_the_index(lent):
    one, other = an_authority(lent), an_authority(lent, "SN")
    handler = a_handler(lent, one)
    handler.authorities[other.id] = frozenset({Duty.HANDLER})
    a_case(lent)
    lent.flush()
    plan = plan_of(lent, handler, inbox.Filter(view="open", today=NOON.date()))
    assert plan.count("ix_case_authority_id_open") == 2, plan


def test_counts_go_no_further_than_two_hundred(lent):
    authority = an_authority(lent)
    handler = a_handler(lent, authority)
    for _ in range(3):
        a_case(lent)
    lent.flush()
    assert inbox.counts(lent, handler, NOON.date())["unassigned"] == 3
    assert inbox.COUNTED == 200
