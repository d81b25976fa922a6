"""How a service is decided: by whom, by which law, and where a decision is appealed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from pydantic import Field

from services.forms.conditions import Answers, holds
from services.forms.question import Condition, Part, Slug, Words

# förvaltningsbesvär (FL 40–48 §§) · plan- och bygglagen 13 kap. · laglighetsprövning (KL 13 kap.) ·
# avslag på begäran om allmän handling (OSL 6 kap. 7–8 §§) · nothing that can be appealed.
Regime = Literal["administrative", "planning", "legality", "documents", "none"]
Instance = Literal["administrative_court", "administrative_court_of_appeal", "county_board"]


class DecisionType(Part):
    """One way to decide: the status that it leads to gives its outcome and its name.

    `point` is a point of the authority's delegation order; a type for the `committee` is
    decided by the committee itself, on a proposal, always or for the answers in
    `committee_when`. `months` is how long a permit holds.
    """

    status: Slug
    regime: Regime
    instance: Instance | None = None
    point: str = Field(min_length=1, max_length=20)
    law: Words
    committee: bool = False
    committee_when: Condition | None = None
    months: int | None = Field(None, ge=1, le=600)

    def is_the_committees(self, answers: Answers) -> bool:
        """Whether delegation does not reach: the committee itself must decide (KL 6 kap. 38 §)."""
        return self.committee or (
            self.committee_when is not None and holds(self.committee_when, answers)
        )


class _Status(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...


def faults(types: Sequence[DecisionType], statuses: Sequence[_Status]) -> Iterator[str]:
    """What does not hold together between the ways to decide and the service's statuses."""
    known = {status.key: status for status in statuses}
    for key, times in Counter(each.status for each in types).items():
        if times > 1:
            yield f"decision {key!r} occurs {times} times"
    for each in types:
        status = known.get(each.status)
        if status is None:
            yield f"decision leads to unknown status {each.status!r}"
        elif status.outcome is None:
            yield f"decision {each.status!r} has no outcome"
        if (each.instance is None) != (each.regime == "none"):
            yield f"decision {each.status!r} does not say where it is appealed"
