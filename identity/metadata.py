"""Reading providers' metadata: local files that we trust by place, and signed feeds (ID-07)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from identity import gate, moments, signatures
from identity.claims import Refused
from identity.provider import Provider
from identity.vocabulary import (
    ASSURANCE_CERTIFICATION,
    DS,
    ENTITY_CATEGORY,
    MD,
    MDATTR,
    MDRPI,
    MDUI,
    POST,
    PSC,
    REDIRECT,
    SAML,
    SAMLP,
    SHIBMD,
    XML,
    tag,
)

LARGEST = 64 * 1024 * 1024
LONGEST_FEED = timedelta(days=30)
# The official Swedish eIDAS connector, in production and for quality assurance.
CONNECTORS = frozenset(
    f"https://{host}connector.eidas.swedenconnect.se/eidas" for host in ("", "qa.")
)


class MetadataFault(Exception):
    """Metadata that cannot be used; the word says what is wrong with it."""


def read_local(
    xml: bytes, now: datetime, *, connectors: frozenset[str] = CONNECTORS
) -> list[Provider]:
    """The providers of a file that the municipality has put in place itself."""
    root = _parsed(xml)
    _check_validity(root, now, required=False)
    return _providers(root, "local", now, connectors)


def read_feed(
    xml: bytes,
    name: str,
    signers: tuple[str, ...],
    now: datetime,
    *,
    connectors: frozenset[str] = CONNECTORS,
) -> list[Provider]:
    """The providers of a federation's feed, whose root one of the pinned signers has signed.

    Raises MetadataFault when it is unsigned, signed elsewhere than at its root, out of date,
    valid for longer than thirty days, or names an entity twice.
    """
    root = _parsed(xml)
    _check_validity(root, now, required=True)
    try:
        gate.check_signed_root(root)
        signatures.verify(root, signers)
    except Refused as fault:
        raise MetadataFault(fault.detail) from fault
    return _providers(root, name, now, connectors)


def valid_until(xml: bytes) -> datetime | None:
    """Until when a document says that it holds."""
    return moments.read(_parsed(xml).get("validUntil"))


def check_newer(xml: bytes, kept: bytes) -> None:
    """A feed may not go back: an old copy, though well signed, would bring back what was removed.

    Raises MetadataFault when it was published before the copy that we keep.
    """
    before, now = _published(_parsed(kept)), _published(_parsed(xml))
    if before is not None and (now is None or now < before):
        raise MetadataFault("rolled-back")


def _published(root: etree._Element) -> datetime | None:
    """When a feed says that it was made; a feed that does not say so is told by its end."""
    made = root.find(f"{tag(MD, 'Extensions')}/{tag(MDRPI, 'PublicationInfo')}")
    said = made.get("creationInstant") if made is not None else None
    return moments.read(said or root.get("validUntil"))


def _parsed(xml: bytes) -> etree._Element:
    if len(xml) > LARGEST:
        raise MetadataFault("too-large")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise MetadataFault("xml") from fault
    if b"<!DOCTYPE" in xml:
        raise MetadataFault("dtd")
    if root.tag not in (tag(MD, "EntitiesDescriptor"), tag(MD, "EntityDescriptor")):
        raise MetadataFault("root")
    return root


def _check_validity(root: etree._Element, now: datetime, *, required: bool) -> None:
    said = root.get("validUntil")
    until = moments.read(said)
    if until is None:
        if required or said is not None:
            raise MetadataFault("valid-until")
        return
    if until <= now:
        raise MetadataFault("expired")
    if required and until > now + LONGEST_FEED:
        raise MetadataFault("valid-too-long")


def _providers(
    root: etree._Element, feed: str, now: datetime, connectors: frozenset[str]
) -> list[Provider]:
    found: dict[str, Provider] = {}
    seen: set[str] = set()
    for entity in root.iter(tag(MD, "EntityDescriptor")):
        name = entity.get("entityID") or ""
        if not name or name in seen:
            raise MetadataFault("entity-twice" if name else "entity-unnamed")
        seen.add(name)
        role = entity.find(tag(MD, "IDPSSODescriptor"))
        if role is None or SAMLP not in (role.get("protocolSupportEnumeration") or "").split():
            continue
        provider = _provider(entity, role, name, feed, connectors)
        if provider.certificates and (provider.valid_until is None or provider.valid_until > now):
            found[name] = provider
    return list(found.values())


def _provider(
    entity: etree._Element, role: etree._Element, name: str, feed: str, connectors: frozenset[str]
) -> Provider:
    sign_on = _endpoints(role, "SingleSignOnService", "Location")
    logout = _endpoints(role, "SingleLogoutService", "Location")
    return Provider(
        entity_id=name,
        redirect_url=sign_on.get(REDIRECT),
        post_url=sign_on.get(POST),
        certificates=tuple(_certificates(role)),
        names=_words(role, "DisplayName") or {"sv": name},
        descriptions=_words(role, "Description"),
        logos=tuple(_logos(role)),
        scopes=frozenset(_scopes(entity)),
        levels=tuple(_entity_attribute(entity, ASSURANCE_CERTIFICATION)),
        categories=frozenset(_entity_attribute(entity, ENTITY_CATEGORY)),
        wants_signed_requests=role.get("WantAuthnRequestsSigned") in ("true", "1"),
        error_url=role.get("errorURL")
        if (role.get("errorURL") or "").startswith("https://")
        else None,
        selection=tuple(_selection(role)),
        valid_until=_earliest(entity, role),
        feed=feed,
        is_connector=name in connectors,
        logout_redirect_url=logout.get(REDIRECT),
        logout_post_url=logout.get(POST),
        logout_response_urls=_endpoints(role, "SingleLogoutService", "ResponseLocation"),
    )


def _endpoints(role: etree._Element, service: str, location: str) -> dict[str, str]:
    """The address of a service by binding; the first of each binding, and only web addresses."""
    found: dict[str, str] = {}
    for one in role.findall(tag(MD, service)):
        binding, address = one.get("Binding") or "", one.get(location) or ""
        if address.startswith(("https://", "http://")):
            found.setdefault(binding, address)
    return found


def _certificates(role: etree._Element) -> Iterator[str]:
    for key in role.findall(tag(MD, "KeyDescriptor")):
        if key.get("use", "signing") != "signing":
            continue
        for text in key.iter(tag(DS, "X509Certificate")):
            certificate = "".join((text.text or "").split())
            if signatures.usable(certificate):
                yield certificate


def _words(role: etree._Element, name: str) -> dict[str, str]:
    path = f"{tag(MD, 'Extensions')}/{tag(MDUI, 'UIInfo')}/{tag(MDUI, name)}"
    return {
        one.get(tag(XML, "lang"), "sv"): one.text.strip() for one in role.findall(path) if one.text
    }


def _logos(role: etree._Element) -> Iterator[str]:
    path = f"{tag(MD, 'Extensions')}/{tag(MDUI, 'UIInfo')}/{tag(MDUI, 'Logo')}"
    for one in role.findall(path):
        if one.text and one.text.strip().startswith(("https://", "data:image/")):
            yield one.text.strip()


def _scopes(entity: etree._Element) -> Iterator[str]:
    # A scope that is a pattern would let a provider speak for others: exact ones only.
    for scope in entity.iter(tag(SHIBMD, "Scope")):
        if scope.text and scope.get("regexp", "false") in ("false", "0"):
            yield scope.text.strip()


def _entity_attribute(entity: etree._Element, name: str) -> Iterator[str]:
    path = f"{tag(MD, 'Extensions')}/{tag(MDATTR, 'EntityAttributes')}/{tag(SAML, 'Attribute')}"
    for attribute in entity.findall(path):
        if attribute.get("Name") == name:
            for value in attribute.findall(tag(SAML, "AttributeValue")):
                if value.text:
                    yield value.text.strip()


def _selection(role: etree._Element) -> Iterator[str]:
    for wish in role.iter(tag(PSC, "MatchValue")):
        if wish.get("Name"):
            yield str(wish.get("Name"))


def _earliest(entity: etree._Element, role: etree._Element) -> datetime | None:
    elements: Iterable[etree._Element] = [entity, role, *entity.iterancestors()]
    said = [moments.read(one.get("validUntil")) for one in elements if one.get("validUntil")]
    if None in said:
        raise MetadataFault("valid-until")
    return min((one for one in said if one is not None), default=None)


@dataclass(frozen=True)
class Directory:
    """The providers that we know, each from one source, and which entity may use which.

    Being in a feed is not enough: an entity uses the local ones, and of the feeds those that
    are listed for it.
    """

    providers: Mapping[str, Provider]
    listed: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls,
        sources: Iterable[Iterable[Provider]],
        listed: Mapping[str, frozenset[str]] | None = None,
    ) -> "Directory":
        """Put sources together. Raises MetadataFault when two of them name the same entity."""
        found: dict[str, Provider] = {}
        for source in sources:
            for provider in source:
                if provider.entity_id in found:
                    raise MetadataFault("entity-in-two-sources")
                found[provider.entity_id] = provider
        return cls(found, listed or {})

    def provider(self, entity_id: str, entity: str, now: datetime) -> Provider | None:
        """The provider, if its metadata is valid now and our entity may use it."""
        found = self.providers.get(entity_id)
        if found is None or (found.valid_until is not None and found.valid_until <= now):
            return None
        if found.feed != "local" and entity_id not in self.listed.get(entity, frozenset()):
            return None
        return found

    def on_offer(self, entity: str, now: datetime) -> list[Provider]:
        """All providers that an entity may use now, in the order of their sources."""
        usable = (self.provider(one, entity, now) for one in self.providers)
        return [one for one in usable if one is not None]
