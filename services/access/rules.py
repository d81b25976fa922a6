"""Permissions as a table of small predicates.

An action is allowed when any of its predicates holds, unless its exception does.
The subject is whatever the action is about: a case, a file, a message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.kernel.errors import NotAllowed
from services.kernel.work import Actor, Work

Predicate = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Action:
    """Something that may be done, with who may do it."""

    name: str
    any_of: tuple[Predicate, ...]
    unless: Predicate | None = None


def action(name: str, *any_of: Predicate, unless: Predicate | None = None) -> Action:
    """An action that reads as a sentence: `READ = action("case:read", is_party, works_in_unit)`."""
    return Action(name, any_of, unless)


def both(*predicates: Predicate) -> Predicate:
    """All of several predicates."""
    return lambda actor, subject: all(holds(actor, subject) for holds in predicates)


def may(actor: Actor, what: Action, subject: Any) -> bool:
    """Whether the actor may do it to the subject."""
    if what.unless is not None and what.unless(actor, subject):
        return False
    return any(holds(actor, subject) for holds in what.any_of)


def require(work: Work, what: Action, subject: Any) -> None:
    """Go on only if the actor may. Raises NotAllowed with the action's name."""
    if not may(work.actor, what, subject):
        raise NotAllowed("not-allowed", action=what.name)
