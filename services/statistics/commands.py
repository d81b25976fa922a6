"""Counting, once a night and once at the start: never while somebody waits for a page."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from services.kernel.calendar import local_day
from services.kernel.work import Work
from services.statistics.models import Month, Standing

# A time is told only when this many cases are behind it.
ENOUGH = 10
MONTHS = 25
DROP_OFF_DAYS = 60

# A day begins at midnight in Sweden, whatever the server's clock says.
STANDINGS = text("""
    WITH decided AS (
        SELECT service_id,
               (decided_at AT TIME ZONE 'Europe/Stockholm')::date
                 - (received_at AT TIME ZONE 'Europe/Stockholm')::date AS days
          FROM "case"
         WHERE decided_at >= :since AND state IN ('decided', 'closed')
    ), times AS (
        SELECT service_id, count(*) AS cases,
               percentile_disc(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY days) AS days
          FROM decided GROUP BY service_id
    ), standing AS (
        SELECT service_id,
               count(*) FILTER (WHERE state NOT IN ('draft', 'closed', 'withdrawn', 'disposed')) AS open_cases,
               count(*) FILTER (WHERE state NOT IN ('draft', 'closed', 'withdrawn', 'disposed')
                                  AND due_on < :today) AS overdue_cases,
               count(*) FILTER (WHERE created_at >= :lately) AS begun,
               count(*) FILTER (WHERE created_at >= :lately AND state <> 'draft') AS handed_in
          FROM "case"
         WHERE state NOT IN ('closed', 'withdrawn', 'disposed') OR created_at >= :lately
         GROUP BY service_id
    )
    SELECT service.id AS service_id, authority.id AS authority_id,
           coalesce(times.cases, 0) AS decided_cases, times.days,
           coalesce(open_cases, 0) AS open_cases, coalesce(overdue_cases, 0) AS overdue_cases,
           coalesce(begun, 0) AS begun, coalesce(handed_in, 0) AS handed_in
      FROM service
      JOIN authority ON authority.code = service.authority_code
      LEFT JOIN times ON times.service_id = service.id
      LEFT JOIN standing ON standing.service_id = service.id
     ORDER BY service.id
""")
RECEIVED = text("""
    SELECT service_id, unit_key, month, authority_id, sum(cases)::bigint AS received,
           jsonb_object_agg(channel, cases) AS channels
      FROM (SELECT service_id, unit_key, authority_id, channel, count(*) AS cases,
                   date_trunc('month', received_at AT TIME ZONE 'Europe/Stockholm')::date AS month
              FROM "case" WHERE received_at >= :since
             GROUP BY service_id, unit_key, authority_id, channel, month) AS counted
     GROUP BY service_id, unit_key, authority_id, month
     ORDER BY service_id, unit_key, month
""")
DECIDED = text("""
    SELECT service_id, unit_key, month, authority_id, count(*) AS decided,
           count(*) FILTER (WHERE late) AS late,
           percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days) AS days,
           count(*) FILTER (WHERE outcome = 'granted') AS granted,
           count(*) FILTER (WHERE outcome = 'partly') AS partly,
           count(*) FILTER (WHERE outcome = 'refused') AS refused,
           count(*) FILTER (WHERE outcome = 'dismissed') AS dismissed,
           count(*) FILTER (WHERE outcome = 'struck_off') AS struck_off,
           count(*) FILTER (WHERE outcome = 'done') AS done,
           count(*) FILTER (WHERE outcome = 'referred') AS referred
      FROM (SELECT service_id, unit_key, authority_id, outcome,
                   date_trunc('month', decided_at AT TIME ZONE 'Europe/Stockholm')::date AS month,
                   (decided_at AT TIME ZONE 'Europe/Stockholm')::date > due_on AS late,
                   (decided_at AT TIME ZONE 'Europe/Stockholm')::date
                     - (received_at AT TIME ZONE 'Europe/Stockholm')::date AS days
              FROM "case" WHERE decided_at >= :since) AS decided
     GROUP BY service_id, unit_key, authority_id, month
     ORDER BY service_id, unit_key, month
""")
OUTCOMES = ("granted", "partly", "refused", "dismissed", "struck_off", "done", "referred")


def count(work: Work) -> None:
    """Count everything anew and put it in place of what was counted before."""
    _count_standings(work)
    _count_months(work)


def _count_standings(work: Work) -> None:
    asked = {
        "since": work.now - timedelta(days=365),
        "lately": work.now - timedelta(days=DROP_OFF_DAYS),
        "today": local_day(work.now),
    }
    rows = [_standing(row, work) for row in work.session.execute(STANDINGS, asked).mappings()]
    _put(work, Standing, rows)


def _standing(row: Any, work: Work) -> dict[str, Any]:
    known = row["decided_cases"] >= ENOUGH
    low, median, high, slow = row["days"] if known else (None,) * 4
    times = {"low_days": low, "median_days": median, "high_days": high, "slow_days": slow}
    counted = {key: value for key, value in row.items() if key != "days"}
    return {**counted, **times, "computed_at": work.now}


def _count_months(work: Work) -> None:
    since = {"since": work.now - timedelta(days=31 * MONTHS)}
    months: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in work.session.execute(RECEIVED, since).mappings():
        _month(months, row).update(received=row["received"], channels=row["channels"])
    for row in work.session.execute(DECIDED, since).mappings():
        median, slow = row["days"]
        outcomes = {each: row[each] for each in OUTCOMES if row[each]}
        figures = {"decided": row["decided"], "late": row["late"], "outcomes": outcomes}
        _month(months, row).update(figures, median_days=median, slow_days=slow)
    _put(work, Month, list(months.values()))


def _month(months: dict[tuple[Any, ...], dict[str, Any]], row: Any) -> dict[str, Any]:
    which = {key: row[key] for key in ("service_id", "unit_key", "month", "authority_id")}
    nothing: dict[str, Any] = {"received": 0, "decided": 0, "late": 0}
    unknown: dict[str, Any] = {"median_days": None, "slow_days": None}
    counted: dict[str, Any] = {"channels": {}, "outcomes": {}}
    return months.setdefault(tuple(which.values())[:3], {**which, **nothing, **unknown, **counted})


def _put(work: Work, model: type[Standing] | type[Month], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = model.__table__
    keys = [column.name for column in table.primary_key]
    upsert = insert(table)  # type: ignore[arg-type]
    new = {name: upsert.excluded[name] for name in rows[0] if name not in keys}
    work.session.execute(upsert.on_conflict_do_update(index_elements=keys, set_=new), rows)
