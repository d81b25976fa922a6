"""What is asked and answered is documents of the case, and what is marked is not sent out unreasoned."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.archive import contents, package, reading
from services.attachments import commands as attachments
from services.cases import commands as cases
from services.cases import queries
from services.cases.models import CaseEvent
from services.consultations import answering, asking, material
from services.consultations import queries as consultations
from services.consultations.answering import Asked, Said
from services.consultations.asking import Question, Recipient
from services.consultations.models import Kind
from services.kernel.errors import Invalid
from services.kernel.work import ANYONE
from services.records import documents, secrecy
from services.records.documents import Direction
from tests.builders import a_case, a_handler, a_resident, a_work, an_authority
from tests.services.attachments.files import photo

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
LAW = "25 kap. 1 § OSL"
POLICE = Recipient("Polisen", email="remiss@polisen.example")
NEIGHBOUR = Recipient("Granne Grannsson", address="Vägen 2", property="Salem 1:2")


class Heard:
    """A case with messages, in which others can be asked."""

    def __init__(self, lent):
        self.lent = lent
        lent.info["municipality"] = "Salem"
        authority = an_authority(lent)
        self.resident = a_resident(lent)
        self.handler = a_handler(lent, authority)
        self.case = a_case(lent, by=self.resident, now=NOW, email="testa@example.com")
        cases.write_from_party(self.at(1, self.resident), self.case.id, "Mitt läkarintyg säger …")
        lent.flush()
        [self.message] = queries.messages(lent, self.case.id, with_notes=True)

    def at(self, hours=0, who=None):
        return a_work(self.lent, who or self.handler, NOW + timedelta(hours=hours))

    def answered(self, made, body, hours):
        [row] = consultations.asked_in(self.lent, made.id)
        attachments.receive(
            self.at(hours, ANYONE), io.BytesIO(photo()), "bild.jpg",
            owner_id=row.id, kinds=["image"], max_bytes=10**6, owner_kind="message",
        )  # fmt: skip
        answering.answer_outside(
            self.at(hours, ANYONE), Asked(row, made, self.case), Said("comments", body, "ägare")
        )
        self.lent.flush()
        return row

    def documents(self):
        return documents.of_case(self.lent, self.case)


@pytest.fixture
def heard(lent):
    return Heard(lent)


def test_osl_5_1_questions_go_out_and_answers_come_in_with_their_numbers(heard, lent):
    asked = asking.ask_outside(heard.at(2), heard.case.id, Question("Yttra er."), [POLICE])
    near = asking.ask_neighbours(heard.at(3), heard.case.id, Question("Hör av er."), [NEIGHBOUR])
    lent.flush()
    heard.answered(asked, "Inget att invända mot platsen.", 4)
    heard.answered(near, "Skorstenen står för nära.", 5)
    found = heard.documents()
    assert [(each.number, each.kind, each.direction) for each in found] == [
        (1, "application", Direction.IN),
        (2, "answer", Direction.IN),
        (3, "remiss", Direction.OUT),
        (4, "neighbour_hearing", Direction.OUT),
        (5, "statement", Direction.IN),
        (6, "neighbour_answer", Direction.IN),
    ]
    assert [len(each.files) for each in found] == [0, 0, 0, 0, 1, 1]


def test_what_the_party_comments_is_one_document_only(heard, lent):
    made = asking.communicate(heard.at(2), heard.case.id, Question("Vad säger du?"))
    lent.flush()
    answering.answer_as_party(
        heard.at(3, heard.resident), made, Said("comments", "Jag håller inte med.")
    )
    lent.flush()
    assert [each.kind for each in heard.documents()] == [
        "application", "answer", "communication", "answer",
    ]  # fmt: skip


def test_the_package_of_a_case_with_hearings_reads_back_whole(heard, lent):
    asked = asking.ask_outside(heard.at(2), heard.case.id, Question("Yttra er."), [POLICE])
    lent.flush()
    heard.answered(asked, "Inget att invända mot platsen.", 4)
    cases.set_status(heard.at(5), heard.case.id, "klar")
    lent.flush()
    own = contents.of(heard.at(), heard.case, "Salem")
    found = reading.read_back(package.pack(heard.at(), own, "Salem"))
    assert found.faults == []
    assert reading.differences(found, own) == []
    texts = [data.decode() for path, data in found.files.items() if path.endswith("text.txt")]
    assert any("Inget att invända mot platsen." in each for each in texts)
    assert any("Till: Polisen" in each for each in texts)


def test_osl_5_5_what_is_marked_is_sent_to_others_only_with_a_reason(heard, lent):
    key = f"message-{heard.message.id}"
    secrecy.mark(heard.at(1), heard.case.id, "document", key, LAW)
    lent.flush()
    shown = [f"message:{heard.message.id}"]
    with pytest.raises(Invalid, match="material-secret"):
        asking.ask_outside(heard.at(2), heard.case.id, Question("Yttra er.", shown), [POLICE])
    assert consultations.of_case(lent, heard.case.id) == []
    unmarked = asking.ask_outside(heard.at(2), heard.case.id, Question("Yttra er."), [POLICE])
    assert unmarked.despite_secrecy == ""
    reasoned = Question("Yttra er.", shown, despite_secrecy="Prövat enligt 10 kap. 2 § OSL.")
    made = asking.ask_outside(heard.at(3), heard.case.id, reasoned, [POLICE])
    lent.flush()
    assert made.despite_secrecy == "Prövat enligt 10 kap. 2 § OSL."
    kinds = lent.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == heard.case.id)).all()
    assert kinds.count("secret_sent") == 1


def test_osl_10_3_to_the_party_only_what_is_kept_from_the_party_needs_a_reason(heard, lent):
    key = f"message-{heard.message.id}"
    secrecy.mark(heard.at(1), heard.case.id, "document", key, LAW)
    lent.flush()
    shown = [f"message:{heard.message.id}"]
    assert material.secret(lent, heard.case, Kind.PARTY, shown) == []
    assert material.secret(lent, heard.case, Kind.OUTSIDE, shown) == shown
    secrecy.mark(heard.at(1), heard.case.id, "document", key, "26 kap. 1 § OSL", from_party=True)
    lent.flush()
    with pytest.raises(Invalid, match="material-secret"):
        asking.communicate(heard.at(2), heard.case.id, Question("Vad säger du?", shown))


def test_a_neighbours_answer_can_be_shown_to_the_party_unless_it_is_marked(heard, lent):
    near = asking.ask_neighbours(heard.at(3), heard.case.id, Question("Hör av er."), [NEIGHBOUR])
    lent.flush()
    row = heard.answered(near, "Skorstenen står för nära.", 5)
    shown = [f"answer:{row.id}"]
    made = asking.communicate(heard.at(6), heard.case.id, Question("Vad säger du?", shown))
    lent.flush()
    assert [each.body for each in material.of(lent, made).answers] == ["Skorstenen står för nära."]
    secrecy.mark(heard.at(7), heard.case.id, "document", f"consulted-{row.id}", LAW)
    lent.flush()
    with pytest.raises(Invalid, match="material-secret"):
        asking.ask_outside(heard.at(8), heard.case.id, Question("Yttra er.", shown), [POLICE])


def test_a_mark_on_the_whole_case_reaches_everything(heard, lent):
    secrecy.mark(heard.at(1), heard.case.id, "case", "", LAW)
    lent.flush()
    everything = material.choosable(lent, heard.case.id).keys()
    assert material.secret(lent, heard.case, Kind.OUTSIDE, everything) == sorted(everything)
    assert material.secret(lent, heard.case, Kind.PARTY, everything) == []
