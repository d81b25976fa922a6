"""The demonstration e-ID's side of SAML: a signed request in, a signed and encrypted answer out."""

import base64
import binascii
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote

import xmlsec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree
from xmlsec import constants

from app.demo.eid_setup import Issuer
from app.demo.personas import Persona
from identity import attributes, gate, moments, signatures, status
from identity.claims import Refused
from identity.keys import KeyPair
from identity.provider import ServiceProvider
from identity.vocabulary import BEARER, ELEMENT, RSA_SHA256, SAML, SAMLP, URI_FORMAT, tag

LARGEST = 64 * 1024
# Somebody may read the page slowly; the service forgets the log-in after fifteen minutes.
LONGEST = timedelta(minutes=20)
SIGNED = ("SAMLRequest", "RelayState", "SigAlg")
NO_LEVEL = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
NAMES = {"saml2p": SAMLP, "saml2": SAML}


class RequestFault(Exception):
    """A request that we do not answer; the word says why."""


@dataclass(frozen=True)
class Request:
    """A service's request that somebody be identified."""

    request_id: str
    entity: ServiceProvider
    levels: tuple[str, ...]
    relay_state: str | None


def read(query: str, address: str, entities: dict[str, ServiceProvider], now: datetime) -> Request:
    """The request in a redirect's query, checked. Raises RequestFault when it is not in order."""
    fields = dict(parse_qsl(query, keep_blank_values=True))
    root = _message(fields.get("SAMLRequest", ""))
    issuer = root.findtext(tag(SAML, "Issuer"))
    entity = next((one for one in entities.values() if one.entity_id == issuer), None)
    if entity is None:
        raise RequestFault("unknown service")
    _check_signature(query, fields, entity)
    sent = moments.read(root.get("IssueInstant"))
    if sent is None or not now - LONGEST <= sent <= now + timedelta(minutes=1):
        raise RequestFault("too old")
    if root.get("Destination") != address:
        raise RequestFault("for another address")
    if root.get("AssertionConsumerServiceURL") != entity.acs_url:
        raise RequestFault("unknown way back")
    context = root.find(tag(SAMLP, "RequestedAuthnContext"))
    named = [] if context is None else context.findall(tag(SAML, "AuthnContextClassRef"))
    levels = tuple(one.text or "" for one in named)
    return Request(root.get("ID") or "", entity, levels, fields.get("RelayState"))


def _message(text: str) -> etree._Element:
    try:
        squeezed = base64.b64decode(text, validate=True)
        message = zlib.decompressobj(-15).decompress(squeezed, LARGEST)
        root = gate.parsed(message)
    except (binascii.Error, ValueError, zlib.error, Refused) as fault:
        raise RequestFault("unreadable") from fault
    if root.tag != tag(SAMLP, "AuthnRequest"):
        raise RequestFault("not a request")
    return root


def _check_signature(query: str, fields: dict[str, str], entity: ServiceProvider) -> None:
    # What is signed is the query as it was sent, not as we would write it (SAML Bindings 3.4.4.1).
    sent = dict(part.partition("=")[::2] for part in query.split("&"))
    signed = "&".join(f"{name}={sent[name]}" for name in SIGNED if name in sent)
    public = entity.keys.certificate.public_key()
    if fields.get("SigAlg") != RSA_SHA256 or not isinstance(public, RSAPublicKey):
        raise RequestFault("unknown signature")
    try:
        signature = base64.b64decode(unquote(sent.get("Signature", "")), validate=True)
        public.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error) as fault:
        raise RequestFault("wrong signature") from fault


@dataclass(frozen=True)
class Answerer:
    """One of the e-IDs, with the key that it signs with."""

    entity_id: str
    issuer: Issuer
    keys: KeyPair

    def identified(self, request: Request, persona: Persona) -> bytes:
        """The persona has identified; or the levels asked for are not among ours."""
        level = persona.level or self.issuer.levels[0]
        if level not in request.levels:
            return self._signed(self._response(request, status.REQUESTER, NO_LEVEL))
        response = self._response(request, status.SUCCESS)
        _encrypt(response, self._assertion(request, persona, level), request.entity.keys)
        return self._signed(response)

    def cancelled(self, request: Request) -> bytes:
        """Whoever it was pressed Cancel."""
        return self._signed(self._response(request, status.RESPONDER, status.CANCEL))

    def _response(self, request: Request, code: str, second: str | None = None) -> etree._Element:
        response = etree.Element(tag(SAMLP, "Response"), nsmap=NAMES)
        response.set("ID", _new_id())
        response.set("Version", "2.0")
        response.set("IssueInstant", moments.written(datetime.now(UTC)))
        response.set("Destination", request.entity.acs_url)
        response.set("InResponseTo", request.request_id)
        etree.SubElement(response, tag(SAML, "Issuer")).text = self.entity_id
        outcome = etree.SubElement(response, tag(SAMLP, "Status"))
        top = etree.SubElement(outcome, tag(SAMLP, "StatusCode"), Value=code)
        if second:
            etree.SubElement(top, tag(SAMLP, "StatusCode"), Value=second)
        return response

    def _signed(self, response: etree._Element) -> bytes:
        signatures.sign(response, self.keys, at=1)
        return etree.tostring(response)

    def _assertion(self, request: Request, persona: Persona, level: str) -> etree._Element:
        now = datetime.now(UTC)
        soon = moments.written(now + timedelta(minutes=5))
        assertion = etree.Element(tag(SAML, "Assertion"), nsmap={"saml2": SAML})
        assertion.set("ID", _new_id())
        assertion.set("Version", "2.0")
        assertion.set("IssueInstant", moments.written(now))
        etree.SubElement(assertion, tag(SAML, "Issuer")).text = self.entity_id
        subject = etree.SubElement(assertion, tag(SAML, "Subject"))
        etree.SubElement(subject, tag(SAML, "NameID")).text = _new_id()
        confirmation = etree.SubElement(subject, tag(SAML, "SubjectConfirmation"), Method=BEARER)
        etree.SubElement(
            confirmation,
            tag(SAML, "SubjectConfirmationData"),
            InResponseTo=request.request_id,
            Recipient=request.entity.acs_url,
            NotOnOrAfter=soon,
        )
        conditions = etree.SubElement(assertion, tag(SAML, "Conditions"))
        conditions.set("NotBefore", moments.written(now))
        conditions.set("NotOnOrAfter", soon)
        audience = etree.SubElement(conditions, tag(SAML, "AudienceRestriction"))
        etree.SubElement(audience, tag(SAML, "Audience")).text = request.entity.entity_id
        statement = etree.SubElement(assertion, tag(SAML, "AuthnStatement"))
        statement.set("AuthnInstant", moments.written(now))
        statement.set("SessionIndex", _new_id())
        context = etree.SubElement(statement, tag(SAML, "AuthnContext"))
        etree.SubElement(context, tag(SAML, "AuthnContextClassRef")).text = level
        _add_attributes(assertion, persona)
        return assertion


def _add_attributes(assertion: etree._Element, persona: Persona) -> None:
    told = {
        attributes.GIVEN_NAME: persona.given_name,
        attributes.SURNAME: persona.surname,
        attributes.DISPLAY_NAME: f"{persona.given_name} {persona.surname}",
        attributes.TRANSACTION: secrets.token_hex(16),
    }
    if persona.kind == "pnr":
        told[attributes.PERSONAL_NUMBER] = persona.value
    elif persona.kind == "prid":
        told[attributes.PRID] = persona.value
        told[attributes.PRID_PERSISTENCE] = "A"
        told[attributes.EIDAS_IDENTIFIER] = persona.eidas_identifier or ""
    elif persona.kind == "eppn":
        told[attributes.EPPN] = persona.value
        told[attributes.SCOPED_AFFILIATION] = f"student@{persona.value.partition('@')[2]}"
    else:
        told[attributes.AFFILIATION] = persona.value
        told[attributes.ORGANISATION_NAME] = "Salems kommun"
    statement = etree.SubElement(assertion, tag(SAML, "AttributeStatement"))
    for name, text in told.items():
        attribute = etree.SubElement(
            statement, tag(SAML, "Attribute"), Name=name, NameFormat=URI_FORMAT
        )
        etree.SubElement(attribute, tag(SAML, "AttributeValue")).text = text


def _encrypt(response: etree._Element, assertion: etree._Element, recipient: KeyPair) -> None:
    """Put the assertion into the response, encrypted to the service with AES-256-GCM."""
    holder = etree.SubElement(response, tag(SAML, "EncryptedAssertion"))
    holder.append(assertion)
    template = xmlsec.template.encrypted_data_create(
        holder, constants.TransformAes256Gcm, type=ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    wrapped = xmlsec.template.add_encrypted_key(info, constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
    manager = xmlsec.KeysManager()
    manager.add_key(
        xmlsec.Key.from_memory(recipient.certificate_pem, constants.KeyDataFormatCertPem)
    )
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(constants.KeyDataAes, 256, constants.KeyDataTypeSession)
    context.encrypt_xml(template, assertion)


def _new_id() -> str:
    return f"_{secrets.token_hex(20)}"
