"""Very many cases to measure with: copies of the demonstration's own, spread over months and handlers.

Rows are made by the database from rows that the commands made, so that each copy is as whole
as its original: with its answers, its timeline and its messages. They are no part of the story
and leave no audit entries.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, text

from app.demo.municipality import sources
from app.demo.municipality.plans import DAYS
from services.cases.attribute_models import CaseAttribute
from services.cases.models import STILL_OPEN, Case, CaseEvent, CaseMessage, State
from services.deadlines.models import Deadline
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict
from services.kernel.numbers import LETTERS
from services.kernel.work import Duty, Work
from services.organisation.models import Assignment
from services.people.models import Person

OpenWork = Callable[[], AbstractContextManager[Work]]
AT_ONCE = 10_000
CASES_PER_PERSON = 6
# A step through all numbers of six letters that meets each of them once.
STRIDE = 48_271_003
NUMBERS = len(LETTERS) ** 6
# A municipality has no more open cases because its archive is large: about what comes in in two
# months. What is closed goes back ten years.
STILL_OPEN_CASES = 2_000
ARCHIVE_DAYS = 3_650
OPEN: ColumnElement[bool] = literal_column(f'"case".{STILL_OPEN}')
COPIED = (Case, CaseEvent, CaseMessage, Deadline)

LIST = """
CREATE TEMPORARY TABLE copied (
  id uuid, original uuid, number text, later interval, handler_id uuid, person_id uuid
) ON COMMIT DROP
"""
INDEXES = """
SELECT CAST(CAST(indexrelid AS regclass) AS text), pg_get_indexdef(indexrelid) FROM pg_index
 WHERE CAST(CAST(indrelid AS regclass) AS text) = ANY(SELECT quote_ident(name) FROM unnest(CAST(:tables AS text[])) AS name)
   AND NOT indisunique
 ORDER BY indexrelid
"""
OVERRIDES = {
    "case": {
        "id": "copied.id",
        "number": "copied.number",
        "handler_id": "CASE WHEN o.handler_id IS NULL THEN NULL ELSE copied.handler_id END",
        "acting_person_id": "CASE WHEN o.subject_organisation_id IS NULL AND o.acting_person_id IS NOT NULL"
        " THEN copied.person_id ELSE o.acting_person_id END",
        "subject_person_id": "CASE WHEN o.subject_person_id IS NOT NULL THEN copied.person_id END",
        "draft_secret_hash": "NULL",
        "paper_code": "NULL",
        "contact_email": "NULL",
        "due_on": "o.due_on + copied.later::interval",
        "created_at": "o.created_at + copied.later",
        "changed_at": "o.changed_at + copied.later",
        "received_at": "o.received_at + copied.later",
        "decided_at": "o.decided_at + copied.later",
        "closed_at": "o.closed_at + copied.later",
    },
    "deadline": {
        "id": "gen_random_uuid()",
        "case_id": "copied.id",
        "starts_on": "o.starts_on + copied.later::interval",
        "promised_on": "o.promised_on + copied.later::interval",
        "due_on": "o.due_on + copied.later::interval",
        "delay_told_at": "o.delay_told_at + copied.later",
        "ended_on": "o.ended_on + copied.later::interval",
    },
    "case_event": {
        "case_id": "copied.id",
        "at": "o.at + copied.later",
        "actor_id": "CASE o.actor_role WHEN 'staff' THEN copied.handler_id"
        " WHEN 'resident' THEN copied.person_id END",
    },
    "case_message": {
        "id": "gen_random_uuid()",
        "case_id": "copied.id",
        "at": "o.at + copied.later",
        "answer_by": "o.answer_by + copied.later::interval",
        "read_at": "o.read_at + copied.later",
        "author_id": "CASE WHEN o.author_id IS NULL THEN NULL WHEN o.kind = 'from_resident'"
        " THEN copied.person_id ELSE copied.handler_id END",
    },
}
MADE_BY_THE_DATABASE: dict[str, set[str]] = {"case": {"searched"}, "case_event": {"id"}}


@dataclass(frozen=True)
class Original:
    """What must be known of a case to copy it to another time and another desk."""

    case_id: UUID
    authority_id: UUID
    received_at: datetime
    changed_at: datetime
    is_open: bool


def multiply(
    open_work: OpenWork, *, cases: int, seed: int, still_open: int = STILL_OPEN_CASES
) -> int:
    """Copy the demonstration's cases until there are so many in all; returns how many were added.

    At most `still_open` of them are open, however many there are; the rest is the archive. It is
    one transaction: nobody else reads cases meanwhile, for their indexes are made anew at its end.
    """
    with open_work() as work:
        there = _count(work)
        if cases > there:
            _grow(work, there, cases, seed, still_open)
    with open_work() as work:
        for table in (*COPIED, CaseAttribute, Person):
            work.session.execute(text(f'ANALYZE "{table.__tablename__}"'))
    return max(0, cases - there)


def _count(work: Work, *which: ColumnElement[bool]) -> int:
    return work.session.scalar(select(func.count()).select_from(Case).where(*which)) or 0


def _grow(work: Work, there: int, cases: int, seed: int, still_open: int) -> None:
    # These statements are long by nature; the time limit is for what people wait for.
    work.session.execute(text("SET LOCAL statement_timeout = 0"))
    work.session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    originals = _originals(work, seed)
    _lay_out(work, originals)
    left = max(0, still_open - _count(work, OPEN))
    indexes = _dropped(work) if cases - there > AT_ONCE else []
    for first in range(there, cases, AT_ONCE):
        count = min(AT_ONCE, cases - first)
        opened, chance = min(count, left), Random(f"{seed}:{first}")
        _copy(work, _chosen(originals, count, opened, chance), chance, first)
        left -= opened
    for definition in indexes:
        work.session.execute(text(definition.replace(":", "\\:")))


def _lay_out(work: Work, originals: Sequence[Original]) -> None:
    """The rows to copy, by themselves: they are looked up again and again among ever more."""
    work.session.execute(text(LIST))
    ids = [each.case_id for each in originals]
    for model in COPIED:
        name, key = model.__tablename__, "id" if model is Case else "case_id"
        made = f'CREATE TEMPORARY TABLE original_{name} ON COMMIT DROP AS SELECT * FROM "{name}" LIMIT 0'
        work.session.execute(text(made))
        rows = f'INSERT INTO original_{name} SELECT * FROM "{name}" WHERE {key} = ANY(:ids)'
        work.session.execute(text(rows), {"ids": ids})
        work.session.execute(text(f"ANALYZE original_{name}"))


def _dropped(work: Work) -> list[str]:
    """Let the indexes go that only find and order rows; returns how each is made again."""
    tables = [each.__tablename__ for each in (*COPIED, CaseAttribute)]
    found = work.session.execute(text(INDEXES), {"tables": tables}).all()
    for name, _ in found:
        work.session.execute(text(f"DROP INDEX {name}"))
    return [definition for _, definition in found]


def _copy(work: Work, originals: Sequence[Original], chance: Random, first: int) -> None:
    people = _people(work, len(originals) // CASES_PER_PERSON + 1, chance)
    work.session.execute(text("TRUNCATE copied"))
    rows = _rows(work, originals, people, chance, first)
    cursor = work.session.connection().connection.driver_connection.cursor()  # type: ignore[union-attr]
    with cursor.copy("COPY copied FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    for model in COPIED:
        work.session.execute(text(_insert(model)))


def _insert(model: Any) -> str:
    table = model.__table__
    overrides = OVERRIDES[table.name]
    names = [
        each.name
        for each in table.columns
        if each.name not in MADE_BY_THE_DATABASE.get(table.name, set())
    ]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(overrides.get(name, f'o."{name}"') for name in names)
    joined_by = "id" if table.name == "case" else "case_id"
    order = "copied.id, o.id" if table.name == "case_event" else "copied.id"
    return (
        f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM copied '
        f"JOIN original_{table.name} o ON o.{joined_by} = copied.original ORDER BY {order}"
    )


def _people(work: Work, count: int, chance: Random) -> list[UUID]:
    told = sources.inhabitants()
    rows = [
        {
            "id": UUID(int=chance.getrandbits(128), version=4),
            "given_name": chance.choice(told["given_names"]),
            "surname": chance.choice(told["surnames"]),
            "language": "sv",
            "protected": False,
            "created_at": work.now,
        }
        for _ in range(count)
    ]
    work.session.execute(Person.__table__.insert(), rows)
    return [row["id"] for row in rows]


def _chosen(
    originals: Sequence[Original], count: int, opened: int, chance: Random
) -> list[Original]:
    """So many originals, each as often as chance wills; so many of them are of open cases."""
    still_open = [each for each in originals if each.is_open]
    ended = [each for each in originals if not each.is_open]
    chosen = chance.choices(still_open, k=opened) + chance.choices(ended, k=count - opened)
    chance.shuffle(chosen)
    return chosen


def _rows(
    work: Work, originals: Sequence[Original], people: Sequence[UUID], chance: Random, first: int
) -> list[tuple[Any, ...]]:
    handlers = _handlers(work)
    later = [_later(each, work.now, chance) for each in originals]
    numbers = _numbers(
        work, first, [(each.received_at + by).year for each, by in zip(originals, later)]
    )
    return [
        (
            UUID(int=chance.getrandbits(128), version=4),
            original.case_id,
            numbers[place],
            later[place],
            chance.choice(handlers[original.authority_id]),
            chance.choice(people),
        )
        for place, original in enumerate(originals)
    ]


def _later(original: Original, today: datetime, chance: Random) -> timedelta:
    # Far enough back that what happened in the original has happened in the copy as well.
    days = DAYS if original.is_open else ARCHIVE_DAYS
    lived = original.changed_at - original.received_at
    newest = max((today - lived - original.received_at).total_seconds(), 0)
    oldest = (today - timedelta(days=days) - original.received_at).total_seconds()
    return timedelta(seconds=int(min(oldest, newest) + chance.random() * max(newest - oldest, 0)))


def _numbers(work: Work, first: int, years: Sequence[int]) -> list[str]:
    """A number for each, one step further for each case there is; those that are taken are not used."""
    wanted = [_number(year % 100, first + place) for place, year in enumerate(years)]
    taken = set(work.session.scalars(select(Case.number).where(Case.number.in_(wanted))))
    if not taken:
        return wanted
    # Beyond every place that a copy has or will have.
    spare = iter(range(NUMBERS // 2 + first, NUMBERS))
    return [
        number if number not in taken else _number(year % 100, next(spare))
        for number, year in zip(wanted, years)
    ]


def _number(year: int, place: int) -> str:
    rest, tail = (place * STRIDE) % NUMBERS, ""
    for _ in range(6):
        rest, letter = divmod(rest, len(LETTERS))
        tail += LETTERS[letter]
    return f"S24-{year:02}-{tail}"


def _originals(work: Work, seed: int) -> list[Original]:
    demonstration = [sources.key("case", seed, place) for place in range(1000)]
    rows = work.session.execute(
        select(Case.id, Case.authority_id, Case.received_at, Case.changed_at, OPEN)
        .where(Case.state != State.DRAFT, Case.protected.is_(False), Case.id.in_(demonstration))
        .order_by(Case.id)
        .limit(1000)
    )
    found = [Original(*row) for row in rows]
    if len({each.is_open for each in found}) < 2:
        raise Conflict("demonstration-not-filled", seed=seed)
    return found


def _handlers(work: Work) -> dict[UUID, list[UUID]]:
    today = local_day(work.now)
    rows = work.session.execute(
        select(Assignment.authority_id, Assignment.person_id)
        .where(Assignment.duty == Duty.HANDLER, Assignment.valid_from <= today)
        .order_by(Assignment.id)
        .limit(10_000)
    )
    found: dict[UUID, list[UUID]] = {}
    for authority_id, person_id in rows:
        found.setdefault(authority_id, []).append(person_id)
    return found
