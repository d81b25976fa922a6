"""The file that says in which order e-IDs are offered, and what the municipality says of each."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from services.kernel.words import LANGUAGES


class ChoiceFileFault(Exception):
    """The file cannot be used; the words say why."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    entity_id: str
    text: dict[str, str] | None = None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    providers: list[_Entry]


@dataclass(frozen=True)
class Choice:
    """The order of the providers, and our own words for some of them."""

    order: tuple[str, ...] = ()
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def place(self, entity_id: str) -> int:
        """Where a provider stands; those that are not named come after all that are."""
        return self.order.index(entity_id) if entity_id in self.order else len(self.order)


def read(path: Path) -> Choice:
    """The choice that a file tells of. Raises ChoiceFileFault."""
    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as fault:
        where = {".".join(str(part) for part in one["loc"]) for one in fault.errors()}
        raise ChoiceFileFault(f"not as it should be: {', '.join(sorted(where))}") from fault
    except (OSError, ValueError, yaml.YAMLError) as fault:
        raise ChoiceFileFault(f"{type(fault).__name__}: {fault}") from fault
    order = tuple(entry.entity_id for entry in found.providers)
    if len(set(order)) != len(order):
        raise ChoiceFileFault("a provider is named twice")
    texts = {entry.entity_id: entry.text for entry in found.providers if entry.text}
    if any(set(text) != set(LANGUAGES) for text in texts.values()):
        raise ChoiceFileFault(f"each text must be in {' and '.join(LANGUAGES)}")
    return Choice(order, texts)
