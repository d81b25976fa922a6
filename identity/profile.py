"""The exact checks of the profile, which libraries leave half done (Deployment Profile 6; ID-04)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from identity import moments, names
from identity.assurance import Family, family, is_below
from identity.claims import Code, Pending, ProviderSession, Refused, unverified
from identity.gate import NAME
from identity.provider import Provider, ServiceProvider
from identity.vocabulary import BEARER, ENTITY_FORMAT, SAML, tag

OLDEST = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
CONDITIONS = frozenset(
    tag(SAML, name) for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)


@dataclass(frozen=True)
class Expected:
    """What an answer is measured by: our entity, the provider asked, the request, and the time."""

    entity: ServiceProvider
    provider: Provider
    pending: Pending
    now: datetime

    @property
    def skew(self) -> timedelta:
        """How far clocks may differ in this federation."""
        return self.provider.skew


@dataclass(frozen=True)
class Statement:
    """What a checked assertion says of the sign-in itself."""

    assertion_id: str
    level: str
    authenticated_at: datetime
    usable_until: datetime
    provider_session: ProviderSession | None = None


def check_envelope(response: etree._Element, expected: Expected) -> None:
    """The outer message answers our request, comes from whom we asked, and is fresh."""
    if not NAME.fullmatch(response.get("ID") or ""):
        raise unverified("response-id")
    if response.get("Destination") != expected.entity.acs_url:
        raise unverified("destination")
    if response.get("InResponseTo") != expected.pending.request_id:
        raise unverified("in-response-to")
    _check_issuer(response, expected)
    _check_fresh(response, expected)


def check_assertion(assertion: etree._Element, expected: Expected) -> Statement:
    """The assertion is for us, about this very request, now. Raises Refused otherwise."""
    _check_issuer(assertion, expected)
    issued = _check_fresh(assertion, expected)
    confirmed = _check_subject(assertion, expected)
    ends = _check_conditions(assertion, expected)
    if max(confirmed, ends) - issued > LONGEST + expected.skew:
        raise unverified("life")
    level, instant = _check_statement(assertion, expected)
    usable_until = max(confirmed, ends) + expected.skew
    session = names.provider_session(assertion)
    return Statement(assertion.get("ID") or "", level, instant, usable_until, session)


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(tag(SAML, name))
    if len(found) != 1:
        raise unverified(f"count-{name}")
    return found[0]


def _moment(element: etree._Element, name: str) -> datetime:
    moment = moments.read(element.get(name))
    if moment is None:
        raise unverified(f"time-{name}")
    return moment


def _check_issuer(element: etree._Element, expected: Expected) -> None:
    issuer = _one(element, "Issuer")
    if len(issuer) or issuer.text != expected.provider.entity_id:
        raise unverified("issuer")
    if issuer.get("Format", ENTITY_FORMAT) != ENTITY_FORMAT:
        raise unverified("issuer-format")


def _check_fresh(element: etree._Element, expected: Expected) -> datetime:
    issued = _moment(element, "IssueInstant")
    if not expected.now - OLDEST - expected.skew <= issued <= expected.now + expected.skew:
        raise unverified("issue-instant")
    return issued


def _check_subject(assertion: etree._Element, expected: Expected) -> datetime:
    confirmation = _one(_one(assertion, "Subject"), "SubjectConfirmation")
    if confirmation.get("Method") != BEARER:
        raise unverified("confirmation-method")
    data = _one(confirmation, "SubjectConfirmationData")
    if data.get("Recipient") != expected.entity.acs_url:
        raise unverified("recipient")
    if data.get("InResponseTo") != expected.pending.request_id:
        raise unverified("confirmation-in-response-to")
    if (
        data.get("NotBefore") is not None
        and _moment(data, "NotBefore") > expected.now + expected.skew
    ):
        raise unverified("confirmation-early")
    ends = _moment(data, "NotOnOrAfter")
    if ends + expected.skew <= expected.now:
        raise unverified("confirmation-late")
    return ends


def _check_conditions(assertion: etree._Element, expected: Expected) -> datetime:
    conditions = _one(assertion, "Conditions")
    if any(child.tag not in CONDITIONS for child in conditions):
        raise unverified("condition-unknown")
    if _moment(conditions, "NotBefore") > expected.now + expected.skew:
        raise unverified("conditions-early")
    ends = _moment(conditions, "NotOnOrAfter")
    if ends + expected.skew <= expected.now:
        raise unverified("conditions-late")
    restrictions = conditions.findall(tag(SAML, "AudienceRestriction"))
    # Several restrictions must all hold (SAML Core 2.5.1.4); libraries take any of them.
    if not restrictions or not all(_names_us(one, expected) for one in restrictions):
        raise unverified("audience")
    return ends


def _names_us(restriction: etree._Element, expected: Expected) -> bool:
    audiences = restriction.findall(tag(SAML, "Audience"))
    return any(not len(one) and one.text == expected.entity.entity_id for one in audiences)


def _check_statement(assertion: etree._Element, expected: Expected) -> tuple[str, datetime]:
    statement = _one(assertion, "AuthnStatement")
    instant = _moment(statement, "AuthnInstant")
    if instant > expected.now + expected.skew:
        raise unverified("authn-instant-future")
    if expected.pending.force and instant < expected.pending.sent_at - expected.skew:
        raise unverified("authn-instant-old")
    ends = statement.get("SessionNotOnOrAfter")
    if (
        ends is not None
        and _moment(statement, "SessionNotOnOrAfter") + expected.skew <= expected.now
    ):
        raise unverified("session-late")
    return check_level(statement, expected), instant


def check_level(statement: etree._Element, expected: Expected) -> str:
    """The level that a statement says, which must be one that was asked for.

    Raises Refused(LEVEL_TOO_LOW) for one below: the person can do something about that.
    """
    named = _one(_one(statement, "AuthnContext"), "AuthnContextClassRef")
    level = (named.text or "").strip()
    if family(level) is Family.EIDAS and not expected.provider.is_connector:
        raise unverified("level-not-connector")
    if not len(named) and is_below(level, expected.pending.levels):
        raise Refused(Code.LEVEL_TOO_LOW, "level-below")
    if len(named) or level not in expected.pending.levels or level not in expected.provider.levels:
        raise unverified("level")
    return level
