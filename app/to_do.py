"""What somebody has to do now, of every kind, the first day first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from app import i18n, paying
from app.templating import money
from app.transactions import session, work
from services.cases import completions
from services.cases.models import Case, State
from services.consultations import queries as consultations
from services.decisions.models import Decision
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.words import say
from services.rooms import queries as rooms
from services.signatures import queries as signatures

Decided = tuple[Decision, Case, date | None]


@dataclass(frozen=True)
class Task:
    """One thing to do: in words, where, for which case or payment, and by when.

    What one only may do (`must` is False), such as appeal, has its day too.
    """

    words: str
    address: str
    number: str
    last_day: date | None
    must: bool = True


def tasks(
    cases: list[Case],
    shared: list[Case],
    documents: dict[UUID, ServiceDocument],
    decided: list[Decided],
) -> list[Task]:
    """Everything that waits for whoever is signed in: invitations, sign, pay, complete, appeal.

    In cases that others have shared with them, one pays and completes.
    """

    def title(case: Case) -> str:
        return say(documents[case.version_id].title, i18n.language())

    found = [
        *_to_answer(),
        *_to_sign(),
        *_to_pay([each.id for each in shared]),
        *_to_complete([*cases, *shared], title),
        *(
            Task(
                _("Comment: %(title)s", title=title(case)),
                url_for("consultations.mine", consultation_id=each.id),
                case.number or "",
                each.answer_by,
            )
            for each, case in consultations.waiting_for_party(session(), work().actor)
            if case.version_id in documents
        ),
        *_to_appeal(decided),
    ]
    return sorted(found, key=lambda task: (task.last_day or date.max, not task.must))


def _to_complete(cases: list[Case], title: Callable[[Case], str]) -> list[Task]:
    days = completions.last_days(session(), cases)
    return [
        Task(
            _("Complete: %(title)s", title=title(case)),
            url_for("my_pages.case", number=case.number, _anchor="messages"),
            case.number or "",
            days.get(case.id),
        )
        for case in cases
        if case.state == State.AWAITING_COMPLETION
    ]


def _to_answer() -> list[Task]:
    return [
        Task(
            _("Answer the invitation to %(room)s", room=invited.room.name),
            url_for("rooms.answer", invitation_id=invited.invitation.id),
            "",
            local_day(invited.invitation.expires_at),
        )
        for invited in rooms.waiting_for(session(), work().actor.person_id, work().now)
    ]


def _to_sign() -> list[Task]:
    return [
        Task(
            _("Sign: %(title)s", title=say(asked.title, i18n.language())),
            url_for("signatures.show", signature_id=signature.id),
            "",
            local_day(asked.expires_at),
        )
        for signature, asked in signatures.waiting_for(session(), work().actor)
    ]


def _to_pay(shared: list[UUID]) -> list[Task]:
    return [
        Task(
            _(
                "Pay %(amount)s: %(what)s",
                amount=money(each.order.outstanding.ore),
                what=say(each.order.description, i18n.language()),
            ),
            url_for("payments.order", code=each.code),
            each.order.number,
            each.order.due_on,
        )
        for each in paying.unpaid(shared)
    ]


def _to_appeal(decided: list[Decided]) -> list[Task]:
    today = local_day(work().now)
    return [
        Task(
            _("You can appeal the decision %(number)s", number=decision.number),
            url_for("decisions.mine", decision_id=decision.id),
            case.number or "",
            last_day,
            must=False,
        )
        for decision, case, last_day in decided
        if last_day is not None and last_day >= today
    ]
