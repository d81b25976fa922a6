"""python3-saml in strict mode, as a second pair of eyes beside our own checks (ID-02)."""

import base64
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from identity.claims import unverified
from identity.profile import Expected, check_level
from identity.vocabulary import POST, REDIRECT, RSA_SHA256, SAML, SHA256, tag


class _Opened(OneLogin_Saml2_Response):  # type: ignore[misc]
    """A response whose assertion we have opened ourselves.

    The library opens before it verifies, knows one key only, and lets lxml rewrite the
    prefixes of what was signed inside; it is given the finished document instead.
    """

    def __init__(
        self, settings: OneLogin_Saml2_Settings, raw: bytes, opened: etree._Element
    ) -> None:
        self._ready = opened
        super().__init__(settings, base64.b64encode(raw).decode())

    def _decrypt_assertion(self, xml: etree._Element) -> etree._Element:
        return self._ready


def check(raw: bytes, opened: etree._Element, expected: Expected) -> None:
    """Let the library judge. Raises Refused with the library's own code for the log."""
    where = urlsplit(expected.entity.acs_url)
    request = {
        "https": "on" if where.scheme == "https" else "off",
        "http_host": where.netloc,
        "script_name": where.path,
    }
    response = _Opened(OneLogin_Saml2_Settings(_settings(expected)), raw, opened)
    try:
        response.is_valid(request, expected.pending.request_id, raise_exceptions=True)
    except Exception as fault:  # The library raises whatever it stumbles over.
        if getattr(fault, "code", None) == OneLogin_Saml2_ValidationError.AUTHN_CONTEXT_MISMATCH:
            # Refused it is, in any case; which page is shown depends on the level.
            for statement in opened.iter(tag(SAML, "AuthnStatement")):
                check_level(statement, expected)
        raise unverified(f"library-{getattr(fault, 'code', type(fault).__name__)}") from fault


def _settings(expected: Expected) -> dict[str, Any]:
    entity, provider = expected.entity, expected.provider
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": entity.entity_id,
            "assertionConsumerService": {"url": entity.acs_url, "binding": POST},
            "NameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            "x509cert": entity.keys.certificate_text,
            "privateKey": entity.keys.private_pem.decode(),
        },
        "idp": {
            "entityId": provider.entity_id,
            "singleSignOnService": {"url": provider.sign_on_url, "binding": REDIRECT},
            "x509certMulti": {"signing": list(provider.certificates)},
        },
        "security": {
            "authnRequestsSigned": True,
            "wantMessagesSigned": True,
            "wantAssertionsEncrypted": True,
            "wantAssertionsSigned": False,
            "wantNameId": False,
            "rejectDeprecatedAlgorithm": True,
            "failOnAuthnContextMismatch": True,
            "requestedAuthnContext": list(expected.pending.levels),
            "signatureAlgorithm": RSA_SHA256,
            "digestAlgorithm": SHA256,
            "allowSingleLabelDomains": True,
        },
    }
