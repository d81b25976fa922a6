"""What somebody typed, before anybody has understood it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

MOST_TEXTS = 200
MOST_CHARACTERS = 100_000


class FormData(Protocol):
    """What a posted form looks like here: names, each with a list of texts."""

    def getlist(self, key: str, /) -> list[Any]:
        """All that came under a name; an empty list when nothing did."""

    def __iter__(self) -> Iterator[str]:
        """The names."""

    def __contains__(self, key: object, /) -> bool:
        """Whether anything came under a name."""

    def __len__(self) -> int:
        """How many names there are."""


class Posted(dict[str, list[str]]):
    """Kept or prepared form data, read in the same way as what a browser has just posted."""

    def getlist(self, key: str, /) -> list[str]:
        """All texts under a name."""
        return list(self.get(key, []))


@dataclass(frozen=True)
class Typed:
    """The texts of one question, by the part of the question that they were typed into."""

    texts: Mapping[str, list[str]] = field(default_factory=dict)

    def one(self, part: str = "") -> str:
        """The text of a part; the first one where somebody repeats a name."""
        texts = self.texts.get(part)
        return texts[0] if texts else ""

    def all(self, part: str = "") -> list[str]:
        """Every text of a part, without repetitions and blanks."""
        return [text for text in dict.fromkeys(self.texts.get(part, [])) if text.strip()]

    @property
    def is_blank(self) -> bool:
        """Whether nothing but spaces has been typed anywhere."""
        return not any(text.strip() for texts in self.texts.values() for text in texts)


def named(name: str, part: str) -> str:
    """The name of an input: the question's, and the part's after a hyphen."""
    return f"{name}-{part}" if part else name


def typed_from(data: FormData, name: str, inputs: tuple[str, ...]) -> Typed:
    """The texts of one question, cut off where nobody types that much by hand."""
    texts = {}
    for part in inputs:
        came = data.getlist(named(name, part))[:MOST_TEXTS]
        texts[part] = [text[:MOST_CHARACTERS] for text in came if isinstance(text, str)]
    return Typed(texts)
