"""What an assertion says of the person, read strictly (Attribute Specification 1.8; ID-09)."""

import re
from dataclasses import dataclass

from lxml import etree

from identity.assurance import Family, family, is_for_low_risk
from identity.claims import Code, Identity, Kind, Refused, School, unverified
from identity.numbers import is_coordination_number, is_personal_number
from identity.profile import Expected, Statement
from identity.provider import Audience
from identity.vocabulary import SAML, URI_FORMAT, tag

LONGEST = 4096

PERSONAL_NUMBER = "urn:oid:1.2.752.29.4.13"
SURNAME = "urn:oid:2.5.4.4"
GIVEN_NAME = "urn:oid:2.5.4.42"
DISPLAY_NAME = "urn:oid:2.16.840.1.113730.3.1.241"
ORGANISATION_NAME = "urn:oid:2.5.4.10"
ORGANISATION_NUMBER = "urn:oid:2.5.4.97"
AFFILIATION = "urn:oid:1.2.752.201.3.1"
TRANSACTION = "urn:oid:1.2.752.201.3.2"
PRID = "urn:oid:1.2.752.201.3.4"
PRID_PERSISTENCE = "urn:oid:1.2.752.201.3.5"
EIDAS_IDENTIFIER = "urn:oid:1.2.752.201.3.7"
MAPPED_NUMBER = "urn:oid:1.2.752.201.3.16"
BINDING = "urn:oid:1.2.752.201.3.6"
PREVIOUS_NUMBER = "urn:oid:1.2.752.201.3.15"
EPPN = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"
SCOPED_AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"
NATIONAL_NUMBER = "urn:oid:1.3.6.1.4.1.2428.90.1.5"
SCHOOL_GRADE = "urn:oid:1.2.752.194.10.2.2"
SCHOOL_UNIT = "urn:oid:1.2.752.194.10.2.4"

SINGLE = frozenset(
    {
        PERSONAL_NUMBER,
        SURNAME,
        GIVEN_NAME,
        DISPLAY_NAME,
        ORGANISATION_NAME,
        ORGANISATION_NUMBER,
        TRANSACTION,
        PRID,
        PRID_PERSISTENCE,
        EIDAS_IDENTIFIER,
        MAPPED_NUMBER,
        BINDING,
        PREVIOUS_NUMBER,
        EPPN,
        NATIONAL_NUMBER,
    }
)
# What providers send besides stays unread, and docs/operations/e-id.md says of each why.
READ = SINGLE | {AFFILIATION, SCOPED_AFFILIATION, SCHOOL_GRADE, SCHOOL_UNIT}
EIDAS_ONLY = (PRID, EIDAS_IDENTIFIER, MAPPED_NUMBER)
BINDINGS = frozenset(
    "http://id.swedenconnect.se/id-binding/process/" + name
    for name in ("populationregister", "swedish-eid")
)
PRID_FORM = re.compile(r"[A-Z]{2}:[0-9a-z][0-9a-z-]{8,28}[0-9a-z]", re.ASCII)
SCOPED_FORM = re.compile(r"([^\s@]{1,128})@([a-z0-9.-]{1,253})", re.ASCII | re.IGNORECASE)
UNIT_FORM = re.compile(r"[0-9]{8}", re.ASCII)
# eduPerson 2020-01, 2.2.1.2; a guardian is "affiliate" with children of their own in sis*.
ROLES = frozenset(["student", "faculty", "staff", "employee", "member", "affiliate", "alum"])
AFFILIATION_FORM = re.compile(r"([^\s@][^\s]{0,127})@([0-9]{10})", re.ASCII)

Values = dict[str, tuple[str, ...]]


def read(assertion: etree._Element) -> Values:
    """The values of what we know, by attribute name.

    Raises Refused for twins, and in what we know for other formats and nested values.
    """
    statements = assertion.findall(tag(SAML, "AttributeStatement"))
    if len(statements) != 1:
        raise unverified("attribute-statements")
    values: Values = {}
    seen: set[str] = set()
    for attribute in statements[0]:
        name = (attribute.get("Name") or "").lower()
        if attribute.tag != tag(SAML, "Attribute") or not name or name in seen:
            raise unverified("attribute-twice" if name in seen else "attribute-shape")
        seen.add(name)
        if name not in READ:
            continue
        if attribute.get("NameFormat") != URI_FORMAT:
            raise unverified("attribute-format")
        values[name] = _texts(attribute)
        if name in SINGLE and len(values[name]) > 1:
            raise unverified("attribute-several-values")
    return values


def _texts(attribute: etree._Element) -> tuple[str, ...]:
    texts = []
    for value in attribute:
        if value.tag != tag(SAML, "AttributeValue") or len(value):
            raise unverified("attribute-value")
        text = (value.text or "").strip()
        if len(text) > LONGEST or not text.isprintable():
            raise unverified("attribute-value")
        if text:
            texts.append(text)
    return tuple(texts)


@dataclass(frozen=True)
class Account:
    """The account key that an assertion gives, and what belongs to it."""

    kind: Kind
    value: str
    eidas_identifier: str | None = None
    persistence: str | None = None
    national_number: str | None = None
    school: School | None = None


def identity(values: Values, statement: Statement, expected: Expected) -> Identity:
    """The Identity that the values describe. Raises Refused when what we need is not there."""
    if not expected.provider.is_connector and any(values.get(name) for name in EIDAS_ONLY):
        raise unverified("eidas-not-connector")
    account = _ACCOUNTS[expected.entity.audience](values, statement, expected)
    given, surname, shown = (_first(values, name) for name in (GIVEN_NAME, SURNAME, DISPLAY_NAME))
    shown = shown or f"{given or ''} {surname or ''}".strip()
    if not shown:
        raise Refused(Code.ATTRIBUTES_MISSING, "no-name")
    return Identity(
        kind=account.kind,
        value=account.value,
        assurance=statement.level,
        display_name=shown,
        given_name=given or (shown if not surname else ""),
        surname=surname or "",
        organisation=_first(values, ORGANISATION_NAME),
        source=expected.provider.entity_id,
        transaction_id=_first(values, TRANSACTION),
        authenticated_at=statement.authenticated_at,
        entity=expected.entity.name,
        eidas_identifier=account.eidas_identifier,
        persistence=account.persistence,
        previous_number=_previous(values, account),
        national_number=account.national_number,
        school=account.school,
        provider_session=statement.provider_session,
    )


def _previous(values: Values, account: Account) -> str | None:
    """The number that somebody had before: for a case handler to decide about, never a way in."""
    previous = _first(values, PREVIOUS_NUMBER)
    if previous is None or account.kind is not Kind.PNR or previous == account.value:
        return None
    if not is_personal_number(previous):
        raise unverified("previous-number")
    return previous


def _first(values: Values, name: str) -> str | None:
    found = values.get(name)
    return found[0] if found else None


def _resident(values: Values, statement: Statement, expected: Expected) -> Account:
    number = _first(values, PERSONAL_NUMBER)
    if family(statement.level) is Family.EIDAS:
        if number is not None:
            raise unverified("number-at-eidas-level")
        return _foreigner(values)
    if family(statement.level) is not Family.SWEDISH:
        raise unverified("number-at-nonresident-level")
    if number is None:
        raise Refused(Code.ATTRIBUTES_MISSING, "no-personal-number")
    if not is_personal_number(number):
        raise unverified("personal-number")
    if is_coordination_number(number) and not expected.entity.accepts_coordination_numbers:
        raise unverified("coordination-number")
    return Account(Kind.PNR, number)


def _foreigner(values: Values) -> Account:
    foreign = _first(values, EIDAS_IDENTIFIER)
    mapped, bindings = _first(values, MAPPED_NUMBER), _first(values, BINDING)
    # A mapped number is ours to use only when every step that led to it is one we accept.
    if mapped and bindings and set(bindings.split(";")) <= BINDINGS:
        if not is_personal_number(mapped):
            raise unverified("personal-number")
        return Account(Kind.PNR, mapped, foreign)
    prid, persistence = _first(values, PRID), _first(values, PRID_PERSISTENCE)
    if prid is None or foreign is None:
        raise Refused(Code.ATTRIBUTES_MISSING, "no-prid")
    if not PRID_FORM.fullmatch(prid) or persistence not in ("A", "B", "C", None):
        raise unverified("prid")
    return Account(Kind.PRID, prid, foreign, persistence)


def _employee(values: Values, statement: Statement, expected: Expected) -> Account:
    if family(statement.level) is Family.NONRESIDENT and values.get(PERSONAL_NUMBER):
        raise unverified("number-at-nonresident-level")
    affiliations = values.get(AFFILIATION, ())
    if not affiliations:
        raise Refused(Code.ATTRIBUTES_MISSING, "no-affiliation")
    ours = []
    for affiliation in affiliations:
        found = AFFILIATION_FORM.fullmatch(affiliation)
        if found is None or found[2] not in expected.provider.scopes:
            raise unverified("affiliation-scope")
        if found[2] == expected.entity.organisation.number:
            ours.append(affiliation.lower())
    if len(ours) > 1:
        raise unverified("affiliation-several")
    if not ours:
        raise Refused(Code.ATTRIBUTES_MISSING, "affiliation-elsewhere")
    return Account(Kind.ORGANISATION, ours[0])


def _pupil(values: Values, statement: Statement, expected: Expected) -> Account:
    """Somebody at a school: known by the school's name for them, never by their number."""
    if not is_for_low_risk(statement.level):
        raise unverified("level-not-school")
    eppn = _first(values, EPPN)
    if eppn is None:
        raise Refused(Code.ATTRIBUTES_MISSING, "no-eppn")
    scoped = [_owned(one, expected) for one in (eppn, *values.get(SCOPED_AFFILIATION, ()))]
    number = _first(values, NATIONAL_NUMBER)
    if number is not None and not is_personal_number(number):
        raise unverified("national-number")
    told = School(
        roles=frozenset(role for role, _ in scoped[1:]) & ROLES,
        units=tuple(one for one in values.get(SCHOOL_UNIT, ()) if UNIT_FORM.fullmatch(one)),
        grades=values.get(SCHOOL_GRADE, ()),
    )
    name = "@".join(scoped[0])
    return Account(Kind.EPPN, name, national_number=number, school=told)


def _owned(value: str, expected: Expected) -> tuple[str, str]:
    """A scoped value, in small letters, whose scope the provider's metadata gives it."""
    found = SCOPED_FORM.fullmatch(value)
    scopes = {one.lower() for one in expected.provider.scopes}
    if found is None or found[2].lower() not in scopes:
        raise unverified("scope")
    return found[1].lower(), found[2].lower()


_ACCOUNTS = {
    Audience.RESIDENTS: _resident,
    Audience.STAFF: _employee,
    Audience.SCHOOL: _pupil,
}
