"""The signature around a whole request or answer: last in its holder, reference "" (DSS-Ext 5)."""

import xmlsec
from lxml import etree
from xmlsec import constants

from identity.claims import unverified
from identity.keys import KeyPair
from identity.signatures import as_pem
from identity.vocabulary import DS, tag


def sign(root: etree._Element, holder: etree._Element, keys: KeyPair) -> None:
    """Sign a document with RSA-SHA256; the signature becomes the last child of its holder."""
    template = xmlsec.template.create(
        root, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds"
    )
    holder.append(template)
    reference = xmlsec.template.add_reference(template, constants.TransformSha256, uri="")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(keys.private_pem, constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(keys.certificate_pem, constants.KeyDataFormatCertPem)
    context.sign(template)


def verify(root: etree._Element, holder: etree._Element, certificates: tuple[str, ...]) -> None:
    """Check a document's signature with any of the sender's certificates (base64).

    `gate.check_whole_signature` must have seen it. Raises Refused.
    """
    signature = holder.find(tag(DS, "Signature"))
    if signature is None or root.getparent() is not None:
        raise unverified("signature-missing")
    if not any(_verifies(signature, certificate) for certificate in certificates):
        raise unverified("signature")


def _verifies(signature: etree._Element, certificate: str) -> bool:
    context = xmlsec.SignatureContext()
    try:
        context.key = xmlsec.Key.from_memory(as_pem(certificate), constants.KeyDataFormatCertPem)
        context.set_enabled_key_data([constants.KeyDataX509])
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True
