"""What has happened to people that others should know."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.work import Event


@dataclass(frozen=True)
class PersonsMerged(Event):
    """Two accounts turned out to be one person's: what was `gone`'s is `kept`'s from now on."""

    kept: UUID
    gone: UUID


@dataclass(frozen=True)
class PersonProtected(Event):
    """Somebody's data are protected from now on, in what there already is too."""

    person_id: UUID


@dataclass(frozen=True)
class PersonUnprotected(Event):
    """Somebody's data are not protected any more: two have agreed on it."""

    person_id: UUID
