"""From the posted form to an Identity, in the one order that is safe (ID-01)."""

import re
from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from identity import attributes, decryption, gate, library, profile, signatures, status
from identity.claims import Code, Identity, Pending, Refused, ReplayGuard, never_a_fault, unverified
from identity.profile import Expected, Statement
from identity.provider import MetadataStore, ServiceProvider
from identity.vocabulary import DS, SAML, SAMLP, tag

PLACEHOLDER = "opened-assertion"


def finish(
    form: Sequence[tuple[str, str]],
    pending: Pending,
    entity: ServiceProvider,
    store: MetadataStore,
    guard: ReplayGuard,
    now: datetime,
) -> Identity:
    """The Identity in a provider's answer to a pending log-in that has just been taken away.

    Raises Refused, and nothing else that the message could cause; what the guard raises when
    its database is away goes through.
    """
    with never_a_fault():
        expected = _expected(pending, entity, store, now)
        statement, assertion = _checked(form, expected)
    if not guard(expected.provider.entity_id, statement.assertion_id, statement.usable_until):
        raise unverified("replay")
    with never_a_fault():
        return attributes.identity(attributes.read(assertion), statement, expected)


def _expected(
    pending: Pending, entity: ServiceProvider, store: MetadataStore, now: datetime
) -> Expected:
    if pending.entity != entity.name:
        raise Refused(Code.TOO_LATE, "other-entity")
    # The provider is the one that was asked, never the one that the message names.
    provider = store.provider(pending.provider, entity.name, now)
    if provider is None:
        raise Refused(Code.PROVIDER_GONE, "no-metadata")
    return Expected(entity, provider, pending, now)


def _checked(
    form: Sequence[tuple[str, str]], expected: Expected
) -> tuple[Statement, etree._Element]:
    raw = gate.received(form)
    response = gate.parsed(raw)
    gate.check_response(response)
    signatures.verify(response, expected.provider.certificates)
    profile.check_envelope(response, expected)
    status.check(response)
    opened = _opened(response, expected)
    assertion = gate.check_assertion(opened)
    if assertion.find(tag(DS, "Signature")) is not None:
        signatures.verify(assertion, expected.provider.certificates)
    library.check(raw, opened, expected)
    return profile.check_assertion(assertion, expected), assertion


def _opened(response: etree._Element, expected: Expected) -> etree._Element:
    """The response as a new document, with the assertion in place of the encrypted one.

    It is put in as text: moving elements between trees would rewrite the prefixes of what
    the provider has signed.
    """
    encrypted = response.find(tag(SAML, "EncryptedAssertion"))
    if encrypted is None:
        raise unverified("no-assertion")
    keys = [pair.private for pair in expected.entity.opening_keys]
    plaintext = re.sub(rb"^\s*<\?xml[^<>?]*\?>", b"", decryption.opened(encrypted, keys))
    copy = etree.fromstring(etree.tostring(response))
    hidden = copy.find(tag(SAML, "EncryptedAssertion"))
    if hidden is None:
        raise unverified("no-assertion")
    mark = f"<{PLACEHOLDER}/>".encode()
    copy.replace(hidden, etree.Element(PLACEHOLDER))
    outer = etree.tostring(copy)
    before, found, after = outer.rpartition(mark)
    if not found or mark in before:
        raise unverified("splice")
    opened = gate.parsed(before + plaintext + after)
    if opened.tag != tag(SAMLP, "Response"):
        raise unverified("splice")
    return opened
