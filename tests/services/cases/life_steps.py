"""What people do in a case's life: at the desk, with decisions, money and records."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.cases import assignment, commands, completions, corrections, notes, tasks
from services.cases.changing import locked
from services.cases.closing import Unpaid
from services.cases.models import State
from services.consultations import dormancy
from services.decisions import appeals, notices, queries, replacing
from services.decisions import commands as decisions
from services.decisions.commands import Wording
from services.decisions.replacing import Change
from services.desk import referral
from services.kernel.errors import NotFound
from services.payments import checking, lifecycle, settling
from services.payments import commands as payments
from services.payments import queries as orders
from services.people import protection
from services.records import disposing, secrecy
from tests.services.cases.life import CHIEF, ELSEWHERE, Life

Told = Callable[[], None] | None
YES, NO = Wording("Ja."), Wording("Nej.", reasons="Därför.", communication="own_material")


class AtDesk(Life):
    """Taking, helping, jäv, status, completion, notes, tasks, corrections, resting."""

    def _take(self, work: Any, who: str) -> Told:
        assignment.take(work, self.case.id)
        assert who not in self.barred

    def _assign(self, work: Any, who: str, to: str) -> Told:
        assignment.assign(work, self.case.id, self.staff[to].person_id)
        assert not {who, to} & self.barred

    def _help(self, work: Any, who: str, to: str) -> Told:
        assignment.add_person(work, self.case.id, self.staff[to].person_id)
        assert not {who, to} & self.barred

    def _jav(self, work: Any, who: str, whose: str) -> Told:
        assignment.declare_conflict(work, self.case.id, self.staff[whose].person_id, "related")
        assert who in (whose, CHIEF)
        return lambda: self.barred.add(whose)

    def _lift(self, work: Any, who: str, whose: str) -> Told:
        assignment.lift_conflict(work, self.case.id, self.staff[whose].person_id)
        assert who == CHIEF
        assert who not in self.barred
        return lambda: self.barred.discard(whose)

    def _look(self, work: Any, who: str) -> Told:
        self.seen[who] = self.case.revision

    def _status(self, work: Any, who: str, key: str, unpaid: Unpaid | None) -> Told:
        shown, before = self.seen.get(who), self.case.revision
        owed, paying = self.owing(), self.is_being_paid()
        commands.set_status(work, self.case.id, key, seen=shown, unpaid=unpaid)
        assert who not in self.barred
        assert shown in (None, before), "what somebody else did meanwhile was overwritten"
        assert key not in ("bifall", "avslag"), "decided without a decision"
        if key == "klar" and owed:
            assert unpaid is not None, "closed without a word on the fee"
            assert not (paying and unpaid == Unpaid.CANCEL), "what is being paid was cancelled"
            return lambda: setattr(self, "stands", unpaid == Unpaid.STAND)
        return None

    def _ask(self, work: Any, who: str, days: int) -> Told:
        day, asked = self.today + timedelta(days=days), [("stolpe", "Numret finns inte.")]
        completions.ask(work, self.case.id, "Mer, tack.", day, asked=asked)

        def told() -> None:
            self.asked_until = day

        return told

    def _note(self, work: Any, who: str) -> Told:
        notes.note(work, self.case.id, "Ringde.")
        assert self.case.state != State.DISPOSED, "what was taken out has been filled again"

    def _task(self, work: Any, who: str, to: str) -> Told:
        tasks.add(work, self.case.id, "Ring", self.staff[to].person_id, None)
        assert to not in self.barred

    def _correct(self, work: Any, who: str, value: str) -> Told:
        shown, before = self.seen.get(who), self.case.revision
        corrections.correct(work, self.case.id, {"stolpe": value}, "Ringde.", seen=shown)
        assert shown in (None, before)
        return lambda: self.values.add(value)

    def _rest(self, work: Any, who: str, days: int) -> Told:
        dormancy.rest(work, self.case.id, "Väntar på våren.", self.today + timedelta(days=days))
        return lambda: setattr(self, "rests", True)

    def _wake(self, work: Any, who: str) -> Told:
        dormancy.wake(work, self.case.id)
        return lambda: setattr(self, "rests", False)

    def _answer(self, work: Any, value: str) -> Told:
        completions.answer(work, locked(work, self.case.id), {"stolpe": value})

        def told() -> None:
            self.values.add(value)
            self.completed_on = self.today

        return told

    def _message(self, work: Any) -> Told:
        commands.write_from_party(work, self.case.id, "Hej!")

    def _withdraw(self, work: Any) -> Told:
        before = self.case.state
        commands.withdraw(work, self.case.id)
        assert before not in (State.DECIDED, State.CLOSED, State.WITHDRAWN, State.DISPOSED)

    def _refer(self, work: Any, who: str) -> Told:
        row = referral.refer(work, self.case.id, ELSEWHERE, "Er fråga.", answers=["sort"], files=())
        return lambda: self.referred.append(row)

    def _night(self, work: Any, days: int) -> Told:
        self.now += timedelta(days=days)
        work.now = self.now
        waited = self.case.state == State.AWAITING_COMPLETION
        completions.follow_up(work)
        woken = dormancy.wake_due(work)
        appeals.gain_force(work)
        self.lent.flush()
        if waited and self.case.state != State.AWAITING_COMPLETION:
            assert self.asked_until is not None
            assert self.asked_until < self.today, "the time to answer was cut short"
        if woken:
            self.rests = False


class Deciding(AtDesk):
    """Writing, proposing, deciding, replacing; the party receives and appeals."""

    def _write(self, work: Any, who: str, key: str) -> Told:
        draft = queries.draft_of_case(self.lent, self.case.id)
        before = draft.revision if draft else 0
        shown = self.seen.get(f"draft:{who}", before)
        decisions.write(work, self.case.id, key, NO if key == "avslag" else YES, seen=shown)
        assert who not in self.barred
        assert shown == before, "a colleague's draft was overwritten"

    def _read_draft(self, work: Any, who: str) -> Told:
        draft = queries.draft_of_case(self.lent, self.case.id)
        self.seen[f"draft:{who}"] = draft.revision if draft else 0

    def _propose(self, work: Any, who: str) -> Told:
        decisions.propose(work, self._draft().id)
        assert who not in self.barred

    def _minutes(self, work: Any) -> Told:
        made = decisions.enter_minutes(work, self._draft().id, minutes="§ 3", met_on=self.today)
        return lambda: self.made(made)

    def _decide(self, work: Any, who: str) -> Told:
        draft = self._draft()
        shown, before = self.seen.get(f"draft:{who}") or None, draft.revision
        made = decisions.decide(work, draft.id, seen=shown)
        assert who not in self.barred
        assert shown in (None, before), "decided on what nobody has read"
        return lambda: self.made(made)

    def _replace(self, work: Any, who: str, how: str) -> Told:
        old = self._some_made()
        wording = NO if old.status == "avslag" else YES
        new = replacing.replace(work, old.id, Change(how), wording)
        assert who not in self.barred
        return lambda: self.made(new)

    def _receive(self, work: Any) -> Told:
        notices.opened(work, self._some_made())

    def _appeal(self, work: Any) -> Told:
        appeals.appeal(
            work, self.decided[0].id if self.decided else self.case.id, "Jag överklagar."
        )

    def _judge(self, work: Any, in_time: bool) -> Told:
        excuse = "wrong_information" if in_time else None
        appeals.judge_time(work, self._appeal_id(), in_time=in_time, reason="Så.", excuse=excuse)

    def _settle(self, work: Any, result: str) -> Told:
        appeals.settle(work, self._appeal_id(), result, self.today)

    def made(self, decision: Any) -> None:
        """A decision has been made."""
        self.decided.append(decision)
        self.numbers.append(decision.number)

    def _draft(self) -> Any:
        found = queries.draft_of_case(self.lent, self.case.id)
        if found is None:
            raise NotFound("decision")
        return found

    def _some_made(self) -> Any:
        if not self.decided:
            raise NotFound("decision")
        return self.decided[-1]

    def _appeal_id(self) -> Any:
        found = [each for made in self.decided for each in queries.appeals(self.lent, made.id)]
        if not found:
            raise NotFound("appeal")
        return found[-1].id


class Paying(Deciding):
    """The payer pays, or somebody does not know whether money has moved; orders are closed."""

    def _pay(self, work: Any, what: str) -> Told:
        order = orders.orders_of_owner(self.lent, self.case.id)[-1]
        live = orders.live_payment(self.lent, order.id)
        if what == "begun":
            payment = payments.start(work, order.id, "swish")
            self.lent.flush()
            self._happens(work, payment.id, lifecycle.Tried(), lifecycle.Accepted("ref"))
            return None
        if live is None:
            raise NotFound("payment")
        if what == "unsure":
            return self._happens(work, live.id, lifecycle.Unsure())
        if what == "ended":
            return self._happens(work, live.id, lifecycle.Declined("no"))
        self._happens(work, live.id, lifecycle.Paid(live.amount, self.now, "paid"))

        def told() -> None:
            self.paid_ore += live.amount_ore

        return told

    def is_being_paid(self) -> bool:
        """Whether somebody pays, or may have paid, and we do not know yet."""
        found = orders.orders_of_owner(self.lent, self.case.id)
        return any(orders.live_payment(self.lent, each.id) for each in found)

    def _happens(self, work: Any, payment_id: Any, *happenings: Any) -> None:
        order, payment = settling.locked_payment(work, payment_id)
        for each in happenings:
            settling.happened(work, order, payment, each)

    def books_agree(self) -> None:
        """Every öre that came is booked once, and nothing else is."""
        assert list(checking.faults(self.lent)) == []
        got = sum(each.received_ore for each in orders.orders_of_owner(self.lent, self.case.id))
        assert got == self.paid_ore


class Keeping(Paying):
    """Secrecy, protection, redaction and disposal."""

    def _mark(self, work: Any) -> Told:
        made = secrecy.mark(work, self.case.id, "case", "", "21 kap. 1 § OSL")
        return lambda: self.marks.append(made)

    def _unmark(self, work: Any) -> Told:
        if not self.marks:
            raise NotFound("secrecy-mark")
        secrecy.lift(work, self.marks[-1].id, "Prövat.")
        return lambda: self.marks.clear()

    def _protect(self, work: Any) -> Told:
        protection.protect(work, self.people.resident.person_id)
        return lambda: setattr(self, "protected", not self.is_gone)

    def _redact(self, work: Any) -> Told:
        before = self.case.state
        self.owed, self.contested = bool(self.owing()), self.is_contested()
        disposing.redact(work, self.case.id, "decision", "TN § 4")
        assert before in (State.CLOSED, State.WITHDRAWN)
        self._may_go()
        return lambda: self._went(redacted=True)

    def _dispose(self, work: Any) -> Told:
        self.owed, self.contested = bool(self.owing()), self.is_contested()
        disposing.dispose(work, self.case.id, "TN § 5")
        self._may_go()
        assert self.case.closed_at is not None
        assert self.now - self.case.closed_at > timedelta(days=700)
        return self._went

    def _may_go(self) -> None:
        assert not self.owed, "whoever owes something must be known"
        assert not self.contested, "a court may still change it"

    def _went(self, *, redacted: bool = False) -> None:
        self.redacted, self.decided = self.redacted or redacted, []
