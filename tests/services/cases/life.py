"""A case's life, for tests: its people, the case, the clock, and what a small model remembers.

The model knows nothing of the code. It remembers who has jäv, what was answered, on which days
the case waited, what was paid, and who has seen which revision.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from services import wiring
from services.access.rules import may
from services.audit import log
from services.cases import drafts, policy
from services.cases.models import Case, CaseEvent, State
from services.catalogue import commands as catalogue
from services.decisions import delegation
from services.decisions import queries as decisions
from services.decisions.models import Stage
from services.kernel.calendar import local_day
from services.kernel.errors import Refusal
from services.kernel.work import SYSTEM, Duty, Work
from services.organisation import commands as organisation
from services.payments import coding
from services.payments import queries as orders
from tests.builders import NOON, a_document, a_handler, a_resident, a_work, an_authority
from tests.builders.document import FACTS, two
from tests.builders.paying import DAY, FEE

CHIEF, FAR, CLERK = "chief", "far", "clerk"
HANDLERS = ("one", "other", CHIEF)
STAFF = (*HANDLERS, CLERK, FAR)
WAITS = (State.AWAITING_COMPLETION, State.AWAITING_PAYMENT)
ENDED = (State.CLOSED, State.WITHDRAWN)
ELSEWHERE = "familjestod"


def _status(key: str, state: str, *following: str, outcome: str | None = None) -> dict[str, Any]:
    return {
        "key": key, "state": state, "next": list(following), "outcome": outcome,
        "resident": two(key), "desk": two(key),
    }  # fmt: skip


ENDS = ("bifall", "avslag", "avskriven", "klar")
LAW = {"regime": "administrative", "instance": "administrative_court", "law": two("8 § lagen")}
DOCUMENT = a_document(
    slug="ett-liv",
    level="eid",
    statuses=[
        _status("vantar", "awaiting_payment", "betald", "avskriven", "klar"),
        _status("betald", "received", "pagar", *ENDS),
        _status("pagar", "in_progress", *ENDS),
        _status("bifall", "decided", "klar", outcome="granted"),
        _status("avslag", "decided", "klar", outcome="refused"),
        _status("avskriven", "closed", outcome="struck_off"),
        _status("klar", "closed", "pagar"),
    ],
    decisions=[
        {"status": "bifall", "point": "3.1", **LAW},
        {"status": "avslag", "point": "3.1", **LAW},
    ],
    pages=[
        {
            **FACTS["pages"][0],
            "questions": [
                *FACTS["pages"][0]["questions"],
                {
                    "key": "sort", "type": "choice", "label": two("Sort"), "required": False,
                    "options": {"choices": [
                        {"value": "lampa", "label": two("Lampa")},
                        {"value": "stolpe", "label": two("Stolpe")},
                    ]},
                },
            ],
        }
    ],
    time_limits=[
        {
            "key": "lag", "label": two("Lagens tid"), "source": two("9 § lagen"),
            "starts": "complete", "length": 10, "unit": "weeks", "pauses": True,
        }
    ],
    fees=[FEE],
    payment={
        "ways": ["swish", "invoice"], "when": "after_receipt", "at": [], "paid": "betald",
        "examples": [{"name": "any", "day": DAY, "kronor": 900}],
    },
)  # fmt: skip


class People:
    """Those who outlive a rollback: laid out once, not in every life."""

    def __init__(self, lent: Any) -> None:
        lent.info["providers"] = {"swish": object(), "invoice": object()}
        work = a_work(lent)
        coding.lay_out(work)
        self.authority, self.elsewhere = an_authority(lent), an_authority(lent, "SN")
        department = organisation.add_department(work, self.elsewhere, two("Stöd"))
        organisation.add_unit(work, department, ELSEWHERE, two("Stöd"), "08-1", "a@example.se")
        self.resident, self.stranger = a_resident(lent), a_resident(lent)
        duties = {CHIEF: Duty.MANAGER, CLERK: Duty.CLERK}
        self.staff = {
            name: a_handler(
                lent,
                self.elsewhere if name == FAR else self.authority,
                duties.get(name, Duty.HANDLER),
            )
            for name in STAFF
        }
        for name, actor in self.staff.items():
            organisation.appoint(
                work,
                actor.person_id,
                (self.elsewhere if name == FAR else self.authority).id,
                duties.get(name, Duty.HANDLER),
                elected=False,
                valid_from=date(2026, 1, 1),
            )
        delegation.add_point(
            work, self.authority.id, "3.1", two("Allt"), Duty.HANDLER, date(2026, 1, 1)
        )
        catalogue.publish(work, DOCUMENT)


class Life:
    """One case, and what the model remembers of it."""

    def __init__(self, lent: Any, people: People, *, pays: bool) -> None:
        self.lent, self.people, self.now = lent, people, NOON
        self.staff = people.staff
        self.actors = {**people.staff, "resident": people.resident, "clock": SYSTEM}
        self.barred: set[str] = set()
        self.seen: dict[str, int] = {}
        self.values = {"S-123"}
        self.protected = self.redacted = False
        self.marks: list[Any] = []
        self.paid_ore = 0
        self.stands = self.owed = self.contested = False
        self.completed_on: date | None = None
        self.asked_until: date | None = None
        self.rests = False
        self.waits_since: date | None = None
        self.waited: list[tuple[date, date]] = []
        self.due: dict[Any, date] = {}
        self.decided: list[Any] = []
        self.numbers: list[str] = []
        self.referred: list[Any] = []
        self.case = self._handed_in()
        if not pays:
            self._freed()

    def _handed_in(self) -> Case:
        work = self.work("resident")
        case = drafts.begin(work, DOCUMENT.slug, drafts.Beginning("sv"))
        drafts.save_page(work, case, "vad", {"stolpe": "S-123", "sort": "lampa"})
        self.lent.flush()
        drafts.submit(work, case)
        self.end(work)
        return case

    def _freed(self) -> None:
        """A life whose fee was paid from the beginning."""
        self.do(("pay", "begun"))
        self.do(("pay", "paid"))
        assert self.case.state == State.RECEIVED

    def work(self, who: str) -> Work:
        """A unit of work by one of them, now."""
        return a_work(self.lent, self.actors[who], self.now)

    def end(self, work: Work) -> None:
        """What a commit would do: tell the listeners, and write."""
        wiring.deliver(work)
        self.lent.flush()

    @property
    def today(self) -> date:
        """The day, in Sweden."""
        return local_day(self.now)

    def events(self) -> int:
        """How long the timeline is."""
        query = select(func.count()).where(CaseEvent.case_id == self.case.id)
        return int(self.lent.scalar(query) or 0)

    def facts(self) -> tuple[Any, ...]:
        """What of the case a refusal must leave as it was."""
        case = self.case
        return (case.state, case.status, case.handler_id, case.secrecy, dict(case.answers))

    def do(self, step: tuple[Any, ...]) -> None:
        """Do one thing in a unit of work of its own; what is refused is taken back."""
        before = self.facts(), self.events()
        self.now += timedelta(hours=1)
        act: Callable[..., Callable[[], None] | None] = getattr(self, f"_{step[0]}")
        work = self.work(self._who(step))
        try:
            with log.apart(work):
                told = act(work, *step[1:])
                self.end(work)
        except Refusal:
            self.lent.refresh(self.case)
            self.lent.expire(self.case, ["handlers", "conflicts", "room_members"])
            assert (self.facts(), self.events()) == before, step
        else:
            # The model learns only of what was done.
            if told is not None:
                told()
            assert self.events() >= before[1] or self.redacted
        self._remember_waiting()

    def owing(self) -> list[str]:
        """The numbers of what the case's party still has to pay."""
        found = orders.orders_of_owner(self.lent, self.case.id)
        return [each.number for each in found if each.is_payable and not each.cancel_asked_at]

    def is_contested(self) -> bool:
        """Whether a court may still change a decision that stands."""
        tried = [each for made in self.decided for each in decisions.appeals(self.lent, made.id)]
        if any(each.is_open for each in tried):
            return True
        standing = [each for each in self.decided if each.stage != Stage.REPLACED]
        revoked = {each.decision_id for each in tried if each.result == "revoked"}
        return any(each.legal_force_on is None and each.id not in revoked for each in standing)

    @property
    def is_gone(self) -> bool:
        """Whether what the case said has been taken out."""
        return self.redacted or self.case.state == State.DISPOSED

    def _who(self, step: tuple[Any, ...]) -> str:
        named = step[1] if len(step) > 1 and step[1] in self.actors else None
        return named or WHO_DOES[step[0]]

    def _remember_waiting(self) -> None:
        """On which days the case waited for its party, or rested."""
        if self.case.state in (State.DECIDED, *ENDED, State.DISPOSED):
            self.rests = False
        waits = self.case.state in WAITS or self.rests
        if waits and self.waits_since is None:
            self.waits_since = self.today
        if not waits and self.waits_since is not None:
            self.waited.append((self.waits_since, self.today))
            self.waits_since = None

    def sees(self, name: str) -> bool:
        """Whether the model lets somebody at work see the case: law and house, in a few lines."""
        if name == FAR or name in self.barred:
            return False
        if self.protected:
            helping = {each.person_id for each in self.case.handlers} | {self.case.handler_id}
            return name == CHIEF or (name != CLERK and self.staff[name].person_id in helping)
        return not self.marks or name != CLERK

    def seen_by(self, actor: Any) -> set[bool]:
        """What Python and SQL answer, at the desk and for the party: one answer, or a fault."""
        action, border = (
            (policy.READ_AT_DESK, policy.visible_at_desk)
            if actor.is_staff
            else (policy.READ_AS_PARTY, policy.visible_to_party)
        )
        found = self.lent.scalar(select(Case.id).where(Case.id == self.case.id, border(actor)))
        return {may(actor, action, self.case), found is not None}


# Who does what nobody is named for.
WHO_DOES = {
    **dict.fromkeys(("answer", "withdraw", "appeal", "message", "receive"), "resident"),
    **dict.fromkeys(("pay", "night", "protect"), "clock"),
    **dict.fromkeys(("judge", "settle", "mark", "unmark", "redact", "dispose", "minutes"), CHIEF),
}
