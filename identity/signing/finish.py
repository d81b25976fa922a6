"""From the posted answer to a signature that holds, in the one order that is safe (ID-01, ID-25)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from lxml import etree

from identity import gate, moments
from identity.claims import Code, Refused, unverified
from identity.signing import certificates, envelope, shape, signed_attributes
from identity.signing.parties import Pending, SignatureService, Signed
from identity.signing.shape import one, text
from identity.signing.vocabulary import (
    AUTHENTICATION_FAILED,
    CSIG,
    DSS,
    EXPIRED,
    SECURITY_VIOLATION,
    SUCCESS,
    UNSUPPORTED_LEVEL,
    USER_CANCEL,
    USER_MISMATCH,
    VERSION,
)
from identity.vocabulary import ENTITY_FORMAT, RSA_SHA256, SAML, tag

OLDEST = timedelta(minutes=5)
MINORS = {
    USER_CANCEL: Code.CANCELLED,
    EXPIRED: Code.TOO_LATE,
    USER_MISMATCH: Code.OTHER_PERSON,
    UNSUPPORTED_LEVEL: Code.LEVEL_TOO_LOW,
    AUTHENTICATION_FAILED: Code.FAILED,
    SECURITY_VIOLATION: Code.FRAUD,
}


def finish(
    form: list[tuple[str, str]], pending: Pending, service: SignatureService, now: datetime
) -> Signed:
    """The signature in a service's answer to a request that has just been taken away.

    The request is used up by taking it, so no answer counts twice. Raises Refused, and
    nothing else that the message could cause.
    """
    with _never_a_fault():
        if now >= pending.expires_at:
            raise Refused(Code.TOO_LATE, "request-expired")
        root, raw = shape.response(form)
        outputs = one(root, (DSS, "OptionalOutputs"))
        envelope.verify(root, outputs, service.certificates)
        _check_request(form, root, pending)
        _check_status(root)
        extension = one(outputs, (CSIG, "SignResponseExtension"))
        _check_extension(extension, service, now)
        context = _checked_context(extension, pending, service, now)
        chain = _chain(extension)
        certificate = certificates.checked(chain, service, now)
        certificates.check_signer(certificate, pending.signer)
        attributes, signature = _task(root, pending)
        signed_attributes.check(pending.task.attributes, attributes, chain[0])
        certificates.check_signature(certificate, attributes, signature)
        level, authenticated_at, assertion = context
        return Signed(
            attributes,
            signature,
            chain,
            level,
            pending.signer.provider,
            authenticated_at,
            assertion,
            raw,
        )


@contextmanager
def _never_a_fault() -> Iterator[None]:
    """Whatever a message makes stumble is a refusal, not a fault of ours (ID-14)."""
    try:
        yield
    except Refused:
        raise
    except Exception as fault:
        raise unverified(f"fault-{type(fault).__name__}") from fault


def _check_request(form: list[tuple[str, str]], root: etree._Element, pending: Pending) -> None:
    if root.get("RequestID") != pending.request_id:
        raise unverified("other-request")
    states = [value for name, value in form if name == "RelayState"]
    if states != [pending.request_id]:
        raise unverified("relay-state")


def _check_status(root: etree._Element) -> None:
    result = one(root, (DSS, "Result"))
    shape.children(result, (DSS, "ResultMajor"), (DSS, "ResultMinor"), (DSS, "ResultMessage"))
    major = text(result, (DSS, "ResultMajor"))
    minors = result.findall(tag(DSS, "ResultMinor"))
    if major == SUCCESS and not minors:
        return
    minor = (minors[0].text or "") if minors else ""
    if major == SUCCESS and minor not in MINORS:
        raise unverified("status")
    raise Refused(MINORS.get(minor, Code.PROVIDER_FAULT), f"status {major} {minor}"[:200])


def _check_extension(extension: etree._Element, service: SignatureService, now: datetime) -> None:
    shape.children(extension, *shape.EXTENSION)
    if extension.get("Version", "1.1") != VERSION:
        raise unverified("version")
    answered = moments.read(text(extension, (CSIG, "ResponseTime")))
    if answered is None or not now - OLDEST - service.skew <= answered <= now + service.skew:
        raise unverified("response-time")


def _checked_context(
    extension: etree._Element, pending: Pending, service: SignatureService, now: datetime
) -> tuple[str, datetime, str | None]:
    """How the service knew the signer: at which level, when, by which assertion."""
    info = one(extension, (CSIG, "SignerAssertionInfo"))
    shape.children(
        info, (CSIG, "ContextInfo"), (SAML, "AttributeStatement"), (CSIG, "SamlAssertions")
    )
    context = one(info, (CSIG, "ContextInfo"))
    shape.children(context, *shape.CONTEXT)
    if text(context, (CSIG, "IdentityProvider")) != pending.signer.provider:
        raise unverified("provider")
    provider = one(context, (CSIG, "IdentityProvider"))
    if provider.get("Format", ENTITY_FORMAT) != ENTITY_FORMAT:
        raise unverified("provider-format")
    level = text(context, (SAML, "AuthnContextClassRef")).strip()
    if level not in pending.levels:
        raise unverified("level")
    at = moments.read(text(context, (CSIG, "AuthenticationInstant")))
    if at is None or not pending.sent_at - service.skew <= at <= now + service.skew:
        raise unverified("authentication-instant")
    _check_attribute(one(info, (SAML, "AttributeStatement")), pending)
    references = context.findall(tag(CSIG, "AssertionRef"))
    return level, at, (references[0].text if references else None)


def _check_attribute(statement: etree._Element, pending: Pending) -> None:
    wanted = pending.signer.attribute
    named = [each for each in statement if (each.get("Name") or "").lower() == wanted]
    values = [value.text or "" for each in named for value in each]
    if len(named) != 1 or [one.strip().lower() for one in values] != [pending.signer.value.lower()]:
        raise unverified("signer-attribute")


def _chain(extension: etree._Element) -> tuple[bytes, ...]:
    holder = one(extension, (CSIG, "SignatureCertificateChain"))
    if any(each.tag != tag(CSIG, "X509Certificate") or len(each) for each in holder):
        raise unverified("chain-shape")
    return tuple(gate.decoded(each.text or "") for each in holder)


def _task(root: etree._Element, pending: Pending) -> tuple[bytes, bytes]:
    """The bytes that were signed, and the signature over them."""
    signature = one(root, (DSS, "SignatureObject"))
    other = one(signature, (DSS, "Other"))
    tasks = one(other, (CSIG, "SignTasks"))
    if len(signature) != 1 or len(other) != 1 or len(tasks) != 1:
        raise unverified("tasks")
    task = one(tasks, (CSIG, "SignTaskData"))
    shape.children(task, *shape.TASK)
    if task.get("SignTaskId") != pending.task.id or task.get("SigType") != "PDF":
        raise unverified("task")
    value = one(task, (CSIG, "Base64Signature"))
    if value.get("Type", RSA_SHA256) != RSA_SHA256:
        raise unverified("signature-algorithm")
    signed = gate.decoded(text(task, (CSIG, "ToBeSignedBytes")))
    return signed, gate.decoded(text(task, (CSIG, "Base64Signature")))
