"""Who may write a decision, and who may make it."""

from uuid import UUID

from services.access.rules import action, both
from services.cases.models import Case
from services.cases.policy import WORK_ON
from services.kernel.work import Actor, Duty


def keeps_its_register(actor: Actor, authority_id: UUID) -> bool:
    """The registrar or manager of an authority."""
    held = actor.authorities.get(authority_id, frozenset())
    return bool(held & {Duty.REGISTRAR, Duty.MANAGER})


def keeps_the_register(actor: Actor, case: Case) -> bool:
    """Those of the case's authority who enter what the committee has decided."""
    return keeps_its_register(actor, case.authority_id)


WRITE = action("decision:write", *WORK_ON.any_of, unless=WORK_ON.unless)
# Holding the delegation point is asked for beside this, because it hangs on the day and the sum.
MAKE = action("decision:make", *WORK_ON.any_of, unless=WORK_ON.unless)
ENTER_MINUTES = action(
    "decision:enter-minutes", both(*WORK_ON.any_of, keeps_the_register), unless=WORK_ON.unless
)


REPORT = action("decision:report", keeps_its_register)
