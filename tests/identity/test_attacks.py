"""Forged, bent and stale messages: each is refused for its own reason, and none is a fault of ours."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import xmlsec

from identity import vocabulary
from identity.assurance import LOA4
from identity.claims import Code
from tests.identity.conftest import Desk
from tests.identity.minter import ACS, CBC256, RSA_15, SP, TRIPLE_DES, Minter

XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=10)


def swap(old: str, new: str) -> Callable[[str], str]:
    """An edit that must find what it bends, or the attack would prove nothing."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


def without(pattern: str) -> Callable[[str], str]:
    """An edit that takes something away."""

    def edit(text: str) -> str:
        cut, count = re.subn(pattern, "", text, flags=re.DOTALL)
        assert count
        return cut

    return edit


def after(mark: str, added: str) -> Callable[[str], str]:
    """An edit that puts something behind a mark."""
    return swap(mark, mark + added)


SENT: dict[str, tuple[dict[str, Any], str]] = {
    "destination of somebody else": ({"destination": "https://other.example/acs"}, "destination"),
    "destination with a tail": ({"destination": ACS + "/more"}, "destination"),
    "destination with a query": ({"destination": ACS + "?x=1"}, "destination"),
    "destination in capitals": ({"destination": ACS.upper()}, "destination"),
    "no destination": ({"destination": None}, "destination"),
    "empty destination": ({"destination": ""}, "destination"),
    "recipient of somebody else": ({"recipient": "https://other.example/acs"}, "library"),
    "recipient that contains ours": ({"recipient": f"https://other.example/?{ACS}"}, "recipient"),
    "no recipient": ({"recipient": None}, "recipient"),
    "answer to another request": ({"in_response_to": "_other"}, "in-response-to"),
    "answer to no request": ({"in_response_to": None}, "in-response-to"),
    "confirmation of another request": ({"confirmed_in_response_to": "_other"}, "library"),
    "confirmation of no request": (
        {"confirmed_in_response_to": None},
        "confirmation-in-response-to",
    ),
    "another issuer": ({"issuer": "https://evil.example"}, "issuer"),
    "another issuer inside": ({"assertion_issuer": "https://evil.example"}, "library"),
    "issuer with a space": ({"issuer": " https://idp.example.com/eid"}, "issuer"),
    "another audience": ({"audiences": (("https://other.example",),)}, "library"),
    "no audience": ({"audiences": ()}, "audience"),
    "two audiences that must both hold": (
        {"audiences": ((SP,), ("https://other.example",))},
        "audience",
    ),
    "audience that begins like ours": ({"audiences": ((SP + "x",),)}, "library"),
    "old response": ({"response_age": MINUTES}, "issue-instant"),
    "response of the future": ({"response_age": -MINUTES}, "issue-instant"),
    "old assertion": ({"assertion_age": MINUTES}, "issue-instant"),
    "conditions not yet": ({"begins": timedelta(minutes=3)}, "conditions-early"),
    "conditions long past": ({"ends": -MINUTES}, "library"),
    "conditions just past": ({"ends": timedelta(minutes=-2)}, "conditions-late"),
    "confirmation past": ({"confirmed_until": timedelta(minutes=-2)}, "library"),
    "a whole day's life": ({"ends": timedelta(days=1)}, "life"),
    "a confirmation for a day": ({"confirmed_until": timedelta(days=1)}, "life"),
    "identified long before we asked": ({"authenticated_age": HOUR}, "authn-instant-old"),
    "identified in the future": ({"authenticated_age": -HOUR}, "authn-instant-future"),
    "a level that we did not ask for": ({"level": LOA4}, "level"),
    "a level that nobody knows": ({"level": "urn:made:up"}, "level"),
    "not encrypted": ({"encrypted": False}, "response-shape"),
    "triple DES": ({"cipher": TRIPLE_DES}, "cipher"),
    "RSA 1.5": ({"transport": RSA_15}, "key-transport"),
    "OAEP of XML Encryption 1.1": ({"transport": vocabulary.XENC11 + "rsa-oaep"}, "key-transport"),
    "RSA-SHA1": ({"signature": xmlsec.Transform.RSA_SHA1}, "signature-algorithm"),
    "SHA1 digest": ({"digest": xmlsec.Transform.SHA1}, "digest-algorithm"),
}


@pytest.mark.parametrize("name", SENT)
def test_a_well_signed_message_that_says_something_wrong(desk: Desk, name: str) -> None:
    changes, detail = SENT[name]
    code, found = desk.refused(**changes)
    assert code is Code.UNVERIFIED
    assert found.startswith(detail)


INSIDE: dict[str, tuple[Callable[[str], str], str]] = {
    "no subject": (without("<saml:Subject>.*</saml:Subject>"), "library"),
    "no conditions": (without("<saml:Conditions.*</saml:Conditions>"), "library"),
    "no statement": (without("<saml:AuthnStatement.*</saml:AuthnStatement>"), "library"),
    "no attributes": (without("<saml:AttributeStatement.*</saml:AttributeStatement>"), "library"),
    "no start": (without(' NotBefore="[^"]*"'), "time-NotBefore"),
    "no ends": (without(' NotOnOrAfter="[^"]*"'), "time-NotOnOrAfter"),
    "no level": (without("<saml:AuthnContextClassRef>.*</saml:AuthnContextClassRef>"), "library"),
    "declaration instead of class": (
        swap("AuthnContextClassRef", "AuthnContextDeclRef"),
        "count-AuthnContext",
    ),
    "sender vouches": (
        swap(vocabulary.BEARER, "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
        "library",
    ),
    "holder of key": (
        swap(vocabulary.BEARER, "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        "library",
    ),
    "time with zone": (swap('Z" NotOnOrAfter', '+00:00" NotOnOrAfter'), ""),
    "unknown condition": (after("</saml:AudienceRestriction>", "<saml:Condition/>"), ""),
    "advice": (swap("<saml:AuthnStatement", "<saml:Advice/><saml:AuthnStatement"), "count-Advice"),
    "an assertion within": (
        swap("<saml:AuthnStatement", '<saml:Assertion ID="_x" Version="2.0"/><saml:AuthnStatement'),
        "assertion-count",
    ),
    "comment in the number": (swap("191212121212", "19121212<!-- -->1212"), "xml-markup"),
    "instruction in the number": (swap("191212121212", "19121212<?x?>1212"), "xml-markup"),
    "CDATA": (swap("191212121212", "<![CDATA[191212121212]]>"), "xml-markup"),
    "entity": (swap("191212121212", "&number;"), "xml"),
    "encrypted attribute": (
        swap("</saml:AttributeStatement>", "<saml:EncryptedAttribute/></saml:AttributeStatement>"),
        "count-EncryptedAttribute",
    ),
    "element in a value": (swap(">191212121212<", "><b>191212121212</b><"), ""),
    "control character": (swap("Tolvansson", "Tolv\u0085ansson"), ""),
    "wrong check digit": (swap("191212121212", "191212121213"), "personal-number"),
    "no such day": (swap("191212121212", "191213121212"), "personal-number"),
    "ten digits": (swap("191212121212", "1212121212"), "personal-number"),
    "digits of another script": (swap("191212121212", "١٩١٢١٢١٢١٢١٢"), "personal-number"),
    "broken out": (swap("</saml:Assertion>", "</saml:Assertion></samlp:Response><x>"), "xml"),
    "two assertions in one": (
        lambda text: text + text.replace('ID="_a', 'ID="_b'),
        "assertion-count",
    ),
    "base for addresses": (
        swap("<saml:Subject>", '<saml:Subject xml:base="http://x.example">'),
        "xml-attribute",
    ),
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_well_signed_message_with_a_bent_assertion(desk: Desk, name: str) -> None:
    edit, detail = INSIDE[name]
    code, found = desk.refused(edit_sealed=edit)
    assert code is Code.UNVERIFIED
    assert found.startswith(detail)


REFERENCE = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
OUTSIDE: dict[str, tuple[Callable[[str], str], str]] = {
    "unsigned": (without("<ds:Signature .*</ds:Signature>"), "response-shape"),
    "changed after signing": (swap("saml:Issuer>https", "saml:Issuer>http"), "signature"),
    "signature of nothing": (swap('URI="#', 'URI="'), "reference"),
    "empty reference": (lambda text: re.sub('URI="#[^"]*"', 'URI=""', text, count=1), "reference"),
    "reference elsewhere": (
        lambda text: re.sub('URI="#[^"]*"', 'URI="http://x.example/"', text, count=1),
        "reference",
    ),
    "XSLT": (after(REFERENCE, f'<ds:Transform Algorithm="{XSLT}"/>'), "shape-Transforms"),
    "XSLT instead": (swap(REFERENCE, f'<ds:Transform Algorithm="{XSLT}"/>'), "canonicalisation"),
    "XPath": (swap(vocabulary.ENVELOPED, XPATH), "transform"),
    "no transforms": (without("<ds:Transforms>.*</ds:Transforms>"), "shape-Reference"),
    "inclusive canonicalisation": (
        swap(
            'CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
            'CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
        "canonicalisation",
    ),
    "HMAC": (swap("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"), "signature-algorithm"),
    "no algorithm": (swap(vocabulary.RSA_SHA256, ""), "signature-algorithm"),
    "MD5": (swap("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"), "signature-algorithm"),
    "key value": (swap("<ds:X509Data>", "<ds:KeyValue/><ds:X509Data>"), "key-info"),
    "retrieval": (
        swap("<ds:X509Data>", '<ds:RetrievalMethod URI="http://x.example"/><ds:X509Data>'),
        "key-info",
    ),
    "object": (swap("</ds:Signature>", "<ds:Object/></ds:Signature>"), "count-Object"),
    "two signatures": (
        lambda text: re.sub("(<ds:Signature .*?</ds:Signature>)", r"\1\1", text, flags=re.DOTALL),
        "response-shape",
    ),
    "signature at the end": (
        lambda text: re.sub(
            "(<ds:Signature .*</ds:Signature>)(.*)</samlp:Response>",
            r"\2\1</samlp:Response>",
            text,
            flags=re.DOTALL,
        ),
        "response-shape",
    ),
    "DTD": (lambda text: "<!DOCTYPE x>" + text, "xml-markup"),
    "external entity": (
        lambda text: (
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
            + text.replace("_req1", "&e;")
        ),
        "xml-markup",
    ),
    "comment": (swap("<samlp:Status>", "<!-- --><samlp:Status>"), "xml-markup"),
    "instruction": (swap("<samlp:Status>", "<?x y?><samlp:Status>"), "xml-markup"),
    "stylesheet": (lambda text: '<?xml-stylesheet href="http://x.example"?>' + text, "xml-markup"),
    "UTF-16 declared": (
        lambda text: '<?xml version="1.0" encoding="UTF-16"?>' + text,
        "xml-encoding",
    ),
    "not well-formed": (swap("</samlp:Status>", ""), "xml"),
    "another root": (swap("samlp:Response", "samlp:LogoutResponse"), "not-a-response"),
    "another version": (swap('Version="2.0"', 'Version="1.1"'), "not-a-response"),
    "cipher reference": (
        lambda text: re.sub(
            "<xenc:CipherValue>.*?</xenc:CipherValue>",
            '<xenc:CipherReference URI="http://x.example"/>',
            text,
        ),
        "",
    ),
    "encrypted content only": (
        swap(vocabulary.ELEMENT, vocabulary.XENC + "Content"),
        "encryption-shape",
    ),
    "encrypted name": (
        swap("<samlp:Status>", "<saml:EncryptedID/><samlp:Status>"),
        "response-shape",
    ),
    "plain assertion beside": (
        swap("</samlp:Response>", '<saml:Assertion ID="_x" Version="2.0"/></samlp:Response>'),
        "response-shape",
    ),
    "encrypted assertion twice": (
        lambda text: re.sub(
            "(<saml:EncryptedAssertion.*</saml:EncryptedAssertion>)", r"\1\1", text
        ),
        "id-twice",
    ),
    "ID by another name": (swap("<samlp:Status>", '<samlp:Status xml:id="_x">'), "xml-attribute"),
    "namespaces without end": (
        swap(
            "<samlp:Status>",
            "<samlp:Status " + " ".join(f'xmlns:n{n}="n{n}"' for n in range(500)) + ">",
        ),
        "xml-namespaces",
    ),
    "elements without end": (swap("<samlp:Status>", "<samlp:Status>" + "<x/>" * 3000), "xml-size"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_message_that_was_bent_after_signing(desk: Desk, name: str) -> None:
    edit, detail = OUTSIDE[name]
    code, found = desk.refused(edit_signed=edit)
    assert code is Code.UNVERIFIED
    assert found.startswith(detail)


@pytest.mark.parametrize("cipher", [CBC256, vocabulary.XENC11 + "aes128-gcm"])
def test_a_changed_ciphertext_fails_at_the_signature(desk: Desk, cipher: str) -> None:
    def flipped(text: str) -> str:
        place = text.rindex("</xenc:CipherValue>") - 30
        return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]

    assert desk.refused(cipher=cipher, edit_signed=flipped) == (Code.UNVERIFIED, "signature")


def test_somebody_elses_key_signs_nothing(desk: Desk, other_keys, our_keys) -> None:
    desk.minter = Minter(other_keys, our_keys)
    assert desk.refused() == (Code.UNVERIFIED, "signature")


def test_an_inner_signature_by_somebody_else_is_refused(desk: Desk, other_keys, our_keys) -> None:
    evil = Minter(other_keys, our_keys)
    assert (
        desk.refused(edit_sealed=lambda text: evil.signed(text, desk.message()))[1] == "signature"
    )


def test_an_assertion_for_another_key_cannot_be_opened(
    desk: Desk, provider_keys, other_keys
) -> None:
    desk.minter = Minter(provider_keys, other_keys)
    assert desk.refused() == (Code.UNVERIFIED, "decryption-key")


def test_an_assertion_counts_once(desk: Desk) -> None:
    sent = desk.minter.form(desk.message())
    desk.post(sent)
    assert desk.refusal(sent).detail == "replay"


def test_an_assertion_in_a_new_envelope_counts_once(desk: Desk) -> None:
    message = desk.message()
    desk.post(desk.minter.form(message))
    assert desk.refusal(desk.minter.form(message.but(response_id="_rnew"))).detail == "replay"


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ([], "responses-0"),
        ([("SAMLResponse", "")], "xml"),
        ([("SAMLResponse", "a"), ("SAMLResponse", "b")], "responses-2"),
        ([("SAMLart", "x"), ("SAMLResponse", "PHgvPg==")], "other-message"),
        ([("SAMLRequest", "PHgvPg==")], "other-message"),
        ([("SAMLResponse", "not base64!")], "base64"),
        ([("SAMLResponse", "PHgvPg=")], "base64"),
        ([("SAMLResponse", "PHgvPg==å")], "base64"),
        ([("SAMLResponse", "PHgvPg==")], "not-a-response"),
        ([("SAMLResponse", "/////w==")], "xml-encoding"),
        ([("SAMLResponse", "PHgAAAAvPg==")], "xml-nul"),
        ([("SAMLResponse", "A" * 300_000)], "form-too-large"),
        ([("SAMLResponse", "PHgvPg=="), ("x", "A" * 300_000)], "form-too-large"),
    ],
)
def test_what_is_no_message_at_all(desk: Desk, fields: list[tuple[str, str]], detail: str) -> None:
    assert desk.refusal(fields).detail == detail


def test_a_message_for_another_entity_of_ours_is_refused(desk: Desk) -> None:
    desk.asked.entity = "medarbetare"
    assert desk.refused()[0] is Code.TOO_LATE


def test_a_provider_that_is_gone_is_refused(desk: Desk) -> None:
    desk.asked.provider = "https://gone.example"
    assert desk.refused()[0] is Code.PROVIDER_GONE


def test_the_reason_of_a_refusal_names_no_person(desk: Desk) -> None:
    for changes, _ in SENT.values():
        assert "1212121212" not in desk.refused(**changes)[1]
