"""A provider's messages, made with a builder of our own: as they should be, or not at all so."""

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from identity import attributes, vocabulary
from identity.assurance import LOA3
from identity.keys import KeyPair
from identity.moments import written
from identity.vocabulary import DS, SAML, SAMLP, SHA1, SHA256, SHA384, SHA512, XENC, XENC11, tag

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
IDP = "https://idp.example.com/eid"
SP = "http://localhost:8024/saml/invanare"
ACS = SP + "/acs"
TOLVAN = "191212121212"
GCM256, CBC256 = XENC11 + "aes256-gcm", XENC + "aes256-cbc"
TRIPLE_DES, RSA_15 = XENC + "tripledes-cbc", XENC + "rsa-1_5"
URI = vocabulary.URI_FORMAT

Edit = Callable[[str], str]
Form = list[tuple[str, str]]


def as_it_is(text: str) -> str:
    """No change."""
    return text


def resident(number: str = TOLVAN) -> list[tuple[str, str, list[str]]]:
    """The attributes of attribute set pnr-01."""
    return [
        (attributes.PERSONAL_NUMBER, URI, [number]),
        (attributes.GIVEN_NAME, URI, ["Tolvan"]),
        (attributes.SURNAME, URI, ["Tolvansson"]),
        (attributes.DISPLAY_NAME, URI, ["Tolvan Tolvansson"]),
        (attributes.TRANSACTION, URI, ["txn-1"]),
    ]


@dataclass(frozen=True)
class Message:
    """Everything that a message says, and the ways in which it can be bent."""

    request_id: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    issuer: str = IDP
    assertion_issuer: str = IDP
    destination: str | None = ACS
    recipient: str | None = ACS
    audiences: tuple[tuple[str, ...], ...] = ((SP,),)
    in_response_to: str | None = "same"
    confirmed_in_response_to: str | None = "same"
    level: str = LOA3
    attributes: list[tuple[str, str, list[str]]] = field(default_factory=resident)
    status: str = SUCCESS
    second_status: str | None = None
    response_age: timedelta = timedelta()
    assertion_age: timedelta = timedelta()
    authenticated_age: timedelta = timedelta()
    begins: timedelta = timedelta(seconds=-5)
    ends: timedelta = timedelta(minutes=5)
    confirmed_until: timedelta = timedelta(minutes=5)
    assertion_id: str = field(default_factory=lambda: "_a" + secrets.token_hex(16))
    response_id: str = field(default_factory=lambda: "_r" + secrets.token_hex(16))
    prefix: str = "saml"
    self_contained: bool = True
    sign_assertion: bool = False
    signature: Any = xmlsec.Transform.RSA_SHA256
    digest: Any = xmlsec.Transform.SHA256
    cipher: str = GCM256
    transport: str = vocabulary.OAEP
    oaep_digest: str | None = None
    key_beside: bool = False
    encrypted: bool = True
    edit_assertion: Edit = as_it_is
    edit_sealed: Edit = as_it_is
    edit_response: Edit = as_it_is
    edit_signed: Edit = as_it_is

    def but(self, **changes: Any) -> "Message":
        """The same message with something else in it."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Minter:
    """A provider's signing key and our certificate to encrypt to."""

    keys: KeyPair
    recipient: KeyPair

    def mint(self, message: Message) -> bytes:
        """The response as XML."""
        assertion = _assertion(message)
        assertion = message.edit_assertion(assertion)
        if message.sign_assertion:
            assertion = self.signed(assertion, message)
        assertion = message.edit_sealed(assertion)
        inner = self.encrypted(assertion, message) if message.encrypted else assertion
        response = message.edit_response(
            _response(message, inner if message.status == SUCCESS else "")
        )
        return message.edit_signed(self.signed(response, message)).encode()

    def form(self, message: Message) -> list[tuple[str, str]]:
        """The form that a browser posts."""
        return form(self.mint(message))

    def signed(self, text: str, message: Message) -> str:
        """An element, given as text, with a signature behind its issuer."""
        root = etree.fromstring(text)
        signature = xmlsec.template.create(
            root, xmlsec.Transform.EXCL_C14N, message.signature, ns="ds"
        )
        root.insert(1, signature)
        reference = xmlsec.template.add_reference(
            signature, message.digest, uri="#" + root.get("ID", "")
        )
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
        context = xmlsec.SignatureContext()
        context.register_id(root, "ID")
        context.key = xmlsec.Key.from_memory(self.keys.private_pem, xmlsec.KeyFormat.PEM)
        context.key.load_cert_from_memory(self.keys.certificate_pem, xmlsec.KeyFormat.CERT_PEM)
        context.sign(signature)
        return etree.tostring(root).decode()

    def encrypted(self, assertion: str, message: Message) -> str:
        """The assertion as an EncryptedAssertion."""
        secret, content = _sealed(message.cipher, assertion.encode())
        key = self._wrapped(secret, message)
        inside, beside = ("", key) if message.key_beside else (key, "")
        pointer = (
            f'<ds:RetrievalMethod Type="{vocabulary.ENCRYPTED_KEY}" URI="#k1"/>'
            if message.key_beside
            else ""
        )
        return (
            f'<{message.prefix}:EncryptedAssertion xmlns:{message.prefix}="{SAML}">'
            f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{vocabulary.ELEMENT}">'
            f'<xenc:EncryptionMethod Algorithm="{message.cipher}"/>'
            f'<ds:KeyInfo xmlns:ds="{DS}">{inside}{pointer}</ds:KeyInfo>'
            f"<xenc:CipherData><xenc:CipherValue>{_text(content)}</xenc:CipherValue></xenc:CipherData>"
            f"</xenc:EncryptedData>{beside}</{message.prefix}:EncryptedAssertion>"
        )

    def _wrapped(self, secret: bytes, message: Message) -> str:
        public = self.recipient.private.public_key()
        digests = {SHA1: hashes.SHA1(), SHA256: hashes.SHA256()}
        digests |= {SHA384: hashes.SHA384(), SHA512: hashes.SHA512()}
        digest = digests[message.oaep_digest or SHA1]
        scheme: Any = padding.OAEP(padding.MGF1(hashes.SHA1()), digest, None)
        if message.transport == RSA_15:
            scheme = padding.PKCS1v15()
        named = (
            f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{message.oaep_digest}"/>'
            if message.oaep_digest
            else ""
        )
        return (
            f'<xenc:EncryptedKey xmlns:xenc="{XENC}" Id="k1">'
            f'<xenc:EncryptionMethod Algorithm="{message.transport}">{named}</xenc:EncryptionMethod>'
            f"<xenc:CipherData><xenc:CipherValue>{_text(public.encrypt(secret, scheme))}</xenc:CipherValue>"
            "</xenc:CipherData></xenc:EncryptedKey>"
        )


def form(xml: bytes) -> Form:
    """A form with a response and a RelayState."""
    return form_of("SAMLResponse", xml, "anything")


def form_of(name: str, xml: bytes, relay_state: str | None) -> Form:
    """A form with a message under this name."""
    relayed = [] if relay_state is None else [("RelayState", relay_state)]
    return [(name, base64.b64encode(xml).decode()), *relayed]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _sealed(cipher: str, text: bytes) -> tuple[bytes, bytes]:
    if cipher == TRIPLE_DES:
        return os.urandom(24), os.urandom(64)
    secret = os.urandom(vocabulary.CIPHERS[cipher])
    if cipher in vocabulary.GCM:
        nonce = os.urandom(12)
        return secret, nonce + AESGCM(secret).encrypt(nonce, text, None)
    vector = os.urandom(16)
    missing = 16 - len(text) % 16
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
    return secret, vector + encryptor.update(
        text + os.urandom(missing - 1) + bytes([missing])
    ) + encryptor.finalize()


def _named(name: str, value: str | None) -> str:
    return "" if value is None else f' {name}="{value}"'


def _answering(message: Message, value: str | None) -> str:
    return _named("InResponseTo", message.request_id if value == "same" else value)


def _assertion(message: Message) -> str:
    p, now = message.prefix, message.now
    where = f' xmlns:{p}="{SAML}"' if message.self_contained else ""
    restrictions = "".join(
        f"<{p}:AudienceRestriction>"
        + "".join(f"<{p}:Audience>{one}</{p}:Audience>" for one in group)
        + f"</{p}:AudienceRestriction>"
        for group in message.audiences
    )
    confirmed = (
        _named("Recipient", message.recipient)
        + _answering(message, message.confirmed_in_response_to)
        + _named("NotOnOrAfter", written(now + message.confirmed_until))
    )
    return (
        f'<{p}:Assertion{where} ID="{message.assertion_id}" Version="2.0"'
        f' IssueInstant="{written(now - message.assertion_age)}">'
        f"<{p}:Issuer>{message.assertion_issuer}</{p}:Issuer>"
        f"<{p}:Subject><{p}:NameID>transient</{p}:NameID>"
        f'<{p}:SubjectConfirmation Method="{vocabulary.BEARER}">'
        f"<{p}:SubjectConfirmationData{confirmed}/></{p}:SubjectConfirmation></{p}:Subject>"
        f'<{p}:Conditions NotBefore="{written(now + message.begins)}"'
        f' NotOnOrAfter="{written(now + message.ends)}">{restrictions}</{p}:Conditions>'
        f'<{p}:AuthnStatement AuthnInstant="{written(now - message.authenticated_age)}">'
        f"<{p}:AuthnContext><{p}:AuthnContextClassRef>{message.level}</{p}:AuthnContextClassRef>"
        f"</{p}:AuthnContext></{p}:AuthnStatement>"
        f"<{p}:AttributeStatement>{_attributes(message)}</{p}:AttributeStatement></{p}:Assertion>"
    )


def _attributes(message: Message) -> str:
    p = message.prefix
    return "".join(
        f'<{p}:Attribute Name="{name}"{_named("NameFormat", form or None)}>'
        + "".join(f"<{p}:AttributeValue>{value}</{p}:AttributeValue>" for value in values)
        + f"</{p}:Attribute>"
        for name, form, values in message.attributes
    )


def _response(message: Message, inner: str) -> str:
    p = message.prefix
    second = f'<samlp:StatusCode Value="{message.second_status}"/>' if message.second_status else ""
    return (
        f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:{p}="{SAML}" ID="{message.response_id}" Version="2.0"'
        f' IssueInstant="{written(message.now - message.response_age)}"'
        f"{_named('Destination', message.destination)}{_answering(message, message.in_response_to)}>"
        f"<{p}:Issuer>{message.issuer}</{p}:Issuer>"
        f'<samlp:Status><samlp:StatusCode Value="{message.status}">{second}</samlp:StatusCode></samlp:Status>'
        f"{inner}</samlp:Response>"
    )


__all__ = ["ACS", "IDP", "SP", "TOLVAN", "Message", "Minter", "form", "resident", "tag"]
