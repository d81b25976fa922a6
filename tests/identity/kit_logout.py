"""Log-out messages in the kit: what ends the right session, and everything that must end none."""

import base64
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from identity import logout, logout_gate
from identity.claims import unverified
from identity.keys import KeyPair
from identity.metadata import Directory
from identity.moments import written
from identity.provider import Provider, ServiceProvider
from identity.vocabulary import RSA_SHA256, SAML, SAMLP
from tests.identity.conftest import Seen, a_provider, an_entity
from tests.identity.minter import IDP, SP, Edit, Form, Message, Minter, as_it_is, form_of

SLO = SP + "/slo"
ELSEWHERE = "https://second.example.com/eid"
WHO, WHICH = "opaque-name", "_session1"
ASKED = "_logout1"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
QUERY = "?"


@dataclass(frozen=True)
class Parting:
    """Everything that a log-out message says, and the ways in which it can be bent."""

    message_id: str = field(default_factory=lambda: "_out" + secrets.token_hex(8))
    issuer: str = IDP
    destination: str | None = SLO
    age: timedelta = timedelta()
    ends: timedelta | None = timedelta(minutes=5)
    name: str = WHO
    name_attributes: Mapping[str, str] = field(default_factory=dict)
    indexes: tuple[str, ...] = (WHICH,)
    encrypted: Message | None = None
    answers: str | None = None
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    relay_state: str | None = "anything"
    algorithm: str = RSA_SHA256
    signature: Any = xmlsec.Transform.RSA_SHA256
    signed: bool = True
    edit: Edit = as_it_is
    edit_signed: Edit = as_it_is
    edit_query: Edit = as_it_is
    squeeze: Callable[[bytes], bytes] = lambda text: zlib.compress(text)[2:-4]


@dataclass
class LogoutDesk:
    """Where log-out messages come in: one session is open, and another provider is known too."""

    entity: ServiceProvider
    providers: tuple[Provider, ...]
    minter: Minter
    other: Minter
    seen: Seen = field(default_factory=Seen)
    answering: bool = False

    def post(self, sent: Form) -> None:
        """Hear the message. Refuses, as the index of sessions does, what matches none."""
        receive: Callable[[], logout_gate.Received] = lambda: logout_gate.posted(sent)  # noqa: E731
        if sent and sent[0][0] == QUERY:
            receive = lambda: logout_gate.redirected(sent[0][1])  # noqa: E731
        store = Directory({one.entity_id: one for one in self.providers}, {})
        now = datetime.now(UTC)
        if self.answering:
            logout.read_answer(receive, ASKED, IDP, self.entity, store, now)
            return
        ending = logout.read_request(receive, self.entity, store, self.seen, now)
        whose = (ending.provider.entity_id, ending.name.value)
        whole = (ending.name.name_qualifier or IDP, ending.name.sp_name_qualifier or SP)
        if whose != (IDP, WHO) or whole != (IDP, SP) or ending.name.format is not None:
            raise unverified("no-such-session")
        if ending.indexes and WHICH not in ending.indexes:
            raise unverified("no-such-session")


def a_desk(provider: KeyPair, ours: KeyPair, other: KeyPair, *, answering: bool) -> LogoutDesk:
    """A desk whose provider signs with the first key, and whose second provider with the last."""
    addresses = {"logout_post_url": IDP + "/slo"}
    known = (
        a_provider(provider, **addresses),
        a_provider(other, entity_id=ELSEWHERE, **addresses),
    )
    return LogoutDesk(
        an_entity(ours, logout_url=SLO),
        known,
        Minter(provider, ours),
        Minter(other, ours),
        answering=answering,
    )


def text_of(parting: Parting, minter: Minter) -> str:
    """The message, not yet signed."""
    kind = "LogoutResponse" if parting.answers else "LogoutRequest"
    now = datetime.now(UTC)
    issued = written(now - parting.age)
    ends = written(now + parting.ends) if parting.ends is not None else None
    told = {"Destination": parting.destination, "IssueInstant": issued}
    told |= {"InResponseTo": parting.answers} if parting.answers else {"NotOnOrAfter": ends}
    facts = "".join(f' {name}="{value}"' for name, value in told.items() if value is not None)
    inside = _outcome(parting) if parting.answers else _named(parting, minter)
    return (
        f'<samlp:{kind} xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{parting.message_id}"'
        f' Version="2.0"{facts}><saml:Issuer>{parting.issuer}</saml:Issuer>{inside}</samlp:{kind}>'
    )


def _outcome(parting: Parting) -> str:
    return f'<samlp:Status><samlp:StatusCode Value="{parting.status}"/></samlp:Status>'


def _named(parting: Parting, minter: Minter) -> str:
    said = "".join(f' {name}="{value}"' for name, value in parting.name_attributes.items())
    name = f'<saml:NameID xmlns:saml="{SAML}"{said}>{parting.name}</saml:NameID>'
    if parting.encrypted is not None:
        sealed = minter.encrypted(name, parting.encrypted)
        name = sealed.replace("EncryptedAssertion", "EncryptedID")
    return name + "".join(
        f"<samlp:SessionIndex>{one}</samlp:SessionIndex>" for one in parting.indexes
    )


def by_form(parting: Parting, minter: Minter) -> Form:
    """The message as a form that signs itself."""
    text = parting.edit(text_of(parting, minter))
    if parting.signed:
        text = minter.signed(text, Message("", signature=parting.signature))
    return form_of(_field(parting), parting.edit_signed(text).encode(), parting.relay_state)


def _field(parting: Parting) -> str:
    return "SAMLResponse" if parting.answers else "SAMLRequest"


def by_address(parting: Parting, minter: Minter) -> Form:
    """The message as an address's signed query."""
    squeezed = parting.squeeze(parting.edit(text_of(parting, minter)).encode())
    fields = [(_field(parting), base64.b64encode(squeezed).decode())]
    if parting.relay_state is not None:
        fields.append(("RelayState", parting.relay_state))
    fields.append(("SigAlg", parting.algorithm))
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields)
    if parting.signed:
        value = base64.b64encode(_sealed(query, parting.algorithm, minter.keys)).decode()
        query = f"{query}&Signature={quote(value, safe='')}"
    return [(QUERY, parting.edit_query(query))]


def _sealed(query: str, algorithm: str, keys: KeyPair) -> bytes:
    digest = HASHES.get(algorithm[-3:], hashes.SHA256())
    key: Any = keys.private if "ecdsa" not in algorithm else elliptic_key(keys)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.key_size + 7) // 8
        two = decode_dss_signature(key.sign(query.encode(), ec.ECDSA(digest)))
        return b"".join(one.to_bytes(size, "big") for one in two)
    signature: bytes = key.sign(query.encode(), padding.PKCS1v15(), digest)
    return signature


def elliptic_key(keys: KeyPair) -> Any:
    """A key on a curve, which `KeyPair.private` would refuse."""
    return load_pem_private_key(keys.private_pem, None)
