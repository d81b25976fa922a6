"""A room from its making to its closing: who comes in, who may do what, and what the log tells."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.people import commands as people
from services.people.events import PersonProtected, PersonsMerged
from services.people.models import Person
from services.people.queries import person_by_identifier
from services.rooms import commands, invitations, queries
from services.rooms.events import MemberLeft
from services.rooms.invitations import Guest
from services.rooms.models import RoomEvent, RoomInvitation, RoomMember
from tests.builders import NOON, a_handler, a_person, a_resident, a_work, an_authority

# One of Skatteverket's test numbers.
NUMBER = "189001059808"


@pytest.fixture
def owner(lent):
    """Somebody with a household."""
    return a_resident(lent)


@pytest.fixture
def room(lent, owner):
    """Their room."""
    return commands.make_household(a_work(lent, owner), "Familjen  på Exempelvägen")


def came(lent, owner, room, role="reader", **facts):
    """Somebody who has been invited and has said yes."""
    _invitation, code = invitations.invite(a_work(lent, owner), room.id, Guest("Testa", role))
    guest = a_resident(lent, given_name="Testa", **facts)
    lent.flush()
    opened = invitations.open_with(a_work(lent, guest), code)
    invitations.accept(a_work(lent, guest), opened.id)
    return guest


def member(lent, room, actor):
    """Somebody's place in the room."""
    return queries.membership(lent, actor.person_id, room.id).member


def kinds(lent, room):
    """What the log tells of, the oldest first."""
    lent.flush()
    return [each.kind for each in reversed(queries.log(lent, room.id))]


def test_whoever_makes_a_room_looks_after_it(lent, owner, room):
    assert room.name == "Familjen på Exempelvägen"
    assert queries.membership(lent, owner.person_id, room.id).is_owner
    assert kinds(lent, room) == ["made"]


def test_staff_and_those_with_protected_identity_make_no_room(lent):
    clerk = a_handler(lent, an_authority(lent))
    for actor in (clerk, a_resident(lent, protected=True)):
        with pytest.raises(NotAllowed):
            commands.make_household(a_work(lent, actor), "Hemma")
    with pytest.raises(Invalid):
        commands.make_household(a_work(lent, a_resident(lent)), "  ")


def test_a_code_is_used_once_and_only_its_digest_is_kept(lent, owner, room):
    invitation, code = invitations.invite(a_work(lent, owner), room.id, Guest("Testa", "sender"))
    lent.flush()
    assert code.replace("-", "") not in invitation.code_hash
    guest, other = a_resident(lent, given_name="Testa"), a_resident(lent, given_name="Testo")
    typed = code.lower().replace("-", " ")
    opened = invitations.open_with(a_work(lent, guest), typed)
    with pytest.raises(NotFound):
        invitations.open_with(a_work(lent, other), code)
    assert [each.room.id for each in queries.waiting_for(lent, guest.person_id, NOON)] == [room.id]
    with pytest.raises(NotFound):
        invitations.accept(a_work(lent, other), opened.id)
    invitations.accept(a_work(lent, guest), opened.id)
    assert member(lent, room, guest).role == "sender"
    with pytest.raises(NotFound):
        invitations.open_with(a_work(lent, guest), code)
    assert queries.waiting_for(lent, guest.person_id, NOON) == []
    assert kinds(lent, room) == ["made", "invited", "came"]


def test_an_invitation_runs_out_and_can_be_taken_back(lent, owner, room):
    late = NOON + invitations.HOLDS + timedelta(minutes=1)
    guest = a_resident(lent, given_name="Testa")
    _first, code = invitations.invite(a_work(lent, owner), room.id, Guest("Testa", "reader"))
    lent.flush()
    with pytest.raises(NotFound):
        invitations.open_with(a_work(lent, guest, late), code)
    second, code = invitations.invite(a_work(lent, owner), room.id, Guest("Testa", "reader"))
    lent.flush()
    invitations.withdraw(a_work(lent, owner), room.id, second.id)
    lent.flush()
    with pytest.raises(NotFound):
        invitations.open_with(a_work(lent, guest), code)
    with pytest.raises(NotFound):
        invitations.withdraw(a_work(lent, owner), room.id, second.id)


def test_with_a_number_the_invitation_waits_for_that_person_only(lent, owner, room):
    guest = Guest("Ola Ombud", "reader", NUMBER)
    _invitation, code = invitations.invite(a_work(lent, owner), room.id, guest)
    lent.flush()
    with pytest.raises(NotFound):
        invitations.open_with(a_work(lent, a_resident(lent)), code)
    named = person_by_identifier(lent, "pnr", NUMBER)
    assert [each.by for each in queries.waiting_for(lent, named.id, NOON)] == ["Tolvan Tolvansson"]
    commands.add(a_work(lent), room, named.id, "owner")
    oneself = replace(owner, person_id=named.id)
    with pytest.raises(Invalid):
        invitations.invite(a_work(lent, oneself), room.id, guest)


def test_one_may_say_no_and_the_log_does_not_tell_who(lent, owner, room):
    _invitation, code = invitations.invite(a_work(lent, owner), room.id, Guest("Testa", "reader"))
    guest = a_resident(lent, given_name="Testa")
    lent.flush()
    invitations.decline(a_work(lent, guest), invitations.open_with(a_work(lent, guest), code).id)
    lent.flush()
    told = lent.scalars(select(RoomEvent).where(RoomEvent.room_id == room.id)).all()
    assert [each.actor_id for each in told if each.kind == "declined"] == [None]
    with pytest.raises(NotFound):
        queries.membership(lent, guest.person_id, room.id)


def test_nobody_with_protected_identity_comes_in(lent, owner, room):
    with pytest.raises(NotAllowed):
        came(lent, owner, room, protected=True)


def test_only_who_looks_after_the_room_invites_removes_and_changes_roles(lent, owner, room):
    reader, sender = came(lent, owner, room), came(lent, owner, room, "sender")
    stranger = a_resident(lent, given_name="Samo")
    place = member(lent, room, reader)
    for actor, refusal in ((reader, NotAllowed), (sender, NotAllowed), (stranger, NotFound)):
        work = a_work(lent, actor)
        for attempt in (
            lambda work=work: invitations.invite(work, room.id, Guest("X", "owner")),
            lambda work=work: commands.change_role(work, room.id, place.id, "owner"),
            lambda work=work: commands.remove(work, room.id, place.id),
            lambda work=work: commands.close(work, room.id),
        ):
            with pytest.raises(refusal):
                attempt()
    commands.change_role(a_work(lent, owner), room.id, place.id, "sender")
    assert place.role == "sender"
    commands.remove(a_work(lent, owner), room.id, place.id)
    assert place.left_at == NOON
    assert kinds(lent, room)[-2:] == ["role", "removed"]


def test_somebody_always_looks_after_a_room_with_others_in_it(lent, owner, room):
    guest = came(lent, owner, room)
    mine = member(lent, room, owner)
    for attempt in (
        lambda: commands.leave(a_work(lent, owner), room.id),
        lambda: commands.remove(a_work(lent, owner), room.id, mine.id),
        lambda: commands.change_role(a_work(lent, owner), room.id, mine.id, "reader"),
    ):
        with pytest.raises(Conflict):
            attempt()
    commands.change_role(a_work(lent, owner), room.id, member(lent, room, guest).id, "owner")
    work = a_work(lent, owner)
    commands.leave(work, room.id)
    assert work.happened == [MemberLeft(room.id, owner.person_id)]
    last = a_work(lent, guest)
    commands.leave(last, room.id)
    assert room.closed_at == NOON
    assert kinds(lent, room)[-2:] == ["left", "closed"]


def test_a_closed_room_lets_everybody_out_and_takes_its_invitations_back(lent, owner, room):
    guest = came(lent, owner, room)
    invitation, code = invitations.invite(a_work(lent, owner), room.id, Guest("Testo", "reader"))
    lent.flush()
    work = a_work(lent, owner)
    commands.close(work, room.id)
    assert {each.person_id for each in work.happened} == {owner.person_id, guest.person_id}
    with pytest.raises(NotFound):
        invitations.open_with(a_work(lent, a_resident(lent)), code)
    lent.refresh(invitation)
    assert invitation.answer == "withdrawn"


def test_one_is_in_so_many_rooms_and_no_more(lent, owner):
    for number in range(commands.MOST_ROOMS):
        commands.make_household(a_work(lent, owner), f"Rum {number}")
    with pytest.raises(Conflict):
        commands.make_household(a_work(lent, owner), "Ett till")


@pytest.fixture
def company(lent):
    """A company that we know."""
    return people.add_organisation(a_work(lent), "5560000167", "Exempelbolaget AB", "company")


def signing_for(lent, company):
    """Somebody who signs for it."""
    actor = a_resident(lent, given_name="Boel")
    lent.flush()
    people.add_mandate(a_work(lent), actor.person_id, company.id, "signatory")
    lent.flush()
    return actor


def test_whoever_signs_for_an_organisation_opens_its_one_room_and_can_always_come_in(lent, company):
    first, second = signing_for(lent, company), signing_for(lent, company)
    room = commands.open_for_organisation(a_work(lent, first), company.id)
    assert (room.kind, room.name) == ("company", "Exempelbolaget AB")
    assert commands.open_for_organisation(a_work(lent, second), company.id) is room
    assert member(lent, room, second).role == "owner"
    with pytest.raises(NotAllowed):
        commands.open_for_organisation(a_work(lent, a_resident(lent)), company.id)
    member(lent, room, first).role = "reader"
    commands.open_for_organisation(a_work(lent, first), company.id)
    assert member(lent, room, first).role == "owner"
    assert kinds(lent, room) == ["made", "signatory_came", "role"]


def test_whoever_gets_protected_identity_is_taken_out_and_named_no_more(lent, owner, room):
    guest = came(lent, owner, room, "owner")
    lent.get(Person, guest.person_id).protected = True
    clerk = a_handler(lent, an_authority(lent))
    commands.person_protected(a_work(lent, clerk), PersonProtected(guest.person_id))
    assert [person.id for _member, person in queries.members(lent, room.id)] == [owner.person_id]
    lent.flush()
    events = queries.log(lent, room.id)
    assert events[0].kind == "left_by_us"
    assert events[0].actor_id is None
    assert guest.person_id not in queries.names_in(lent, events)
    assert room.closed_at is None


def test_a_room_that_nobody_looks_after_any_more_is_closed(lent, owner, room):
    came(lent, owner, room)
    commands.person_protected(a_work(lent), PersonProtected(owner.person_id))
    assert room.closed_at == NOON
    assert queries.members(lent, room.id) == []


def test_two_accounts_of_one_person_have_one_place(lent, owner, room):
    guest = came(lent, owner, room)
    gone, kept = member(lent, room, owner), member(lent, room, guest)
    commands.follow(a_work(lent), PersonsMerged(kept=guest.person_id, gone=owner.person_id))
    assert gone.left_at == NOON
    assert kept.role == "owner"
    elsewhere = commands.make_household(a_work(lent, owner), "Hemma")
    commands.follow(a_work(lent), PersonsMerged(kept=guest.person_id, gone=owner.person_id))
    lent.flush()
    assert member(lent, elsewhere, guest).role == "owner"


def test_old_invitations_and_closed_rooms_are_forgotten(lent, owner, room):
    invitations.invite(a_work(lent, owner), room.id, Guest("Testa", "reader"))
    lent.flush()
    commands.purge(a_work(lent, now=NOON + timedelta(days=45)))
    left = select(RoomInvitation).where(RoomInvitation.room_id == room.id)
    assert lent.scalars(left).all() == []
    commands.close(a_work(lent, owner), room.id)
    lent.flush()
    commands.purge(a_work(lent, now=NOON + timedelta(days=364)))
    assert queries.log(lent, room.id)
    commands.purge(a_work(lent, now=NOON + timedelta(days=366)))
    assert queries.log(lent, room.id) == []
    here = select(RoomMember).where(RoomMember.room_id == room.id)
    assert lent.scalars(here).all() == []


def test_the_log_cannot_be_changed(lent, room):
    lent.flush()
    event = queries.log(lent, room.id)[0]
    event.kind = "left"
    with pytest.raises(Exception, match="append-only"):
        lent.flush()


def test_a_person_we_know_nothing_of_is_in_no_room(lent):
    assert queries.rooms_of(lent, a_person(lent).id) == []
