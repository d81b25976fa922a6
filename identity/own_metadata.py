"""Our own metadata, for the federations: generated from configuration, signed (ID-16)."""

import hashlib
from datetime import datetime, timedelta

from lxml import etree

from identity import attributes, moments, signatures
from identity.keys import KeyPair
from identity.provider import Audience, ServiceProvider, Words
from identity.vocabulary import (
    CBC,
    DS,
    ENTITY_CATEGORY,
    GCM,
    MD,
    MDATTR,
    MDUI,
    OAEP,
    POST,
    PREFIXES,
    REDIRECT,
    SAML,
    SAMLP,
    URI_FORMAT,
    XML,
    tag,
)

LIFE = timedelta(days=14)

RESIDENT_CATEGORIES = frozenset(
    {
        "http://id.elegnamnden.se/ec/1.0/loa3-pnr",
        "http://id.elegnamnden.se/ec/1.0/eidas-naturalperson",
        "http://id.elegnamnden.se/st/1.0/public-sector-sp",
        "http://id.swedenconnect.se/contract/sc/sweden-connect",
        "http://id.swedenconnect.se/contract/sc/eid-authorization-system",
        "http://id.swedenconnect.se/general-ec/1.0/secure-authenticator-binding",
        "http://id.swedenconnect.se/general-ec/1.0/accepts-coordination-number",
    }
)
STAFF_CATEGORIES = frozenset(
    {
        "http://id.swedenconnect.se/ec/1.0/loa3-orgid",
        "http://id.swedenconnect.se/ec/1.0/loa3-name",
        "http://id.elegnamnden.se/st/1.0/public-sector-sp",
        "http://id.swedenconnect.se/contract/sc/sweden-connect",
        "http://id.swedenconnect.se/contract/sc/prepaid-auth-2021",
        "http://id.swedenconnect.se/general-ec/1.0/secure-authenticator-binding",
    }
)
# Skolfederation goes by the list of its members, not by categories of services.
SCHOOL_CATEGORIES = frozenset({"http://id.elegnamnden.se/st/1.0/public-sector-sp"})
LOA2_NUMBER = "http://id.elegnamnden.se/ec/1.0/loa2-pnr"


def resident_categories(height: int) -> frozenset[str]:
    """What we tell of ourselves towards residents' providers, by the lowest level that we accept."""
    return RESIDENT_CATEGORIES | {LOA2_NUMBER} if height < 3 else RESIDENT_CATEGORIES


REQUESTED = {
    Audience.RESIDENTS: (
        (attributes.PERSONAL_NUMBER, "personalIdentityNumber"),
        (attributes.GIVEN_NAME, "givenName"),
        (attributes.SURNAME, "sn"),
        (attributes.DISPLAY_NAME, "displayName"),
        (attributes.PRID, "prid"),
        (attributes.EIDAS_IDENTIFIER, "eidasPersonIdentifier"),
        (attributes.PREVIOUS_NUMBER, "previousPersonalIdentityNumber"),
    ),
    Audience.STAFF: (
        (attributes.AFFILIATION, "orgAffiliation"),
        (attributes.DISPLAY_NAME, "displayName"),
        (attributes.ORGANISATION_NAME, "o"),
    ),
    Audience.SCHOOL: (
        (attributes.EPPN, "eduPersonPrincipalName"),
        (attributes.DISPLAY_NAME, "displayName"),
        (attributes.GIVEN_NAME, "givenName"),
        (attributes.SURNAME, "sn"),
        (attributes.SCOPED_AFFILIATION, "eduPersonScopedAffiliation"),
        (attributes.SCHOOL_UNIT, "sisSchoolUnitCode"),
        (attributes.SCHOOL_GRADE, "sisSchoolGrade"),
        (attributes.NATIONAL_NUMBER, "norEduPersonNIN"),
    ),
}
# Without these nobody is let in; the rest is welcome (Skolfederation wants the difference told).
REQUIRED = frozenset({attributes.EPPN})


def document(entity: ServiceProvider, now: datetime) -> bytes:
    """The entity's metadata, signed with its own key, valid for a fortnight."""
    names = {prefix: PREFIXES[prefix] for prefix in ("md", "ds", "mdui", "mdattr", "saml")}
    root = etree.Element(tag(MD, "EntityDescriptor"), nsmap=names)
    root.set("entityID", entity.entity_id)
    root.set("ID", "_" + hashlib.sha256(entity.entity_id.encode()).hexdigest()[:32])
    root.set("validUntil", moments.written(now + LIFE))
    root.set("cacheDuration", "PT24H")
    _add_categories(root, entity)
    role = etree.SubElement(root, tag(MD, "SPSSODescriptor"))
    role.set("AuthnRequestsSigned", "true")
    role.set("WantAssertionsSigned", "false")
    role.set("protocolSupportEnumeration", SAMLP)
    _add_display(role, entity)
    # Both sign during a change, so that no provider is surprised; only the newest is sent to.
    _add_key(role, entity.keys, "signing")
    if entity.next_keys is not None:
        _add_key(role, entity.next_keys, "signing")
    _add_key(role, entity.announced_encryption, "encryption")
    _add_logout(role, entity)
    service = etree.SubElement(role, tag(MD, "AssertionConsumerService"))
    service.set("Binding", POST)
    service.set("Location", entity.acs_url)
    service.set("index", "0")
    service.set("isDefault", "true")
    _add_wishes(role, entity)
    _add_organisation(root, entity)
    signatures.sign(root, entity.keys, at=0)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add_categories(root: etree._Element, entity: ServiceProvider) -> None:
    extensions = etree.SubElement(root, tag(MD, "Extensions"))
    holder = etree.SubElement(extensions, tag(MDATTR, "EntityAttributes"))
    attribute = etree.SubElement(holder, tag(SAML, "Attribute"))
    attribute.set("Name", ENTITY_CATEGORY)
    attribute.set("NameFormat", URI_FORMAT)
    for category in sorted(entity.categories):
        etree.SubElement(attribute, tag(SAML, "AttributeValue")).text = category


def _add_display(role: etree._Element, entity: ServiceProvider) -> None:
    extensions = etree.SubElement(role, tag(MD, "Extensions"))
    display = etree.SubElement(extensions, tag(MDUI, "UIInfo"))
    _add_words(display, tag(MDUI, "DisplayName"), entity.titles)
    _add_words(display, tag(MDUI, "Description"), entity.descriptions)
    organisation = entity.organisation
    _add_words(display, tag(MDUI, "InformationURL"), _same(organisation.url))
    _add_words(display, tag(MDUI, "PrivacyStatementURL"), _same(organisation.privacy_url))
    if organisation.logo_url:
        logo = etree.SubElement(display, tag(MDUI, "Logo"), height="256", width="256")
        logo.text = organisation.logo_url


def _add_key(role: etree._Element, pair: KeyPair, use: str) -> None:
    key = etree.SubElement(role, tag(MD, "KeyDescriptor"), use=use)
    info = etree.SubElement(key, tag(DS, "KeyInfo"))
    data = etree.SubElement(info, tag(DS, "X509Data"))
    etree.SubElement(data, tag(DS, "X509Certificate")).text = pair.certificate_text
    if use == "encryption":
        # GCM first: a provider sends it only to those who announce it.
        for algorithm in [*sorted(GCM, reverse=True), *sorted(CBC, reverse=True), OAEP]:
            etree.SubElement(key, tag(MD, "EncryptionMethod"), Algorithm=algorithm)


def _add_logout(role: etree._Element, entity: ServiceProvider) -> None:
    if entity.logout_url is not None:
        for binding in (REDIRECT, POST):
            etree.SubElement(
                role,
                tag(MD, "SingleLogoutService"),
                Binding=binding,
                Location=entity.logout_url,
            )


def _add_wishes(role: etree._Element, entity: ServiceProvider) -> None:
    service = etree.SubElement(role, tag(MD, "AttributeConsumingService"), index="0")
    _add_words(service, tag(MD, "ServiceName"), entity.titles)
    for name, friendly in REQUESTED[entity.audience]:
        etree.SubElement(
            service,
            tag(MD, "RequestedAttribute"),
            Name=name,
            NameFormat=URI_FORMAT,
            FriendlyName=friendly,
            isRequired="true" if name in REQUIRED else "false",
        )


def _add_organisation(root: etree._Element, entity: ServiceProvider) -> None:
    organisation = entity.organisation
    element = etree.SubElement(root, tag(MD, "Organization"))
    _add_words(element, tag(MD, "OrganizationName"), _same(organisation.name))
    _add_words(element, tag(MD, "OrganizationDisplayName"), _same(organisation.name))
    _add_words(element, tag(MD, "OrganizationURL"), _same(organisation.url))
    for kind in ("technical", "support"):
        contact = etree.SubElement(root, tag(MD, "ContactPerson"), contactType=kind)
        etree.SubElement(contact, tag(MD, "Company")).text = organisation.name
        etree.SubElement(contact, tag(MD, "EmailAddress")).text = f"mailto:{organisation.email}"
        etree.SubElement(contact, tag(MD, "TelephoneNumber")).text = organisation.phone


def _add_words(parent: etree._Element, name: str, words: Words) -> None:
    for language, text in words.items():
        etree.SubElement(parent, name, {tag(XML, "lang"): language}).text = text


def _same(text: str) -> Words:
    return {"sv": text, "en": text}
