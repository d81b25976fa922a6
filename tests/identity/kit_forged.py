"""Attacks on the form, the parser, the signature and the encryption (§3, ID-01, ID-06)."""

import base64
import re
from collections.abc import Callable, Iterable

from identity.claims import Code
from identity.vocabulary import ENVELOPED, EXCLUSIVE, OAEP, RSA_SHA256, SHA256, XENC, XENC11
from tests.identity.conftest import Desk
from tests.identity.kit import Form, Variant
from tests.identity.minter import GCM256, form
from tests.identity.test_attacks import OUTSIDE, REFERENCE, XPATH, XSLT, after
from tests.identity.test_wrapping import WRAPS, _unsigned, _wrapped

Edit = Callable[[str], str]
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE07 = "http://www.w3.org/2007/05/xmldsig-more#"
DS11 = "http://www.w3.org/2009/xmldsig11#"
DS = "http://www.w3.org/2000/09/xmldsig#"
CANONICAL = 'CanonicalizationMethod Algorithm="{}"'


def _refused(family: str, name: str, scene: str = "resident", **changes: object) -> Variant:
    return Variant(family, name, Code.UNVERIFIED, changes, scene)


SIGNATURE_METHODS = (
    DS + "rsa-sha1",
    DS + "dsa-sha1",
    DS + "hmac-sha1",
    MORE + "rsa-md5",
    MORE + "rsa-ripemd160",
    MORE + "rsa-sha224",
    MORE + "hmac-sha256",
    MORE + "hmac-sha384",
    MORE + "hmac-sha512",
    MORE + "hmac-md5",
    MORE + "ecdsa-sha1",
    MORE + "ecdsa-sha224",
    MORE + "ecdsa-ripemd160",
    MORE + "ecdsa-sha256",
    MORE07 + "sha256-rsa-MGF1",
    MORE07 + "sha1-rsa-MGF1",
    MORE07 + "rsa-sha3-256",
    DS11 + "dsa-sha256",
    "none",
    "",
    RSA_SHA256.upper(),
    RSA_SHA256 + " ",
)
DIGEST_METHODS = (
    DS + "sha1",
    MORE + "md5",
    MORE + "sha224",
    XENC + "ripemd160",
    MORE07 + "sha3-256",
    MORE07 + "whirlpool",
    "",
    SHA256.upper(),
)
CANONICALISATIONS = (
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/2010/10/xml-c14n2",
    "",
)
TRANSFORMS = (
    XSLT,
    XPATH,
    "http://www.w3.org/2002/06/xmldsig-filter2",
    DS + "base64",
    "http://www.w3.org/2002/07/decrypt#XML",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    ENVELOPED,
    "",
)
CIPHERS = (
    XENC + "tripledes-cbc",
    XENC + "arcfour",
    XENC + "des-cbc",
    MORE + "camellia128-cbc",
    MORE + "camellia256-cbc",
    MORE07 + "seed128-cbc",
    MORE + "chacha20",
    "http://www.w3.org/2021/04/xmldsig-more#chacha20poly1305",
    XENC + "kw-aes256",
    XENC + "aes256-ctr",
    "",
)
TRANSPORTS = (
    XENC + "rsa-1_5",
    XENC11 + "rsa-oaep",
    XENC + "kw-aes256",
    XENC + "kw-tripledes",
    XENC + "dh",
    XENC11 + "ECDH-ES",
    MORE + "psec-kem",
    "",
)
OAEP_DIGESTS = (MORE + "md5", MORE + "sha224", XENC + "ripemd160", MORE07 + "sha3-256", "")


def _first(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def _each(family: str, where: str, shape: str, now: str, others: Iterable[str]) -> list[Variant]:
    """One variant for each other algorithm, put where the right one stands now."""
    return [
        _refused(family, one, **{where: _first(shape.format(now), shape.format(one))})
        for one in others
    ]


TRANSFORM = '<ds:Transform Algorithm="{}"/>'
SIGNING = [
    *_each("signature method", "edit_signed", '"{}"', RSA_SHA256, SIGNATURE_METHODS),
    *_each("digest method", "edit_signed", 'DigestMethod Algorithm="{}"', SHA256, DIGEST_METHODS),
    *_each("canonicalisation", "edit_signed", CANONICAL, EXCLUSIVE, CANONICALISATIONS),
    *_each("transform instead", "edit_signed", TRANSFORM, EXCLUSIVE, TRANSFORMS),
    *(
        _refused("transform added", one, edit_signed=after(REFERENCE, TRANSFORM.format(one)))
        for one in TRANSFORMS
    ),
]
SEALING = [
    *_each("cipher", "edit_response", '"{}"', GCM256, CIPHERS),
    *_each("key transport", "edit_response", '"{}"', OAEP, TRANSPORTS),
    *(
        _refused(
            "key transport digest",
            one,
            oaep_digest=SHA256,
            edit_response=_first(f'"{SHA256}"', f'"{one}"'),
        )
        for one in OAEP_DIGESTS
    ),
]


def _in_method(added: str) -> Edit:
    return _first(
        f'<xenc:EncryptionMethod Algorithm="{OAEP}">',
        f'<xenc:EncryptionMethod Algorithm="{OAEP}">{added}',
    )


ENCRYPTION: dict[str, Edit] = {
    "mask of SHA-256": _in_method(f'<m:MGF xmlns:m="{XENC11}" Algorithm="{XENC11}mgf1sha256"/>'),
    "OAEP parameters": _in_method("<xenc:OAEPparams>AAAA</xenc:OAEPparams>"),
    "key size": _first(
        f'<xenc:EncryptionMethod Algorithm="{GCM256}"/>',
        f'<xenc:EncryptionMethod Algorithm="{GCM256}"><xenc:KeySize>1</xenc:KeySize></xenc:EncryptionMethod>',
    ),
    "a shorter cipher than the key": _first(GCM256, XENC11 + "aes128-gcm"),
    "CBC read as GCM": _first(GCM256, XENC + "aes256-cbc"),
    "cipher text that is not base64": lambda text: re.sub(
        "<xenc:CipherValue>.*?</xenc:CipherValue>", "<xenc:CipherValue>%%</xenc:CipherValue>", text
    ),
    "empty cipher text": lambda text: re.sub(
        "<xenc:CipherValue>.*?</xenc:CipherValue>", "<xenc:CipherValue/>", text
    ),
    "no key": lambda text: re.sub("<xenc:EncryptedKey.*</xenc:EncryptedKey>", "", text),
    "nine keys": lambda text: re.sub(
        "(<xenc:EncryptedKey.*</xenc:EncryptedKey>)",
        lambda found: "".join(found[1].replace('"k1"', f'"k{number}"') for number in range(9)),
        text,
    ),
    "key fetched from elsewhere": _first(
        "<xenc:EncryptedKey",
        f'<ds:RetrievalMethod Type="{XENC}EncryptedKey" URI="http://x.example"/><xenc:EncryptedKey',
    ),
    "agreed key": _first(
        "<xenc:EncryptedKey", '<xenc:AgreementMethod Algorithm="x"/><xenc:EncryptedKey'
    ),
    "encrypted content": _first(XENC + "Element", XENC + "Content"),
    "properties": _first(
        "</xenc:EncryptedData>", "<xenc:EncryptionProperties/></xenc:EncryptedData>"
    ),
    "an extra child": _first("</saml:EncryptedAssertion>", "<x/></saml:EncryptedAssertion>"),
}
KEYS: dict[str, Edit] = {
    "DER key value": _first(
        "<ds:X509Data>",
        f'<k:DEREncodedKeyValue xmlns:k="{DS11}">AA==</k:DEREncodedKeyValue><ds:X509Data>',
    ),
    "key reference": _first(
        "<ds:X509Data>", f'<k:KeyInfoReference xmlns:k="{DS11}" URI="#x"/><ds:X509Data>'
    ),
    "PGP": _first("<ds:X509Data>", "<ds:PGPData/><ds:X509Data>"),
    "SPKI": _first("<ds:X509Data>", "<ds:SPKIData/><ds:X509Data>"),
    "management data": _first("<ds:X509Data>", "<ds:MgmtData>x</ds:MgmtData><ds:X509Data>"),
    "revocation list": _first("<ds:X509Data>", "<ds:X509Data><ds:X509CRL>AAAA</ds:X509CRL>"),
    "manifest": _first("</ds:SignedInfo>", "</ds:SignedInfo><ds:Manifest/>"),
    "two references": lambda text: re.sub(
        "(<ds:Reference .*?</ds:Reference>)", r"\1\1", text, flags=re.DOTALL
    ),
    "truncated HMAC": _first(
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"/>',
        f'<ds:SignatureMethod Algorithm="{MORE}hmac-sha256"><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
    ),
    "no value": lambda text: re.sub(
        "<ds:SignatureValue>.*?</ds:SignatureValue>", "<ds:SignatureValue/>", text, flags=re.DOTALL
    ),
    "value of nothing": lambda text: re.sub(
        "<ds:SignatureValue>.*?</ds:SignatureValue>",
        "<ds:SignatureValue>AAAA</ds:SignatureValue>",
        text,
        flags=re.DOTALL,
    ),
    "reference by XPointer": lambda text: re.sub(
        'URI="#(_r[^"]*)"', r'''URI="#xpointer(id('\1'))"''', text
    ),
    "reference to a file": lambda text: re.sub('URI="#_r[^"]*"', 'URI="file:///etc/passwd"', text),
    "no reference URI": lambda text: re.sub(' URI="#_r[^"]*"', "", text),
}
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
DOCUMENTS: dict[str, Callable[[bytes], bytes]] = {
    "entity bomb": lambda xml: BOMB.encode() + xml.replace(b"_req1", b"&c;"),
    "DTD from elsewhere": lambda xml: b'<!DOCTYPE x SYSTEM "http://x.example/x.dtd">' + xml,
    "parameter entity": lambda xml: (
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://x.example"> %p;]>' + xml
    ),
    "default attribute": lambda xml: b'<!DOCTYPE x [<!ATTLIST x ID CDATA "_r">]>' + xml,
    "UTF-16": lambda xml: xml.decode().encode("utf-16"),
    "UTF-32": lambda xml: xml.decode().encode("utf-32"),
    "Latin-1 declared": lambda xml: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + xml,
    "UTF-7 declared": lambda xml: b'<?xml version="1.0" encoding="UTF-7"?>' + xml,
    "EBCDIC declared": lambda xml: b'<?xml version="1.0" encoding="cp037"?>' + xml,
    "XML 1.1": lambda xml: b'<?xml version="1.1"?>' + xml.replace(b"_req1", b"&#1;"),
    "truncated": lambda xml: xml[: len(xml) // 2],
    "twice": lambda xml: xml + xml,
    "text behind": lambda xml: xml + b"x",
    "deep": lambda xml: b"<x>" * 5000 + xml + b"</x>" * 5000,
    "wide": lambda xml: xml.replace(b"<samlp:Status>", b"<samlp:Status>" + b"<x/>" * 20_000),
    "many attributes": lambda xml: xml.replace(
        b"<samlp:Status>", b"<samlp:Status " + b" ".join(b'a%d="x"' % n for n in range(7000)) + b">"
    ),
    "zero byte": lambda xml: xml + b"\0",
    "XInclude": lambda xml: xml.replace(
        b"<samlp:Status>",
        b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><samlp:Status>',
    ),
    "in an envelope": lambda xml: (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">' + xml + b"</e:Envelope>"
    ),
}


def _of_document(name: str, bend: Callable[[bytes], bytes]) -> Variant:
    bent = lambda desk: form(bend(desk.minter.mint(desk.message())))  # noqa: E731
    return Variant("document", name, Code.UNVERIFIED, form=bent)


def _wrap(shape: str) -> Variant:
    def sent(desk: Desk) -> Form:
        genuine = desk.minter.mint(desk.message()).decode()
        evil = desk.minter.mint(desk.message(edit_signed=_unsigned)).decode()
        return form(_wrapped(genuine, evil, shape).encode())

    return Variant("wrapping", shape, Code.UNVERIFIED, form=sent)


def _text(desk: Desk) -> str:
    return desk.minter.form(desk.message())[0][1]


FORMS: dict[str, Callable[[Desk], Form]] = {
    "nothing": lambda desk: [],
    "empty": lambda desk: [("SAMLResponse", "")],
    "two": lambda desk: [("SAMLResponse", _text(desk))] * 2,
    "an artifact": lambda desk: [("SAMLart", "AAQAA"), ("SAMLResponse", _text(desk))],
    "a request beside": lambda desk: [("SAMLRequest", "AA"), ("SAMLResponse", _text(desk))],
    "another case": lambda desk: [("samlresponse", _text(desk))],
    "base64 for addresses": lambda desk: [
        ("SAMLResponse", _text(desk).replace("+", "-").replace("/", "_") + "-_")
    ],
    "no padding": lambda desk: [("SAMLResponse", _text(desk).rstrip("=") + "A")],
    "padding within": lambda desk: [("SAMLResponse", "AA==" + _text(desk))],
    "a space within": lambda desk: [("SAMLResponse", " " + _text(desk))],
    "base64 twice": lambda desk: [
        ("SAMLResponse", base64.b64encode(_text(desk).encode()).decode())
    ],
    "plain XML": lambda desk: [("SAMLResponse", desk.minter.mint(desk.message()).decode())],
    "full-width letters": lambda desk: [("SAMLResponse", "Ａ" + _text(desk))],
    "too large": lambda desk: [("SAMLResponse", _text(desk) + "A" * 300_000)],
    "too large beside": lambda desk: [("SAMLResponse", _text(desk)), ("x", "A" * 300_000)],
    "too many names": lambda desk: [("SAMLResponse", _text(desk)), ("x" * 300_000, "")],
}

FORGED = [
    *(
        _refused("bent after signing", name, edit_signed=edit)
        for name, (edit, _) in OUTSIDE.items()
    ),
    *SIGNING,
    *SEALING,
    *(_refused("encryption", name, edit_response=edit) for name, edit in ENCRYPTION.items()),
    *(_refused("signature", name, edit_signed=edit) for name, edit in KEYS.items()),
    *(_of_document(name, bend) for name, bend in DOCUMENTS.items()),
    *(_wrap(shape) for shape in WRAPS),
    *(Variant("form", name, Code.UNVERIFIED, form=sent) for name, sent in FORMS.items()),
    _refused("key", "somebody else's", "evil"),
    _refused("key", "somebody else's, inside too", "evil", sign_assertion=True),
    _refused("key", "encrypted for another", "for another"),
    _refused("key", "one that the provider has left", "provider has changed key"),
]
