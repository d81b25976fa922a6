"""Those who can sign in with the demonstration e-ID, read from their file."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("personas.yaml")


class Told(BaseModel):
    """What every entry of the file is: strict, so that a slip of the pen is seen at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Assigned(Told):
    """Duties in an authority."""

    authority: str
    duties: tuple[str, ...]


class Elected(Told):
    """An office in an authority."""

    authority: str
    office: str


class Mandate(Told):
    """The right to act for one of the demonstration's organisations."""

    organisation: str
    kind: str


class Persona(Told):
    """Somebody to sign in as: in words, with names, and with an account key."""

    key: str
    words: dict[str, str]
    given_name: str
    surname: str
    kind: str
    value: str
    level: str | None = None
    eidas_identifier: str | None = None
    protected: bool = False
    staff: tuple[Assigned, ...] = ()
    elected: tuple[Elected, ...] = ()
    mandates: tuple[Mandate, ...] = ()


class Principal(Told):
    """Somebody for whom personas act: a child, somebody with a custodian, or another persona."""

    key: str
    kind: str
    by: tuple[str, ...]
    given_name: str = ""
    surname: str = ""
    number: str | None = None
    born_on: date | None = None


class Without(Told):
    """Somebody who cannot sign in, and how they reach the municipality instead."""

    key: str
    words: dict[str, str]
    why: dict[str, str]


class Cast(Told):
    """The whole file."""

    personas: tuple[Persona, ...]
    principals: tuple[Principal, ...]
    without_eid: tuple[Without, ...]


@cache
def cast() -> Cast:
    """Everybody, with or without an e-ID."""
    read: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Cast.model_validate(read)


def of_kind(kind: str) -> list[Persona]:
    """Those with an account key of a kind, in the order of the file."""
    return [persona for persona in cast().personas if persona.kind == kind]


def persona(key: str, kind: str) -> Persona | None:
    """A persona by its key, if it has that kind of e-ID."""
    return next((one for one in of_kind(kind) if one.key == key), None)
