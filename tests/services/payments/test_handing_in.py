"""Files from the bank that are handed in: seen before they are booked, and booked by a job."""

import io

import pytest
from sqlalchemy import select

from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Duty
from services.payments import checking, handing_in, reading
from services.payments.incoming import FileState, IncomingFile
from tests.builders.bank_files import EXAMPLE, Paid, bgmax, camt054

HOSTILE = b"<!DOCTYPE a [<!ENTITY b 'c'>]>"


@pytest.fixture
def economist(office):
    """Somebody who keeps the books."""
    return office.staff(Duty.ECONOMIST)


def handed_in(office, economist, data, name="bank.txt", **wishes):
    with office.work(economist) as work:
        told = {"allow_test": False, **wishes}
        return handing_in.hand_in(work, io.BytesIO(data), name, **told)


def confirmed(office, economist, file):
    with office.work(economist) as work:
        handing_in.confirm(work, file.id)
    office.work_through()
    return file


@pytest.mark.parametrize("written", [bgmax, camt054])
def test_a_file_is_seen_before_it_is_booked(office, economist, written):
    order = office.order("900")
    file = handed_in(office, economist, written([Paid(90000, order.ocr), Paid(500)]))

    assert (file.state, file.rows, file.total_ore) == (FileState.WAITING, 2, 90500)
    assert file.accounts == ["9912346"]
    assert (str(file.first_on), str(file.last_on)) == ("2026-11-24", "2026-11-24")
    assert (file.done, order.received_ore, office.entries()) == (0, 0, [])

    confirmed(office, economist, file)
    assert (file.state, file.done, file.matched) == (FileState.DONE, 2, 1)
    assert order.received_ore == 90000
    assert handing_in.kept(office.session, [file]) == {file.id: 2}
    assert list(checking.faults(office.session)) == []


def test_a_file_that_was_read_changes_nothing(office, economist):
    data = bgmax([Paid(500)])
    file = confirmed(office, economist, handed_in(office, economist, data))
    with pytest.raises(Conflict, match="file-read-before") as refusal:
        handed_in(office, economist, data)
    assert refusal.value.details["file_id"] == str(file.id)
    assert len(office.entries()) == 1


def test_a_file_that_waits_is_the_same_when_it_is_handed_in_again(office, economist):
    data = bgmax([Paid(500)])
    assert handed_in(office, economist, data) is handed_in(office, economist, data)


def test_payments_of_another_file_are_told_apart(office, economist):
    confirmed(office, economist, handed_in(office, economist, bgmax([Paid(500)])))
    file = handed_in(office, economist, bgmax([Paid(500), Paid(700)]))
    confirmed(office, economist, file)
    assert (file.done, handing_in.kept(office.session, [file])[file.id]) == (2, 1)


def test_a_file_is_booked_once_however_often_it_is_confirmed(office, economist):
    file = confirmed(office, economist, handed_in(office, economist, bgmax([Paid(500)])))
    with pytest.raises(Conflict, match="bank-file-state"):
        confirmed(office, economist, file)
    assert len(office.entries()) == 1


@pytest.mark.parametrize(
    ("data", "fault", "line"),
    [
        (EXAMPLE.replace("315100SEK", "315101SEK").encode(), "sum", 11),
        (EXAMPLE.replace("25Kulturskola", "99Kulturskola").encode(), "record", 10),
        (
            camt054([Paid(100)]).replace(b"<Document", HOSTILE + b"<Document", 1),
            "document-type",
            None,
        ),
        (b"Hej, det regnar.", "format", 1),
        (b"", "format", 1),
        (bgmax([Paid(100)]).replace(b"050009912346", b"050055551234"), "account", 1),
        (bgmax([Paid(100)], kind="T"), "test", 1),
    ],
)
def test_a_file_that_is_wrong_is_noted_with_what_is_wrong(office, economist, data, fault, line):
    with pytest.raises(Invalid) as refusal:
        handed_in(office, economist, data, "fel.txt")
    assert refusal.value.details["fault"] == fault
    (file, *_) = handing_in.files(office.session, economist)
    assert (file.state, file.fault, file.name) == (FileState.REFUSED, fault, "fel.txt")
    assert line is None or file.fault_line == line
    assert (file.rows, office.entries()) == (0, [])


def test_a_file_that_was_refused_may_be_right_later(office, economist):
    data = bgmax([Paid(500)], kind="T")
    with pytest.raises(Invalid):
        handed_in(office, economist, data)
    file = handed_in(office, economist, data, allow_test=True)
    assert (file.state, file.fault, file.rows) == (FileState.WAITING, None, 1)


def test_a_file_that_is_too_large_is_not_read(office, economist, monkeypatch):
    monkeypatch.setattr(handing_in, "MOST_BYTES", 100)
    with pytest.raises(Invalid, match="bank-file-too-large"):
        handed_in(office, economist, bgmax([Paid(500)]))


def test_a_file_is_left_out(office, economist):
    file = handed_in(office, economist, bgmax([Paid(500)]))
    with office.work(economist) as work:
        handing_in.leave_out(work, file.id)
    assert office.session.scalar(select(IncomingFile).where(IncomingFile.id == file.id)) is None


def test_only_economists_see_files_and_hand_them_in(office, economist):
    file = handed_in(office, economist, bgmax([Paid(500)]))
    manager = office.staff(Duty.MANAGER)
    assert handing_in.files(office.session, manager) == []
    with pytest.raises(NotFound):
        handing_in.file_by_id(office.session, manager, file.id)
    with pytest.raises(NotAllowed):
        handed_in(office, manager, bgmax([Paid(700)]))
    with pytest.raises(NotAllowed), office.work(manager) as work:
        handing_in.confirm(work, file.id)


def test_a_worker_that_dies_leaves_the_rest_to_the_next(office, economist, monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    file = handed_in(office, economist, bgmax([Paid(500) for _ in range(5)]))
    with office.work(economist) as work:
        handing_in.confirm(work, file.id)
    with office.work() as work:
        parts = handing_in.read_file.parts(work, {"file_id": str(file.id)})
    with office.work() as work:
        next(iter(parts))(work)
    assert (file.state, file.done) == (FileState.READING, 2)

    office.work_through()
    assert (file.state, file.done, len(office.entries())) == (FileState.DONE, 5, 5)


def test_why_it_stopped_is_noted(office, economist):
    twice = [Paid(100, serial="000000000001"), Paid(200, serial="000000000001")]
    file = confirmed(office, economist, handed_in(office, economist, bgmax(twice)))
    assert (file.state, file.fault, file.done) == (FileState.REFUSED, "twice", 0)
