"""What the demonstration signature service reads and says: DSS requests in, DSS answers out."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from app.demo import eid_setup, signing_setup
from app.demo.eid_answers import RequestFault
from app.demo.personas import Persona
from identity import attributes, gate, moments
from identity.claims import Refused
from identity.keys import KeyPair
from identity.provider import ServiceProvider
from identity.signing import certificates, envelope, signed_attributes
from identity.signing import vocabulary as words
from identity.signing.parties import Signer
from identity.signing.shape import one, text
from identity.signing.vocabulary import CSIG, DSS, PROFILE, REQUEST_FIELD, VERSION
from identity.vocabulary import ENTITY_FORMAT, RSA_SHA256, SAML, URI_FORMAT, tag

NAMES = {"dss": DSS, "csig": CSIG, "saml": SAML}
KIND_OF = {
    attributes.PERSONAL_NUMBER: "pnr",
    attributes.PRID: "prid",
    attributes.AFFILIATION: "orgAffiliation",
}
BITS = 2048


@dataclass(frozen=True)
class Asked:
    """A request that has been checked: who asks whom to sign what, and until when."""

    request_id: str
    return_url: str
    provider: str
    attribute: str
    value: str
    levels: tuple[str, ...]
    message: str
    task_id: str
    attributes: bytes


def read(form: list[tuple[str, str]], entities: dict[str, ServiceProvider], address: str) -> Asked:
    """The request of a form. Raises RequestFault when the service cannot have sent it now."""
    try:
        root = gate.parsed(gate.field(form, REQUEST_FIELD))
        if root.tag != tag(DSS, "SignRequest") or root.get("Profile") != PROFILE:
            raise RequestFault("not a sign request")
        inputs = one(root, (DSS, "OptionalInputs"))
        gate.check_whole_signature(root, inputs)
        extension = one(inputs, (CSIG, "SignRequestExtension"))
        requester = text(extension, (CSIG, "SignRequester"))
        asking = next((each for each in entities.values() if each.entity_id == requester), None)
        if asking is None:
            raise RequestFault("unknown service")
        envelope.verify(root, inputs, (asking.keys.certificate_text,))
        return _asked(root, extension, asking, address)
    except Refused as fault:
        raise RequestFault(f"not in order: {fault.detail}") from fault


def _asked(
    root: etree._Element, extension: etree._Element, asking: ServiceProvider, address: str
) -> Asked:
    if text(extension, (CSIG, "SignService")) != address:
        raise RequestFault("for another service")
    if extension.get("Version") != VERSION:
        raise RequestFault("unknown version")
    conditions = one(extension, (SAML, "Conditions"))
    ends = moments.read(conditions.get("NotOnOrAfter"))
    if ends is None or ends <= datetime.now(UTC):
        raise RequestFault("too old")
    return_url = text(one(conditions, (SAML, "AudienceRestriction")), (SAML, "Audience"))
    if not return_url.startswith(asking.acs_url.partition("/saml/")[0] + "/"):
        raise RequestFault("unknown way back")
    signer = one(one(extension, (CSIG, "Signer")), (SAML, "Attribute"))
    properties = one(extension, (CSIG, "CertRequestProperties"))
    levels = properties.findall(tag(SAML, "AuthnContextClassRef"))
    shown = text(one(extension, (CSIG, "SignMessage")), (CSIG, "Message"))
    other = one(one(root, (DSS, "InputDocuments")), (DSS, "Other"))
    task = one(one(other, (CSIG, "SignTasks")), (CSIG, "SignTaskData"))
    return Asked(
        request_id=root.get("RequestID") or "",
        return_url=return_url,
        provider=text(extension, (CSIG, "IdentityProvider")),
        attribute=signer.get("Name") or "",
        value=text(signer, (SAML, "AttributeValue")),
        levels=tuple(each.text or "" for each in levels),
        message=gate.decoded(shown).decode(),
        task_id=task.get("SignTaskId") or "",
        attributes=gate.decoded(text(task, (CSIG, "ToBeSignedBytes"))),
    )


@dataclass(frozen=True)
class Signing:
    """The service with its keys."""

    keys: KeyPair
    authority: KeyPair

    def signed(self, asked: Asked, persona: Persona, issuer: eid_setup.Issuer) -> bytes:
        """The persona has signed: a new key, a certificate, a signature, and nothing kept."""
        level = persona.level or issuer.levels[0]
        if level not in asked.levels:
            return self.refused(asked, words.REQUESTER_ERROR, words.UNSUPPORTED_LEVEL)
        now = datetime.now(UTC)
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        made = signing_setup.issue(self.authority, key.public_key(), _subject(asked, persona), now)
        der = certificates.as_der(made)
        covered = signed_attributes.with_certificate(asked.attributes, der)
        value = key.sign(covered, padding.PKCS1v15(), hashes.SHA256())
        root, outputs = self._response(asked, words.SUCCESS, None)
        extension = _extension(outputs, now)
        _add_context(extension, asked, level, now)
        chain = etree.SubElement(extension, tag(CSIG, "SignatureCertificateChain"))
        for each in (der, certificates.as_der(self.authority.certificate)):
            etree.SubElement(chain, tag(CSIG, "X509Certificate")).text = _text(each)
        _add_task(root, asked, covered, value)
        return self._sealed(root, outputs)

    def refused(self, asked: Asked, major: str, minor: str) -> bytes:
        """Nothing was signed, for this reason."""
        root, outputs = self._response(asked, major, minor)
        _extension(outputs, datetime.now(UTC))
        return self._sealed(root, outputs)

    def _response(
        self, asked: Asked, major: str, minor: str | None
    ) -> tuple[etree._Element, etree._Element]:
        root = etree.Element(tag(DSS, "SignResponse"), nsmap=NAMES)
        root.set("Profile", PROFILE)
        root.set("RequestID", asked.request_id)
        result = etree.SubElement(root, tag(DSS, "Result"))
        etree.SubElement(result, tag(DSS, "ResultMajor")).text = major
        if minor:
            etree.SubElement(result, tag(DSS, "ResultMinor")).text = minor
        return root, etree.SubElement(root, tag(DSS, "OptionalOutputs"))

    def _sealed(self, root: etree._Element, outputs: etree._Element) -> bytes:
        envelope.sign(root, outputs, self.keys)
        return etree.tostring(root, encoding="utf-8")


def _subject(asked: Asked, persona: Persona) -> x509.Name:
    place, _ = Signer(asked.attribute, asked.value, asked.provider).place
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.GIVEN_NAME, persona.given_name),
            x509.NameAttribute(NameOID.SURNAME, persona.surname),
            x509.NameAttribute(x509.ObjectIdentifier(place), asked.value),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{persona.given_name} {persona.surname}"),
        ]
    )


def _extension(outputs: etree._Element, now: datetime) -> etree._Element:
    extension = etree.SubElement(outputs, tag(CSIG, "SignResponseExtension"), Version=VERSION)
    etree.SubElement(extension, tag(CSIG, "ResponseTime")).text = moments.written(now)
    return extension


def _add_context(extension: etree._Element, asked: Asked, level: str, now: datetime) -> None:
    info = etree.SubElement(extension, tag(CSIG, "SignerAssertionInfo"))
    context = etree.SubElement(info, tag(CSIG, "ContextInfo"))
    provider = etree.SubElement(context, tag(CSIG, "IdentityProvider"), Format=ENTITY_FORMAT)
    provider.text = asked.provider
    at = moments.written(now - timedelta(seconds=1))
    etree.SubElement(context, tag(CSIG, "AuthenticationInstant")).text = at
    etree.SubElement(context, tag(SAML, "AuthnContextClassRef")).text = level
    etree.SubElement(context, tag(CSIG, "AssertionRef")).text = f"_{secrets.token_hex(20)}"
    statement = etree.SubElement(info, tag(SAML, "AttributeStatement"))
    named = etree.SubElement(
        statement, tag(SAML, "Attribute"), Name=asked.attribute, NameFormat=URI_FORMAT
    )
    etree.SubElement(named, tag(SAML, "AttributeValue")).text = asked.value


def _add_task(root: etree._Element, asked: Asked, covered: bytes, value: bytes) -> None:
    holder = etree.SubElement(
        etree.SubElement(root, tag(DSS, "SignatureObject")), tag(DSS, "Other")
    )
    tasks = etree.SubElement(holder, tag(CSIG, "SignTasks"))
    data = etree.SubElement(tasks, tag(CSIG, "SignTaskData"))
    data.set("SignTaskId", asked.task_id)
    data.set("SigType", "PDF")
    data.set("AdESType", "BES")
    etree.SubElement(data, tag(CSIG, "ToBeSignedBytes")).text = _text(covered)
    signature = etree.SubElement(data, tag(CSIG, "Base64Signature"), Type=RSA_SHA256)
    signature.text = _text(value)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
