"""Who takes part in a signature: the service, the signer; what is asked, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from identity.attributes import AFFILIATION

SERIAL_NUMBER = ("2.5.4.5", "serialNumber")
USER_ID = ("0.9.2342.19200300.100.1.1", "uid")


@dataclass(frozen=True)
class SignatureService:
    """A signature service that we have an agreement with.

    `certificates` are those that its answers may be signed with, `roots` those that its
    signers' certificates must end in; both as base64, and both come from the agreement.
    """

    entity_id: str
    url: str
    certificates: tuple[str, ...]
    roots: tuple[str, ...]
    # A provider that cannot show the message makes a service refuse: then this must be off.
    must_show: bool = True
    skew: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class Signer:
    """Whom the service must find: one attribute by its name and value, at a provider."""

    attribute: str
    value: str
    provider: str

    @property
    def place(self) -> tuple[str, str]:
        """Where in the certificate's subject the value stands: the object identifier, and its name.

        A serial number has no room for the @ of an affiliation.
        """
        return USER_ID if self.attribute == AFFILIATION else SERIAL_NUMBER


@dataclass(frozen=True)
class Task:
    """What is to be signed: the signed attributes of a PDF signature, as DER (RFC 5652 §5.4)."""

    id: str
    attributes: bytes


@dataclass(frozen=True)
class Message:
    """What the service shows before somebody signs: plain text, in the signer's language."""

    text: str


class Pending(Protocol):
    """A request that is on its way, as it was stored when it was sent."""

    @property
    def request_id(self) -> str:
        """The RequestID that was sent."""

    @property
    def task(self) -> Task:
        """What was to be signed."""

    @property
    def signer(self) -> Signer:
        """Who was to sign."""

    @property
    def levels(self) -> Sequence[str]:
        """The levels of assurance that were asked for."""

    @property
    def sent_at(self) -> datetime:
        """When it was sent."""

    @property
    def expires_at(self) -> datetime:
        """Until when an answer is taken."""


@dataclass(frozen=True)
class Signed:
    """A signature that has been checked in every respect, with what it was checked against.

    `attributes` are the bytes that `signature` covers; `chain` are certificates as DER, the
    signer's first and the root last.
    """

    attributes: bytes
    signature: bytes
    chain: tuple[bytes, ...]
    level: str
    provider: str
    authenticated_at: datetime
    assertion: str | None
    response: bytes = field(repr=False)
