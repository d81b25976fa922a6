"""What the desk does to a case, and the border round each authority."""

import pytest

from services.cases import assignment, commands, inbox, notes, queries
from services.cases.lifecycle import FROM, Step, is_possible
from services.cases.models import State
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Duty
from tests.builders import a_case, a_document, a_handler, a_resident, a_work, an_authority


@pytest.fixture
def authority(lent):
    return an_authority(lent)


def test_a_handler_takes_answers_and_closes(lent, authority):
    case = a_case(lent)
    work = a_work(lent, a_handler(lent, authority))

    assignment.take(work, case.id)
    commands.write_from_desk(work, case.id, "Vi lagar lampan i morgon.")
    commands.set_status(work, case.id, "klar")

    assert case.handler_id == work.actor.person_id
    assert case.state == State.CLOSED
    assert case.outcome == "done"
    lent.flush()
    kinds = [event.kind for event in queries.timeline(lent, case.id, public_only=True)]
    assert kinds == ["received", "taken", "message_from_desk", "status"]


def test_a_note_is_not_shown_to_the_party(lent, authority):
    case = a_case(lent)
    notes.note(a_work(lent, a_handler(lent, authority)), case.id, "Ringde entreprenören.")
    lent.flush()

    assert queries.messages(lent, case.id, with_notes=False) == []
    assert len(queries.messages(lent, case.id, with_notes=True)) == 1
    assert "note" not in [event.kind for event in queries.timeline(lent, case.id, public_only=True)]


def test_a_completed_case_goes_on(lent, authority):
    resident = a_resident(lent)
    case = a_case(lent, by=resident, state=State.AWAITING_COMPLETION)

    commands.write_from_party(a_work(lent, resident), case.id, "Det är stolpe S-124.")

    assert case.state == State.RECEIVED
    assert case.unread_by_desk


def test_a_withdrawn_case_cannot_be_withdrawn_again(lent, authority):
    resident = a_resident(lent)
    case = a_case(lent, by=resident)
    commands.withdraw(a_work(lent, resident), case.id)

    with pytest.raises(Conflict):
        commands.withdraw(a_work(lent, resident), case.id)


def test_a_status_follows_only_where_the_service_says_so(lent, authority):
    case = a_case(lent, state=State.IN_PROGRESS)

    with pytest.raises(Invalid):
        commands.set_status(a_work(lent, a_handler(lent, authority)), case.id, "mottagen")


def test_a_status_set_from_an_old_page_is_refused(lent, authority):
    case = a_case(lent)
    work = a_work(lent, a_handler(lent, authority))
    seen = case.revision
    assignment.take(work, case.id)
    lent.flush()

    with pytest.raises(Conflict):
        commands.set_status(work, case.id, "pagar", seen=seen)


def test_another_authority_finds_nothing_by_any_way(lent, authority):
    case = a_case(lent)
    stranger = a_handler(lent, an_authority(lent, "SN"))
    work = a_work(lent, stranger)

    with pytest.raises(NotFound):
        queries.at_desk(lent, stranger, case.number)
    assert inbox.inbox(lent, stranger, inbox.Filter(view="all")).cases == []
    assert inbox.inbox(lent, stranger, inbox.Filter(view="all", words=case.number)).cases == []
    for act in (
        assignment.take,
        lambda w, c: notes.note(w, c, "x"),
        lambda w, c: commands.set_status(w, c, "klar"),
    ):
        with pytest.raises(NotAllowed):
            act(work, case.id)


def test_the_contact_centre_does_not_see_secret_cases(lent, authority):
    case = a_case(lent, document=a_document(secrecy=True))

    with pytest.raises(NotFound):
        queries.at_desk(lent, a_handler(lent, authority, Duty.CLERK), case.number)
    assert queries.at_desk(lent, a_handler(lent, authority), case.number) is case


def test_the_inbox_finds_words_and_numbers(lent, authority):
    case = a_case(lent)
    handler = a_handler(lent, authority)
    lent.flush()

    assert inbox.inbox(lent, handler, inbox.Filter(words="S-123")).cases == [case]
    assert inbox.inbox(lent, handler, inbox.Filter(words=case.number)).cases == [case]
    assert inbox.inbox(lent, handler, inbox.Filter(words="vattenläcka")).cases == []


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_from_every_state_is_answered_by_the_table(state, step):
    assert is_possible(state, step) == (state in FROM[step])


def test_nobody_else_reads_or_withdraws_a_residents_case(lent, authority):
    case = a_case(lent, by=a_resident(lent))
    other = a_resident(lent)

    with pytest.raises(NotFound):
        queries.mine(lent, other, case.number)
    with pytest.raises(NotAllowed):
        commands.withdraw(a_work(lent, other), case.id)
