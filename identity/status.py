"""What a provider answers when nobody has signed in. The second level decides (profile 5.4)."""

from lxml import etree

from identity.claims import Code, Refused, unverified
from identity.vocabulary import SAMLP, tag

_TOP = "urn:oasis:names:tc:SAML:2.0:status:"
_ELN = "http://id.elegnamnden.se/status/1.0/"
SUCCESS = _TOP + "Success"
REQUESTER = _TOP + "Requester"
RESPONDER = _TOP + "Responder"
CANCEL = _ELN + "cancel"

SECOND = {
    CANCEL: Code.CANCELLED,
    _ELN + "fraud": Code.FRAUD,
    _ELN + "possibleFraud": Code.FRAUD,
    _TOP + "AuthnFailed": Code.FAILED,
    _TOP + "NoAuthnContext": Code.LEVEL_TOO_LOW,
    _TOP + "UnknownPrincipal": Code.OTHER_PERSON,
    _TOP + "NoPassive": Code.NOT_PASSIVE,
}


def check(response: etree._Element) -> None:
    """Go on only after Success. Raises Refused with the page that the status calls for."""
    status = response.find(tag(SAMLP, "Status"))
    tops = [] if status is None else status.findall(tag(SAMLP, "StatusCode"))
    if len(tops) != 1:
        raise unverified("status-shape")
    top = tops[0].get("Value")
    second = [code.get("Value") or "" for code in tops[0].findall(tag(SAMLP, "StatusCode"))]
    if top == SUCCESS and not second:
        return
    if top == SUCCESS or len(second) > 1:
        raise unverified("status-shape")
    raise Refused(_code(top, second), f"status {top} {' '.join(second)}"[:200])


def _code(top: str | None, second: list[str]) -> Code:
    if second:
        return SECOND.get(second[0], Code.PROVIDER_FAULT)
    # A bare Requester is what an unsupported level gives (Deployment Profile 5.4.4).
    return Code.LEVEL_TOO_LOW if top == REQUESTER else Code.PROVIDER_FAULT
