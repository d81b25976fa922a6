"""PAdES signatures in PDF (EN 319 142-1): room made, filled, and checked as others would.

The certificate is made by the signature service after we have asked, so the document is
prepared first, and its digest goes out alone.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.kernel.errors import Invalid

# Room for the signature as hexadecimal digits: a chain of six certificates fits.
ROOM = 32 * 1024
FAULTS = (ValueError, TypeError, KeyError, PdfError, SigningError)


@dataclass(frozen=True)
class Prepared:
    """A document with room for a signature: what was put behind it, where the room is, the digest."""

    increment: bytes
    reserved_from: int
    reserved_to: int
    digest: bytes


def prepare(document: bytes, *, field: str, name: str, reason: str) -> Prepared:
    """Make room for a signature at the end of a document, and say who signs it and why."""
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
    )
    signer = signers.PdfSigner(meta, signer=signers.ExternalSigner(None, None))
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    out = io.BytesIO()
    digest, _, _ = asyncio.run(
        signer.async_digest_doc_for_signing(writer, bytes_reserved=ROOM, output=out)
    )
    made = out.getvalue()
    if not made.startswith(document):
        raise ValueError("the signature was not put behind the document")
    return Prepared(
        made[len(document) :],
        digest.reserved_region_start,
        digest.reserved_region_end,
        digest.document_digest,
    )


def completed(
    document: bytes,
    prepared: Prepared,
    *,
    attributes: bytes,
    signature: bytes,
    chain: tuple[bytes, ...],
) -> bytes:
    """The document with the signature in the room that was made for it.

    Raises Invalid("signature-does-not-fit").
    """
    try:
        certificates = [asn1_x509.Certificate.load(each) for each in chain]
        content = asyncio.run(_content(attributes, signature, certificates))
        out = io.BytesIO(document + prepared.increment)
        where = PreparedByteRangeDigest(
            prepared.digest, prepared.reserved_from, prepared.reserved_to
        )
        where.fill_with_cms(out, content)
    except FAULTS as fault:
        raise Invalid("signature-does-not-fit") from fault
    return out.getvalue()


async def _content(
    attributes: bytes, signature: bytes, certificates: list[asn1_x509.Certificate]
) -> cms.ContentInfo:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for each in certificates[1:]:
        store.register(each)
    signer = signers.ExternalSigner(
        certificates[0],
        store,
        signature_value=signature,
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
    )
    return await signer.async_sign_prescribed_attributes(
        "sha256", cms.CMSAttributes.load(attributes)
    )


def report(document: bytes, root: bytes, now: datetime) -> dict[str, Any]:
    """What a check of the last signature says, in data to keep: the reader need not repeat it.

    Raises Invalid("signature-does-not-hold") unless it is intact, valid, trusted, of the whole
    document, and alone in having changed it.
    """
    try:
        last = PdfFileReader(io.BytesIO(document)).embedded_signatures[-1]
        # Certificates made for one signature are not looked up anywhere: nothing leaves here.
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(root)],
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=now,
        )
        status = validate_pdf_signature(last, signer_validation_context=context)
    except (*FAULTS, IndexError) as fault:
        raise Invalid("signature-does-not-hold") from fault
    if not (status.intact and status.valid and status.trusted and status.bottom_line):
        raise Invalid("signature-does-not-hold", status=status.summary())
    certificate = last.signer_cert
    return {
        "checked_at": now.isoformat(),
        "verdict": status.summary(),
        "coverage": status.coverage.name if status.coverage else "",
        "signed_sha256": hashlib.sha256(document).hexdigest(),
        "algorithm": f"{status.pkcs7_signature_mechanism} {status.md_algorithm}",
        "certificate": {
            "name": str(certificate.subject.native.get("common_name", "")),
            "issuer": str(certificate.issuer.native.get("common_name", "")),
            "serial": f"{certificate.serial_number:x}",
            "from": certificate.not_valid_before.isoformat(),
            "to": certificate.not_valid_after.isoformat(),
            "sha256": hashlib.sha256(certificate.dump()).hexdigest(),
        },
        "root_sha256": hashlib.sha256(root).hexdigest(),
    }
