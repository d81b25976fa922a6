"""Ending the session at the provider too, and hearing of it when it ends there (ID-23).

A local session has always ended before anything is asked of a provider, and a provider can end
only the sessions that it has opened itself.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from identity import bindings, decryption, gate, moments, names, signatures, status
from identity.bindings import Leaving
from identity.claims import (
    Code,
    NameID,
    ProviderSession,
    Refused,
    ReplayGuard,
    never_a_fault,
    unverified,
)
from identity.logout_gate import ANSWER, REQUEST, Received
from identity.provider import MetadataStore, Provider, ServiceProvider
from identity.vocabulary import ENTITY_FORMAT, POST, REDIRECT, SAML, SAMLP, tag

OLDEST = timedelta(minutes=5)
LIFE = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
PARTIAL = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
PREFIXES = {"saml2p": SAMLP, "saml2": SAML}
QUALIFIERS = ("NameQualifier", "SPNameQualifier", "Format")


@dataclass(frozen=True)
class Ending:
    """What a provider wants to be ended: whose sessions, and which; none named means all."""

    provider: Provider
    request_id: str
    name: NameID
    indexes: tuple[str, ...]
    relay_state: str | None


@dataclass(frozen=True)
class Asked:
    """Our own wish on its way to a provider, and the ID that its answer will name."""

    leaving: Leaving
    request_id: str


def ask(
    entity: ServiceProvider, provider: Provider, session: ProviderSession, now: datetime
) -> Asked:
    """Ask a provider to end a session of its own.

    Raises Refused(PROVIDER_GONE) when it has no address for that.
    """
    url = provider.logout_redirect_url or provider.logout_post_url
    if url is None:
        raise Refused(Code.PROVIDER_GONE, "no-logout-address")
    request = _message("LogoutRequest", entity, url, now)
    request.set("NotOnOrAfter", moments.written(now + LIFE))
    name = etree.SubElement(request, tag(SAML, "NameID"))
    name.text = session.name.value
    told = (session.name.name_qualifier, session.name.sp_name_qualifier, session.name.format)
    for attribute, value in zip(QUALIFIERS, told, strict=True):
        if value is not None:
            name.set(attribute, value)
    if session.index is not None:
        etree.SubElement(request, tag(SAMLP, "SessionIndex")).text = session.index
    leave = bindings.by_redirect if provider.logout_redirect_url else bindings.by_post
    request_id = request.get("ID") or ""
    return Asked(leave(REQUEST, request, url, entity.keys, secrets.token_urlsafe(16)), request_id)


def answer(entity: ServiceProvider, ending: Ending, now: datetime) -> Leaving:
    """Tell a provider that what it wanted ended has ended.

    Raises Refused(PROVIDER_GONE) when it has no address for answers.
    """
    provider = ending.provider
    redirect = provider.logout_response_urls.get(REDIRECT) or provider.logout_redirect_url
    url = redirect or provider.logout_response_urls.get(POST) or provider.logout_post_url
    if url is None:
        raise Refused(Code.PROVIDER_GONE, "no-logout-address")
    response = _message("LogoutResponse", entity, url, now)
    response.set("InResponseTo", ending.request_id)
    outcome = etree.SubElement(response, tag(SAMLP, "Status"))
    etree.SubElement(outcome, tag(SAMLP, "StatusCode"), Value=status.SUCCESS)
    leave = bindings.by_redirect if redirect else bindings.by_post
    return leave(ANSWER, response, url, entity.keys, ending.relay_state)


def _message(kind: str, entity: ServiceProvider, url: str, now: datetime) -> etree._Element:
    message = etree.Element(tag(SAMLP, kind), nsmap=PREFIXES)
    message.set("ID", f"_{secrets.token_hex(20)}")
    message.set("Version", "2.0")
    message.set("IssueInstant", moments.written(now))
    message.set("Destination", url)
    etree.SubElement(message, tag(SAML, "Issuer")).text = entity.entity_id
    return message


def read_request(
    receive: Callable[[], Received],
    entity: ServiceProvider,
    store: MetadataStore,
    guard: ReplayGuard,
    now: datetime,
) -> Ending:
    """A provider's own wish that sessions end: signed, for us, fresh, and heard once.

    Raises Refused, and nothing else that the message could cause.
    """
    with never_a_fault():
        received = receive()
        provider = _issuer(received.root, entity, store, now)
        if received.kind != REQUEST:
            raise unverified("not-a-logout")
        _check_signature(received, provider)
        until = _check_envelope(received.root, entity, provider, now)
        ending = _ending(received, entity, provider)
    if not guard(provider.entity_id, ending.request_id, until):
        raise unverified("replay")
    return ending


def read_answer(
    receive: Callable[[], Received],
    request_id: str,
    asked: str,
    entity: ServiceProvider,
    store: MetadataStore,
    now: datetime,
) -> bool:
    """Whether the provider that was asked has ended its session; False when only partly.

    Raises Refused for an answer that is not its own, not to this request, or stale.
    """
    with never_a_fault():
        received = receive()
        provider = _issuer(received.root, entity, store, now)
        if received.kind != ANSWER or provider.entity_id != asked:
            raise unverified("not-the-answer")
        _check_signature(received, provider)
        _check_envelope(received.root, entity, provider, now)
        if received.root.get("InResponseTo") != request_id:
            raise unverified("in-response-to")
        return _is_done(received.root)


def in_response_to(received: Received) -> str:
    """Which request an answer says that it answers: to find it by, not yet to believe."""
    return received.root.get("InResponseTo") or ""


def _issuer(
    root: etree._Element, entity: ServiceProvider, store: MetadataStore, now: datetime
) -> Provider:
    issuer = root[0]
    if len(issuer) or issuer.get("Format", ENTITY_FORMAT) != ENTITY_FORMAT:
        raise unverified("issuer-format")
    provider = store.provider(issuer.text or "", entity.name, now)
    if provider is None:
        raise unverified("issuer")
    return provider


def _check_signature(received: Received, provider: Provider) -> None:
    if received.seal is None:
        signatures.verify(received.root, provider.certificates)
        return
    seal = received.seal
    if not any(
        signatures.covers(seal.covered, seal.value, seal.algorithm, one)
        for one in provider.certificates
    ):
        raise unverified("signature")


def _check_envelope(
    root: etree._Element, entity: ServiceProvider, provider: Provider, now: datetime
) -> datetime:
    """The message is for us, and fresh. Returns until when it would have been."""
    if entity.logout_url is None or root.get("Destination") != entity.logout_url:
        raise unverified("destination")
    issued = moments.read(root.get("IssueInstant"))
    if issued is None or not now - OLDEST - provider.skew <= issued <= now + provider.skew:
        raise unverified("issue-instant")
    until = issued + OLDEST
    if root.get("NotOnOrAfter") is not None:
        ends = moments.read(root.get("NotOnOrAfter"))
        if ends is None or ends + provider.skew <= now or ends - issued > LONGEST:
            raise unverified("time-NotOnOrAfter")
        until = max(until, ends)
    return until + provider.skew


def _ending(received: Received, entity: ServiceProvider, provider: Provider) -> Ending:
    root = received.root
    name = root.find(tag(SAML, "NameID"))
    if name is None:
        name = _opened(root, entity)
    indexes = tuple((one.text or "").strip() for one in root.findall(tag(SAMLP, "SessionIndex")))
    if any(not one or len(one) > names.LONGEST for one in indexes):
        raise unverified("session-index")
    found = names.named(name)
    if found is None:
        raise unverified("logout-name")
    return Ending(provider, root.get("ID") or "", found, indexes, received.relay_state)


def _opened(root: etree._Element, entity: ServiceProvider) -> etree._Element:
    encrypted = root.find(tag(SAML, "EncryptedID"))
    if encrypted is None:
        raise unverified("logout-name")
    keys = [pair.private for pair in entity.opening_keys]
    name = gate.parsed(decryption.opened(encrypted, keys))
    if name.tag != tag(SAML, "NameID"):
        raise unverified("logout-name")
    return name


def _is_done(root: etree._Element) -> bool:
    codes = [one.get("Value") for one in root.iter(tag(SAMLP, "StatusCode"))]
    return codes[:1] == [status.SUCCESS] and PARTIAL not in codes
