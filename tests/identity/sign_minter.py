"""A signature service's answers, made with a builder of our own: right, or bent in one place."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import xmlsec
from asn1crypto import algos, cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from identity import attributes, keys
from identity.assurance import LOA3
from identity.moments import written
from identity.signing import signed_attributes
from identity.signing.parties import SignatureService, Signer, Task
from identity.vocabulary import ENTITY_FORMAT, RSA_SHA256, SAML, URI_FORMAT

DSS = "urn:oasis:names:tc:dss:1.0:core:schema"
CSIG = "http://id.elegnamnden.se/csig/1.1/dss-ext/ns"
PROFILE = "http://id.elegnamnden.se/csig/1.1/dss-ext/profile"
MAJOR = "urn:oasis:names:tc:dss:1.0:resultmajor:"
SERVICE, IDP = "https://sign.example.com", "https://idp.example.com/eid"
TOLVAN, OTHER = "191212121212", "199001012385"
SHORT = 2048
Edit = Callable[[str], str]


def as_it_is(text: str) -> str:
    """No change."""
    return text


@dataclass
class Asked:
    """A request that is on its way."""

    request_id: str = "7" * 40
    task: Task = field(default_factory=lambda: Task("t1", signed_attributes.made(b"\1" * 32)))
    signer: Signer = field(default_factory=lambda: Signer(attributes.PERSONAL_NUMBER, TOLVAN, IDP))
    levels: tuple[str, ...] = (LOA3,)
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    expires_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=15))


@dataclass(frozen=True)
class Certified:
    """A key with a certificate."""

    key: Any
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.public_bytes(Encoding.DER)


def certified(issuer: Certified | None = None, **changes: Any) -> Certified:
    """A key pair with a certificate by an issuer, or by itself; bent in one respect or another."""
    facts: dict[str, Any] = {
        "serial": TOLVAN, "ca": issuer is None, "length": None, "begins": -5, "ends": 30,
        "hash": hashes.SHA256(), "bits": SHORT, "usage": "sign" if issuer else "issue",
        "name": "Tolvan" if issuer else "Root", "key": None, "signed_by": None,
    } | changes  # fmt: skip
    key = facts["key"] or rsa.generate_private_key(public_exponent=65537, key_size=facts["bits"])
    names = [x509.NameAttribute(NameOID.COMMON_NAME, facts["name"])]
    serials = facts["serial"] if isinstance(facts["serial"], list) else [facts["serial"]]
    if not facts["ca"]:
        names += [x509.NameAttribute(NameOID.SERIAL_NUMBER, each) for each in serials if each]
    subject = x509.Name(names)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(minutes=facts["begins"]))
        .not_valid_after(now + timedelta(minutes=facts["ends"]))
        .add_extension(x509.BasicConstraints(facts["ca"], facts["length"]), critical=True)
    )
    if facts["usage"]:
        builder = builder.add_extension(_usage(facts["usage"]), critical=True)
    signer = facts["signed_by"] or (issuer.key if issuer else key)
    return Certified(key, builder.sign(signer, facts["hash"]))


def _usage(usage: str) -> x509.KeyUsage:
    signs, issues = usage == "sign", usage == "issue"
    return x509.KeyUsage(
        signs, signs, usage == "encrypt", False, False, issues, issues, False, False
    )


@dataclass
class Bench:
    """The keys of a service, made once: its own, its root, and a signer's certificate."""

    @cached_property
    def service(self) -> keys.KeyPair:
        return keys.generate("service", bits=SHORT)

    @cached_property
    def other(self) -> keys.KeyPair:
        return keys.generate("somebody else", bits=SHORT)

    @cached_property
    def root(self) -> Certified:
        return certified()

    @cached_property
    def other_root(self) -> Certified:
        return certified(name="Other root")

    @cached_property
    def middle(self) -> Certified:
        return certified(self.root, ca=True, usage="issue", name="Middle")

    @cached_property
    def signer(self) -> Certified:
        return certified(self.root)

    @cached_property
    def trusted(self) -> SignatureService:
        """The service as we know it by agreement."""
        root = base64.b64encode(self.root.der).decode()
        return SignatureService(
            SERVICE, SERVICE + "/sign", (self.service.certificate_text,), (root,)
        )


@dataclass(frozen=True)
class Answer:
    """Everything that an answer says, and the ways in which it can be bent."""

    bench: Bench
    asked: Asked
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    request_id: str | None = None
    relay: list[str] | None = None
    profile: str = PROFILE
    version: str = "1.4"
    age: timedelta = timedelta()
    major: str = MAJOR + "Success"
    minor: str | None = None
    provider: str = IDP
    provider_format: str = ENTITY_FORMAT
    level: str = LOA3
    known_at: timedelta = timedelta()
    attributes: list[tuple[str, list[str]]] = field(
        default_factory=lambda: [(attributes.PERSONAL_NUMBER, [TOLVAN])]
    )
    chain: list[Certified] | None = None
    raw_chain: list[str] | None = None
    covered: bytes | None = None
    named: bytes | None = None
    value: bytes | None = None
    task_id: str = "t1"
    kind: str = "PDF"
    algorithm: str | None = RSA_SHA256
    extra: str = ""
    info: str = ""
    by: keys.KeyPair | None = None
    signature: Any = xmlsec.Transform.RSA_SHA256
    digest: Any = xmlsec.Transform.SHA256
    prefix: str = "csig"
    edit: Edit = as_it_is
    edit_signed: Edit = as_it_is

    def but(self, **changes: Any) -> "Answer":
        """The same with something else in it."""
        return replace(self, **changes)

    def form(self) -> list[tuple[str, str]]:
        """As the browser posts it."""
        return form(self.xml(), self.relay or [self.asked.request_id])

    def xml(self) -> bytes:
        """The signed answer."""
        plain = self.edit(self._plain())
        return self.edit_signed(self._sealed(plain)).encode()

    def _chain(self) -> list[Certified]:
        return self.chain or [self.bench.signer, self.bench.root]

    def _plain(self) -> str:
        p = self.prefix
        minor = f"<dss:ResultMinor>{self.minor}</dss:ResultMinor>" if self.minor else ""
        signed = self.major.endswith("Success") and not self.minor
        return (
            f'<dss:SignResponse xmlns:dss="{DSS}" xmlns:{p}="{CSIG}" xmlns:saml="{SAML}"'
            f' Profile="{self.profile}" RequestID="{self.request_id or self.asked.request_id}">'
            f"<dss:Result><dss:ResultMajor>{self.major}</dss:ResultMajor>{minor}</dss:Result>"
            f'<dss:OptionalOutputs><{p}:SignResponseExtension Version="{self.version}">'
            f"<{p}:ResponseTime>{written(self.now - self.age)}</{p}:ResponseTime>"
            f"{self.extra}{self._info() if signed else ''}</{p}:SignResponseExtension>"
            f"</dss:OptionalOutputs>{self._tasks() if signed else ''}</dss:SignResponse>"
        )

    def _info(self) -> str:
        p = self.prefix
        named = "".join(
            f'<saml:Attribute Name="{name}" NameFormat="{URI_FORMAT}">'
            + "".join(f"<saml:AttributeValue>{each}</saml:AttributeValue>" for each in values)
            + "</saml:Attribute>"
            for name, values in self.attributes
        )
        texts = self.raw_chain or [base64.b64encode(each.der).decode() for each in self._chain()]
        chain = "".join(f"<{p}:X509Certificate>{each}</{p}:X509Certificate>" for each in texts)
        return (
            f"<{p}:SignerAssertionInfo><{p}:ContextInfo>"
            f'<{p}:IdentityProvider Format="{self.provider_format}">{self.provider}</{p}:IdentityProvider>'
            f"<{p}:AuthenticationInstant>{written(self.now + self.known_at)}</{p}:AuthenticationInstant>"
            f"<saml:AuthnContextClassRef>{self.level}</saml:AuthnContextClassRef>{self.info}"
            f"<{p}:AssertionRef>_a1</{p}:AssertionRef></{p}:ContextInfo>"
            f"<saml:AttributeStatement>{named}</saml:AttributeStatement></{p}:SignerAssertionInfo>"
            f"<{p}:SignatureCertificateChain>{chain}</{p}:SignatureCertificateChain>"
        )

    def _tasks(self) -> str:
        p, signer = self.prefix, self._chain()[0]
        named = self.named if self.named is not None else signer.der
        covered = self.covered or signed_attributes.with_certificate(
            self.asked.task.attributes, named
        )
        value = self.value or signer.key.sign(covered, padding.PKCS1v15(), hashes.SHA256())
        kind = f' Type="{self.algorithm}"' if self.algorithm else ""
        return (
            f"<dss:SignatureObject><dss:Other><{p}:SignTasks>"
            f'<{p}:SignTaskData SignTaskId="{self.task_id}" SigType="{self.kind}" AdESType="BES">'
            f"<{p}:ToBeSignedBytes>{base64.b64encode(covered).decode()}</{p}:ToBeSignedBytes>"
            f"<{p}:Base64Signature{kind}>{base64.b64encode(value).decode()}</{p}:Base64Signature>"
            f"</{p}:SignTaskData></{p}:SignTasks></dss:Other></dss:SignatureObject>"
        )

    def _sealed(self, plain: str) -> str:
        root = etree.fromstring(plain)
        outputs = root.find(f"{{{DSS}}}OptionalOutputs")
        pair = self.by or self.bench.service
        template = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, self.signature, ns="ds")
        outputs.append(template)
        reference = xmlsec.template.add_reference(template, self.digest, uri="")
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(pair.private_pem, xmlsec.KeyFormat.PEM)
        context.key.load_cert_from_memory(pair.certificate_pem, xmlsec.KeyFormat.CERT_PEM)
        context.sign(template)
        return etree.tostring(root).decode()


def form(xml: bytes, relay: list[str]) -> list[tuple[str, str]]:
    """A form with an answer."""
    return [
        ("Binding", "POST/XML/1.0"),
        *(("RelayState", each) for each in relay),
        ("EidSignResponse", base64.b64encode(xml).decode()),
    ]


def covering(sent: bytes, *more: cms.CMSAttribute) -> bytes:
    """The signed attributes with others added, as DER."""
    return cms.CMSAttributes([*cms.CMSAttributes.load(sent), *more]).dump(force=True)


def naming(certificate: bytes, algorithm: str = "sha256") -> cms.CMSAttribute:
    """The attribute that names a certificate by its hash."""
    hashed = hashlib.new(algorithm, certificate).digest()
    named = tsp.ESSCertIDv2(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "cert_hash": hashed}
    )
    values = [tsp.SigningCertificateV2({"certs": [named]})]
    return cms.CMSAttribute({"type": "signing_certificate_v2", "values": values})
