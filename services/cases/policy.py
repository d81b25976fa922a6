"""Who may do what to a case. The authority border stands here, once, in SQL and in Python."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, or_, select, true

from services.access.rules import action, both
from services.cases.models import (
    NOT_RECEIVED,
    Case,
    CaseConflict,
    CaseHandler,
    CaseShare,
    State,
)
from services.kernel.work import Actor, Duty, Role
from services.rooms.models import SENDS_IN, RoomMember, RoomRole

# Cases that somebody has begun for another person.
FOR_ANOTHER = ("child", "principal")
READS_SECRETS = frozenset({Duty.HANDLER, Duty.REGISTRAR, Duty.MANAGER})
LEADERS = frozenset({Duty.REGISTRAR, Duty.MANAGER})
# Whoever looks after money alone has no business in cases.
AT_DESK = frozenset(Duty) - {Duty.ECONOMIST, Duty.ATTESTER}
WORKS_ON_CASES = frozenset({Duty.HANDLER, Duty.MANAGER, Duty.REGISTRAR})


def is_party(actor: Actor, case: Case) -> bool:
    """The one whom it is about or who sent it in for oneself, or somebody acting for them today."""
    if actor.role is not Role.RESIDENT or actor.person_id is None:
        return False
    if not within_mandate(actor, case.service_id):
        return False
    if actor.acting_for is not None or case.subject_organisation_id is not None:
        return actor.acting_for == case.subject_organisation_id
    began = case.acting_person_id == actor.person_id
    if actor.principal_id is not None:
        theirs = case.subject_person_id == actor.principal_id and _acted_for(actor, case)
        return theirs and (began or _open_to_others(case))
    if case.subject_kind not in FOR_ANOTHER:
        return began or case.subject_person_id == actor.person_id
    return case.subject_person_id == actor.person_id and not case.is_draft and not case.protected


def made_it(actor: Actor, case: Case) -> bool:
    """The party, who also is the one who began the case."""
    return is_party(actor, case) and case.acting_person_id == actor.person_id


def reads_in_room(actor: Actor, case: Case) -> bool:
    """In a room that the case is shared with, as oneself and not for somebody else."""
    return _in_room(actor, case, tuple(RoomRole))


def sends_in_room(actor: Actor, case: Case) -> bool:
    """The same, as somebody who may write there and not only read."""
    return _in_room(actor, case, SENDS_IN)


def only_by_room(actor: Actor, case: Case) -> bool:
    """Who has to do with a case only because somebody has shared it with their room."""
    return reads_in_room(actor, case) and not is_party(actor, case)


def _in_room(actor: Actor, case: Case, roles: tuple[RoomRole, ...]) -> bool:
    if (
        actor.role is not Role.RESIDENT
        or actor.subject != "self"
        or is_kept_to_oneself(actor, case)
    ):
        return False
    return any(
        each.person_id == actor.person_id and each.role in roles for each in case.room_members
    )


def is_kept_to_oneself(_: Actor, case: Case) -> bool:
    """What no room is shown: secrets, somebody protected, a child's or a principal's matters, and
    what has turned out to be another one's, who has signed what was only prepared."""
    anothers = case.subject_person_id not in (None, case.acting_person_id)
    return case.secrecy or case.protected or case.subject_kind in FOR_ANOTHER or anothers


def within_mandate(actor: Actor, service_id: UUID) -> bool:
    """Whether the mandate by which somebody acts, if any, is for this service."""
    return actor.services is None or service_id in actor.services


def _acted_for(actor: Actor, case: Case) -> bool:
    # A child old enough to write for itself keeps that to itself.
    return actor.subject != "child" or case.subject_kind == "child"


def _open_to_others(case: Case) -> bool:
    # Another guardian or agent must not learn what is secret, or where somebody protected is.
    return not (case.is_draft or case.secrecy or case.protected)


def works_in_authority(actor: Actor, case: Case) -> bool:
    """Staff at the desk of the very authority that the case belongs to."""
    return actor.works_in(case.authority_id) and bool(
        actor.authorities[case.authority_id] & AT_DESK
    )


def may_know(actor: Actor, case: Case) -> bool:
    """Secret cases are not for the contact centre; protected persons' only for who handles them."""
    duties = actor.authorities.get(case.authority_id, frozenset())
    if case.protected:
        set_to = bool(duties & READS_SECRETS) and is_set_to(actor, case)
        return set_to or bool(duties & LEADERS)
    return not case.secrecy or bool(duties & READS_SECRETS)


def handles_cases(actor: Actor, case: Case) -> bool:
    """Set to work on cases there, not only to register them for callers."""
    return bool(actor.authorities.get(case.authority_id, frozenset()) & WORKS_ON_CASES)


def is_set_to(actor: Actor, case: Case) -> bool:
    """The lead handler, or one of those who help."""
    helping = (each.person_id for each in case.handlers)
    return actor.person_id == case.handler_id or actor.person_id in helping


def leads(actor: Actor, case: Case) -> bool:
    """Distributes the work in the case's authority."""
    return bool(actor.authorities.get(case.authority_id, frozenset()) & LEADERS)


def is_own(actor: Actor, case: Case) -> bool:
    """One's own matter, or one that is shared with a room that one is in: one's household's, or
    one's association's. One never handles it oneself (jäv, förvaltningslagen 16 §)."""
    if actor.role is not Role.STAFF:
        return False
    near = (each.person_id for each in case.room_members)
    return actor.person_id in (case.acting_person_id, case.subject_person_id, *near)


def is_for_child_by_another(actor: Actor, case: Case) -> bool:
    """What one guardian has sent in for a child, the other one does not take back."""
    return case.subject_kind == "child" and case.acting_person_id != actor.person_id


def is_barred(actor: Actor, case: Case) -> bool:
    """One's own matter, or one in which jäv has been declared (förvaltningslagen 16-18 §§)."""
    if actor.role is not Role.STAFF:
        return False
    return is_own(actor, case) or any(each.person_id == actor.person_id for each in case.conflicts)


READ_AS_PARTY = action("case:read-as-party", is_party, reads_in_room)
READ_AT_DESK = action("case:read-at-desk", both(works_in_authority, may_know), unless=is_barred)
WORK_ON = action(
    "case:work-on", both(works_in_authority, may_know, handles_cases), unless=is_barred
)
LEAD = action("case:lead", both(works_in_authority, may_know, leads), unless=is_barred)
WRITE_AS_PARTY = action("case:write-as-party", is_party, sends_in_room)
# What only the party does: appeal, comment, ask for a decision, say how it went.
ACT_AS_PARTY = action("case:act-as-party", is_party)
SHARE = action("case:share", made_it, unless=is_kept_to_oneself)
WITHDRAW = action("case:withdraw", is_party, unless=is_for_child_by_another)


def visible_at_desk(actor: Actor) -> ColumnElement[bool]:
    """READ_AT_DESK as a condition in SQL, for every list, search, count and export."""
    return or_(false(), *visible_by_authority(actor).values())


def visible_by_authority(actor: Actor) -> dict[UUID, ColumnElement[bool]]:
    """The same, an authority at a time: each can then be read in order from an index of its own."""
    if not actor.is_staff:
        return {}
    own = or_(Case.acting_person_id == actor.person_id, Case.subject_person_id == actor.person_id)
    barred = select(CaseConflict.case_id).where(
        CaseConflict.person_id == actor.person_id, CaseConflict.lifted_at.is_(None)
    )
    near = _shared_with(actor, tuple(RoomRole))
    received: ColumnElement[bool] = literal_column("\"case\".state <> 'draft'")
    unsigned = Case.state == State.AWAITING_SIGNATURE
    return {
        each: and_(
            received,
            unsigned.is_not(True),
            _border(actor, each),
            own.is_not(True),
            Case.id.not_in(barred),
            Case.id.not_in(near),
        )
        for each, duties in actor.authorities.items()
        if duties & AT_DESK
    }


def _border(actor: Actor, authority_id: UUID) -> ColumnElement[bool]:
    duties = actor.authorities[authority_id]
    inside = Case.authority_id == authority_id
    if not duties & READS_SECRETS:
        return and_(inside, ~Case.secrecy, ~Case.protected)
    if not duties & LEADERS:
        helping = select(CaseHandler.case_id).where(
            CaseHandler.person_id == actor.person_id, CaseHandler.removed_at.is_(None)
        )
        set_to = or_(Case.handler_id == actor.person_id, Case.id.in_(helping))
        return and_(inside, or_(~Case.protected, set_to))
    return inside


def visible_to_party(actor: Actor) -> ColumnElement[bool]:
    """READ_AS_PARTY as a condition in SQL: what one is party to, and what is shared with one."""
    return or_(partys_own(actor), shared_in_rooms(actor))


def shared_in_rooms(
    actor: Actor, roles: tuple[RoomRole, ...] = tuple(RoomRole)
) -> ColumnElement[bool]:
    """What one sees, or with `SENDS_IN` writes in, because one is in a room, as oneself."""
    if actor.role is not Role.RESIDENT or actor.person_id is None or actor.subject != "self":
        return false()
    return and_(
        Case.id.in_(_shared_with(actor, roles)),
        may_be_shared(),
    )


def may_be_shared() -> ColumnElement[bool]:
    """What is not kept to oneself, as a condition in SQL (`is_kept_to_oneself`)."""
    own = Case.subject_person_id == Case.acting_person_id
    return and_(
        ~Case.secrecy,
        ~Case.protected,
        Case.subject_kind.not_in(FOR_ANOTHER),
        or_(Case.subject_person_id.is_(None), own),
    )


def _shared_with(actor: Actor, roles: tuple[RoomRole, ...]) -> Select[UUID]:
    return (
        select(CaseShare.case_id)
        .join(RoomMember, RoomMember.room_id == CaseShare.room_id)
        .where(
            RoomMember.person_id == actor.person_id,
            RoomMember.role.in_(roles),
            RoomMember.left_at.is_(None),
            CaseShare.ended_at.is_(None),
        )
    )


def partys_own(actor: Actor) -> ColumnElement[bool]:
    """ACT_AS_PARTY as a condition in SQL: one's own, or those of whom one acts for."""
    if actor.role is not Role.RESIDENT or actor.person_id is None:
        return false()
    within = true() if actor.services is None else Case.service_id.in_(actor.services)
    if actor.acting_for is not None:
        return and_(Case.subject_organisation_id == actor.acting_for, within)
    if actor.principal_id is not None:
        return and_(_of_principal(actor), within)
    own = or_(Case.subject_person_id == actor.person_id, Case.acting_person_id == actor.person_id)
    by_another = and_(
        Case.subject_kind.in_(FOR_ANOTHER),
        Case.subject_person_id == actor.person_id,
        Case.state.not_in(NOT_RECEIVED),
        ~Case.protected,
    )
    return and_(
        Case.subject_organisation_id.is_(None),
        or_(and_(Case.subject_kind.not_in(FOR_ANOTHER), own), by_another),
    )


def _of_principal(actor: Actor) -> ColumnElement[bool]:
    began = Case.acting_person_id == actor.person_id
    to_others = and_(Case.state.not_in(NOT_RECEIVED), ~Case.secrecy, ~Case.protected)
    kind = Case.subject_kind == "child" if actor.subject == "child" else true()
    theirs = and_(
        Case.subject_organisation_id.is_(None), Case.subject_person_id == actor.principal_id
    )
    return and_(theirs, kind, or_(began, to_others))
