"""Golden controls: what real providers send, in every algorithm of the profile (§2.3)."""

import re
from datetime import timedelta
from itertools import product
from typing import Any

import xmlsec

from identity import attributes
from identity.assurance import EIDAS_HIGH, EIDAS_SUB, LOA3, LOA3_NONRESIDENT
from identity.vocabulary import CIPHERS, DS, OAEP_DIGESTS
from tests.identity.conftest import Desk
from tests.identity.kit import ACCEPTED, CURVES, Form, Variant
from tests.identity.minter import CBC256, GCM256, SP, URI, form, resident
from tests.identity.test_attacks import after, swap, without
from tests.identity.test_golden import employee, foreigner

SIZES = ("256", "384", "512")
EXCLUSIVE = '"http://www.w3.org/2001/10/xml-exc-c14n#"'


def _golden(family: str, name: str, scene: str = "resident", **changes: Any) -> Variant:
    return Variant(f"golden {family}", name, ACCEPTED, changes, scene)


def _transform(kind: str, size: str) -> Any:
    return getattr(xmlsec.Transform, f"{kind}{size}")


def _algorithms() -> list[Variant]:
    ciphers = [
        _golden(
            "cipher",
            f"{cipher}, key {'beside' if beside else 'inside'}",
            cipher=cipher,
            key_beside=beside,
        )
        for cipher, beside in product(sorted(CIPHERS), (False, True))
    ]
    transports = [
        _golden("key transport", f"digest {digest}, {cipher}", oaep_digest=digest, cipher=cipher)
        for digest, cipher in product((None, *sorted(OAEP_DIGESTS)), (GCM256, CBC256))
    ]
    rsa = [
        _golden(
            "signature",
            f"rsa-sha{size} over sha{digest}",
            signature=_transform("RSA_SHA", size),
            digest=_transform("SHA", digest),
            sign_assertion=True,
        )
        for size, digest in product(SIZES, SIZES)
    ]
    curves = [
        _golden(
            "signature",
            f"ecdsa-sha{size} on P-{curve}",
            f"curve-{curve}",
            signature=_transform("ECDSA_SHA", size),
            sign_assertion=True,
        )
        for curve, size in product(CURVES, SIZES)
    ]
    return ciphers + transports + rsa + curves


def _prefixes() -> list[Variant]:
    shapes = ((True, True), (False, True), (False, False))
    return [
        _golden(
            "prefix",
            f"{prefix}, {'signed' if signed else 'unsigned'} assertion, "
            f"{'self-contained' if whole else 'leaning on the response'}",
            prefix=prefix,
            sign_assertion=signed,
            self_contained=whole,
        )
        for prefix, (signed, whole) in product(("saml", "saml2", "ns1", "a"), shapes)
    ]


def _foreign(text: str) -> str:
    return text.replace("saml:", "inner:").replace("xmlns:saml=", "xmlns:inner=")


def _without_prefix(text: str) -> str:
    return text.replace("saml:", "").replace("xmlns:saml=", "xmlns=")


def _indented(text: str) -> str:
    return re.sub(r"><(?=saml:(?:Subject|Conditions|AuthnStatement|Attribute))", ">\n    <", text)


TYPED = (
    '<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string">'
)
CONTEXT_END = "</saml:AuthnContextClassRef>"
TARGETED = (
    '<saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.10" NameFormat="' + URI + '">'
    "<saml:AttributeValue><saml:NameID>opaque</saml:NameID></saml:AttributeValue></saml:Attribute>"
)
INSIDE = {
    "other prefixes inside": _foreign,
    "no prefix inside": _without_prefix,
    "indented": _indented,
    "typed values": swap("<saml:AttributeValue>", TYPED),
    "friendly names": swap("<saml:Attribute ", '<saml:Attribute FriendlyName="x" '),
    "one-time use": after("</saml:AudienceRestriction>", "<saml:OneTimeUse/>"),
    "proxy restriction": after("</saml:AudienceRestriction>", '<saml:ProxyRestriction Count="0"/>'),
    "session index": swap("<saml:AuthnStatement ", '<saml:AuthnStatement SessionIndex="_s" '),
    "session end": swap(
        "<saml:AuthnStatement ",
        '<saml:AuthnStatement SessionNotOnOrAfter="2099-01-01T00:00:00Z" ',
    ),
    "subject locality": swap(
        "<saml:AuthnContext>", '<saml:SubjectLocality Address="192.0.2.1"/><saml:AuthnContext>'
    ),
    "authenticating authority": after(
        CONTEXT_END,
        "<saml:AuthenticatingAuthority>https://other.example</saml:AuthenticatingAuthority>",
    ),
    "fractions of a second": lambda text: re.sub(r"(:\d\d)Z\"", r'\1.123Z"', text),
    "no name identifier": without("<saml:NameID>.*</saml:NameID>"),
    "issuer's format": swap(
        "<saml:Issuer>",
        '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">',
    ),
    "confirmation's address": swap(
        "<saml:SubjectConfirmationData ", '<saml:SubjectConfirmationData Address="192.0.2.1" '
    ),
    "targeted ID with an element in it": after("<saml:AttributeStatement>", TARGETED),
}


def _contents() -> list[Variant]:
    inside = [_golden("assertion", name, edit_assertion=edit) for name, edit in INSIDE.items()]
    signed = [
        _golden("signed assertion", name, edit_assertion=edit, sign_assertion=True, cipher=CBC256)
        for name, edit in INSIDE.items()
    ]
    return [
        *inside,
        *signed,
        _golden("declaration", "inside", edit_sealed=lambda t: '<?xml version="1.0"?>\n' + t),
        _golden("audience", "alternatives", audiences=(("https://other.example", SP),)),
        _golden("audience", "ours twice", audiences=((SP,), (SP, "https://other.example"))),
        _golden("clock", "theirs 45 s ahead", response_age=timedelta(seconds=-45)),
        _golden("clock", "assertion 45 s ahead", assertion_age=timedelta(seconds=-45)),
        _golden("clock", "four minutes on the way", response_age=timedelta(minutes=4)),
        _golden("clock", "valid in 45 s", begins=timedelta(seconds=45)),
        _golden("clock", "an hour's life", ends=timedelta(minutes=59)),
        _golden("clock", "signed in this morning", "sso", authenticated_age=timedelta(hours=8)),
    ]


def _people() -> list[Variant]:
    mail = ("urn:oid:0.9.2342.19200300.100.1.3", URI, ["a@example.se", "b@example.se"])
    signature = ("urn:oid:1.2.752.201.3.11", URI, ["A" * 20_000])
    other_format = ("mail", "urn:oasis:names:tc:SAML:2.0:attrname-format:basic", ["a@example.se"])
    return [
        _golden("person", "coordination number", attributes=resident("189001619809")),
        _golden("person", "several mail addresses", attributes=[*resident(), mail]),
        _golden("person", "a whole BankID signature", attributes=[*resident(), signature]),
        _golden("person", "a basic attribute beside", attributes=[*resident(), other_format]),
        _golden(
            "person",
            "ampersand and Å",
            edit_assertion=swap("Tolvansson", "Å &amp; Ö"),
        ),
        _golden("person", "eIDAS sub", "connector", level=EIDAS_SUB, attributes=foreigner()),
        _golden("person", "eIDAS high", "connector", level=EIDAS_HIGH, attributes=foreigner()),
        _golden("staff", "loa3", "staff", level=LOA3, attributes=employee("r@2120002874")),
        _golden(
            "staff",
            "nonresident",
            "staff",
            level=LOA3_NONRESIDENT,
            attributes=employee("r.r@x@2120002874"),
        ),
        _golden("key change", "our previous key", "previous key"),
        _golden("key change", "the provider's second certificate", "provider changes key"),
        _golden("person", "names by number only", attributes=_only_display_name()),
    ]


def _only_display_name() -> list[tuple[str, str, list[str]]]:
    left_out = (attributes.GIVEN_NAME, attributes.SURNAME)
    return [one for one in resident() if one[0] not in left_out]


def _outer() -> list[Variant]:
    extended = "<samlp:Extensions><x:y xmlns:x='urn:x'/></samlp:Extensions><samlp:Status>"
    told = "</samlp:StatusCode><samlp:StatusMessage>OK</samlp:StatusMessage></samlp:Status>"
    return [
        _golden("response", "extensions", edit_response=swap("<samlp:Status>", extended)),
        _golden(
            "response",
            "status message",
            edit_response=swap("</samlp:StatusCode></samlp:Status>", told),
        ),
        _golden(
            "response",
            "no key info",
            edit_signed=without("<ds:KeyInfo>\\s*<ds:X509Data>.*?</ds:KeyInfo>"),
        ),
        _golden(
            "response",
            "declared",
            edit_signed=lambda t: '<?xml version="1.0" encoding="UTF-8"?>' + t,
        ),
        _golden("response", "byte order mark", edit_signed=lambda t: "\ufeff" + t),
        _golden("response", "line break at the end", edit_signed=lambda t: t + "\n"),
        _golden(
            "response",
            "key name in the encryption",
            edit_response=swap(
                f'<ds:KeyInfo xmlns:ds="{DS}"><xenc',
                f'<ds:KeyInfo xmlns:ds="{DS}"><ds:KeyName>k</ds:KeyName><xenc',
            ),
        ),
    ]


def _forms() -> list[Variant]:
    return [
        Variant("golden form", "broken into lines", ACCEPTED, form=_lines),
        Variant(
            "golden form", "no relay state", ACCEPTED, form=lambda d: d.minter.form(d.message())[:1]
        ),
        Variant(
            "golden form",
            "more fields",
            ACCEPTED,
            form=lambda d: [*d.minter.form(d.message()), ("x", "y")],
        ),
    ]


def _lines(desk: Desk) -> Form:
    [(name, text), relay] = form(desk.minter.mint(desk.message()))
    return [
        (name, "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))),
        relay,
    ]


GOLDEN = _algorithms() + _prefixes() + _contents() + _people() + _outer() + _forms()
