"""Whether a condition holds, given the answers so far. Unanswered is a state, never an error."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from services.forms.question import Condition

Answers = Mapping[str, Any]


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether the condition is met; no condition always is."""
    if condition is None:
        return True
    if condition.all_of is not None:
        return all(holds(each, answers) for each in condition.all_of)
    if condition.any_of is not None:
        return any(holds(each, answers) for each in condition.any_of)
    if condition.none_of is not None:
        return not any(holds(each, answers) for each in condition.none_of)
    return _compares(condition, answers.get(condition.question or ""))


def _compares(condition: Condition, answer: Any) -> bool:
    if condition.answered is not None:
        return (answer not in (None, "", [], {})) is condition.answered
    if condition.is_not is not None:
        return not _same(answer, condition.is_not)
    if condition.equals is not None:
        return _same(answer, condition.equals)
    if condition.among is not None:
        return any(_same(answer, value) for value in condition.among)
    if condition.contains is not None:
        return isinstance(answer, list | str) and condition.contains in answer
    if condition.over is not None:
        return (order := _order(answer, condition.over)) is not None and order > 0
    return (order := _order(answer, condition.under)) is not None and order < 0


def _same(answer: Any, value: Any) -> bool:
    if isinstance(answer, bool) or isinstance(value, bool):
        return answer is value
    return bool(answer == value) or _order(answer, value) == 0


def _order(answer: Any, value: Any) -> int | None:
    # Numbers compare as numbers, days as their ISO texts; anything else does not compare.
    one, other = _number(answer), _number(value)
    if one is not None and other is not None:
        return (one > other) - (one < other)
    if isinstance(answer, str) and isinstance(value, str):
        return (answer > value) - (answer < value)
    return None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
