"""The fee rules that exist, by key: whatever lies in `fees/`. Counting with one, and judging options."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from services.kernel.registry import discover
from services.payments import fees
from services.payments.fee_rule import Counted, Facts, FeeRule, Wanted


@cache
def rules() -> dict[str, FeeRule]:
    """Every fee rule by its key, each found as RULE in a module of its own."""
    found = [module.RULE for module in discover(fees)]
    return {rule.key: rule for rule in found}


def count(key: str, options: Mapping[str, Any], facts: Facts) -> Counted:
    """What a fee comes to. Raises Invalid when a fact is missing or no tariff is in force.

    The key and the options are those of a published document, which `faults` has judged.
    """
    rule = rules()[key]
    return rule.count(rule.model.model_validate(options), facts)


def wants(key: str, options: Mapping[str, Any]) -> tuple[Wanted, ...]:
    """The facts that a fee is counted from."""
    rule = rules()[key]
    return tuple(rule.wants(rule.model.model_validate(options)))


def faults(key: str, options: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a rule's name or options, one line for each thing."""
    rule = rules().get(key)
    if rule is None:
        yield f"there is no fee rule {key!r}"
        return
    try:
        rule.model.model_validate(options)
    except ValidationError as fault:
        for error in fault.errors():
            where = ".".join(str(step) for step in error["loc"])
            yield f"options.{where}: {error['msg']}"
