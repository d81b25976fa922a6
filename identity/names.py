"""What a provider calls a person and a session: needed to end the session there, never to know who."""

from lxml import etree

from identity.claims import NameID, ProviderSession
from identity.vocabulary import SAML, tag

LONGEST = 1024


def named(element: etree._Element | None) -> NameID | None:
    """What a NameID element says; None when it is missing, empty, nested or endless."""
    if element is None:
        return None
    value = (element.text or "").strip()
    if len(element) or not value or len(value) > LONGEST or not value.isprintable():
        return None
    return NameID(
        value,
        element.get("Format"),
        element.get("NameQualifier"),
        element.get("SPNameQualifier"),
    )


def provider_session(assertion: etree._Element) -> ProviderSession | None:
    """The session that an assertion tells of; None when it cannot be spoken of afterwards."""
    name = named(assertion.find(f"{tag(SAML, 'Subject')}/{tag(SAML, 'NameID')}"))
    statement = assertion.find(tag(SAML, "AuthnStatement"))
    if name is None or statement is None:
        return None
    index = (statement.get("SessionIndex") or "").strip()
    return ProviderSession(name, index if 0 < len(index) <= LONGEST else None)
