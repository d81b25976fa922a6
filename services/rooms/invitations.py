"""Asking somebody to come into a room: by a code that is used once, or by the personal number.

Nobody is in a room without having said yes, signed in by their own e-ID.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.numbers import LETTERS, digest
from services.kernel.work import Work
from services.people import mandates
from services.rooms import commands, queries
from services.rooms.models import Room, RoomInvitation, RoomMember, RoomRole

HOLDS = timedelta(days=14)
MOST_UNANSWERED = 20
# 23 signs and twelve places: 54 bits, for somebody who has signed in, within two weeks.
PLACES, GROUP = 12, 4
ACCEPTED, DECLINED, WITHDRAWN = "accepted", "declined", "withdrawn"


@dataclass(frozen=True)
class Guest:
    """Who is asked to come: as the one who asks calls them, as what, and by which number if known."""

    named: str
    role: str
    number: str | None = None


def invite(work: Work, room_id: UUID, guest: Guest) -> tuple[RoomInvitation, str]:
    """Ask somebody to come, as the one who looks after the room; returns the code, shown once.

    With a personal number the code is only for that person, who also finds the invitation under
    Mina sidor. Raises Invalid for a wrong role or name or for oneself, and Conflict when the
    room is full of members and invitations.
    """
    by = commands.resident(work)
    room = commands.owned(work, room_id)
    named = " ".join(guest.named.split())
    if not named or len(named) > commands.LONGEST_NAME:
        raise Invalid("guest-name")
    if guest.role not in tuple(RoomRole):
        raise Invalid("room-role")
    if len(queries.unanswered(work.session, room.id, work.now)) >= MOST_UNANSWERED:
        raise Conflict("too-many-invitations")
    code = _new_code()
    invitation = RoomInvitation(
        id=new_id(),
        room_id=room.id,
        role=guest.role,
        named=named,
        code_hash=_hash(code),
        person_id=_known(work, guest, named, by),
        made_by_id=by,
        made_at=work.now,
        expires_at=work.now + HOLDS,
    )
    work.session.add(invitation)
    commands.told(work, room.id, "invited", role=guest.role)
    return invitation, code


def _known(work: Work, guest: Guest, named: str, by: UUID) -> UUID | None:
    if guest.number is None:
        return None
    given_name, _sep, surname = named.partition(" ")
    person = mandates.known_person(work, guest.number, given_name, surname)
    if person.id == by:
        raise Invalid("invitation-to-oneself")
    return person.id


def _new_code() -> str:
    signs = "".join(secrets.choice(LETTERS) for _ in range(PLACES))
    return "-".join(signs[at : at + GROUP] for at in range(0, PLACES, GROUP))


def _hash(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return digest(f"room-invitation:{plain}")


def open_with(work: Work, code: str) -> RoomInvitation:
    """Take up an invitation by its code: from now on it is this person's to answer, nobody else's.

    Raises NotFound for a code that is wrong, too old or another one's: they look the same.
    """
    person_id = commands.resident(work)
    invitation = work.session.scalar(
        select(RoomInvitation)
        .where(
            RoomInvitation.code_hash == _hash(code),
            RoomInvitation.answer.is_(None),
            RoomInvitation.expires_at > work.now,
        )
        .with_for_update()
    )
    if invitation is None or invitation.person_id not in (None, person_id):
        raise NotFound("invitation")
    invitation.person_id = person_id
    invitation.opened_at = invitation.opened_at or work.now
    return invitation


def accept(work: Work, invitation_id: UUID) -> RoomMember:
    """Come in. Raises NotFound when there is nothing to answer, and Conflict when one is there
    already, or when there is no place."""
    person_id = commands.resident(work)
    invitation, room = _to_answer(work, invitation_id)
    if any(person.id == person_id for _member, person in queries.members(work.session, room.id)):
        raise Conflict("room-member-already")
    member = commands.add(work, room, person_id, invitation.role)
    invitation.answer, invitation.answered_at = ACCEPTED, work.now
    commands.told(work, room.id, "came", role=invitation.role)
    return member


def decline(work: Work, invitation_id: UUID) -> None:
    """Say no. The log of the room tells that somebody has, not who."""
    invitation, room = _to_answer(work, invitation_id)
    invitation.answer, invitation.answered_at = DECLINED, work.now
    commands.told(work, room.id, "declined")


def _to_answer(work: Work, invitation_id: UUID) -> tuple[RoomInvitation, Room]:
    found = queries.invitation_to(work.session, work.actor.person_id, invitation_id, work.now)
    room = commands.locked(work, found.room.id)
    query = select(RoomInvitation).where(RoomInvitation.id == invitation_id)
    invitation = work.session.scalars(query.execution_options(populate_existing=True)).one()
    # Two who press at once come here after each other, by the lock on the room.
    if invitation.answer is not None:
        raise NotFound("invitation")
    return invitation, room


def withdraw(work: Work, room_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back before it is answered. Raises NotFound when there is none."""
    commands.owned(work, room_id)
    invitation = work.session.get(RoomInvitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.room_id != room_id or invitation.answer is not None:
        raise NotFound("invitation")
    invitation.answer, invitation.answered_at = WITHDRAWN, work.now
    commands.told(work, room_id, "invitation_withdrawn", role=invitation.role)
