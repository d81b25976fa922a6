"""What a service document says of places that are limited: which, how many, and how long kept."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import Field, ValidationError

from services.forms.charging import PaymentTerms, StatusFacts
from services.forms.kinds import kind_of
from services.forms.question import Key, Part, Question, Scalar, Slug

NAMING = frozenset({"choice", "yes_no", "date", "text"})
# More days than this in one booking are no booking of places.
MOST_DAYS = 366


class Days(Part):
    """The questions for the first and the last day: a place is taken on each day between them."""

    first: Key
    last: Key


class Places(Part):
    """How many places there are of what is answered so; without `match`, of everything else."""

    match: dict[Key, tuple[Scalar, ...]] = Field(default_factory=dict)
    places: int = Field(ge=0, le=10_000)


class Capacity(Part):
    """The limited places of a service.

    `by` are the questions whose answers say of what there is a place; the first row of `places`
    that fits says how many, and what no row fits is not limited. A place is kept for `minutes`
    while somebody pays at once, and for the time to pay of an invoice. `late` is the status for
    money that came when the place was gone; `frees` are the statuses that give a place back.
    """

    by: tuple[Key, ...] = Field(min_length=1, max_length=4)
    days: Days | None = None
    places: tuple[Places, ...] = Field(min_length=1)
    minutes: int = Field(30, ge=5, le=240)
    late: Slug
    frees: tuple[Slug, ...] = ()

    def most(self, answers: Mapping[str, Any]) -> int | None:
        """How many places there are with these answers; None where they are not limited."""
        for row in self.places:
            if all(answers.get(name) in wanted for name, wanted in row.match.items()):
                return row.places
        return None

    def keys(self, answers: Mapping[str, Any]) -> list[str]:
        """What a place is needed of, in a lasting order: one key, or one for each day."""
        name = "/".join(str(answers.get(key, "")) for key in self.by)
        if self.days is None:
            return [name]
        first, last = (_day(answers.get(key)) for key in (self.days.first, self.days.last))
        if first is None or last is None:
            return []
        count = min((last - first).days + 1, MOST_DAYS)
        return [f"{name}/{first + timedelta(days=each)}" for each in range(max(count, 0))]


def _day(stored: Any) -> date | None:
    try:
        return date.fromisoformat(stored)
    except (TypeError, ValueError):
        return None


def faults(
    capacity: Capacity | None,
    terms: PaymentTerms | None,
    statuses: Sequence[StatusFacts],
    questions: Mapping[str, Question],
) -> Iterator[str]:
    """What does not hold together in the places of a document."""
    if capacity is None:
        return
    if terms is None:
        yield "capacity: places are kept while somebody pays, and nothing is paid here"
    elif terms.in_parts:
        yield "capacity: what has limited places is not paid in parts"
    elif terms.when == "before" and not set(terms.ways) <= {"swish", "card"}:
        yield "capacity: a place that is paid before the receipt is paid at once, by swish or card"
    known = {status.key for status in statuses}
    if unknown := {capacity.late, *capacity.frees} - known:
        yield f"capacity names unknown statuses {sorted(unknown)}"
    days = (capacity.days.first, capacity.days.last) if capacity.days else ()
    for key in capacity.by:
        yield from _of(key, questions, NAMING)
    for key in days:
        yield from _of(key, questions, frozenset({"date"}))
    for row in capacity.places:
        yield from _of_row(row, questions)


def _of(key: str, questions: Mapping[str, Question], types: frozenset[str]) -> Iterator[str]:
    question = questions.get(key)
    if question is None:
        yield f"capacity counts on {key!r}, which is not asked"
    elif question.type not in types:
        yield f"capacity counts on {key!r}, which is {question.type}, not {sorted(types)}"


def _of_row(row: Places, questions: Mapping[str, Question]) -> Iterator[str]:
    for key, wanted in row.match.items():
        question = questions.get(key)
        if question is None:
            yield f"capacity counts on {key!r}, which is not asked"
            continue
        try:
            possible = kind_of(question).possible(question)
        except ValidationError:
            continue
        for value in wanted:
            if possible is not None and value not in possible:
                yield f"capacity looks for {value!r}, which is no answer to {key!r}"
