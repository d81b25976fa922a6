"""Making a room, leaving it, changing what somebody may do there, and closing it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from services.audit.log import record
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Role, Work
from services.people import queries as people
from services.people.events import PersonProtected, PersonsMerged
from services.people.mandates import SIGNATORY
from services.people.models import Mandate, Organisation
from services.rooms import queries
from services.rooms.events import MemberLeft
from services.rooms.models import (
    HOUSEHOLD,
    Room,
    RoomEvent,
    RoomInvitation,
    RoomMember,
    RoomRole,
)

LONGEST_NAME = 60
MOST_ROOMS, MOST_MEMBERS = 10, 30
# The log and the members of a closed room are kept so long, and invitations after their day.
KEPT, KEPT_INVITATION = timedelta(days=365), timedelta(days=30)
ASSOCIATION = "association"
# Who opens an organisation's room: whoever signs for it, or keeps an association's money.
HEADS = (SIGNATORY, "treasurer")
# Of these the log does not say who: a staff member has, or it is nobody else's business.
UNNAMED = ("declined", "left_by_us")


def make_household(work: Work, name: str) -> Room:
    """Make a room of one's own for a household; whoever makes it looks after it.

    Raises Invalid without a name, NotAllowed for others than residents and for a person with
    protected data, and Conflict when one is in as many rooms as one can be.
    """
    person_id = resident(work)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("room-name")
    return _made(work, person_id, HOUSEHOLD, name, None)


def open_for_organisation(work: Work, organisation_id: UUID) -> Room:
    """Look after the room of a company or an association that one signs for; made if it has none.

    Whoever signs for it may always come in, so that a room does not stay with those who have left.
    Raises NotAllowed for others.
    """
    person_id = resident(work)
    organisation = _signed_for(work, person_id, organisation_id)
    room = queries.of_organisation(work.session, organisation_id)
    if room is None:
        kind = ASSOCIATION if organisation.kind == ASSOCIATION else "company"
        return _made(work, person_id, kind, organisation.name, organisation.id)
    there = _member(work, room.id, person_id)
    if there is None:
        add(work, room, person_id, RoomRole.OWNER)
        told(work, room.id, "signatory_came", whom=person_id, role=RoomRole.OWNER)
    elif there.role != RoomRole.OWNER:
        there.role = RoomRole.OWNER
        told(work, room.id, "role", whom=person_id, role=RoomRole.OWNER)
    return room


def resident(work: Work) -> UUID:
    """The resident who acts. Raises NotAllowed for everybody else, and for a person with
    protected data: in a room, the others would see them (domain reference §1.5)."""
    if work.actor.role is not Role.RESIDENT or work.actor.person_id is None:
        raise NotAllowed("residents-only")
    person = people.person(work.session, work.actor.person_id)
    if person is None or person.protected:
        raise NotAllowed("protected")
    return work.actor.person_id


def _signed_for(work: Work, person_id: UUID, organisation_id: UUID) -> Organisation:
    found = work.session.scalar(
        select(Organisation)
        .join(Mandate, Mandate.organisation_id == Organisation.id)
        .where(
            Organisation.id == organisation_id,
            Mandate.person_id == person_id,
            Mandate.kind.in_(HEADS),
            *people.in_force(local_day(work.now)),
        )
        .limit(1)
    )
    if found is None:
        raise NotAllowed("not-signatory")
    return found


def _made(work: Work, person_id: UUID, kind: str, name: str, organisation_id: UUID | None) -> Room:
    room = Room(
        id=new_id(),
        kind=kind,
        name=name,
        organisation_id=organisation_id,
        made_by_id=person_id,
        made_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(room)
    except IntegrityError as fault:
        # Two who sign for an organisation may press the button at once.
        raise Conflict("room-exists") from fault
    add(work, room, person_id, RoomRole.OWNER)
    told(work, room.id, "made")
    return room


def add(work: Work, room: Room, person_id: UUID, role: str) -> RoomMember:
    """Let somebody in; the caller has made sure that they may. Raises Conflict when the room is
    full, or the person is in as many rooms as one can be."""
    if len(queries.members(work.session, room.id)) >= MOST_MEMBERS:
        raise Conflict("room-full", most=MOST_MEMBERS)
    if len(queries.rooms_of(work.session, person_id)) >= MOST_ROOMS:
        raise Conflict("too-many-rooms", most=MOST_ROOMS)
    member = RoomMember(
        id=new_id(), room_id=room.id, person_id=person_id, role=role, joined_at=work.now
    )
    work.session.add(member)
    # What follows counts and finds those who are there.
    work.session.flush()
    return member


def told(
    work: Work,
    room_id: UUID,
    kind: str,
    *,
    whom: UUID | None = None,
    role: str | None = None,
    case_id: UUID | None = None,
) -> None:
    """Put it into the room's log, that the members see, and into the audit log."""
    facts = {"whom": whom, "role": role, "case": case_id}
    details = {name: str(value) for name, value in facts.items() if value is not None}
    by = None if kind in UNNAMED else work.actor.person_id
    event = RoomEvent(room_id=room_id, at=work.now, kind=kind, actor_id=by, details=details)
    work.session.add(event)
    record(work, f"room:{kind.replace('_', '-')}", room_id, **details)


def owned(work: Work, room_id: UUID) -> Room:
    """The room, locked, for whoever looks after it. Raises NotFound for those who are not in it,
    and NotAllowed for other members."""
    locked(work, room_id)
    found = queries.membership(work.session, work.actor.person_id, room_id)
    if not found.is_owner:
        raise NotAllowed("room-owner")
    return found.room


def locked(work: Work, room_id: UUID) -> Room:
    """The room, so that two who change its members at once come after each other. Raises NotFound."""
    query = select(Room).where(Room.id == room_id, Room.closed_at.is_(None)).with_for_update()
    room = work.session.scalar(query)
    if room is None:
        raise NotFound("room")
    return room


def _member(work: Work, room_id: UUID, person_id: UUID | None) -> RoomMember | None:
    return work.session.scalar(
        select(RoomMember).where(
            RoomMember.room_id == room_id,
            RoomMember.person_id == person_id,
            RoomMember.left_at.is_(None),
        )
    )


def change_role(work: Work, room_id: UUID, member_id: UUID, role: str) -> RoomMember:
    """Let a member do more or less. Raises NotFound for somebody who is not there, and Conflict
    when nobody would be left to look after the room."""
    owned(work, room_id)
    member = _there(work, room_id, member_id)
    if role not in tuple(RoomRole):
        raise Invalid("room-role")
    if role != RoomRole.OWNER:
        _keep_an_owner(work, room_id, member)
    if member.role != role:
        member.role = role
        told(work, room_id, "role", whom=member.person_id, role=role)
    return member


def remove(work: Work, room_id: UUID, member_id: UUID) -> None:
    """Take a member out of the room, with what they have shared. Raises as `change_role`."""
    owned(work, room_id)
    member = _there(work, room_id, member_id)
    _keep_an_owner(work, room_id, member)
    _gone(work, member)
    told(work, room_id, "removed", whom=member.person_id)


def leave(work: Work, room_id: UUID) -> None:
    """Go out of a room, with what one has shared there. Raises NotFound when one is not in it,
    and Conflict when others would be left with nobody to look after it."""
    locked(work, room_id)
    member = queries.membership(work.session, work.actor.person_id, room_id).member
    others = len(queries.members(work.session, room_id)) > 1
    if others:
        _keep_an_owner(work, room_id, member)
    _gone(work, member)
    told(work, room_id, "left")
    if not others:
        _close(work, room_id)


def close(work: Work, room_id: UUID) -> None:
    """Close a room for everybody: nothing is shared there any more."""
    owned(work, room_id)
    _close(work, room_id)


def _close(work: Work, room_id: UUID) -> None:
    for member, _person in queries.members(work.session, room_id):
        _gone(work, member)
    work.session.execute(
        update(RoomInvitation)
        .where(RoomInvitation.room_id == room_id, RoomInvitation.answer.is_(None))
        .values(answer="withdrawn", answered_at=work.now)
    )
    work.session.get_one(Room, room_id).closed_at = work.now
    told(work, room_id, "closed")


def _there(work: Work, room_id: UUID, member_id: UUID) -> RoomMember:
    member = work.session.get(RoomMember, member_id)
    if member is None or member.room_id != room_id or member.left_at is not None:
        raise NotFound("room-member")
    return member


def _keep_an_owner(work: Work, room_id: UUID, without: RoomMember) -> None:
    owners = {
        member.id
        for member, _person in queries.members(work.session, room_id)
        if member.role == RoomRole.OWNER
    }
    if owners <= {without.id}:
        raise Conflict("room-last-owner")


def _gone(work: Work, member: RoomMember) -> None:
    member.left_at = work.now
    # Whoever counts those who are left must not count this one.
    work.session.flush()
    work.tell(MemberLeft(member.room_id, member.person_id))


def person_protected(work: Work, event: PersonProtected) -> None:
    """Whoever gets protected identity is taken out of every room: the others saw them there.

    A room that nobody looks after any more is closed, which shows nothing to anybody.
    """
    for found in queries.rooms_of(work.session, event.person_id):
        _gone(work, found.member)
        told(work, found.room.id, "left_by_us")
        left = queries.members(work.session, found.room.id)
        if not any(member.role == RoomRole.OWNER for member, _person in left):
            _close(work, found.room.id)
    _forget_invitations(work, event.person_id)


def _forget_invitations(work: Work, person_id: UUID) -> None:
    work.session.execute(
        update(RoomInvitation)
        .where(RoomInvitation.person_id == person_id, RoomInvitation.answer.is_(None))
        .values(answer="withdrawn", answered_at=work.now)
    )


def follow(work: Work, merged: PersonsMerged) -> None:
    """When two accounts turn out to be one person's, so are their places in rooms."""
    kept = {each.room.id: each for each in queries.rooms_of(work.session, merged.kept)}
    for found in queries.rooms_of(work.session, merged.gone):
        if found.room.id not in kept:
            found.member.person_id = merged.kept
            continue
        if found.is_owner:
            kept[found.room.id].member.role = RoomRole.OWNER
        found.member.left_at = work.now
    for column in (RoomInvitation.person_id, RoomInvitation.made_by_id):
        work.session.execute(
            update(RoomInvitation).where(column == merged.gone).values({column: merged.kept})
        )


def purge(work: Work) -> None:
    """Forget invitations a month after their last day, and the members and the log of a room
    a year after it was closed; that it was there stays in the audit log."""
    day = work.now - KEPT_INVITATION
    work.session.execute(delete(RoomInvitation).where(RoomInvitation.expires_at < day))
    old = select(Room.id).where(Room.closed_at < work.now - KEPT)
    for table in (RoomEvent, RoomMember):
        work.session.execute(delete(table).where(table.room_id.in_(old)))
