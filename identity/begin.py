"""Sending somebody to their e-ID: a signed request by redirect (Deployment Profile 5; ID-15)."""

import base64
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from identity import assurance, moments
from identity.claims import Code, Refused
from identity.keys import KeyPair
from identity.provider import Provider, ServiceProvider
from identity.vocabulary import POST, RSA_SHA256, SAML, SAMLP, tag


@dataclass(frozen=True)
class Sent:
    """A request on its way: where the browser goes, and what must be remembered of it."""

    url: str
    request_id: str
    levels: tuple[str, ...]
    force: bool


def begin(
    entity: ServiceProvider,
    provider: Provider,
    now: datetime,
    *,
    levels: tuple[str, ...] | None = None,
    force: bool | None = None,
) -> Sent:
    """Ask a provider to identify somebody at one of the levels; stricter ones may be given.

    Raises Refused(PROVIDER_GONE) when the provider has no sign-on address by redirect, and
    Refused(LEVEL_TOO_LOW) when it issues none of the levels.
    """
    if provider.redirect_url is None:
        raise Refused(Code.PROVIDER_GONE, "no-redirect")
    accepted = assurance.acceptable(levels or entity.levels, provider.levels)
    if not accepted:
        raise Refused(Code.LEVEL_TOO_LOW, "no-level-in-common")
    anew = entity.force if force is None else force
    request_id = f"_{secrets.token_hex(20)}"
    request = _request(entity, provider.redirect_url, request_id, now, accepted, anew)
    query = signed_query("SAMLRequest", request, secrets.token_urlsafe(16), entity.keys)
    joint = "&" if "?" in provider.redirect_url else "?"
    return Sent(f"{provider.redirect_url}{joint}{query}", request_id, accepted, anew)


def _request(
    entity: ServiceProvider,
    destination: str,
    request_id: str,
    now: datetime,
    levels: tuple[str, ...],
    force: bool,
) -> bytes:
    request = etree.Element(tag(SAMLP, "AuthnRequest"), nsmap={"saml2p": SAMLP, "saml2": SAML})
    request.set("ID", request_id)
    request.set("Version", "2.0")
    request.set("IssueInstant", moments.written(now))
    request.set("Destination", destination)
    request.set("ForceAuthn", "true" if force else "false")
    request.set("IsPassive", "false")
    request.set("AssertionConsumerServiceURL", entity.acs_url)
    request.set("ProtocolBinding", POST)
    etree.SubElement(request, tag(SAML, "Issuer")).text = entity.entity_id
    context = etree.SubElement(request, tag(SAMLP, "RequestedAuthnContext"), Comparison="exact")
    for level in levels:
        etree.SubElement(context, tag(SAML, "AuthnContextClassRef")).text = level
    return etree.tostring(request, encoding="utf-8")


def signed_query(name: str, message: bytes, relay_state: str, keys: KeyPair) -> str:
    """The query of the redirect binding, signed over its own encoded form (SAML Bindings 3.4.4.1).

    RelayState is a random handle that nobody reads: the way back stands in the pending row.
    """
    squeezed = zlib.compress(message, 9)[2:-4]
    fields = [
        (name, base64.b64encode(squeezed).decode()),
        ("RelayState", relay_state),
        ("SigAlg", RSA_SHA256),
    ]
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in fields)
    signature = keys.private.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{query}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"
