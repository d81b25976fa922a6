"""Cases and drafts in a room: who sees them, who goes on with them, and what never gets there."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.cases import commands, drafts, policy, queries, ratings, sharing
from services.cases.models import Case, CaseShare, State
from services.decisions import queries as decisions
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.people import commands as people
from services.people.events import PersonProtected
from services.people.models import Person
from services.records import extract
from services.rooms import commands as rooms
from services.rooms.models import RoomMember
from tests.builders import a_case, a_resident, a_work, an_authority


@pytest.fixture(autouse=True)
def authority(lent):
    """The authority that the cases belong to."""
    return an_authority(lent)


@pytest.fixture
def maker(lent):
    """Somebody who makes cases."""
    return a_resident(lent)


@pytest.fixture
def room(lent, maker):
    """Their household's room."""
    return rooms.make_household(a_work(lent, maker), "Hemma")


def someone_in(lent, room, role):
    """Somebody who is in the room."""
    actor = a_resident(lent, given_name="Testa")
    rooms.add(a_work(lent), room, actor.person_id, role)
    return actor


def shared(lent, maker, room, **facts):
    """A case of the maker's that the room sees."""
    case = a_case(lent, by=maker, **facts)
    sharing.share(a_work(lent, maker), case.id, room.id)
    lent.flush()
    return case


def sees(lent, actor, case):
    """Whether the SQL border shows a case; the predicate must say the same."""
    lent.expire(case, ["room_members"])
    found = lent.scalar(select(Case.id).where(Case.id == case.id, policy.visible_to_party(actor)))
    assert (found is not None) == (
        policy.is_party(actor, case) or policy.reads_in_room(actor, case)
    )
    return found is not None


def test_nothing_is_seen_until_it_is_shared_and_not_after(lent, maker, room):
    reader = someone_in(lent, room, "reader")
    case = a_case(lent, by=maker)
    assert not sees(lent, reader, case)
    sharing.share(a_work(lent, maker), case.id, room.id)
    assert sees(lent, reader, case)
    assert [each.case.id for each in sharing.in_room(lent, reader, room)] == [case.id]
    assert queries.mine(lent, reader, case.number) is case
    with pytest.raises(Conflict):
        sharing.share(a_work(lent, maker), case.id, room.id)
    sharing.end(a_work(lent, maker), case.id, room.id)
    lent.flush()
    assert not sees(lent, reader, case)
    assert sees(lent, maker, case)


def test_it_is_in_nobody_elses_lists_extracts_and_news(lent, maker, room):
    member = someone_in(lent, room, "owner")
    case = shared(lent, maker, room)
    work = a_work(lent, member)
    assert queries.of_party(lent, member) == []
    assert extract.authorities_of(work) == set()
    assert extract.of(work, case.authority_id, "sv") == []
    assert queries.unread_by_party(lent, member) == []
    assert decisions.of_party(lent, member) == []


def test_who_may_act_in_a_room_has_its_open_cases_beside_their_own(lent, maker, room):
    reader, sender = someone_in(lent, room, "reader"), someone_in(lent, room, "sender")
    case = shared(lent, maker, room, state=State.AWAITING_COMPLETION)
    for none in ({"state": State.DRAFT}, {"state": State.WITHDRAWN}):
        shared(lent, maker, room, **none)
    own = a_case(lent, by=sender)
    assert queries.to_act_in(lent, sender) == ([own], [case])
    assert queries.to_act_in(lent, reader) == ([], [])
    mine, others = queries.to_act_in(lent, maker)
    assert (mine, others) == (queries.of_party(lent, maker), [])
    case.secrecy = True
    lent.flush()
    assert queries.to_act_in(lent, sender) == ([own], [])


def test_only_the_one_who_made_it_shares_it(lent, maker, room):
    owner, stranger = someone_in(lent, room, "owner"), a_resident(lent, given_name="Samo")
    case = shared(lent, maker, room)
    others = rooms.make_household(a_work(lent, owner), "Hos oss")
    with pytest.raises(NotAllowed):
        sharing.share(a_work(lent, owner), case.id, others.id)
    with pytest.raises(NotAllowed):
        sharing.share(a_work(lent, stranger), case.id, room.id)
    with pytest.raises(NotFound):
        sharing.share(a_work(lent, maker), case.id, others.id)


def test_it_is_taken_back_by_who_shared_it_or_looks_after_the_room(lent, maker, room):
    case = shared(lent, maker, room)
    with pytest.raises(NotFound):
        sharing.end(a_work(lent, someone_in(lent, room, "sender")), case.id, room.id)
    with pytest.raises(NotFound):
        sharing.end(a_work(lent, a_resident(lent)), case.id, room.id)
    sharing.end(a_work(lent, someone_in(lent, room, "owner")), case.id, room.id)


def test_a_reader_writes_nothing_and_a_sender_writes_and_goes_on(lent, maker, room):
    reader, sender = someone_in(lent, room, "reader"), someone_in(lent, room, "sender")
    case = shared(lent, maker, room)
    with pytest.raises(NotAllowed):
        commands.write_from_party(a_work(lent, reader), case.id, "Hej")
    commands.write_from_party(a_work(lent, sender), case.id, "Hej")
    draft = shared(lent, maker, room, state=State.DRAFT)
    with pytest.raises(NotFound):
        drafts.draft_for(a_work(lent, reader), draft.id, None)
    assert sharing.draft_in_room(lent, reader, room.id, draft.id) is draft
    work = a_work(lent, sender)
    found = drafts.draft_for(work, draft.id, None, lock=True)
    drafts.save_page(work, found, "vad", {"stolpe": "S-9", "epost": "nagon@example.com"})
    drafts.submit(work, found)
    lent.flush()
    assert found.acting_person_id == maker.person_id
    assert lent.get(Person, maker.person_id).email is None
    assert lent.get(Person, sender.person_id).email is None
    came_in = queries.timeline(lent, found.id, public_only=True)[0]
    assert (came_in.kind, came_in.actor_id) == ("received", sender.person_id)


def test_what_only_the_party_does_nobody_else_in_the_room_does(lent, maker, room):
    owner = someone_in(lent, room, "owner")
    case = shared(lent, maker, room)
    with pytest.raises(NotAllowed):
        commands.withdraw(a_work(lent, owner), case.id)
    closed = shared(lent, maker, room, state=State.CLOSED)
    with pytest.raises(NotAllowed):
        ratings.rate(a_work(lent, owner), closed.id, 1)
    draft = shared(lent, maker, room, state=State.DRAFT)
    with pytest.raises(NotAllowed):
        drafts.discard(a_work(lent, owner), draft)


def test_a_draft_that_is_shared_can_be_thrown_away_by_its_maker(lent, maker, room):
    draft = shared(lent, maker, room, state=State.DRAFT)
    drafts.discard(a_work(lent, maker), draft)
    lent.flush()
    assert lent.scalar(select(CaseShare).where(CaseShare.case_id == draft.id)) is None


@pytest.mark.parametrize("kind", ["secret", "protected", "child", "principal", "anothers"])
def test_what_is_kept_to_oneself_is_never_shared_and_leaves_the_room_at_once(
    lent, maker, room, kind
):
    reader = someone_in(lent, room, "reader")
    case = shared(lent, maker, room)
    assert sees(lent, reader, case)
    if kind in ("secret", "protected"):
        setattr(case, "secrecy" if kind == "secret" else "protected", True)
    elif kind == "anothers":
        case.subject_person_id = a_resident(lent).person_id
    else:
        case.subject_kind = kind
    lent.flush()
    assert not sees(lent, reader, case)
    assert sharing.in_room(lent, reader, room) == []
    assert sharing.in_room(lent, maker, room) == []
    assert case not in sharing.to_share(lent, maker, room)
    sharing.end(a_work(lent, maker), case.id, room.id)
    lent.flush()
    with pytest.raises(NotAllowed):
        sharing.share(a_work(lent, maker), case.id, room.id)


def test_protection_that_comes_later_takes_the_case_out_of_the_room(lent, maker, room):
    from_maker = shared(lent, maker, room)
    reader = someone_in(lent, room, "reader")
    from_maker.protected = True
    lent.flush()
    rooms.person_protected(a_work(lent), PersonProtected(maker.person_id))
    lent.flush()
    assert not sees(lent, reader, from_maker)
    with pytest.raises(NotFound):
        queries.mine(lent, reader, from_maker.number)


@pytest.mark.parametrize("how", ["leaves", "removed", "room-closed"])
def test_whoever_goes_takes_what_they_shared_with_them(lent, maker, room, how):
    owner = someone_in(lent, room, "owner")
    case = shared(lent, maker, room)
    work = a_work(lent, maker if how == "leaves" else owner)
    if how == "leaves":
        rooms.leave(work, room.id)
    elif how == "removed":
        place = lent.scalars(
            select(RoomMember).where(
                RoomMember.room_id == room.id, RoomMember.person_id == maker.person_id
            )
        ).one()
        rooms.remove(work, room.id, place.id)
    else:
        rooms.close(work, room.id)
    for event in work.happened:
        sharing.member_left(work, event)
    lent.expire_all()
    assert not sees(lent, owner, case)
    assert lent.scalars(select(CaseShare).where(CaseShare.case_id == case.id)).one().ended_at


def test_an_organisations_cases_and_ones_own_do_not_mix(lent, maker, room):
    company = people.add_organisation(a_work(lent), "5560000167", "Exempelbolaget AB", "company")
    lent.flush()
    people.add_mandate(a_work(lent), maker.person_id, company.id, "signatory")
    lent.flush()
    theirs = rooms.open_for_organisation(a_work(lent, maker), company.id)
    reader = someone_in(lent, theirs, "reader")
    acting = replace(maker, acting_for=company.id)
    own, of_company = a_case(lent, by=maker), a_case(lent, by=acting)
    with pytest.raises(Invalid):
        sharing.share(a_work(lent, maker), own.id, theirs.id)
    with pytest.raises(Invalid):
        sharing.share(a_work(lent, acting), of_company.id, room.id)
    assert sharing.to_share(lent, acting, theirs) == [of_company]
    assert sharing.to_share(lent, maker, theirs) == []
    sharing.share(a_work(lent, acting), of_company.id, theirs.id)
    assert sees(lent, reader, of_company)
    # Who acts for somebody else meanwhile sees what that mandate shows, and no room's.
    assert not sees(lent, replace(reader, acting_for=new_id()), of_company)
    assert not sees(lent, replace(reader, principal_id=new_id()), of_company)
