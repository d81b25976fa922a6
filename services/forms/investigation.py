"""What is to be looked into before a case is decided, as its service says (förvaltningslagen 23 §)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from services.forms.conditions import Answers, holds
from services.forms.question import Condition, Part, Slug, Words


class Check(Part):
    """One thing to look into, by which law; with `when`, only in cases that answer so."""

    key: Slug
    label: Words
    law: Words | None = None
    when: Condition | None = None

    def applies_to(self, answers: Answers) -> bool:
        """Whether a case with these answers needs it."""
        return self.when is None or holds(self.when, answers)


def faults(checks: Sequence[Check]) -> Iterator[str]:
    """What does not hold together in a checklist."""
    for key, times in Counter(each.key for each in checks).items():
        if times > 1:
            yield f"check {key!r} occurs {times} times"
