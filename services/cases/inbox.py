"""The desk's list of cases: read from an index, a page at a time, however many cases there are.

No list has a total. Each authority is read in order from an index of its own, and the pages are
then merged: a handler of several authorities waits no longer than one of a single one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased, defer

from services.cases import policy
from services.cases.attribute_models import NOT_ENDED, CaseAttribute
from services.cases.models import ENDED, STILL_OPEN, WAITING, Case, CaseHandler
from services.cases.queries import HEAVY
from services.kernel.work import Actor
from services.organisation.models import TeamMember

PAGE = 50
COUNTED = 200
COUNTED_OF_UNIT = 99
VIEWS = ("open", "mine", "unassigned", "waiting", "overdue", "closed", "all")
COUNTED_VIEWS = ("mine", "unassigned", "waiting", "overdue")
READ = tuple(column for column in Case.__table__.columns if column.key not in HEAVY)
PLANNED_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")
Place = tuple[datetime | date, UUID]


@dataclass(frozen=True)
class Filter:
    """What a handler asks the inbox for.

    `attribute` is an attribute's key and the answer wanted; `person_id` is somebody with a part
    in the case; `of_id` is the handler whose cases are meant by "mine", the actor unless said.
    `unprotected` leaves out cases with protected persons in them, for what leaves the system.
    """

    view: str = "open"
    service_id: UUID | None = None
    unit_key: str | None = None
    status: str | None = None
    attribute: tuple[str, str] | None = None
    words: str = ""
    person_id: UUID | None = None
    of_id: UUID | None = None
    before: Place | None = None
    today: date | None = None
    unprotected: bool = False


@dataclass(frozen=True)
class Shelf:
    """One page of a list: the cases, and where the next page begins (None at the end)."""

    cases: list[Case]
    next_before: Place | None


def inbox(session: Session, actor: Actor, wanted: Filter, *, most: int = PAGE) -> Shelf:
    """A page of the desk's list, within the actor's authorities only.

    Newest first; what is overdue comes with the oldest last day first.
    """
    if wanted.words:
        # One plan for all words would be wrong for most: how many have them decides.
        session.execute(PLANNED_ANEW)
    branches = [each.limit(most + 1) for each in _branches(actor, wanted)]
    if not branches:
        return Shelf([], None)
    # No case is in two branches, so that their rows are merged as they come, and read but once.
    rows = union_all(*branches).subquery() if branches[1:] else branches[0].subquery()
    found = aliased(Case, rows, adapt_on_names=True)
    query = _in_order(select(found), _placed(found, wanted), wanted).limit(most + 1)
    cases = list(session.scalars(query.options(*(defer(getattr(found, each)) for each in HEAVY))))
    if len(cases) <= most:
        return Shelf(cases, None)
    return Shelf(cases[:most], _place(cases[most - 1], wanted))


def counts(
    session: Session, actor: Actor, today: date, unit_key: str | None = None
) -> dict[str, int]:
    """How many cases some views hold, of all or of one unit.

    Counted to 200 and no further: a fixed cost at any size.
    """
    asked = [Filter(view=view, unit_key=unit_key, today=today) for view in COUNTED_VIEWS]
    return dict(zip(COUNTED_VIEWS, _counted(session, actor, asked, COUNTED)))


def waiting_by_unit(session: Session, actor: Actor, unit_keys: Sequence[str]) -> dict[str, int]:
    """How many open cases of each unit have no handler, counted to 99 and no further."""
    asked = [Filter(view="unassigned", unit_key=each) for each in unit_keys]
    return dict(zip(unit_keys, _counted(session, actor, asked, COUNTED_OF_UNIT)))


def _counted(session: Session, actor: Actor, asked: Sequence[Filter], most: int) -> Sequence[int]:
    if not asked or not policy.visible_by_authority(actor):
        return [0] * len(asked)
    columns = []
    for wanted in asked:
        parts = [
            _narrowed(select(Case.id).where(part), wanted).limit(most + 1)
            for part in _parts(actor, wanted)
        ]
        held = union_all(*parts).subquery()
        some = select(held.c.id).limit(most + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
    return list(session.execute(select(*columns)).one())


def open_of_handler(session: Session, actor: Actor) -> int:
    """How many open cases the actor leads."""
    query = select(func.count()).where(
        Case.handler_id == actor.person_id, literal_column(STILL_OPEN)
    )
    return session.scalar(query) or 0


def _branches(actor: Actor, wanted: Filter) -> list[Select[Any]]:
    """The list, a part at a time, each in its order."""
    if _by_answer(wanted):
        return [
            _as_answered(part, authority_id, wanted)
            for authority_id, part in policy.visible_by_authority(actor).items()
        ]
    return [
        _ordered(_narrowed(select(*READ).where(part), wanted), wanted)
        for part in _parts(actor, wanted)
    ]


def _as_answered(part: ColumnElement[bool], authority_id: UUID, wanted: Filter) -> Select[Any]:
    """The answers in their order, and the case of each until the page is full: never all of them."""
    assert wanted.attribute is not None
    key, value = wanted.attribute
    one = select(*READ).where(part, Case.id == CaseAttribute.case_id)
    # With an offset the database may not turn it around, and read every case of that answer.
    case = _narrowed(one, replace(wanted, attribute=None)).offset(0).lateral()
    query = select(*case.c).select_from(CaseAttribute).join(case, true())
    query = query.where(
        CaseAttribute.authority_id == authority_id,
        CaseAttribute.key == key,
        CaseAttribute.value == value,
    )
    if wanted.view not in ("closed", "all"):
        query = query.where(literal_column(f"case_attribute.{NOT_ENDED}"))
    place = CaseAttribute.received_at, CaseAttribute.case_id
    if wanted.before:
        query = query.where(tuple_(*place) < tuple_(*wanted.before))
    return query.order_by(*(each.desc() for each in place))


def _by_answer(wanted: Filter) -> bool:
    """Whether the list is read in the order of the answers' own index."""
    has_order = wanted.view not in ("mine", "overdue") and wanted.person_id is None
    return wanted.attribute is not None and has_order


def _parts(actor: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    visible = list(policy.visible_by_authority(actor).values())
    if wanted.view != "mine" and wanted.person_id:
        # What one person has is few cases, found by an index that knows no authorities.
        return [or_(*visible)] if visible else []
    if wanted.view != "mine":
        return visible
    whose = wanted.of_id or actor.person_id
    teams = select(TeamMember.team_id).where(TeamMember.person_id == whose)
    helping = select(CaseHandler.case_id).where(
        CaseHandler.removed_at.is_(None),
        CaseHandler.ended.is_(False),
        or_(CaseHandler.person_id == whose, CaseHandler.team_id.in_(teams)),
    )
    within = or_(*visible) if visible else literal_column("false")
    lead = Case.handler_id == whose
    return [and_(lead, within), and_(Case.id.in_(helping), lead.is_not(True), within)]


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    query = _viewed(query, wanted)
    if wanted.service_id:
        query = query.where(Case.service_id == wanted.service_id)
    if wanted.unit_key:
        query = query.where(Case.unit_key == wanted.unit_key)
    if wanted.status:
        query = query.where(Case.status == wanted.status)
    if wanted.attribute:
        key, value = wanted.attribute
        one, several = {key: value}, {key: [value]}
        query = query.where(or_(Case.attributes.contains(one), Case.attributes.contains(several)))
    if wanted.person_id:
        query = query.where(
            or_(
                Case.acting_person_id == wanted.person_id,
                Case.subject_person_id == wanted.person_id,
            )
        )
    if wanted.unprotected:
        query = query.where(~Case.protected)
    return query.where(_found(wanted.words)) if wanted.words else query


def _viewed(query: Select[Any], wanted: Filter) -> Select[Any]:
    still_open = _said(STILL_OPEN)
    if wanted.view == "unassigned":
        return query.where(Case.handler_id.is_(None), still_open)
    if wanted.view == "waiting":
        return query.where(_said(WAITING))
    if wanted.view == "overdue":
        return query.where(still_open, Case.due_on.is_not(None), Case.due_on < wanted.today)
    if wanted.view == "closed":
        return query.where(_said(ENDED))
    if wanted.view == "all":
        return query
    return query.where(still_open)


def _said(condition: str) -> ColumnElement[bool]:
    # With values in place of parameters, so that a prepared plan finds the partial index too.
    return literal_column(f'"case".{condition}')


def _found(words: str) -> ColumnElement[bool]:
    asked = func.websearch_to_tsquery("swedish", words)
    return or_(Case.searched.op("@@")(asked), Case.number == words.strip().upper())


def _ordered(query: Select[Any], wanted: Filter) -> Select[Any]:
    placed = _placed(Case, wanted)
    if wanted.before:
        here, before = tuple_(*placed), tuple_(*wanted.before)
        query = query.where(here > before if wanted.view == "overdue" else here < before)
    return _in_order(query, placed, wanted)


def _placed(of: type[Case], wanted: Filter) -> tuple[Any, Any]:
    return (of.due_on if wanted.view == "overdue" else of.received_at), of.id


def _in_order(query: Select[Any], placed: tuple[Any, Any], wanted: Filter) -> Select[Any]:
    if wanted.view == "overdue":
        return query.order_by(*placed)
    return query.order_by(*(each.desc() for each in placed))


def _place(last: Case, wanted: Filter) -> Place:
    place = last.due_on if wanted.view == "overdue" else last.received_at
    assert place is not None
    return place, last.id
