"""Statuses, attributes, keys and requests: the smaller rules of the layer."""

import base64
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from identity import assurance, attributes, keys, moments, selftest, status
from identity.assurance import EIDAS_SUB, LOA3, LOA3_NONRESIDENT
from identity.begin import begin
from identity.claims import Code, Refused
from identity.numbers import is_coordination_number, is_personal_number
from identity.provider import Audience
from identity.vocabulary import SAML, SAMLP, tag
from tests.identity.conftest import Desk, a_provider, an_entity
from tests.identity.minter import TOLVAN, URI, resident
from tests.identity.test_golden import employee, foreigner

TOP = "urn:oasis:names:tc:SAML:2.0:status:"
ELN = "http://id.elegnamnden.se/status/1.0/"
NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("top", "second", "code"),
    [
        ("Responder", ELN + "cancel", Code.CANCELLED),
        ("Responder", ELN + "fraud", Code.FRAUD),
        ("Responder", ELN + "possibleFraud", Code.FRAUD),
        ("Responder", TOP + "AuthnFailed", Code.FAILED),
        ("Requester", TOP + "NoAuthnContext", Code.LEVEL_TOO_LOW),
        ("Requester", None, Code.LEVEL_TOO_LOW),
        ("Responder", TOP + "UnknownPrincipal", Code.OTHER_PERSON),
        ("Responder", TOP + "NoPassive", Code.NOT_PASSIVE),
        ("Responder", TOP + "RequestDenied", Code.PROVIDER_FAULT),
        ("Requester", TOP + "InvalidNameIDPolicy", Code.PROVIDER_FAULT),
        ("Responder", "urn:made:up", Code.PROVIDER_FAULT),
        ("Responder", None, Code.PROVIDER_FAULT),
        ("VersionMismatch", None, Code.PROVIDER_FAULT),
        ("Success", TOP + "AuthnFailed", Code.UNVERIFIED),
    ],
)
def test_every_status_has_its_page(desk: Desk, top: str, second: str | None, code: Code) -> None:
    assert desk.refused(status=TOP + top, second_status=second)[0] is code


def test_a_status_message_changes_nothing(desk: Desk) -> None:
    told = "</samlp:StatusCode><samlp:StatusMessage>&lt;b&gt;No&lt;/b&gt;</samlp:StatusMessage></samlp:Status>"
    edit = lambda text: text.replace("</samlp:StatusCode></samlp:Status>", told)  # noqa: E731
    answer = {"status": status.RESPONDER, "second_status": status.CANCEL, "edit_response": edit}
    assert desk.refused(**answer)[0] is Code.CANCELLED


def test_an_unsigned_status_is_not_believed(desk: Desk, other_keys) -> None:
    desk.provider = a_provider(other_keys)
    answer = {"status": status.RESPONDER, "second_status": status.CANCEL}
    assert desk.refused(**answer) == (Code.UNVERIFIED, "signature")


def _with(name: str, *values: str, form: str = URI) -> list[tuple[str, str, list[str]]]:
    return [one for one in resident() if one[0] != name] + [(name, form, list(values))]


@pytest.mark.parametrize(
    ("told", "code", "detail"),
    [
        (_with(attributes.PERSONAL_NUMBER), Code.ATTRIBUTES_MISSING, "no-personal-number"),
        (
            _with(attributes.PERSONAL_NUMBER, TOLVAN, TOLVAN),
            Code.UNVERIFIED,
            "attribute-several-values",
        ),
        (resident() + resident()[:1], Code.UNVERIFIED, "attribute-twice"),
        (_with(attributes.PERSONAL_NUMBER, TOLVAN, form=""), Code.UNVERIFIED, "attribute-format"),
        (
            _with("personalIdentityNumber", TOLVAN)[1:],
            Code.ATTRIBUTES_MISSING,
            "no-personal-number",
        ),
        (_with(attributes.SURNAME, "x" * 5000), Code.UNVERIFIED, "attribute-value"),
        (_with(attributes.PRID, "NO:5068907693"), Code.UNVERIFIED, "eidas-not-connector"),
        (resident()[:1], Code.ATTRIBUTES_MISSING, "no-name"),
    ],
)
def test_attributes_are_read_strictly(desk: Desk, told, code: Code, detail: str) -> None:
    assert desk.refused(attributes=told) == (code, detail)


def test_an_eidas_level_is_only_the_connectors(desk: Desk, provider_keys) -> None:
    desk.provider = a_provider(provider_keys, levels=(EIDAS_SUB,))
    assert desk.refused(level=EIDAS_SUB, attributes=foreigner())[1] == "level-not-connector"


def test_a_foreigner_without_prid_lacks_something(desk: Desk, provider_keys) -> None:
    desk.provider = a_provider(provider_keys, levels=(EIDAS_SUB,), is_connector=True)
    assert desk.refused(level=EIDAS_SUB, attributes=foreigner()[1:])[0] is Code.ATTRIBUTES_MISSING


@pytest.mark.parametrize(
    ("told", "code", "detail"),
    [
        (employee(), Code.ATTRIBUTES_MISSING, "no-affiliation"),
        (employee("reg@5599990008"), Code.UNVERIFIED, "affiliation-scope"),
        (employee("reg@2120002874", "two@2120002874"), Code.UNVERIFIED, "affiliation-several"),
        (employee("a@5599990008@2120002874x"), Code.UNVERIFIED, "affiliation-scope"),
        (
            employee("reg@2120002874") + resident()[:1],
            Code.UNVERIFIED,
            "number-at-nonresident-level",
        ),
        (resident()[1:], Code.ATTRIBUTES_MISSING, "no-affiliation"),
    ],
)
def test_staff_are_ours_and_nobody_elses(
    desk: Desk, our_keys, told, code: Code, detail: str
) -> None:
    desk.entity = an_entity(our_keys, audience=Audience.STAFF)
    desk.asked.entity, desk.asked.levels = "medarbetare", [LOA3_NONRESIDENT]
    assert desk.refused(level=LOA3_NONRESIDENT, attributes=told) == (code, detail)


def test_an_affiliation_elsewhere_is_no_way_in(desk: Desk, our_keys, provider_keys) -> None:
    desk.entity = an_entity(our_keys, audience=Audience.STAFF)
    desk.provider = a_provider(provider_keys, scopes=frozenset({"5599990008"}))
    desk.asked.entity = "medarbetare"
    assert desk.refused(attributes=employee("reg@5599990008"))[1] == "affiliation-elsewhere"


def test_coordination_numbers_can_be_turned_away(desk: Desk, our_keys) -> None:
    assert desk.answer(attributes=resident("189001619809")).has_coordination_number
    desk.entity = an_entity(our_keys, accepts_coordination_numbers=False)
    assert desk.refused(attributes=resident("189001619809"))[1] == "coordination-number"


def test_one_answer_posted_by_twenty_at_once_signs_in_once(desk: Desk) -> None:
    form = desk.minter.form(desk.message())

    def post(_: int) -> bool:
        try:
            desk.post(form)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(20) as many:
        assert sum(many.map(post, range(20))) == 1


def test_the_libraries_fit_together() -> None:
    selftest.run()


def test_a_request_says_exactly_what_it_wants(desk: Desk) -> None:
    sent = begin(desk.entity, desk.provider, NOW)
    query = parse_qs(urlsplit(sent.url).query)
    root = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    assert (root.get("ID"), root.get("Destination")) == (
        sent.request_id,
        desk.provider.redirect_url,
    )
    assert root.get("ForceAuthn") == "true"
    assert root.get("AssertionConsumerServiceURL") == desk.entity.acs_url
    assert root.get("AssertionConsumerServiceIndex") is None
    assert root.find(tag(SAMLP, "NameIDPolicy")) is None
    context = root.find(tag(SAMLP, "RequestedAuthnContext"))
    assert context is not None
    assert context.get("Comparison") == "exact"
    levels = [one.text for one in context.findall(tag(SAML, "AuthnContextClassRef"))]
    assert levels == list(sent.levels)
    assert LOA3 in levels
    assert EIDAS_SUB not in levels


def test_a_provider_without_our_levels_is_not_asked(desk: Desk, provider_keys) -> None:
    with pytest.raises(Refused) as refused:
        begin(desk.entity, a_provider(provider_keys, levels=(assurance.LOA2,)), NOW)
    assert refused.value.code is Code.LEVEL_TOO_LOW


def test_a_provider_without_an_address_is_not_asked(desk: Desk, provider_keys) -> None:
    with pytest.raises(Refused) as refused:
        begin(desk.entity, a_provider(provider_keys, redirect_url=None), NOW)
    assert refused.value.code is Code.PROVIDER_GONE


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("191212121212", True),
        ("196408233234", True),
        ("197010632391", True),
        ("201701012393", True),
        ("191212121213", False),
        ("191302301212", False),
        ("171212121212", False),
        ("19121212-1212", False),
        ("", False),
        ("１９１２１２１２１２１２", False),
        ("191212121212\n", False),
    ],
)
def test_personal_numbers_are_checked(number: str, good: bool) -> None:
    assert is_personal_number(number) is good


def test_coordination_numbers_are_seen() -> None:
    assert is_coordination_number("197010632391")
    assert not is_coordination_number("196408233234")


def test_a_folder_gets_one_key_however_many_ask(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as many:
        found = set(many.map(lambda _: keys.ensure(tmp_path / "keys").private_pem, range(4)))
    assert len(found) == 1
    assert keys.read(tmp_path / "keys").private.key_size == keys.BITS
    assert (tmp_path / "keys" / "private.pem").stat().st_mode & 0o077 == 0


def test_earlier_keys_are_found(tmp_path: Path) -> None:
    keys.ensure(tmp_path / "previous" / "2025")
    assert len(keys.previous(tmp_path)) == 1
    assert keys.previous(tmp_path / "none") == ()


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "2026-01-01",
        "2026-13-01T00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+01:00",
        "x",
    ],
)
def test_what_is_no_moment_is_none(text: str | None) -> None:
    assert moments.read(text) is None


def test_fractions_of_a_second_are_let_be() -> None:
    assert moments.read("2026-01-01T10:00:00.123Z") == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_levels_are_compared_within_their_family() -> None:
    assert assurance.at_least(LOA3, 3)
    assert not assurance.at_least(assurance.EIDAS_LOW, 3)
    assert not assurance.at_least("urn:made:up", 0)
