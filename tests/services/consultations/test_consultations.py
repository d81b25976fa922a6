"""Hearing by the law: each test is named by the paragraph or the promise that it holds us to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.cases import notes
from services.cases import queries as cases
from services.cases.models import CaseEvent
from services.consultations import answering, asking, codes, daily, dormancy, material, queries
from services.consultations.answering import Said
from services.consultations.asking import Question, Recipient
from services.consultations.models import Consulted
from services.deadlines import queries as deadlines
from services.decisions import queries as decisions
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import ANYONE
from services.notifications.models import Notification
from tests.builders import KEYRING, a_case, a_handler, a_resident, a_work, an_authority

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
POLICE = Recipient("Polisen", email="remiss@polisen.example")
BY_POST = Recipient("Räddningstjänsten", address="Gatan 1, 123 45 Staden")
NEIGHBOUR = Recipient("Granne Grannsson", address="Vägen 2", property="Salem 1:2")
COMMENTS = Said("comments", "Skorstenen står för nära.")


class Hearing:
    """A case with somebody to hear."""

    def __init__(self, lent, *, e_id=True):
        self.lent = lent
        authority = an_authority(lent)
        self.resident = a_resident(lent)
        by = self.resident if e_id else ANYONE
        self.case = a_case(lent, by=by, now=NOW, email="testa@example.com")
        self.handler = a_handler(lent, authority)
        lent.flush()

    def desk(self, days=0):
        return a_work(self.lent, self.handler, NOW + timedelta(days=days))

    def party(self, days=0):
        return a_work(self.lent, self.resident, NOW + timedelta(days=days))

    def anyone(self, days=0):
        return a_work(self.lent, now=NOW + timedelta(days=days))

    def communicated(self, **question):
        made = asking.communicate(
            self.desk(), self.case.id, Question("Vi tänker avslå. Vad säger du?", **question)
        )
        self.lent.flush()
        return made

    def rows(self, made):
        return queries.asked_in(self.lent, made.id)

    def is_communicated(self, days=0):
        self.lent.flush()
        return decisions.is_communicated(
            self.lent, self.case.id, local_day(NOW + timedelta(days=days))
        )

    def letters(self):
        self.lent.flush()
        query = select(Notification).order_by(Notification.created_at, Notification.id)
        return [each.template for each in self.lent.scalars(query)]


@pytest.fixture
def hearing(lent):
    return Hearing(lent)


def test_fl_25_the_party_gets_two_weeks(hearing):
    made = hearing.communicated()
    assert made.answer_by == date(2026, 12, 8)
    assert "communication-asked" in hearing.letters()


def test_fl_25_a_decision_waits_for_the_answer_or_the_last_day(hearing):
    made = hearing.communicated()
    assert not hearing.is_communicated()
    assert not hearing.is_communicated(days=14)
    assert hearing.is_communicated(days=15)
    answering.answer_as_party(hearing.party(1), made, Said("nothing"))
    assert hearing.is_communicated(days=1)


def test_fl_25_the_party_sees_what_was_chosen_and_nothing_else(hearing):
    notes.note(hearing.desk(), hearing.case.id, "Hemlig tanke.")
    notes.oral(hearing.desk(), hearing.case.id, "Grannen ringde om röken.")
    hearing.lent.flush()
    oral = cases.messages(hearing.lent, hearing.case.id, with_notes=True)[-1]
    made = hearing.communicated(material=[f"message:{oral.id}"])
    shown = material.of(hearing.lent, made)
    assert [each.body for each in shown.messages] == ["Grannen ringde om röken."]
    assert shown.files == []


def test_nothing_of_another_case_can_be_shown(hearing):
    with pytest.raises(Invalid, match="unknown-material"):
        hearing.communicated(material=["file:0198a4f6-7e57-7e57-8e57-7e577e577e57"])


def test_fl_25_comments_become_a_message_and_are_taken_once(hearing):
    made = hearing.communicated()
    case = answering.answer_as_party(hearing.party(1), made, Said("comments", "Nej tack."))
    hearing.lent.flush()
    assert cases.messages(hearing.lent, case.id, with_notes=False)[-1].body == "Nej tack."
    assert case.unread_by_desk
    with pytest.raises(Conflict, match="consultation-over"):
        answering.answer_as_party(hearing.party(2), made, Said("nothing"))


def test_comments_need_words(hearing):
    with pytest.raises(Invalid, match="message-empty"):
        answering.answer_as_party(hearing.party(), hearing.communicated(), Said("comments"))


def test_a_stranger_neither_sees_nor_answers(hearing):
    made, stranger = hearing.communicated(), a_resident(hearing.lent)
    with pytest.raises(NotFound):
        queries.mine(hearing.lent, stranger, made.id)
    with pytest.raises(NotAllowed):
        answering.answer_as_party(a_work(hearing.lent, stranger, NOW), made, Said("nothing"))
    assert queries.waiting_for_party(hearing.lent, stranger) == []
    assert queries.mine(hearing.lent, hearing.resident, made.id)[0] is made
    assert len(queries.waiting_for_party(hearing.lent, hearing.resident)) == 1


def test_another_authority_cannot_ask(hearing):
    other = a_handler(hearing.lent, an_authority(hearing.lent, "BMN"))
    with pytest.raises(NotAllowed):
        asking.communicate(a_work(hearing.lent, other, NOW), hearing.case.id, Question("?"))


def test_fl_25_a_reminder_comes_once_before_the_last_day(hearing):
    hearing.communicated()
    assert daily.remind(hearing.anyone(5)) == 0
    assert daily.remind(hearing.anyone(12)) == 1
    assert daily.remind(hearing.anyone(13)) == 0
    assert hearing.letters().count("communication-reminder") == 1


def test_fl_26_a_link_opens_in_one_browser_and_takes_one_answer(hearing):
    made = asking.ask_outside(hearing.desk(), hearing.case.id, Question("Yttra er."), [POLICE])
    secret = codes.link_secret(KEYRING, hearing.rows(made)[0])
    asked = answering.by_link(hearing.anyone(), secret)
    answering.open_here(hearing.anyone(), asked, "browser")
    answering.open_here(hearing.anyone(), asked, "browser")
    with pytest.raises(Conflict, match="opened-elsewhere"):
        answering.open_here(hearing.anyone(), asked, "another")
    with pytest.raises(NotFound):
        answering.opened(hearing.anyone(), asked.row.id, "another")
    answering.answer_outside(hearing.anyone(), asked, COMMENTS)
    assert hearing.rows(made)[0].body == COMMENTS.body
    with pytest.raises(Conflict, match="consultation-over"):
        answering.answer_outside(hearing.anyone(), asked, COMMENTS)


def test_fl_26_the_mail_says_nothing_of_the_matter(hearing):
    asking.ask_outside(hearing.desk(), hearing.case.id, Question("Yttra er."), [POLICE])
    hearing.lent.flush()
    letter = hearing.lent.scalars(
        select(Notification).where(Notification.template == "consultation-asked")
    ).one()
    assert set(letter.values) == {"number", "link"}


def test_fl_26_a_lost_link_is_replaced_and_the_old_one_is_void(hearing):
    made = asking.ask_outside(hearing.desk(), hearing.case.id, Question("Yttra er."), [POLICE])
    row = hearing.rows(made)[0]
    old = codes.link_secret(KEYRING, row)
    asking.ask_anew(hearing.desk(), hearing.case.id, row.id)
    with pytest.raises(NotFound):
        answering.by_link(hearing.anyone(), old)
    assert answering.by_link(hearing.anyone(), codes.link_secret(KEYRING, row)).row is row


@pytest.mark.parametrize(
    "secret", ["", "x", "0" * 64, "0198a4f67e577e578e577e577e577e57" + "a" * 32]
)
def test_guessed_links_lead_nowhere(hearing, secret):
    with pytest.raises(NotFound):
        answering.by_link(hearing.anyone(), secret)


def test_fl_26_the_clock_goes_on(hearing):
    asking.ask_outside(hearing.desk(), hearing.case.id, Question("Yttra er."), [POLICE, BY_POST])
    assert deadlines.open_pause(hearing.lent, hearing.case.id) is None


def test_fl_26_those_who_are_late_are_listed_within_the_authority(hearing):
    asking.ask_outside(hearing.desk(), hearing.case.id, Question("Yttra er."), [POLICE, BY_POST])
    day = local_day(NOW + timedelta(days=15))
    late = queries.late(hearing.lent, hearing.handler, day)
    assert [each.row.name for each in late] == ["Polisen", "Räddningstjänsten"]
    assert queries.late(hearing.lent, hearing.resident, day) == []
    asking.close(hearing.desk(), hearing.case.id, late[0].consultation.id)
    hearing.lent.flush()
    assert queries.late(hearing.lent, hearing.handler, day) == []


def test_whoever_is_asked_must_be_reachable(hearing):
    with pytest.raises(Invalid, match="recipients-missing"):
        asking.ask_outside(hearing.desk(), hearing.case.id, Question("?"), [])
    with pytest.raises(Invalid, match="recipient-unreachable"):
        asking.ask_outside(hearing.desk(), hearing.case.id, Question("?"), [Recipient("Polisen")])


def coded(hearing):
    made = asking.ask_neighbours(hearing.desk(), hearing.case.id, Question("?"), [NEIGHBOUR])
    row = hearing.rows(made)[0]
    return row, codes.code(KEYRING, row)


def test_pbl_9_a_code_is_read_without_doubt(hearing):
    row, code = coded(hearing)
    assert len(code) == 14
    assert not set(code) & set("01258BILOSUVZ")
    typed = code.lower().replace("-", " ")
    assert answering.by_code(hearing.anyone(), typed).row is row


def test_pbl_9_a_code_is_void_after_ten_wrong_tries(hearing):
    _, code = coded(hearing)
    wrong = code[:-1] + ("3" if code[-1] != "3" else "4")
    for _ in range(10):
        assert answering.by_code(hearing.anyone(), wrong) is None
        hearing.lent.flush()
    assert answering.by_code(hearing.anyone(), code) is None


def test_pbl_9_a_code_is_void_a_month_after_the_last_day(hearing):
    _, code = coded(hearing)
    assert answering.by_code(hearing.anyone(44), code) is not None
    assert answering.by_code(hearing.anyone(45), code) is None


def test_nobody_outside_reads_of_somebody_protected(hearing):
    _, code = coded(hearing)
    hearing.case.protected = True
    assert answering.by_code(hearing.anyone(), code) is None
    leader = a_work(hearing.lent, hearing.handler, NOW)
    hearing.case.handler_id = hearing.handler.person_id
    hearing.lent.flush()
    with pytest.raises(Conflict, match="case-protected"):
        asking.ask_neighbours(leader, hearing.case.id, Question("?"), [NEIGHBOUR])


def test_what_was_answered_stands(hearing):
    row, code = coded(hearing)
    asked = answering.by_code(hearing.anyone(), code)
    answering.answer_outside(hearing.anyone(), asked, COMMENTS)
    hearing.lent.flush()
    with pytest.raises(IntegrityError), hearing.lent.begin_nested():
        hearing.lent.execute(text("UPDATE consulted SET body = 'Annat'"))
    with pytest.raises(IntegrityError), hearing.lent.begin_nested():
        hearing.lent.execute(text("DELETE FROM consulted"))
    assert hearing.lent.get(Consulted, row.id) is not None


def test_a_party_without_e_id_answers_with_a_code(lent):
    hearing = Hearing(lent, e_id=False)
    row = hearing.rows(hearing.communicated())[0]
    asked = answering.by_code(hearing.anyone(), codes.code(KEYRING, row))
    answering.answer_outside(hearing.anyone(), asked, Said("nothing"))
    assert hearing.is_communicated()


def test_a_case_rests_with_its_clock_and_wakes_by_itself(hearing):
    due = hearing.case.due_on
    dormancy.rest(hearing.desk(), hearing.case.id, "Väntar på domstolen.", date(2026, 12, 4))
    hearing.lent.flush()
    assert deadlines.open_pause(hearing.lent, hearing.case.id).reason == "resting"
    assert dormancy.wake_due(hearing.anyone(9)) == 0
    assert dormancy.wake_due(hearing.anyone(10)) == 1
    hearing.lent.flush()
    assert deadlines.open_pause(hearing.lent, hearing.case.id) is None
    assert queries.resting(hearing.lent, hearing.case.id) is None
    if due is not None:
        assert hearing.case.due_on > due


def test_a_case_rests_for_a_reason_once_and_until_a_day_ahead(hearing):
    desk = hearing.desk()
    for reason, day, code in [("", 4, "say-why"), ("Domstol", -1, "wake-on-passed")]:
        with pytest.raises(Invalid, match=code):
            dormancy.rest(desk, hearing.case.id, reason, local_day(NOW) + timedelta(days=day))
    dormancy.rest(desk, hearing.case.id, "Domstol", date(2026, 12, 4))
    hearing.lent.flush()
    with pytest.raises(Conflict, match="cannot-rest"):
        dormancy.rest(desk, hearing.case.id, "Domstol", date(2026, 12, 4))
    dormancy.wake(desk, hearing.case.id)
    hearing.lent.flush()
    with pytest.raises(Conflict, match="does-not-rest"):
        dormancy.wake(desk, hearing.case.id)


def test_everything_is_on_the_timeline(hearing):
    asking.ask_neighbours(hearing.desk(), hearing.case.id, Question("?"), [NEIGHBOUR])
    hearing.communicated()
    hearing.lent.flush()
    query = select(CaseEvent).where(CaseEvent.case_id == hearing.case.id).order_by(CaseEvent.id)
    events = {each.kind: each for each in hearing.lent.scalars(query)}
    assert events["communicated"].public
    assert events["neighbours_asked"].details == {"until": "2026-12-08"}
