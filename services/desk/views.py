"""Views of the inbox with names: one's own, and those shared within a unit or an authority."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.audit.log import record
from services.cases.inbox import VIEWS
from services.desk.models import SavedView
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotAllowed, NotFound
from services.kernel.work import Actor, Work
from services.organisation import queries as organisation

LONGEST_NAME = 60
MOST_COLUMNS = 5
KEPT = ("view", "service_id", "unit_key", "status", "attribute")


def save(
    work: Work,
    name: str,
    authority_id: UUID,
    wanted: dict[str, Any],
    columns: list[str],
    *,
    shared: bool,
    unit_key: str | None = None,
) -> SavedView:
    """Keep a view, shared with its authority or only with a unit (`unit_key`) of that.

    Words that were searched for are not kept: they may be somebody's name. Raises Invalid for a
    unit of another authority.
    """
    if not work.actor.works_in(authority_id):
        raise NotAllowed("not-allowed")
    if not name.strip():
        raise Invalid("name-missing")
    if unit_key and organisation.authority_of_unit(work.session, unit_key) != authority_id:
        raise Invalid("not-a-unit-there")
    if wanted.get("view") not in VIEWS:
        raise Invalid("unknown-view")
    view = SavedView(
        id=new_id(),
        owner_id=work.actor.person_id,
        authority_id=authority_id,
        name=name.strip()[:LONGEST_NAME],
        shared=shared,
        unit_key=unit_key if shared else None,
        wanted={key: wanted[key] for key in KEPT if wanted.get(key)},
        columns=columns[:MOST_COLUMNS],
        made_at=work.now,
    )
    work.session.add(view)
    record(work, "saved-view:save", view.id, shared=shared)
    return view


def remove(work: Work, view_id: UUID) -> None:
    """Take a view of one's own away, also for those it was shared with. Raises NotFound for others'."""
    view = work.session.get(SavedView, view_id)
    if view is None or view.owner_id != work.actor.person_id:
        raise NotFound("saved-view")
    work.session.delete(view)
    record(work, "saved-view:remove", view_id)


def in_unit(session: Session, actor: Actor, unit_key: str | None) -> list[SavedView]:
    """The views to choose from in the inbox of a unit, or of all units: other units' left out."""
    return [
        each
        for each in of(session, actor)
        if each.unit_key in (None, unit_key) or each.owner_id == actor.person_id
    ]


def of(session: Session, actor: Actor) -> list[SavedView]:
    """One's own views and all that are shared in one's authorities, by name."""
    if not actor.is_staff:
        return []
    shared = SavedView.shared & SavedView.authority_id.in_(list(actor.authorities))
    query = select(SavedView).where(or_(SavedView.owner_id == actor.person_id, shared))
    return list(session.scalars(query.order_by(SavedView.name, SavedView.id).limit(100)))


def one(session: Session, actor: Actor, view_id: UUID) -> SavedView:
    """A view that the actor may use. Raises NotFound."""
    found = next((each for each in of(session, actor) if each.id == view_id), None)
    if found is None:
        raise NotFound("saved-view")
    return found
