"""The demonstration e-ID's keys and metadata, made by whichever process starts first."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from app.config import Settings
from app.entities import entities_of
from identity import assurance, keys
from identity.logos import Logos, fetched
from identity.metadata import read_local
from identity.vocabulary import (
    ASSURANCE_CERTIFICATION,
    DS,
    ENTITY_CATEGORY,
    MD,
    MDATTR,
    MDUI,
    PREFIXES,
    REDIRECT,
    SAML,
    SAMLP,
    SHIBMD,
    URI_FORMAT,
    XML,
    tag,
)

LOGOS = Path(__file__).parent / "eid_pages" / "static"


@dataclass(frozen=True)
class Issuer:
    """One of the e-IDs that the demonstration offers."""

    key: str
    kind: str
    names: dict[str, str]
    descriptions: dict[str, str]
    levels: tuple[str, ...]
    categories: tuple[str, ...]
    scopes: tuple[str, ...] = field(default=())


PERSONAL, FOREIGN, STAFF, SCHOOL = "privat", "utlandsk", "tjanste", "skola"
ISSUERS = {
    issuer.key: issuer
    for issuer in (
        Issuer(
            PERSONAL,
            "pnr",
            {"sv": "Demo-legitimation", "en": "Demo e-ID"},
            {"sv": "Påhittade invånare i Salem", "en": "Made-up residents of Salem"},
            (assurance.LOA3,),
            ("http://id.elegnamnden.se/ec/1.0/loa3-pnr",),
        ),
        Issuer(
            FOREIGN,
            "prid",
            {"sv": "Utländsk e-legitimation (demo)", "en": "Foreign e-ID (demo)"},
            {
                "sv": "För dig med e-legitimation från ett annat land i EU eller EES",
                "en": "For you who have an e-ID from another country in the EU or EEA",
            },
            (assurance.EIDAS_SUB, assurance.EIDAS_HIGH),
            ("http://id.elegnamnden.se/ec/1.0/eidas-naturalperson",),
        ),
        Issuer(
            STAFF,
            "orgAffiliation",
            {"sv": "Demo-tjänstelegitimation", "en": "Demo staff e-ID"},
            {
                "sv": "Påhittade medarbetare och förtroendevalda",
                "en": "Made-up employees and elected representatives",
            },
            (assurance.LOA3,),
            ("http://id.swedenconnect.se/ec/1.0/loa3-orgid",),
            ("2120002874",),
        ),
        Issuer(
            SCHOOL,
            "eppn",
            {"sv": "Demoskolans konto", "en": "Demo school account"},
            {"sv": "Påhittade elever i Salem", "en": "Made-up pupils in Salem"},
            (assurance.SCHOOL_BASIC,),
            (),
            ("skola.salem24.example",),
        ),
    )
}


def entity_id(settings: Settings, key: str) -> str:
    """The entityID of one of the e-IDs."""
    return f"{settings.eid_demo_url}/eid/{key}"


def provider_keys(settings: Settings) -> keys.KeyPair:
    """The key that the demonstration e-ID signs with."""
    return keys.ensure(settings.data_folder / "eid" / "demo", "salem24 demonstration e-ID")


def ensure_demo_federation(settings: Settings) -> Path:
    """Make what is missing: our keys, the e-ID's keys, its metadata. Returns the metadata file.

    Raises RuntimeError in production.
    """
    if settings.is_production:
        raise RuntimeError("the demonstration e-ID does not run in production")
    entities_of(settings)
    pair = provider_keys(settings)
    file = settings.data_folder / "eid" / "demo" / "metadata.xml"
    document = _document(settings, pair)
    with keys.alone(file.parent):
        if not file.exists() or file.read_bytes() != document:
            keys.write(file, document)
            # Its logos lie in the metadata itself, so that there is nothing to wait for.
            known = read_local(document, datetime.now(UTC))
            Logos(settings.eid_logos_folder).refresh(known, fetched)
    return file


def _document(settings: Settings, pair: keys.KeyPair) -> bytes:
    names = {
        name: uri for name, uri in PREFIXES.items() if name not in ("samlp", "xenc", "psc", "umsg")
    }
    root = etree.Element(tag(MD, "EntitiesDescriptor"), nsmap=names)
    for issuer in ISSUERS.values():
        _add(root, settings, issuer, pair)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _add(root: etree._Element, settings: Settings, issuer: Issuer, pair: keys.KeyPair) -> None:
    name = entity_id(settings, issuer.key)
    entity = etree.SubElement(root, tag(MD, "EntityDescriptor"), entityID=name)
    holder = etree.SubElement(
        etree.SubElement(entity, tag(MD, "Extensions")), tag(MDATTR, "EntityAttributes")
    )
    _add_attribute(holder, ASSURANCE_CERTIFICATION, issuer.levels)
    _add_attribute(holder, ENTITY_CATEGORY, issuer.categories)
    role = etree.SubElement(entity, tag(MD, "IDPSSODescriptor"))
    role.set("protocolSupportEnumeration", SAMLP)
    role.set("WantAuthnRequestsSigned", "true")
    extensions = etree.SubElement(role, tag(MD, "Extensions"))
    for scope in issuer.scopes:
        etree.SubElement(extensions, tag(SHIBMD, "Scope"), regexp="false").text = scope
    display = etree.SubElement(extensions, tag(MDUI, "UIInfo"))
    for element, words in (("DisplayName", issuer.names), ("Description", issuer.descriptions)):
        for language, text in words.items():
            shown = etree.SubElement(display, tag(MDUI, element))
            shown.set(tag(XML, "lang"), language)
            shown.text = text
    logo = etree.SubElement(display, tag(MDUI, "Logo"), height="128", width="128")
    logo.text = f"data:image/png;base64,{_logo(issuer)}"
    info = etree.SubElement(
        etree.SubElement(role, tag(MD, "KeyDescriptor"), use="signing"), tag(DS, "KeyInfo")
    )
    data = etree.SubElement(info, tag(DS, "X509Data"))
    etree.SubElement(data, tag(DS, "X509Certificate")).text = pair.certificate_text
    for service, place in (("SingleLogoutService", "slo"), ("SingleSignOnService", "sso")):
        etree.SubElement(role, tag(MD, service), Binding=REDIRECT, Location=f"{name}/{place}")


def _logo(issuer: Issuer) -> str:
    return base64.b64encode((LOGOS / f"{issuer.key}.png").read_bytes()).decode()


def _add_attribute(holder: etree._Element, name: str, values: tuple[str, ...]) -> None:
    attribute = etree.SubElement(holder, tag(SAML, "Attribute"), Name=name, NameFormat=URI_FORMAT)
    for value in values:
        etree.SubElement(attribute, tag(SAML, "AttributeValue")).text = value
