"""To whom a service's cases go by themselves: by what is answered, and by the status that they get."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Protocol

from pydantic import Field

from services.forms.conditions import Answers, holds
from services.forms.question import Condition, Part, Slug


class Receiver(Part):
    """Who gets a case: a unit, and within it a team or those who hold a duty.

    `team` is the name of a team, which the department itself puts together. With `balance` the
    one of them who is here and has least to do becomes the handler; without, they see it in
    their list and one of them takes it.
    """

    unit: Slug | None = None
    team: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    duty: Literal["handler", "manager"] | None = None
    balance: bool = True


class AssignmentRule(Part):
    """One rule. The first that fits and can be followed is followed, and no other.

    Without `status` it is for a case that comes in, otherwise for one that gets that status.
    """

    key: Slug
    when: Condition | None = None
    status: Slug | None = None
    to: Receiver

    def fits(self, status: str | None, answers: Answers) -> bool:
        """Whether it is for this moment, and for a case with these answers."""
        return self.status == status and holds(self.when, answers)


class _Status(Protocol):
    @property
    def key(self) -> str: ...


def faults(rules: Sequence[AssignmentRule], statuses: Sequence[_Status]) -> Iterator[str]:
    """What does not hold together among the rules, and between them and the service's statuses."""
    known = {status.key for status in statuses}
    for key, times in Counter(each.key for each in rules).items():
        if times > 1:
            yield f"assignment {key!r} occurs {times} times"
    for rule in rules:
        if rule.status is not None and rule.status not in known:
            yield f"assignment {rule.key!r} waits for unknown status {rule.status!r}"
        yield from (f"assignment {rule.key!r} {fault}" for fault in _of_receiver(rule.to))


def _of_receiver(to: Receiver) -> Iterator[str]:
    if to.unit is None and to.team is None and to.duty is None:
        yield "goes to nobody"
    if to.team is not None and to.duty is not None:
        yield "goes to a team and to a duty; it can be one of them"
    if to.duty is not None and not to.balance:
        yield "goes to all with a duty and to none of them"
