"""Sending somebody to their e-ID with a signed request (Deployment Profile 5; ID-15, ID-22)."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from identity import assurance, bindings, moments
from identity.claims import Code, Refused
from identity.provider import Provider, ServiceProvider, Words
from identity.vocabulary import (
    EIDAS_PROXY,
    POST,
    PSC,
    SAML,
    SAMLP,
    SUPPORTS_USER_MESSAGE,
    UMSG,
    URI_FORMAT,
    XML,
    tag,
)

# Countries of the EU and the EEA, whose notified e-IDs come through the eIDAS connector.
COUNTRIES = (
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SI",
    "SK",
)
LONGEST_MESSAGE = 1000


@dataclass(frozen=True)
class Sent:
    """A request on its way: where the browser goes, and what must be remembered of it.

    `relay_state` comes back with the answer: it tells apart what one browser has under way.
    `fields` is the form to post to the address; None when the address is all there is to it.
    """

    url: str
    request_id: str
    levels: tuple[str, ...]
    force: bool
    relay_state: str
    fields: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True)
class Wishes:
    """What a request tells beyond that somebody is to be identified."""

    country: str | None = None
    known: Mapping[str, str] | None = None
    message: Words | None = None


def begin(
    entity: ServiceProvider,
    provider: Provider,
    now: datetime,
    *,
    levels: tuple[str, ...] | None = None,
    force: bool | None = None,
    country: str | None = None,
    known: Mapping[str, str] | None = None,
    message: Words | None = None,
) -> Sent:
    """Ask a provider to identify somebody at one of the levels; stricter ones may be given.

    `country` sends on to that country's e-IDs, towards the connector only. `known` holds
    attribute values of whoever is expected; those that the provider wishes for are told, and
    only in a form, since an address is kept in logs. `message` is shown by the provider, in
    each language, if it can: it must hold nothing secret.

    Raises Refused(PROVIDER_GONE) when the provider has no sign-on address, and
    Refused(LEVEL_TOO_LOW) when it issues none of the levels.
    """
    accepted = assurance.acceptable(levels or entity.levels, provider.levels)
    if not accepted:
        raise Refused(Code.LEVEL_TOO_LOW, "no-level-in-common")
    wishes = _heeded(provider, Wishes(country, known, message))
    url = provider.post_url if _needs_post(provider, wishes) else provider.redirect_url
    if url is None:
        raise Refused(Code.PROVIDER_GONE, "no-sign-on-address")
    anew = entity.force if force is None else force
    request = _request(entity, url, now, force=anew)
    _add_extensions(request, wishes)
    _add_context(request, accepted)
    if wishes.country:
        _add_country(request, wishes.country)
    leave = bindings.by_post if _needs_post(provider, wishes) else bindings.by_redirect
    request_id = request.get("ID") or ""
    # RelayState is a random handle: the way back stands in the pending row (ID-13).
    handle = secrets.token_urlsafe(16)
    left = leave("SAMLRequest", request, url, entity.keys, handle)
    return Sent(left.url, request_id, accepted, anew, handle, left.fields)


def _heeded(provider: Provider, wishes: Wishes) -> Wishes:
    """Of what could be told, only what this provider has asked for or can do something with."""
    country = (wishes.country or "").upper()
    known = {
        name: value
        for name, value in (wishes.known or {}).items()
        if name in provider.selection and provider.post_url
    }
    tells = SUPPORTS_USER_MESSAGE in provider.categories
    return Wishes(
        country if provider.is_connector and country in COUNTRIES else None,
        known,
        wishes.message if tells else None,
    )


def _needs_post(provider: Provider, wishes: Wishes) -> bool:
    """Whether the request goes in a form: when it names somebody, or there is no other way."""
    return bool(wishes.known) or provider.redirect_url is None


def _request(
    entity: ServiceProvider, destination: str, now: datetime, *, force: bool
) -> etree._Element:
    request = etree.Element(tag(SAMLP, "AuthnRequest"), nsmap={"saml2p": SAMLP, "saml2": SAML})
    request.set("ID", f"_{secrets.token_hex(20)}")
    request.set("Version", "2.0")
    request.set("IssueInstant", moments.written(now))
    request.set("Destination", destination)
    request.set("ForceAuthn", "true" if force else "false")
    request.set("IsPassive", "false")
    request.set("AssertionConsumerServiceURL", entity.acs_url)
    request.set("ProtocolBinding", POST)
    etree.SubElement(request, tag(SAML, "Issuer")).text = entity.entity_id
    return request


def _add_context(request: etree._Element, levels: tuple[str, ...]) -> None:
    context = etree.SubElement(request, tag(SAMLP, "RequestedAuthnContext"), Comparison="exact")
    for level in levels:
        etree.SubElement(context, tag(SAML, "AuthnContextClassRef")).text = level


def _add_country(request: etree._Element, country: str) -> None:
    scoping = etree.SubElement(request, tag(SAMLP, "Scoping"))
    countries = etree.SubElement(scoping, tag(SAMLP, "IDPList"))
    etree.SubElement(
        countries, tag(SAMLP, "IDPEntry"), ProviderID=f"{EIDAS_PROXY}{country.lower()}"
    )


def _add_extensions(request: etree._Element, wishes: Wishes) -> None:
    if not wishes.known and not wishes.message:
        return
    extensions = etree.SubElement(request, tag(SAMLP, "Extensions"))
    if wishes.known:
        selection = etree.SubElement(extensions, tag(PSC, "PrincipalSelection"), nsmap={"psc": PSC})
        for name, value in wishes.known.items():
            match = etree.SubElement(selection, tag(PSC, "MatchValue"), Name=name)
            match.set("NameFormat", URI_FORMAT)
            match.text = value
    if wishes.message:
        shown = etree.SubElement(extensions, tag(UMSG, "UserMessage"), nsmap={"umsg": UMSG})
        shown.set("mimeType", "text/plain")
        for language, text in wishes.message.items():
            words = etree.SubElement(shown, tag(UMSG, "Message"), {tag(XML, "lang"): language})
            words.text = base64.b64encode(text[:LONGEST_MESSAGE].encode()).decode()
