"""Asking a signature service for somebody's signature: a signed DSS SignRequest (ID-25).

Sweden Connect's "Implementation Profile for using OASIS DSS in Central Signing Services" 1.5
and "DSS Extension for Federated Central Signing Services" 1.4.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from identity import attributes, moments
from identity.keys import KeyPair
from identity.signing import envelope
from identity.signing.parties import Message, SignatureService, Signer, Task
from identity.signing.vocabulary import (
    BINDING,
    CSIG,
    DSS,
    PROFILE,
    REQUEST_FIELD,
    VERSION,
)
from identity.vocabulary import DS, ENTITY_FORMAT, RSA_SHA256, SAML, URI_FORMAT, tag

EARLY = timedelta(minutes=1)
NAMES = {"dss": DSS, "csig": CSIG, "saml": SAML, "ds": DS}
# The subject of the certificate, from what the provider says of the person: the object
# identifier in the certificate, what people call it, whether it must be there, and from where.
SUBJECT = (
    ("2.5.4.42", "givenName", False, attributes.GIVEN_NAME),
    ("2.5.4.4", "sn", False, attributes.SURNAME),
    ("2.5.4.3", "commonName", False, attributes.DISPLAY_NAME),
)


@dataclass(frozen=True)
class Requester:
    """Who asks: our entity at the federation, where the answer goes, and the key we sign with."""

    entity_id: str
    return_url: str
    keys: KeyPair


@dataclass(frozen=True)
class Sent:
    """A request on its way: what the browser posts and where, and its id."""

    url: str
    request_id: str
    xml: bytes

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form that takes it to the service (profile 3.1.1)."""
        return {
            "Binding": BINDING,
            "RelayState": self.request_id,
            REQUEST_FIELD: base64.b64encode(self.xml).decode(),
        }


@dataclass(frozen=True)
class Wanted:
    """What is to be signed, by whom, how surely, with which words shown, until when."""

    task: Task
    signer: Signer
    levels: tuple[str, ...]
    message: Message
    until: datetime


def ask(requester: Requester, service: SignatureService, wanted: Wanted, now: datetime) -> Sent:
    """A signed request for a signature, ready to be taken to the service by the browser."""
    request_id = secrets.token_hex(20)
    root = etree.Element(tag(DSS, "SignRequest"), nsmap=NAMES)
    root.set("Profile", PROFILE)
    root.set("RequestID", request_id)
    inputs = etree.SubElement(root, tag(DSS, "OptionalInputs"))
    extension = etree.SubElement(inputs, tag(CSIG, "SignRequestExtension"), Version=VERSION)
    etree.SubElement(extension, tag(CSIG, "RequestTime")).text = moments.written(now)
    _add_conditions(extension, requester, wanted, now)
    _add_signer(extension, wanted.signer)
    _add_entity(extension, "IdentityProvider", wanted.signer.provider)
    _add_entity(extension, "SignRequester", requester.entity_id)
    _add_entity(extension, "SignService", service.entity_id)
    etree.SubElement(extension, tag(CSIG, "RequestedSignatureAlgorithm")).text = RSA_SHA256
    _add_certificate(extension, wanted)
    _add_message(extension, service, wanted.message)
    _add_task(root, wanted.task)
    envelope.sign(root, inputs, requester.keys)
    return Sent(service.url, request_id, etree.tostring(root, encoding="utf-8"))


def _add_conditions(
    extension: etree._Element, requester: Requester, wanted: Wanted, now: datetime
) -> None:
    conditions = etree.SubElement(extension, tag(SAML, "Conditions"))
    conditions.set("NotBefore", moments.written(now - EARLY))
    conditions.set("NotOnOrAfter", moments.written(wanted.until))
    restriction = etree.SubElement(conditions, tag(SAML, "AudienceRestriction"))
    etree.SubElement(restriction, tag(SAML, "Audience")).text = requester.return_url


def _add_signer(extension: etree._Element, signer: Signer) -> None:
    holder = etree.SubElement(extension, tag(CSIG, "Signer"))
    named = etree.SubElement(
        holder, tag(SAML, "Attribute"), Name=signer.attribute, NameFormat=URI_FORMAT
    )
    etree.SubElement(named, tag(SAML, "AttributeValue")).text = signer.value


def _add_entity(extension: etree._Element, name: str, entity_id: str) -> None:
    element = etree.SubElement(extension, tag(CSIG, name), Format=ENTITY_FORMAT)
    element.text = entity_id


def _add_certificate(extension: etree._Element, wanted: Wanted) -> None:
    properties = etree.SubElement(extension, tag(CSIG, "CertRequestProperties"), CertType="PKC")
    for level in wanted.levels:
        etree.SubElement(properties, tag(SAML, "AuthnContextClassRef")).text = level
    asked = etree.SubElement(properties, tag(CSIG, "RequestedCertAttributes"))
    identifier = (*wanted.signer.place, True, wanted.signer.attribute)
    for reference, friendly, required, source in (identifier, *SUBJECT):
        mapped = etree.SubElement(asked, tag(CSIG, "RequestedCertAttribute"))
        mapped.set("CertAttributeRef", reference)
        mapped.set("FriendlyName", friendly)
        mapped.set("Required", "true" if required else "false")
        etree.SubElement(mapped, tag(CSIG, "SamlAttributeName")).text = source


def _add_message(extension: etree._Element, service: SignatureService, message: Message) -> None:
    shown = etree.SubElement(extension, tag(CSIG, "SignMessage"), MimeType="text")
    shown.set("MustShow", "true" if service.must_show else "false")
    text = base64.b64encode(message.text.encode()).decode()
    etree.SubElement(shown, tag(CSIG, "Message")).text = text


def _add_task(root: etree._Element, task: Task) -> None:
    documents = etree.SubElement(root, tag(DSS, "InputDocuments"))
    tasks = etree.SubElement(etree.SubElement(documents, tag(DSS, "Other")), tag(CSIG, "SignTasks"))
    data = etree.SubElement(tasks, tag(CSIG, "SignTaskData"))
    data.set("SignTaskId", task.id)
    data.set("SigType", "PDF")
    # The certificate does not exist yet: the service adds its hash, which PAdES calls for.
    data.set("AdESType", "BES")
    text = base64.b64encode(task.attributes).decode()
    etree.SubElement(data, tag(CSIG, "ToBeSignedBytes")).text = text
