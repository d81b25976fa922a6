"""The inbox touches no more of the database when the archive grows: counted in pages, not in time.

`./start bench desk` measures the same at a million cases; this holds it in every run of the suite.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from services.cases import inbox
from services.cases.inbox import Filter
from services.kernel.work import Duty
from tests.builders import NOON, a_case, a_handler, an_authority

TODAY = NOON.date()
OPEN, ARCHIVE, GROWN = 300, 1_500, 6_000
# One level more of an index's tree for each row that is looked up by its key, and no more.
DEEPER = 1.35
MADE_ANEW = {"searched"}
COPY = """
INSERT INTO "case" ({columns}) SELECT {values} FROM "case" o, generate_series({first}, {last}) AS n
 WHERE o.id = :original
"""
ANEW = {
    "id": "gen_random_uuid()",
    "number": "'T' || CAST(:series AS text) || n",
    "received_at": "o.received_at - n * interval '1 hour'",
    "due_on": "o.due_on - (n % 60)::integer",
    "handler_id": "CASE WHEN n % 3 = 0 THEN NULL ELSE CAST(:handler AS uuid) END",
    "attributes": "jsonb_build_object('stolpe', 'S-' || n % 20)",
    "search_text": "CASE WHEN n % 20 = 0 THEN 'lykta' ELSE 'lampa' END",
    "state": "CAST(:state AS text)",
    "status": "CAST(:state AS text)",
    "closed_at": "CASE CAST(:state AS text) WHEN 'closed' THEN o.received_at END",
    "draft_secret_hash": "NULL",
    "paper_code": "NULL",
}
ASKED = {
    **{view: Filter(view=view, today=TODAY) for view in inbox.VIEWS},
    "a unit, open": Filter(view="open", unit_key="gata-park"),
    "a unit, unassigned": Filter(view="unassigned", unit_key="gata-park"),
    "a unit, overdue": Filter(view="overdue", unit_key="gata-park", today=TODAY),
    "a unit, all": Filter(view="all", unit_key="gata-park"),
    **{
        f"an attribute, {view}": Filter(view=view, attribute=("stolpe", "S-3"), today=TODAY)
        for view in inbox.VIEWS
    },
    "an attribute, a unit": Filter(view="all", unit_key="gata-park", attribute=("stolpe", "S-3")),
    "words, open": Filter(view="open", words="lykta"),
    "words that most have, all": Filter(view="all", words="lampa"),
    "a number": Filter(view="all", words="TA17"),
}


def fill(lent, case, handler, state: str, series: str, first: int, last: int) -> None:
    """Copies of a case as the database makes them, and a fresh look at what there is."""
    names = [each.name for each in case.__table__.columns if each.name not in MADE_ANEW]
    statement = COPY.format(
        columns=", ".join(names),
        values=", ".join(ANEW.get(name, f"o.{name}") for name in names),
        first=first,
        last=last,
    )
    facts = {"original": case.id, "handler": handler.person_id, "state": state, "series": series}
    lent.execute(text(statement), facts)
    lent.execute(text("SELECT gin_clean_pending_list('ix_case_searched')"))
    lent.execute(text('ANALYZE "case", case_attribute'))


@contextmanager
def noted(lent) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are executed meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    engine = lent.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def touched(lent, ask) -> int:
    """How many pages of the database the answer to a question takes."""
    with noted(lent) as asked:
        ask()
    total = 0
    for statement, parameters in asked:
        if not statement.startswith("SELECT"):
            continue
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        told = lent.connection().exec_driver_sql(explained, parameters).scalar()
        plan = (told if isinstance(told, list) else json.loads(told))[0]["Plan"]
        total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total


def pages(lent, actor) -> dict[str, int]:
    """What each page of the inbox, and the counts above it, take."""
    found = {
        name: touched(lent, lambda wanted=wanted: inbox.inbox(lent, actor, wanted))
        for name, wanted in ASKED.items()
    }
    return {**found, "counts": touched(lent, lambda: inbox.counts(lent, actor, TODAY))}


def test_no_page_of_the_inbox_touches_more_when_the_archive_grows(lent):
    authority = an_authority(lent)
    handler = a_handler(lent, authority)
    clerk = a_handler(lent, authority, Duty.CLERK)
    case = a_case(lent)
    lent.flush()
    fill(lent, case, handler, "received", "O", 1, OPEN)
    fill(lent, case, handler, "closed", "A", 1, ARCHIVE)
    before = {"handler": pages(lent, handler), "clerk": pages(lent, clerk)}
    fill(lent, case, handler, "closed", "B", ARCHIVE + 1, GROWN)
    after = {"handler": pages(lent, handler), "clerk": pages(lent, clerk)}
    grown = {
        (who, name): (taken, after[who][name])
        for who, found in before.items()
        for name, taken in found.items()
        if after[who][name] > DEEPER * taken + 5
    }
    assert not grown


def test_the_contact_centre_looks_through_no_secrets_to_find_what_it_may_see(lent):
    authority = an_authority(lent)
    handler, clerk = a_handler(lent, authority), a_handler(lent, authority, Duty.CLERK)
    case = a_case(lent)
    case.secrecy = True
    lent.flush()
    fill(lent, case, handler, "closed", "A", 1, GROWN)
    taken = touched(lent, lambda: inbox.inbox(lent, clerk, Filter(view="all")))
    assert taken < 40
    assert inbox.inbox(lent, clerk, Filter(view="all")).cases == []
