"""What comes out of a sign-in: an Identity, or Refused; and what must be lent for it."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from identity.numbers import is_coordination_number


class Kind(StrEnum):
    """What sort of account key somebody is known by; never NameID, never mail (ID-10)."""

    PNR = "pnr"
    PRID = "prid"
    ORGANISATION = "orgAffiliation"
    EPPN = "eppn"


@dataclass(frozen=True)
class NameID:
    """What a provider calls somebody towards us, with all that makes it unambiguous (Core 2.2.2)."""

    value: str = field(repr=False)
    format: str | None = None
    name_qualifier: str | None = None
    sp_name_qualifier: str | None = None


@dataclass(frozen=True)
class ProviderSession:
    """How a provider knows the session that it has opened: needed to end it there (ID-23)."""

    name: NameID
    index: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class School:
    """What a school's provider tells of a pupil or somebody who works there."""

    roles: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Who has signed in, by (kind, value), how surely, through whom and with which entity."""

    kind: Kind
    value: str
    assurance: str
    display_name: str
    given_name: str
    surname: str
    organisation: str | None
    source: str
    transaction_id: str | None
    authenticated_at: datetime
    entity: str
    eidas_identifier: str | None = field(default=None, repr=False)
    persistence: str | None = None
    previous_number: str | None = field(default=None, repr=False)
    national_number: str | None = field(default=None, repr=False)
    school: School | None = None
    provider_session: ProviderSession | None = None

    @property
    def is_lasting(self) -> bool:
        """Whether the account key will be the same next time; a prid of class C promises nothing."""
        return self.kind is not Kind.PRID or self.persistence in ("A", "B")

    @property
    def has_coordination_number(self) -> bool:
        """Whether the number is a samordningsnummer: its holder need not live in Sweden."""
        return self.kind is Kind.PNR and is_coordination_number(self.value)


class Code(StrEnum):
    """Why a sign-in came to nothing: one for each page that a person may meet."""

    CANCELLED = "cancelled"
    FRAUD = "fraud"
    FAILED = "failed"
    LEVEL_TOO_LOW = "level-too-low"
    OTHER_PERSON = "other-person"
    NOT_PASSIVE = "not-passive"
    PROVIDER_FAULT = "provider-fault"
    UNVERIFIED = "unverified"
    TOO_LATE = "too-late"
    ATTRIBUTES_MISSING = "attributes-missing"
    PROVIDER_GONE = "provider-gone"


class Refused(Exception):
    """A sign-in that came to nothing. `detail` is for the log only and names no person."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail
        self.reference = secrets.token_hex(4).upper()


def unverified(detail: str) -> Refused:
    """The one refusal for all that cannot be trusted; the reason goes to the log only."""
    return Refused(Code.UNVERIFIED, detail)


@contextmanager
def never_a_fault() -> Iterator[None]:
    """Whatever a message makes stumble is a refusal, not a fault of ours (ID-14)."""
    try:
        yield
    except Refused:
        raise
    except Exception as fault:
        raise unverified(f"fault-{type(fault).__name__}") from fault


class Pending(Protocol):
    """A log-in that was sent to a provider, as it was stored then (ID-03)."""

    @property
    def request_id(self) -> str:
        """The ID of our request."""

    @property
    def entity(self) -> str:
        """The name of our entity that asked."""

    @property
    def provider(self) -> str:
        """The entityID of the provider that was asked."""

    @property
    def levels(self) -> Sequence[str]:
        """The levels of assurance that were asked for."""

    @property
    def force(self) -> bool:
        """Whether the person had to identify anew."""

    @property
    def sent_at(self) -> datetime:
        """When the request was sent."""


class ReplayGuard(Protocol):
    """Where an assertion is marked as used."""

    def __call__(self, issuer: str, assertion_id: str, until: datetime) -> bool:
        """Mark it until then; False when it was marked already. One act, in all processes."""
