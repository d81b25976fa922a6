"""Letting the members of a room see a case or a draft, and ending that again.

Only the one who made it shares it, by an act of its own each time. What is secret, tells of
somebody protected, or is a child's or a principal's, is never shared; and what becomes so later
is shown to no room from that moment, whatever has been shared (`policy.shared_in_rooms`).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.changing import for_change
from services.cases.models import Case, CaseShare, State
from services.cases.queries import LIGHT
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Actor, Work
from services.people.events import PersonsMerged
from services.rooms import commands as rooms
from services.rooms import queries
from services.rooms.events import MemberLeft
from services.rooms.models import Room

MOST = 200


@dataclass(frozen=True)
class Shared:
    """A case in a room, and who has shared it."""

    case: Case
    shared_by_id: UUID


def share(work: Work, case_id: UUID, room_id: UUID) -> CaseShare:
    """Let a room that one is in see a case or a draft that one has made.

    An organisation's case is shared with that organisation's room only, one's own with a
    household's. Raises NotAllowed for others' cases and for what no room is shown, NotFound for
    others' rooms, Invalid for a room that does not fit, and Conflict when it is shared already.
    """
    case = for_change(work, case_id, policy.SHARE)
    room = queries.membership(work.session, work.actor.person_id, room_id).room
    if room.organisation_id != case.subject_organisation_id:
        raise Invalid("case-not-for-room")
    if _present(work.session, case.id, room.id) is not None:
        raise Conflict("shared-already")
    assert work.actor.person_id is not None
    made = CaseShare(
        id=new_id(),
        case_id=case.id,
        room_id=room.id,
        shared_by_id=work.actor.person_id,
        shared_at=work.now,
    )
    work.session.add(made)
    rooms.told(work, room.id, "shared", case_id=case.id)
    work.session.flush()
    work.session.expire(case, ["room_members"])
    return made


def end(work: Work, case_id: UUID, room_id: UUID) -> None:
    """Share it no more, as the one who did, or as whoever looks after the room. Raises NotFound."""
    mine = queries.membership(work.session, work.actor.person_id, room_id)
    found = _present(work.session, case_id, room_id)
    if found is None or not (mine.is_owner or found.shared_by_id == work.actor.person_id):
        raise NotFound("case-share")
    found.ended_at, found.ended_by_id = work.now, work.actor.person_id
    rooms.told(work, room_id, "unshared", case_id=case_id)


def _present(session: Session, case_id: UUID, room_id: UUID) -> CaseShare | None:
    return session.scalar(
        select(CaseShare).where(
            CaseShare.case_id == case_id,
            CaseShare.room_id == room_id,
            CaseShare.ended_at.is_(None),
        )
    )


def in_room(session: Session, actor: Actor, room: Room) -> list[Shared]:
    """What is shared in a room and the actor may see, the newest change first.

    The caller has made sure that the actor is in the room.
    """
    rows = session.execute(
        select(Case, CaseShare.shared_by_id)
        .join(CaseShare, CaseShare.case_id == Case.id)
        .where(
            CaseShare.room_id == room.id,
            CaseShare.ended_at.is_(None),
            policy.visible_to_party(actor),
            policy.may_be_shared(),
        )
        .order_by(Case.changed_at.desc(), Case.id)
        .limit(MOST)
        .options(*LIGHT)
    )
    return [Shared(case, by) for case, by in rows]


def draft_in_room(session: Session, actor: Actor, room_id: UUID, case_id: UUID) -> Case:
    """A draft that is shared in a room that the actor is in. Raises NotFound for everything else."""
    queries.membership(session, actor.person_id, room_id)
    case = session.scalar(
        select(Case)
        .join(CaseShare, CaseShare.case_id == Case.id)
        .where(
            Case.id == case_id,
            CaseShare.room_id == room_id,
            CaseShare.ended_at.is_(None),
            policy.visible_to_party(actor),
            policy.may_be_shared(),
        )
    )
    if case is None or not case.is_draft:
        raise NotFound("draft")
    return case


def to_share(session: Session, actor: Actor, room: Room) -> list[Case]:
    """What the actor has made and can share with the room, the newest change first."""
    there = select(CaseShare.case_id).where(
        CaseShare.room_id == room.id, CaseShare.ended_at.is_(None)
    )
    rows = session.scalars(
        select(Case)
        .where(
            policy.partys_own(actor),
            Case.acting_person_id == actor.person_id,
            Case.subject_organisation_id.is_not_distinct_from(room.organisation_id),
            Case.state != State.DISPOSED,
            policy.may_be_shared(),
            Case.id.not_in(there),
        )
        .order_by(Case.changed_at.desc(), Case.id)
        .limit(MOST)
        .options(*LIGHT)
    )
    return list(rows)


def member_left(work: Work, event: MemberLeft) -> None:
    """What somebody has shared goes out of the room with them."""
    work.session.execute(
        update(CaseShare)
        .where(
            CaseShare.room_id == event.room_id,
            CaseShare.shared_by_id == event.person_id,
            CaseShare.ended_at.is_(None),
        )
        .values(ended_at=work.now, ended_by_id=work.actor.person_id)
    )


def persons_merged(work: Work, merged: PersonsMerged) -> None:
    """What one account had shared, the other one can take back."""
    work.session.execute(
        update(CaseShare)
        .where(CaseShare.shared_by_id == merged.gone)
        .values(shared_by_id=merged.kept)
    )
