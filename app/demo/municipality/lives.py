"""The life of a case after it has come in, told by the commands that people use."""

from dataclasses import dataclass, field
from uuid import UUID

from app.demo.municipality import deciding, desking, papers, paying
from app.demo.municipality.cast import Applicant
from app.demo.municipality.handing_in import receive
from app.demo.municipality.plans import Plan
from app.demo.municipality.routes import route
from app.demo.municipality.timeline import Timeline
from services.cases import assignment, commands, completions, notes, queries
from services.cases.closing import Unpaid
from services.cases.models import Case, CaseMessage, State
from services.decisions import notices as decision_notices
from services.decisions import queries as decisions
from services.forms.definition import ServiceDocument, Status
from services.kernel.calendar import local_day, working_days_after
from services.kernel.db import new_id
from services.kernel.work import ANYONE, SYSTEM, Actor, Work
from services.wiring import deliver

MEGABYTE = 1024 * 1024
CHANCE_OF_NOTE, CHANCE_OF_QUESTION, CHANCE_OF_FILE = 0.6, 0.35, 0.3
CHANCE_OF_PAYING = 0.8
# In working days, least and most: until somebody takes the case, and between the steps.
TAKEN = {"slow": (15, 45), "usual": (0, 4)}
STEP = (1, 6)


@dataclass
class Life:
    """One case, who is in it, and where in time the story is."""

    work: Work
    plan: Plan
    case: Case
    document: ServiceDocument
    applicant: Applicant
    handler: Actor
    registrar: UUID
    time: Timeline
    told: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.told = self.plan.story

    def tell(self) -> None:
        """From the inbox to the end, or to today: raises NotYet where the story goes on later."""
        if self.plan.fate == "untouched":
            return
        self._taken()
        way = route(self.document, self.told, self.plan.chance)
        at_work = [status for status in way[:-1] if status.state == State.IN_PROGRESS]
        if not at_work:
            self._talk()
        for status in way[:-1]:
            self._move(status)
            if status in at_work[:1]:
                self._talk()
        if way:
            self._end(way[-1])

    def _taken(self) -> None:
        self.time.at_the_desk(*TAKEN.get(self.plan.fate, TAKEN["usual"]))
        self._as_handler()
        commands.opened_at_desk(self.work, self.case)
        assignment.take(self.work, self.case.id)
        desking.belong(self.work, self.case, self.plan.chance, self.time.now)

    def _move(self, status: Status) -> None:
        if status.state == State.DECIDED:
            self.time.at_the_desk(*STEP)
        else:
            self.time.at_the_desk(0, 3)
        self._as_handler()
        self._set(status)

    def _set(self, status: Status) -> None:
        if status.key in {each.status for each in self.document.decisions}:
            deciding.decide(self.work, self.case, status, self.registrar)
        elif self._is_paid_by(status):
            # The case goes on by itself when its fee has been paid.
            self._pay()
        else:
            commands.set_status(self.work, self.case.id, status.key, unpaid=Unpaid.STAND)

    def _is_paid_by(self, status: Status) -> bool:
        terms = self.document.payment
        is_paid = terms is not None and status.key == terms.paid
        return is_paid and bool(paying.to_pay(self.work, self.case))

    def _pay(self) -> None:
        self.work.actor = SYSTEM
        paying.pay(self.work, self.case)
        deliver(self.work)

    def _talk(self) -> None:
        if self._happens(CHANCE_OF_NOTE):
            self.time.minutes(3, 90)
            self._as_handler()
            notes.note(self.work, self.case.id, self.told["note"])
        if self.plan.fate in ("completed", "waiting"):
            self._completed()
        if self.plan.fate == "withdrawn" and self.applicant.is_party:
            self._withdrawn()
        if self._happens(CHANCE_OF_QUESTION):
            self._asked()

    def _completed(self) -> None:
        self.time.at_the_desk(0, 3)
        self._as_handler()
        answer_by = working_days_after(local_day(self.time.now), 10)
        waits = self.plan.fate == "waiting"
        asked = desking.failing(self.case, self.document, self.told["ask"]) if waits else ()
        completions.ask(self.work, self.case.id, self.told["ask"], answer_by, asked=asked)
        if self.plan.fate == "waiting":
            self.time.never()
        self.time.at_home(1, 12)
        self._write_as_party(self.told["supply"], with_file=self._happens(CHANCE_OF_FILE))

    def _asked(self) -> None:
        self.time.at_home(1, 9)
        self._write_as_party(self.told["question"])
        self.time.at_the_desk(0, 3)
        self._as_handler()
        commands.opened_at_desk(self.work, self.case)
        commands.write_from_desk(self.work, self.case.id, self.told["reply"])

    def _withdrawn(self) -> None:
        self.time.at_home(1, 20)
        self._as_party()
        commands.withdraw(self.work, self.case.id, "Det är inte aktuellt längre. Tack ändå.")
        self.time.never()

    def _end(self, status: Status) -> None:
        self.time.at_the_desk(*STEP)
        self._as_handler()
        commands.opened_at_desk(self.work, self.case)
        commands.write_from_desk(self.work, self.case.id, self.told["closing"])
        self.time.minutes(1, 10)
        self._as_handler()
        self._set(status)
        self._read_at_home()
        deliver(self.work)
        if paying.to_pay(self.work, self.case) and self._happens(CHANCE_OF_PAYING):
            self.time.at_home(2, 25)
            self.work.now = self.time.now
            self._pay()

    def _read_at_home(self) -> None:
        if self.applicant.is_party and self._happens(0.7):
            self.time.at_home(0, 4)
            self._as_party()

    def _write_as_party(self, body: str, *, with_file: bool = False) -> None:
        message_id = new_id()
        self._as_party()
        if self.applicant.is_party:
            commands.write_from_party(self.work, self.case.id, body, message_id=message_id)
        else:
            commands.write_by_link(self.work, self.case, body, message_id=message_id)
        if with_file:
            message = self.work.session.get_one(CaseMessage, message_id)
            paper = papers.paper("komplettering")
            receive(
                self.work,
                paper,
                message,
                owner_kind="message",
                kinds=("image", "pdf"),
                max_bytes=10 * MEGABYTE,
            )

    def _as_handler(self) -> None:
        deliver(self.work)
        self.work.actor, self.work.now = self.handler, self.time.now

    def _as_party(self) -> None:
        actor = self.applicant.actor if self.applicant.is_party else ANYONE
        # What has happened is told to whoever listens before time goes on.
        deliver(self.work)
        self.work.actor, self.work.now = actor, self.time.now
        if self.applicant.is_party:
            # Whoever writes has read what the desk wrote before.
            written = queries.messages(self.work.session, self.case.id, with_notes=False)
            commands.opened_by_party(self.work, written)
            for decision in decisions.made_in_case(self.work.session, self.case.id):
                decision_notices.opened(self.work, decision)

    def _happens(self, likely: float) -> bool:
        return self.plan.chance.random() < likely
