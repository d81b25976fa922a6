"""Well-signed messages that say what they must not, and the statuses of §2.8."""

from datetime import UTC, datetime, timedelta
from typing import Any

from identity import attributes
from identity.assurance import EIDAS_SUB, LOA2, LOA3_NONRESIDENT
from identity.claims import Code
from identity.moments import written
from tests.identity.kit import Variant
from tests.identity.minter import TOLVAN, URI, resident
from tests.identity.test_attacks import INSIDE, SENT, swap
from tests.identity.test_golden import employee, foreigner

TOP = "urn:oasis:names:tc:SAML:2.0:status:"
ELN = "http://id.elegnamnden.se/status/1.0/"
LOA = "http://id.elegnamnden.se/loa/1.0/"
NOW = datetime.now(UTC)
SC = "http://id.swedenconnect.se/loa/1.0/"
STATUSES = (
    ("Responder", ELN + "cancel", Code.CANCELLED),
    ("Requester", ELN + "cancel", Code.CANCELLED),
    ("Responder", ELN + "fraud", Code.FRAUD),
    ("Responder", ELN + "possibleFraud", Code.FRAUD),
    ("Responder", TOP + "AuthnFailed", Code.FAILED),
    ("Requester", TOP + "NoAuthnContext", Code.LEVEL_TOO_LOW),
    ("Responder", TOP + "NoAuthnContext", Code.LEVEL_TOO_LOW),
    ("Requester", None, Code.LEVEL_TOO_LOW),
    ("Responder", TOP + "UnknownPrincipal", Code.OTHER_PERSON),
    ("Responder", TOP + "NoPassive", Code.NOT_PASSIVE),
    *(
        ("Responder", TOP + name, Code.PROVIDER_FAULT)
        for name in (
            "RequestDenied",
            "RequestUnsupported",
            "UnsupportedBinding",
            "InvalidAttrNameOrValue",
            "NoAvailableIDP",
            "NoSupportedIDP",
            "ProxyCountExceeded",
        )
    ),
    ("Requester", TOP + "InvalidNameIDPolicy", Code.PROVIDER_FAULT),
    ("Responder", "urn:made:up", Code.PROVIDER_FAULT),
    ("Responder", None, Code.PROVIDER_FAULT),
    ("VersionMismatch", None, Code.PROVIDER_FAULT),
    ("Success", TOP + "AuthnFailed", Code.UNVERIFIED),
    ("success", None, Code.PROVIDER_FAULT),
)
LEVELS = (
    "http://eidas.europa.eu/LoA/low",
    "http://eidas.europa.eu/LoA/substantial",
    "http://eidas.europa.eu/LoA/high",
    "http://eidas.europa.eu/NotNotified/LoA/high",
    LOA + "loa1",
    LOA + "loa3-sigmessage",
    LOA + "loa3/",
    LOA + "LOA3",
    LOA + "eidas-nf-low",
    LOA + "eidas-sub",
    SC + "uncertified-eidas-sub",
    SC + "loa3-nonresident",
    "http://id.skolfederation.se/loa/bas",
    "http://id.sambi.se/loa/loa3",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
    "",
)
TOO_LOW = (LOA2, SC + "uncertified-loa2")
NUMBERS = (
    "191212121213",
    "191213121212",
    "191202301212",
    "1912121212",
    "19121212-1212",
    "171212121212",
    "191212120000",
    "191212720000",
    "abcdefghijkl",
    "1912121212120",
    "0" * 12,
)


def _refused(family: str, name: str, scene: str = "resident", **changes: Any) -> Variant:
    return Variant(family, name, Code.UNVERIFIED, changes, scene)


def _lacking(name: str, scene: str = "resident", **changes: Any) -> Variant:
    return Variant("lacking", name, Code.ATTRIBUTES_MISSING, changes, scene)


def _with(name: str, *values: str, form: str = URI) -> list[tuple[str, str, list[str]]]:
    return [one for one in resident() if one[0] != name] + [(name, form, list(values))]


def _statuses() -> list[Variant]:
    return [
        Variant(
            "status",
            f"{top} {second or ''}",
            code,
            {"status": TOP + top, "second_status": second},
        )
        for top, second, code in STATUSES
    ] + [
        _refused(
            "status",
            "cancelled, by somebody else",
            "evil",
            status=TOP + "Responder",
            second_status=ELN + "cancel",
        ),
        _refused("status", "none", edit_response=lambda t: t.replace(_status(), "<samlp:Status/>")),
        _refused("status", "two", edit_response=swap(_code(), _code() * 2)),
    ]


def _code() -> str:
    return f'<samlp:StatusCode Value="{TOP}Success"></samlp:StatusCode>'


def _status() -> str:
    return f"<samlp:Status>{_code()}</samlp:Status>"


def _residents() -> list[Variant]:
    number = attributes.PERSONAL_NUMBER
    eidas = [
        (attributes.PRID, "NO:5068907693"),
        (attributes.EIDAS_IDENTIFIER, "NO/SE/05068907693"),
        (attributes.MAPPED_NUMBER, TOLVAN),
    ]
    unspecified = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
    return [
        *(_refused("number", one, attributes=_with(number, one)) for one in NUMBERS),
        *(
            _refused("eIDAS from another provider", name, attributes=_with(name, value))
            for name, value in eidas
        ),
        _refused("attribute", "two numbers", attributes=_with(number, TOLVAN, TOLVAN)),
        _refused("attribute", "number twice", attributes=resident() + resident()[:1]),
        _refused(
            "attribute",
            "number twice in capitals",
            attributes=[*resident(), (number.upper(), URI, [TOLVAN])],
        ),
        _refused("attribute", "no format", attributes=_with(number, TOLVAN, form="")),
        _refused("attribute", "other format", attributes=_with(number, TOLVAN, form=unspecified)),
        _refused("attribute", "endless name", attributes=_with(attributes.SURNAME, "x" * 5000)),
        _refused("attribute", "unnamed", attributes=[*resident(), ("", URI, ["x"])]),
        _refused(
            "attribute",
            "coordination number",
            "no coordination numbers",
            attributes=resident("189001619809"),
        ),
        _lacking("number", attributes=_with(number)),
        _lacking(
            "number, friendly name only", attributes=_with("personalIdentityNumber", TOLVAN)[1:]
        ),
        _lacking("every name", attributes=resident()[:1]),
        _refused("attribute", "none at all", attributes=[]),
    ]


PRIDS = ("no:5068907693", "NO5068907693", "NO:506", "NO:" + "5" * 40, "NO:-506890769-")
PROCESS = "http://id.swedenconnect.se/id-binding/process/swedish-eid"


def _foreigner(name: str, told: list[tuple[str, str, list[str]]], scene: str) -> Variant:
    return _refused("foreigner", name, scene, level=EIDAS_SUB, attributes=told)


def _foreigners() -> list[Variant]:
    number = (attributes.PERSONAL_NUMBER, URI, [TOLVAN])
    mapped = [
        (attributes.MAPPED_NUMBER, URI, ["not a number"]),
        (attributes.BINDING, URI, [PROCESS]),
    ]
    lacking = {
        "prid": foreigner()[1:],
        "foreign identifier": foreigner()[:2] + foreigner()[3:],
    }
    return [
        _foreigner("with a number of ours", [*foreigner(), number], "connector"),
        _foreigner("mapped to nonsense", foreigner() + mapped, "connector"),
        _foreigner("not from the connector", foreigner(), "pretended connector"),
        _foreigner("number at an eIDAS level", resident(), "pretended connector"),
        *(
            _foreigner(
                f"prid {prid}", [(attributes.PRID, URI, [prid]), *foreigner()[1:]], "connector"
            )
            for prid in PRIDS
        ),
        *(
            _lacking(name, "connector", level=EIDAS_SUB, attributes=told)
            for name, told in lacking.items()
        ),
    ]


WRONG_AFFILIATIONS = {
    "scope of another": ("r@5599990008",),
    "two of ours": ("a@2120002874", "b@2120002874"),
    "ours before another scope": ("a@2120002874@5599990008",),
    "no user": ("@2120002874",),
    "no scope": ("a@",),
    "short scope": ("a@212000",),
    "a hyphen in the scope": ("a@212000-2874",),
    "a space": ("a b@2120002874",),
    "ours beside another's": ("a@2120002874", "a@5599990008"),
}


def _staff() -> list[Variant]:
    level: dict[str, Any] = {"level": LOA3_NONRESIDENT}
    numbered = employee("r@2120002874") + resident()[:1]
    return [
        *(
            _refused("staff", name, "staff", attributes=employee(*values), **level)
            for name, values in WRONG_AFFILIATIONS.items()
        ),
        _refused("staff", "number at a nonresident level", "staff", attributes=numbered, **level),
        _lacking("affiliation", "staff", attributes=employee(), **level),
        _lacking("affiliation of a resident", "staff", attributes=resident()[1:], **level),
        _lacking(
            "an affiliation with us",
            "staff elsewhere",
            attributes=employee("r@5599990008"),
            **level,
        ),
        Variant("entity", "asked by another of ours", Code.TOO_LATE, scene="other entity"),
        Variant("provider", "no longer known", Code.PROVIDER_GONE, scene="provider gone"),
    ]


def _times() -> list[Variant]:
    late = written(NOW - timedelta(hours=1))
    bent = {
        "offset": ('Z"', '+00:00"'),
        "no zone": ('Z"', '"'),
        "a date only": ("T", "t"),
        "session over": (
            "<saml:AuthnStatement ",
            f'<saml:AuthnStatement SessionNotOnOrAfter="{late}" ',
        ),
        "confirmation not yet": (
            "<saml:SubjectConfirmationData ",
            '<saml:SubjectConfirmationData NotBefore="2099-01-01T00:00:00Z" ',
        ),
    }
    edges = {
        "response 90 s ahead": {"response_age": timedelta(seconds=-90)},
        "response seven minutes old": {"response_age": timedelta(minutes=7)},
        "assertion seven minutes old": {"assertion_age": timedelta(minutes=7)},
        "ended 90 s ago": {"ends": timedelta(seconds=-90)},
        "begins in 90 s": {"begins": timedelta(seconds=90)},
        "two hours' life": {"ends": timedelta(hours=2)},
        "identified two minutes before we asked": {"authenticated_age": timedelta(minutes=2)},
    }
    return [
        *(_refused("time", name, edit_assertion=swap(*bend)) for name, bend in bent.items()),
        *(_refused("time", name, **changes) for name, changes in edges.items()),
    ]


CONTENT = [
    *(_refused("says something wrong", name, **changes) for name, (changes, _) in SENT.items()),
    *(_refused("bent assertion", name, edit_sealed=edit) for name, (edit, _) in INSIDE.items()),
    *(_refused("level", level or "none", level=level) for level in LEVELS),
    *(Variant("level", level, Code.LEVEL_TOO_LOW, {"level": level}) for level in TOO_LOW),
    *_times(),
    *_residents(),
    *_foreigners(),
    *_staff(),
    *_statuses(),
]
