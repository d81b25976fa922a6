"""Which rooms somebody is in, who else is there, and who has been asked to come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.people.models import Person
from services.rooms.models import Room, RoomEvent, RoomInvitation, RoomMember, RoomRole

MOST = 200
LOG = 100


@dataclass(frozen=True)
class Membership:
    """A room, and as what one is there."""

    room: Room
    member: RoomMember

    @property
    def is_owner(self) -> bool:
        """Whether one looks after the room."""
        return self.member.role == RoomRole.OWNER


@dataclass(frozen=True)
class Invited:
    """An invitation, with the room and the name of who has sent it."""

    invitation: RoomInvitation
    room: Room
    by: str


def rooms_of(session: Session, person_id: UUID) -> list[Membership]:
    """The rooms that a person is in now, by name."""
    rows = session.execute(
        select(Room, RoomMember)
        .join(RoomMember, RoomMember.room_id == Room.id)
        .where(RoomMember.person_id == person_id, RoomMember.left_at.is_(None))
        .order_by(Room.name, Room.id)
        .limit(MOST)
    )
    return [Membership(room, member) for room, member in rows]


def membership(session: Session, person_id: UUID | None, room_id: UUID) -> Membership:
    """A room that a person is in now. Raises NotFound for everybody else."""
    row = session.execute(
        select(Room, RoomMember)
        .join(RoomMember, RoomMember.room_id == Room.id)
        .where(
            Room.id == room_id,
            RoomMember.person_id == person_id,
            RoomMember.left_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("room")
    return Membership(*row)


def members(session: Session, room_id: UUID) -> list[tuple[RoomMember, Person]]:
    """Who is in a room now, in the order in which they came."""
    rows = session.execute(
        select(RoomMember, Person)
        .join(Person, Person.id == RoomMember.person_id)
        .where(RoomMember.room_id == room_id, RoomMember.left_at.is_(None))
        .order_by(RoomMember.joined_at, RoomMember.id)
        .limit(MOST)
    )
    return [(member, person) for member, person in rows]


def how_many(session: Session, room_ids: list[UUID]) -> dict[UUID, int]:
    """How many there are in each of those rooms."""
    if not room_ids:
        return {}
    rows = session.execute(
        select(RoomMember.room_id, func.count())
        .where(RoomMember.room_id.in_(room_ids), RoomMember.left_at.is_(None))
        .group_by(RoomMember.room_id)
    )
    return {room_id: int(count) for room_id, count in rows}


def of_organisation(session: Session, organisation_id: UUID) -> Room | None:
    """The open room of an organisation, if it has one."""
    return session.scalar(
        select(Room).where(Room.organisation_id == organisation_id, Room.closed_at.is_(None))
    )


def unanswered(session: Session, room_id: UUID, now: datetime) -> list[RoomInvitation]:
    """The invitations to a room that can still be answered, the oldest first."""
    rows = session.scalars(
        select(RoomInvitation)
        .where(
            RoomInvitation.room_id == room_id,
            RoomInvitation.answer.is_(None),
            RoomInvitation.expires_at > now,
        )
        .order_by(RoomInvitation.made_at, RoomInvitation.id)
        .limit(MOST)
    )
    return list(rows)


def waiting_for(session: Session, person_id: UUID | None, now: datetime) -> list[Invited]:
    """The invitations that a person is to answer, the one that runs out first."""
    rows = session.execute(
        select(RoomInvitation, Room, Person)
        .join(Room, Room.id == RoomInvitation.room_id)
        .join(Person, Person.id == RoomInvitation.made_by_id)
        .where(
            RoomInvitation.person_id == person_id,
            RoomInvitation.answer.is_(None),
            RoomInvitation.expires_at > now,
            Room.closed_at.is_(None),
        )
        .order_by(RoomInvitation.expires_at, RoomInvitation.id)
        .limit(MOST)
    )
    return [Invited(invitation, room, by.name) for invitation, room, by in rows]


def invitation_to(
    session: Session, person_id: UUID | None, invitation_id: UUID, now: datetime
) -> Invited:
    """One invitation that a person is to answer. Raises NotFound when it is not theirs, has
    been answered or has run out."""
    for each in waiting_for(session, person_id, now):
        if each.invitation.id == invitation_id:
            return each
    raise NotFound("invitation")


def log(session: Session, room_id: UUID) -> list[RoomEvent]:
    """What has happened in a room, the newest first."""
    query = select(RoomEvent).where(RoomEvent.room_id == room_id)
    return list(session.scalars(query.order_by(RoomEvent.id.desc()).limit(LOG)))


def names_in(session: Session, events: list[RoomEvent]) -> dict[UUID, str]:
    """The names of those whom the log tells of. Nobody with protected identity is among them."""
    told = {each.actor_id for each in events}
    told |= {UUID(each.details["whom"]) for each in events if each.details.get("whom")}
    rows = session.scalars(
        select(Person).where(Person.id.in_(told), ~Person.protected).order_by(Person.id).limit(MOST)
    )
    return {person.id: person.name for person in rows}
