"""Metadata, theirs and ours: what is read, what is refused, what is published."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import onelogin.saml2
import pytest
from lxml import etree

from identity import keys, own_metadata, signatures
from identity.assurance import EIDAS_SUB, LOA3
from identity.metadata import Directory, MetadataFault, read_feed, read_local
from identity.moments import written
from identity.provider import Audience, ServiceProvider, suits
from identity.vocabulary import DS, MD, MDATTR, MDUI, REDIRECT, SAML, SAMLP, SHIBMD, tag
from tests.identity.conftest import a_provider, an_entity

NOW = datetime.now(UTC)
SCHEMAS = Path(onelogin.saml2.__file__).parent / "schemas"
ENTITY = "https://one.example"


def an_idp(pair: keys.KeyPair, name: str = ENTITY, more: str = "") -> str:
    return (
        f'<md:EntityDescriptor entityID="{name}" {more}><md:Extensions><mdattr:EntityAttributes>'
        '<saml:Attribute Name="urn:oasis:names:tc:SAML:attribute:assurance-certification">'
        f"<saml:AttributeValue>{LOA3}</saml:AttributeValue></saml:Attribute>"
        '<saml:Attribute Name="http://macedir.org/entity-category">'
        "<saml:AttributeValue>http://id.elegnamnden.se/ec/1.0/loa3-pnr</saml:AttributeValue></saml:Attribute>"
        "</mdattr:EntityAttributes></md:Extensions>"
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}" errorURL="https://one.example/error">'
        '<md:Extensions><shibmd:Scope regexp="false">2120002874</shibmd:Scope>'
        '<shibmd:Scope regexp="true">.*</shibmd:Scope>'
        '<mdui:UIInfo><mdui:DisplayName xml:lang="sv">Ett-leg</mdui:DisplayName></mdui:UIInfo></md:Extensions>'
        f"<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{pair.certificate_text}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f'<md:SingleSignOnService Binding="{REDIRECT}" Location="{name}/sso"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def a_feed(inner: str, until: str | None = "soon", more: str = "") -> str:
    moment = written(NOW + timedelta(days=7)) if until == "soon" else until
    valid = f' validUntil="{moment}"' if moment else ""
    return (
        f'<md:EntitiesDescriptor xmlns:md="{MD}" xmlns:ds="{DS}" xmlns:saml="{SAML}" xmlns:mdui="{MDUI}"'
        f' xmlns:mdattr="{MDATTR}" xmlns:shibmd="{SHIBMD}" ID="_feed"{valid}{more}>{inner}</md:EntitiesDescriptor>'
    )


def signed(text: str, pair: keys.KeyPair) -> bytes:
    root = etree.fromstring(text)
    signatures.sign(root, pair, at=0)
    return etree.tostring(root)


@pytest.fixture
def feed(provider_keys: keys.KeyPair, our_keys: keys.KeyPair) -> Callable[..., list]:
    def read(xml: bytes | None = None) -> list:
        xml = signed(a_feed(an_idp(provider_keys)), our_keys) if xml is None else xml
        return read_feed(xml, "swedenconnect", (our_keys.certificate_text,), NOW)

    return read


def test_a_signed_feed_is_read(feed) -> None:
    [found] = feed()
    assert (found.entity_id, found.redirect_url) == (ENTITY, ENTITY + "/sso")
    assert found.levels == (LOA3,)
    assert found.scopes == {"2120002874"}
    assert found.names == {"sv": "Ett-leg"}
    assert found.error_url == "https://one.example/error"
    assert found.feed == "swedenconnect"


def test_comments_in_a_feed_do_no_harm(feed, provider_keys, our_keys) -> None:
    xml = signed(a_feed(an_idp(provider_keys)), our_keys).replace(
        b"<md:Extensions>", b"<!-- x --><md:Extensions>"
    )
    assert len(feed(xml)) == 1


def _refused(feed: Callable[..., list], xml: bytes) -> str:
    with pytest.raises(MetadataFault) as caught:
        feed(xml)
    return str(caught.value)


@pytest.mark.parametrize(
    ("until", "why"),
    [
        (None, "valid-until"),
        ("yesterday", "valid-until"),
        (written(NOW - timedelta(minutes=1)), "expired"),
        (written(NOW + timedelta(days=40)), "valid-too-long"),
    ],
    # Two workers would name the moments differently.
    ids=["none", "no moment", "past", "too late"],
)
def test_a_feed_has_a_time_and_keeps_it(feed, provider_keys, our_keys, until, why: str) -> None:
    assert _refused(feed, signed(a_feed(an_idp(provider_keys), until), our_keys)) == why


def test_an_unsigned_feed_is_refused(feed, provider_keys) -> None:
    assert _refused(feed, a_feed(an_idp(provider_keys)).encode()) == "count-Signature"


def test_a_feed_by_another_signer_is_refused(feed, provider_keys, other_keys) -> None:
    assert _refused(feed, signed(a_feed(an_idp(provider_keys)), other_keys)) == "signature"


def test_a_changed_feed_is_refused(feed, provider_keys, our_keys) -> None:
    xml = signed(a_feed(an_idp(provider_keys)), our_keys).replace(b"one.example", b"two.example")
    assert _refused(feed, xml) == "signature"


def test_a_wrapped_feed_is_refused(feed, provider_keys, other_keys, our_keys) -> None:
    genuine = signed(a_feed(an_idp(provider_keys)), our_keys).decode()
    evil = a_feed(an_idp(other_keys) + genuine, more="").replace('ID="_feed"', 'ID="_evil"', 1)
    assert _refused(feed, evil.encode()) == "signature-place"


def test_a_signature_moved_to_an_evil_root_is_refused(
    feed, provider_keys, other_keys, our_keys
) -> None:
    root = etree.fromstring(signed(a_feed(an_idp(provider_keys)), our_keys))
    evil = etree.fromstring(a_feed(an_idp(other_keys)))
    evil.insert(0, root[0])
    assert _refused(feed, etree.tostring(evil)) == "signature"


def test_an_entity_twice_is_refused(feed, provider_keys, our_keys) -> None:
    xml = signed(a_feed(an_idp(provider_keys) * 2), our_keys)
    assert _refused(feed, xml) == "entity-twice"


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (b"", "xml"),
        (b"<md:EntitiesDescriptor", "xml"),
        (b"<html/>", "root"),
        (b'<!DOCTYPE x [<!ENTITY e "e">]><html>&e;</html>', "dtd"),
        (b"x" * 100, "xml"),
    ],
)
def test_what_is_no_metadata_is_refused(feed, xml: bytes, why: str) -> None:
    assert _refused(feed, xml) in (why, "xml")


def test_an_expired_entity_is_left_out(provider_keys) -> None:
    past = f'validUntil="{written(NOW - timedelta(hours=1))}"'
    inner = an_idp(provider_keys) + an_idp(provider_keys, "https://two.example", past)
    assert [one.entity_id for one in read_local(a_feed(inner, None).encode(), NOW)] == [ENTITY]


def test_weak_keys_are_left_out() -> None:
    weak = keys.generate("weak", bits=1024)
    assert read_local(a_feed(an_idp(weak), None).encode(), NOW) == []


def test_an_entity_comes_from_one_source_only(provider_keys) -> None:
    one = read_local(a_feed(an_idp(provider_keys), None).encode(), NOW)
    with pytest.raises(MetadataFault):
        Directory.of([one, one])


def test_a_feeds_provider_is_used_only_when_listed(feed) -> None:
    listed = {"invanare": frozenset({ENTITY})}
    assert Directory.of([feed()]).provider(ENTITY, "invanare", NOW) is None
    assert Directory.of([feed()], listed).provider(ENTITY, "invanare", NOW) is not None
    assert Directory.of([feed()], listed).provider(ENTITY, "medarbetare", NOW) is None


def test_an_odd_name_is_only_a_name(provider_keys) -> None:
    directory = Directory.of([read_local(a_feed(an_idp(provider_keys), None).encode(), NOW)])
    assert directory.provider("x' or '1'='1", "invanare", NOW) is None


def test_a_provider_is_gone_when_its_metadata_has_run_out(provider_keys) -> None:
    gone = a_provider(provider_keys, valid_until=NOW)
    assert Directory.of([[gone]]).provider(gone.entity_id, "invanare", NOW) is None


@pytest.mark.parametrize(
    ("categories", "fits"),
    [
        ({"http://id.elegnamnden.se/ec/1.0/loa3-pnr"}, True),
        ({"http://id.swedenconnect.se/ec/1.0/loa3-orgid"}, False),
        (set(), False),
        (
            {
                "http://id.elegnamnden.se/ec/1.0/loa3-pnr",
                "http://id.swedenconnect.se/contract/other",
            },
            False,
        ),
        (
            {
                "http://id.elegnamnden.se/ec/1.0/loa3-pnr",
                "http://id.swedenconnect.se/contract/sc/sweden-connect",
            },
            True,
        ),
    ],
)
def test_providers_are_offered_by_their_categories(
    entity, provider_keys, categories, fits: bool
) -> None:
    assert suits(a_provider(provider_keys, categories=frozenset(categories)), entity) is fits


@pytest.mark.parametrize("audience", list(Audience))
def test_our_metadata_is_valid_signed_and_complete(our_keys, audience: Audience) -> None:
    entity: ServiceProvider = an_entity(our_keys, audience=audience)
    root = etree.fromstring(own_metadata.document(entity, NOW))
    schema = etree.XMLSchema(etree.parse(str(SCHEMAS / "saml-schema-metadata-2.0.xsd")))
    assert schema.validate(root), schema.error_log
    signatures.verify(root, (our_keys.certificate_text,))
    role = root.find(tag(MD, "SPSSODescriptor"))
    assert role is not None
    assert role.get("AuthnRequestsSigned") == "true"
    assert [one.get("use") for one in role.findall(tag(MD, "KeyDescriptor"))] == [
        "signing",
        "encryption",
    ]
    assert len(root.findall(tag(MD, "ContactPerson"))) == 2
    languages = root.xpath("//md:OrganizationName/@xml:lang", namespaces={"md": MD})
    assert languages == ["sv", "en"]


def test_the_connector_is_known_by_its_name(provider_keys) -> None:
    text = a_feed(an_idp(provider_keys).replace(LOA3, EIDAS_SUB), None).encode()
    [plain] = read_local(text, NOW)
    [connector] = read_local(text, NOW, connectors=frozenset({ENTITY}))
    assert (plain.is_connector, connector.is_connector) == (False, True)
