"""How a case moves: one table of steps, and the only function that follows it."""

from enum import StrEnum

from services.cases.models import State
from services.kernel.errors import Conflict


class Step(StrEnum):
    """What can be done to a case that may change its state."""

    SAVE = "save"
    SUBMIT = "submit"
    AWAIT_SIGNATURES = "await_signatures"
    TAKE_BACK = "take_back"
    TAKE = "take"
    SET_STATUS = "set_status"
    ASK_COMPLETION = "ask_completion"
    COMPLETE = "complete"
    WRITE = "write"
    WITHDRAW = "withdraw"


WORKED_ON = frozenset(
    {
        State.AWAITING_PAYMENT,
        State.RECEIVED,
        State.IN_PROGRESS,
        State.AWAITING_COMPLETION,
        State.DECIDED,
    }
)
# From which states a step may be taken. Where it leads is the step's own: a fixed state,
# the state of the service's chosen status, or the same state as before.
FROM: dict[Step, frozenset[State]] = {
    Step.SAVE: frozenset({State.DRAFT}),
    Step.SUBMIT: frozenset({State.DRAFT, State.AWAITING_SIGNATURE}),
    Step.AWAIT_SIGNATURES: frozenset({State.DRAFT}),
    # What nobody else will sign becomes a draft again, and can be changed.
    Step.TAKE_BACK: frozenset({State.AWAITING_SIGNATURE}),
    Step.TAKE: WORKED_ON,
    # A closed case can be opened again by the desk; a withdrawn one is begun anew.
    Step.SET_STATUS: WORKED_ON | {State.CLOSED},
    Step.ASK_COMPLETION: frozenset({State.RECEIVED, State.IN_PROGRESS, State.AWAITING_PAYMENT}),
    Step.COMPLETE: frozenset({State.AWAITING_COMPLETION}),
    Step.WRITE: WORKED_ON | {State.CLOSED},
    Step.WITHDRAW: WORKED_ON - {State.DECIDED},
}


def check(state: str, step: Step) -> None:
    """Raises Conflict when the step cannot be taken from the state."""
    if State(state) not in FROM[step]:
        raise Conflict("case-state", state=state, step=step.value)


def is_possible(state: str, step: Step) -> bool:
    """Whether the step can be taken from the state."""
    return State(state) in FROM[step]
