"""The services that Salem 24 ships, each a YAML document in `library/`.

Run as a program it reads them all and prints what is wrong with each:
`python -m services.catalogue.library`.
"""

import sys
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from services.catalogue import fees
from services.forms.definition import ServiceDocument

FOLDER = Path(__file__).with_name("library")


class _PlainLoader(yaml.CSafeLoader):
    """Safe YAML in which a day stays the text that was written."""


_PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    """What a YAML document holds, as plain data."""
    return yaml.load(text, Loader=_PlainLoader)


def load_one(path: Path) -> ServiceDocument:
    """One document. Raises ValueError when it does not hold together, YAMLError when unreadable."""
    document = ServiceDocument.model_validate(read(path.read_text(encoding="utf-8")))
    if document.slug != path.stem:
        raise ValueError(f"slug {document.slug!r} lies in a file named {path.name}")
    if wrong := list(fees.faults(document)):
        raise ValueError("; ".join(wrong))
    return document


def load(folder: Path = FOLDER) -> list[ServiceDocument]:
    """Every document of the library, in the order of their slugs."""
    return [load_one(path) for path in sorted(folder.glob("*.yaml"))]


def faults(path: Path) -> list[str]:
    """What is wrong with a document, one line for each thing."""
    try:
        load_one(path)
    except ValidationError as fault:
        return [line for error in fault.errors() for line in _lines(error["loc"], error["msg"])]
    except (ValueError, yaml.YAMLError) as fault:
        return [str(fault)]
    return []


def _lines(where: tuple[int | str, ...], told: str) -> list[str]:
    place = f"{'.'.join(str(step) for step in where)}: " if where else ""
    return [place + line for line in told.removeprefix("Value error, ").split("; ")]


def main() -> int:
    """Print the faults of all documents; 1 when there are any."""
    found = {path: faults(path) for path in sorted(FOLDER.glob("*.yaml"))}
    for path, lines in found.items():
        print(f"{path.name}: {'good' if not lines else ''}", *lines, sep="\n  " if lines else "")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
