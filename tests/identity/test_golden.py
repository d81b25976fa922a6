"""What real providers send is accepted, or a layer that refuses everything would look safe."""

import pytest
import xmlsec

from identity import attributes
from identity.assurance import EIDAS_SUB, LOA3, LOA3_NONRESIDENT
from identity.claims import Kind
from identity.provider import Audience
from identity.vocabulary import CIPHERS, SHA1, SHA256
from tests.identity import elliptic
from tests.identity.conftest import Desk, a_provider, an_entity
from tests.identity.minter import CBC256, SP, TOLVAN, URI, Minter


def test_a_resident_is_recognised_by_personal_number(desk: Desk) -> None:
    who = desk.answer()
    assert (who.kind, who.value, who.assurance) == (Kind.PNR, TOLVAN, LOA3)
    assert (who.given_name, who.surname, who.transaction_id) == ("Tolvan", "Tolvansson", "txn-1")
    assert who.entity == "invanare"


@pytest.mark.parametrize("cipher", sorted(CIPHERS))
def test_every_cipher_of_the_profile_opens(desk: Desk, cipher: str) -> None:
    assert desk.answer(cipher=cipher).value == TOLVAN


@pytest.mark.parametrize("digest", [None, SHA1, SHA256])
def test_every_digest_of_the_key_transport_opens(desk: Desk, digest: str | None) -> None:
    assert desk.answer(oaep_digest=digest).value == TOLVAN


@pytest.mark.parametrize("size", ["256", "384", "512"])
def test_every_rsa_signature_of_the_profile_holds(desk: Desk, size: str) -> None:
    signature, digest = (getattr(xmlsec.Transform, name + size) for name in ("RSA_SHA", "SHA"))
    assert desk.answer(signature=signature, digest=digest, sign_assertion=True).value == TOLVAN


# A fragment without its namespaces cannot be signed alone.
@pytest.mark.parametrize(
    ("sign_assertion", "self_contained"), [(True, True), (False, True), (False, False)]
)
@pytest.mark.parametrize("prefix", ["saml", "saml2", "ns1"])
def test_prefixes_are_the_providers_own(
    desk: Desk, prefix: str, sign_assertion: bool, self_contained: bool
) -> None:
    who = desk.answer(prefix=prefix, self_contained=self_contained, sign_assertion=sign_assertion)
    assert who.value == TOLVAN


def test_an_assertion_may_use_other_prefixes_than_its_response(desk: Desk) -> None:
    renamed = lambda text: text.replace("saml:", "inner:").replace("xmlns:saml=", "xmlns:inner=")  # noqa: E731
    assert desk.answer(edit_assertion=renamed, sign_assertion=True, cipher=CBC256).value == TOLVAN


def test_a_declaration_inside_the_encrypted_text_is_harmless(desk: Desk) -> None:
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    assert desk.answer(edit_sealed=lambda text: declared + text).value == TOLVAN


def test_the_encrypted_key_may_stand_beside_the_data(desk: Desk) -> None:
    assert desk.answer(key_beside=True).value == TOLVAN


def test_base64_may_be_broken_into_lines(desk: Desk) -> None:
    [(name, text), relay] = desk.minter.form(desk.message())
    lines = "\r\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    assert desk.post([(name, lines), relay]).value == TOLVAN


def test_our_previous_key_still_opens(desk: Desk, our_keys, other_keys) -> None:
    desk.entity = an_entity(other_keys, previous_keys=(our_keys,))
    assert desk.answer().value == TOLVAN


def test_a_provider_may_be_changing_its_key(desk: Desk, provider_keys, other_keys) -> None:
    both = (other_keys.certificate_text, provider_keys.certificate_text)
    desk.provider = a_provider(provider_keys, certificates=both)
    assert desk.answer().value == TOLVAN


def test_several_audiences_in_one_restriction_are_alternatives(desk: Desk) -> None:
    assert desk.answer(audiences=(("https://other.example", SP),)).value == TOLVAN


def test_a_foreigner_is_recognised_by_prid_from_the_connector(desk: Desk, provider_keys) -> None:
    desk.provider = a_provider(provider_keys, levels=(EIDAS_SUB,), is_connector=True)
    who = desk.answer(level=EIDAS_SUB, attributes=foreigner())
    assert (who.kind, who.value, who.eidas_identifier) == (
        Kind.PRID,
        "NO:5068907693",
        "NO/SE/05068907693",
    )


def test_a_mapped_number_counts_when_its_binding_is_known(desk: Desk, provider_keys) -> None:
    desk.provider = a_provider(provider_keys, levels=(EIDAS_SUB,), is_connector=True)
    binding = "http://id.swedenconnect.se/id-binding/process/populationregister"
    mapped = [(attributes.MAPPED_NUMBER, URI, [TOLVAN]), (attributes.BINDING, URI, [binding])]
    assert desk.answer(level=EIDAS_SUB, attributes=foreigner() + mapped).kind is Kind.PNR


def test_a_mapped_number_of_unknown_binding_is_left_aside(desk: Desk, provider_keys) -> None:
    desk.provider = a_provider(provider_keys, levels=(EIDAS_SUB,), is_connector=True)
    mapped = [
        (attributes.MAPPED_NUMBER, URI, [TOLVAN]),
        (attributes.BINDING, URI, ["https://x.example"]),
    ]
    assert desk.answer(level=EIDAS_SUB, attributes=foreigner() + mapped).kind is Kind.PRID


@pytest.mark.parametrize("level", [LOA3, LOA3_NONRESIDENT])
def test_staff_are_recognised_by_affiliation(desk: Desk, our_keys, level: str) -> None:
    desk.entity = an_entity(our_keys, audience=Audience.STAFF)
    desk.asked.entity, desk.asked.levels = "medarbetare", [LOA3, LOA3_NONRESIDENT]
    who = desk.answer(level=level, attributes=employee("Reg.BMN@2120002874"))
    assert (who.kind, who.value) == (Kind.ORGANISATION, "reg.bmn@2120002874")
    assert who.display_name == "Rut Registrator"


def foreigner() -> list[tuple[str, str, list[str]]]:
    return [
        (attributes.PRID, URI, ["NO:5068907693"]),
        (attributes.PRID_PERSISTENCE, URI, ["A"]),
        (attributes.EIDAS_IDENTIFIER, URI, ["NO/SE/05068907693"]),
        (attributes.GIVEN_NAME, URI, ["Kari"]),
        (attributes.SURNAME, URI, ["Nordmann"]),
    ]


def employee(*affiliations: str) -> list[tuple[str, str, list[str]]]:
    return [
        (attributes.AFFILIATION, URI, list(affiliations)),
        (attributes.DISPLAY_NAME, URI, ["Rut Registrator"]),
        (attributes.ORGANISATION_NAME, URI, ["Salems kommun"]),
    ]


def test_elliptic_curve_signatures_hold(desk: Desk, our_keys) -> None:
    pair = elliptic.pair()
    desk.provider = a_provider(pair)
    desk.minter = Minter(pair, our_keys)
    assert desk.answer(signature=xmlsec.Transform.ECDSA_SHA256).value == TOLVAN
