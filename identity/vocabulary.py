"""The names that SAML, XML signatures and Sweden Connect have given to things."""

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EC = "http://www.w3.org/2001/10/xml-exc-c14n#"
MDUI = "urn:oasis:names:tc:SAML:metadata:ui"
MDATTR = "urn:oasis:names:tc:SAML:metadata:attribute"
MDRPI = "urn:oasis:names:tc:SAML:metadata:rpi"
SHIBMD = "urn:mace:shibboleth:metadata:1.0"
PSC = "http://id.swedenconnect.se/authn/1.0/principal-selection/ns"
UMSG = "http://id.swedenconnect.se/authn/1.0/user-message/ns"
XML = "http://www.w3.org/XML/1998/namespace"

PREFIXES = {
    "samlp": SAMLP,
    "saml": SAML,
    "md": MD,
    "ds": DS,
    "xenc": XENC,
    "mdui": MDUI,
    "mdattr": MDATTR,
    "shibmd": SHIBMD,
    "psc": PSC,
    "umsg": UMSG,
}

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
DEFLATE = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
URI_FORMAT = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
ENTITY_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
ENTITY_CATEGORY = "http://macedir.org/entity-category"
ASSURANCE_CERTIFICATION = "urn:oasis:names:tc:SAML:attribute:assurance-certification"
SUPPORTS_USER_MESSAGE = "http://id.swedenconnect.se/general-ec/1.0/supports-user-message"
# A country's own e-IDs behind the eIDAS connector (Registry for Identifiers 3.1.9.1).
EIDAS_PROXY = "http://id.swedenconnect.se/eidas/1.0/proxy-service/"
ENCRYPTED_KEY = XENC + "EncryptedKey"
ELEMENT = XENC + "Element"

ENVELOPED = DS + "enveloped-signature"
EXCLUSIVE = EC
SHA1 = DS + "sha1"
SHA256 = XENC + "sha256"
SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
SHA512 = XENC + "sha512"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
OAEP = XENC + "rsa-oaep-mgf1p"

# Sweden Connect Deployment Profile 1.8, chapter 8. Everything else is refused.
DIGESTS = frozenset({SHA256, SHA384, SHA512})
SIGNATURES = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#{family}-sha{size}"
    for family in ("rsa", "ecdsa")
    for size in (256, 384, 512)
)
CBC = {XENC + f"aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
GCM = {XENC11 + f"aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
CIPHERS = CBC | GCM
OAEP_DIGESTS = frozenset({SHA1, SHA256, SHA384, SHA512})


def tag(namespace: str, name: str) -> str:
    """The element name as lxml writes it."""
    return f"{{{namespace}}}{name}"
