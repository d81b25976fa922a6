"""Money that belongs to nobody here goes back: asked for by one, attested by another, then booked."""

import io

import pytest
from sqlalchemy.exc import IntegrityError

from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.money import Money
from services.kernel.work import Duty
from services.payments import checking, placing, queries, reading, returning, staff
from services.payments.incoming import IncomingRow
from tests.builders.bank_files import Paid, bgmax

RECEIVER, REASON = "Testföreningen, bankgiro 991-2346", "Pengarna var till en annan kommun."


@pytest.fixture
def economist(office):
    """Somebody who keeps the books."""
    return office.staff(Duty.ECONOMIST)


@pytest.fixture
def attester(office):
    """Somebody who attests."""
    return office.staff(Duty.ATTESTER)


@pytest.fixture
def row(office):
    """A payment from the bank that nobody can place."""
    with office.work() as work:
        file = io.BytesIO(bgmax([Paid(90000, name="Åsa Öberg", text="hyra")]))
        told = reading.take(work, file, allow_test=False)
    for part in reading.parts(file, told):
        with office.work() as work:
            reading.book(work, told.file_id, part)
    return office.session.query(IncomingRow).filter_by(file_id=told.file_id).one()


def asked(office, economist, row):
    with office.work(economist) as work:
        return returning.ask_return(work, row.id, RECEIVER, REASON)


def attested(office, economist, attester, row):
    back = asked(office, economist, row)
    with office.work(attester) as work:
        returning.attest(work, back.id)
    return back


def test_what_is_attested_and_paid_out_is_booked_and_leaves_the_list(
    office, economist, attester, row
):
    back = attested(office, economist, attester, row)
    assert (row.state, row.left_ore, office.balance("2890")) == ("unmatched", 90000, Money(-90000))
    with office.work(economist) as work:
        assert returning.receiver_of(work, back) == RECEIVER
        returning.paid_out(work, back.id)

    assert (row.state, row.left_ore, row.payer_name, row.message) == ("returned", 0, None, None)
    assert (office.balance("2890"), office.balance("1930")) == (Money(0), Money(0))
    assert row not in queries.unmatched_rows(office.session)
    assert queries.returns(office.session) == []
    assert list(checking.faults(office.session)) == []


def test_nobody_attests_what_they_asked_for(office, economist, row):
    back = asked(office, economist, row)
    economist.authorities[office.authority.id] = frozenset({Duty.ECONOMIST, Duty.ATTESTER})
    with pytest.raises(NotAllowed, match="own-attest"), office.work(economist) as work:
        returning.attest(work, back.id)
    back.state, back.attested_by_id = "attested", economist.person_id
    with pytest.raises(IntegrityError, match="two_persons"):
        office.session.flush()


def test_nothing_is_paid_out_before_it_is_attested_or_twice(office, economist, attester, row):
    back = asked(office, economist, row)
    with pytest.raises(Conflict, match="adjustment-state"), office.work(economist) as work:
        returning.paid_out(work, back.id)
    with office.work(attester) as work:
        returning.attest(work, back.id)
    with office.work(economist) as work:
        returning.paid_out(work, back.id)
    with pytest.raises(Conflict, match="adjustment-state"), office.work(economist) as work:
        returning.paid_out(work, back.id)


def test_what_is_on_its_way_back_is_neither_placed_nor_asked_for_again(office, economist, row):
    asked(office, economist, row)
    order = office.order("900")
    with pytest.raises(Conflict, match="row-on-its-way-back"), office.work(economist) as work:
        placing.place(work, row.id, order.number)
    with pytest.raises(Conflict, match="row-on-its-way-back"):
        asked(office, economist, row)


def test_what_is_refused_can_be_placed_again(office, economist, attester, row):
    back = attested(office, economist, attester, row)
    with office.work(attester) as work:
        returning.refuse(work, back.id)
    order = office.order("900")
    with office.work(economist) as work:
        placing.place(work, row.id, order.number)
    assert (row.state, order.received_ore) == ("placed", 90000)
    assert list(checking.faults(office.session)) == []


def test_it_is_attested_in_its_own_way_alone(office, economist, attester, row):
    back = asked(office, economist, row)
    with pytest.raises(NotFound), office.work(attester) as work:
        staff.attest(work, back.id)


def test_duties_receiver_and_reason_are_required(office, economist, row):
    with pytest.raises(NotAllowed), office.work(office.staff(Duty.MANAGER)) as work:
        returning.ask_return(work, row.id, RECEIVER, REASON)
    for receiver, reason, code in ((" ", REASON, "receiver"), (RECEIVER, " ", "reason")):
        with pytest.raises(Invalid, match=code), office.work(economist) as work:
            returning.ask_return(work, row.id, receiver, reason)
    back = asked(office, economist, row)
    assert RECEIVER not in str(vars(back))
    with pytest.raises(NotAllowed), office.work(economist) as work:
        returning.attest(work, back.id)


def test_a_row_that_its_entries_do_not_explain_is_a_fault(office, row):
    row.left_ore = 100
    office.session.flush()
    assert [each.kind for each in checking.faults(office.session)] == ["row-not-explained"]
