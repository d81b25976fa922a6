"""A closed case in which everything has happened that can: what disposal must reach."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from services import wiring
from services.attachments import commands as attachments
from services.cases import (
    assistance,
    charges,
    commands,
    completions,
    corrections,
    investigation,
    links,
    needs,
    notes,
    parties,
    tasks,
)
from services.consultations import answering, asking, dormancy, queries
from services.consultations.answering import Said
from services.consultations.asking import Question, Recipient
from services.decisions import appeals, delegation, letters, notices
from services.decisions import commands as decisions
from services.decisions import signing as decision_signing
from services.decisions.commands import Wording
from services.desk.models import Referral
from services.kernel.db import new_id
from services.kernel.work import ANYONE, Duty
from services.payments import coding, lifecycle, settling
from services.payments import commands as payments
from services.payments import queries as orders
from services.signatures import commands as signatures
from tests.builders import a_case, a_handler, a_resident, a_work, an_authority
from tests.builders.document import two
from tests.builders.paying import a_paid_service
from tests.services.attachments.files import pdf, photo
from tests.services.decisions.test_decisions import DOCUMENT

SECRET = "Hemligordet"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CLOSED = START + timedelta(days=120)
LATER = datetime(2032, 8, 1, 9, 0, tzinfo=UTC)
NO = Wording(f"Nej, {SECRET}.", reasons=f"Därför, {SECRET}.", communication="own_material")
QUESTIONS = [
    {"key": "stolpe", "type": "text", "label": two("Stolpe"), "attribute": True},
    {"key": "epost", "type": "email", "label": two("E-post"), "required": False,
     "personal": True, "prefill": "email"},
    {"key": "sort", "type": "choice", "label": two("Sort"), "required": False,
     "options": {"choices": [{"value": "stolpe", "label": two("Stolpe")}, {"value": "lampa", "label": two("Lampa")}]}},
]  # fmt: skip


class WholeCase:
    """The case and those who keep its records; `lent` has a store whose files can be counted."""

    def __init__(self, lent, retention=None):
        self.lent = lent
        lent.info["municipality"] = "Salem"
        lent.info["providers"] = {**lent.info["providers"], "swish": object()}
        coding.lay_out(a_work(lent, now=START))
        self.authority = an_authority(lent)
        self.resident = a_resident(lent)
        self.handler = a_handler(lent, self.authority)
        self.registrar = a_handler(lent, self.authority, Duty.HANDLER, Duty.REGISTRAR)
        delegation.add_point(
            a_work(lent), self.authority.id, "3.1", two("Bidrag"), Duty.HANDLER, date(2026, 1, 1)
        )
        document = a_paid_service(
            **DOCUMENT,
            retention=retention or {"years": 5},
            terms={"at": ["bifall"]},
            checklist=[{"key": "stolpen", "label": two("Stolpen är besiktigad")}],
            capacity={"by": ["stolpe"], "places": [{"places": 3}], "late": "klar"},
            pages=[{"key": "vad", "title": two("Vad?"), "questions": QUESTIONS}],
        )
        self.case = a_case(
            lent, by=self.resident, document=document, now=START, email="h@example.com"
        )
        self.case.answers = {**self.case.answers, "stolpe": SECRET, "sort": "stolpe"}
        lent.flush()

    def at(self, moment=LATER, who=None):
        return a_work(self.lent, who or self.registrar, moment)

    def desk(self, days=1):
        return self.at(START + timedelta(days=days), self.handler)

    def party(self, days=1):
        return self.at(START + timedelta(days=days), self.resident)

    def live(self):
        """Everything that can happen, and the end of it."""
        self._hand_in_files()
        self._write()
        self._be_heard()
        self._pay()
        self._sign()
        self._decide()
        commands.set_status(self.at(CLOSED, self.handler), self.case.id, "klar")
        self.lent.flush()
        return self

    def _hand_in_files(self):
        for data, name, kind in ((photo(), "a.jpg", "image"), (pdf(), "b.pdf", "pdf")):
            attachments.receive(
                self.party(), BytesIO(data), name,
                owner_id=self.case.id, kinds=[kind], max_bytes=10**6, owner_kind="case",
            )  # fmt: skip

    def _write(self):
        case_id = self.case.id
        commands.write_from_party(self.party(), case_id, SECRET)
        notes.note(self.desk(), case_id, f"{SECRET} igen.")
        tasks.add(self.desk(), case_id, f"Ring om {SECRET}", None, None)
        parties.add(self.desk(), case_id, "neighbour", SECRET)
        needs.note_as_party(self.party(), case_id, "interpreter", SECRET)
        investigation.tick(self.desk(), case_id, "stolpen", "done", SECRET)
        other = a_case(self.lent, by=self.resident, now=START)
        links.link(self.desk(), case_id, other.number or "")
        self.lent.flush()
        corrections.correct(self.desk(), case_id, {"stolpe": f"{SECRET} 2"}, "Fel")
        assistance.offer(self.party(), self.case, may_fill_in=False)
        completions.ask(self.desk(), case_id, SECRET, None, asked=[("stolpe", SECRET)])
        self.lent.flush()
        completions.answer(self.party(2), self.case, {"stolpe": f"{SECRET} 3"}, SECRET)
        self.lent.add(
            Referral(
                id=new_id(), case_id=case_id, new_case_id=other.id, authority_id=self.authority.id,
                reason=SECRET, answers=[], files=[], made_by_id=self.handler.person_id, made_at=START,
            )
        )  # fmt: skip
        self.lent.flush()

    def _be_heard(self):
        made = asking.communicate(self.desk(3), self.case.id, Question(f"Vad säger du? {SECRET}"))
        self.lent.flush()
        answering.answer_as_party(self.party(4), made, Said("comments", SECRET))
        neighbour = Recipient(SECRET, address=f"{SECRET} 1", property="Salem 1:2")
        near = asking.ask_neighbours(self.desk(5), self.case.id, Question(SECRET), [neighbour])
        self.lent.flush()
        [row] = queries.asked_in(self.lent, near.id)
        anyone = self.at(START + timedelta(days=6), ANYONE)
        attachments.receive(
            anyone, BytesIO(photo("PNG")), "granne.png",
            owner_id=row.id, kinds=["image"], max_bytes=10**6, owner_kind="message",
        )  # fmt: skip
        asked = answering.Asked(row, near, self.case)
        answering.answer_outside(anyone, asked, Said("comments", SECRET, capacity=SECRET))
        asking.close(self.desk(7), self.case.id, near.id)
        dormancy.rest(self.desk(7), self.case.id, SECRET, (START + timedelta(days=30)).date())
        self.lent.flush()
        dormancy.wake(self.desk(8), self.case.id)
        self.lent.flush()

    def _pay(self):
        order = charges.charge(self.desk(9), self.case.id, {})
        self.lent.flush()
        self.order_id = order.id
        work = self.party(10)
        payment = payments.start(work, order.id, "swish", eligible=charges.may_be_paid)
        self.lent.flush()
        locked, payment = settling.locked_payment(work, payment.id)
        settling.happened(work, locked, payment, lifecycle.Tried())
        settling.happened(work, locked, payment, lifecycle.Accepted("ref"))
        settling.happened(work, locked, payment, lifecycle.Paid(payment.amount, work.now, "paid"))
        wiring.deliver(work)
        self.lent.flush()
        assert orders.order(self.lent, order.id).state == "paid"

    def _sign(self):
        signatures.ask(
            self.party(11), owner_kind="case", owner_id=self.case.id, pdf=pdf(script=True),
            signer=self.resident.person_id, title=two(SECRET), capacity=two("Sökande"),
        )  # fmt: skip

    def _decide(self):
        decision = decisions.write(self.desk(12), self.case.id, "avslag", NO)
        self.lent.flush()
        decisions.decide(self.desk(12), decision.id)
        self.lent.flush()
        decision_signing.ask(self.desk(12), decision.id, "Salem")
        letters.pdf(self.desk(12), decision, self.case, "Salem")
        received = (START + timedelta(days=14)).date()
        notices.received(self.desk(15), decision.id, received, "receipt")
        self.lent.flush()
        appeal = appeals.appeal(self.party(20), decision.id, f"Jag överklagar, {SECRET}")
        self.lent.flush()
        appeals.judge_time(self.desk(21), appeal.id, in_time=True)
        appeals.reconsider(self.desk(21), appeal.id, "stands")
        appeals.forward(self.desk(21), appeal.id, (START + timedelta(days=21)).date())
        appeals.settle(self.desk(90), appeal.id, "upheld", (START + timedelta(days=80)).date())
        self.lent.flush()
        self.decision = decision
