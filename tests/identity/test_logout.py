"""What we say when a session is to end at the provider, or has ended here (ID-23)."""

import base64
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from identity import gate, keys, logout, logout_gate, moments, signatures
from identity.bindings import Leaving
from identity.claims import Code, NameID, ProviderSession, Refused
from identity.logout import Ending
from identity.metadata import read_local
from identity.provider import Provider
from identity.vocabulary import POST, REDIRECT, SAML, SAMLP, tag
from tests.identity.conftest import SHORT, Desk, a_provider
from tests.identity.kit_logout import SLO, LogoutDesk, Parting, a_desk, by_form
from tests.identity.test_metadata import a_feed, an_idp

NOW = datetime.now(UTC)
BY_REDIRECT, BY_POST = "https://idp.example.com/slo", "https://idp.example.com/slo-post"
SESSION = ProviderSession(NameID("opaque", None, "https://q.example", None), "_s1")


def message_of(leaving: Leaving, name: str) -> etree._Element:
    """The message, whichever way it leaves."""
    if leaving.fields is not None:
        return etree.fromstring(base64.b64decode(dict(leaving.fields)[name]))
    query = parse_qs(urlsplit(leaving.url).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query[name][0]), -15))


def test_a_wish_says_whose_session_and_until_when(desk: Desk, provider_keys) -> None:
    provider = a_provider(provider_keys, logout_redirect_url=BY_REDIRECT, logout_post_url=BY_POST)
    asked = logout.ask(desk.entity, provider, SESSION, NOW)
    root = message_of(asked.leaving, "SAMLRequest")
    assert (root.get("ID"), root.get("Destination")) == (asked.request_id, BY_REDIRECT)
    ends = moments.read(root.get("NotOnOrAfter"))
    assert ends is not None
    assert ends > NOW
    name = root.find(tag(SAML, "NameID"))
    assert name is not None
    assert (name.text, dict(name.attrib)) == ("opaque", {"NameQualifier": "https://q.example"})
    assert root.findtext(tag(SAMLP, "SessionIndex")) == "_s1"
    received = logout_gate.redirected(urlsplit(asked.leaving.url).query)
    assert received.seal is not None
    seal = received.seal
    certificate = desk.entity.keys.certificate_text
    assert signatures.covers(seal.covered, seal.value, seal.algorithm, certificate)


def test_a_wish_by_form_is_signed_within_itself(desk: Desk, provider_keys) -> None:
    provider = a_provider(provider_keys, logout_post_url=BY_POST)
    leaving = logout.ask(desk.entity, provider, SESSION, NOW).leaving
    assert leaving.url == BY_POST
    root = message_of(leaving, "SAMLRequest")
    gate.check_signed_root(root)
    signatures.verify(root, (desk.entity.keys.certificate_text,))


def test_a_provider_without_logout_is_not_asked(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        logout.ask(desk.entity, desk.provider, SESSION, NOW)
    assert refused.value.code is Code.PROVIDER_GONE


@pytest.mark.parametrize(
    ("addresses", "goes_to"),
    [
        ({"logout_redirect_url": BY_REDIRECT}, BY_REDIRECT),
        ({"logout_post_url": BY_POST}, BY_POST),
        (
            {
                "logout_redirect_url": BY_REDIRECT,
                "logout_response_urls": {REDIRECT: BY_REDIRECT + "/answers"},
            },
            BY_REDIRECT + "/answers",
        ),
        (
            {"logout_post_url": BY_POST, "logout_response_urls": {POST: BY_POST + "/answers"}},
            BY_POST + "/answers",
        ),
    ],
)
def test_an_answer_goes_where_answers_are_taken(
    desk: Desk, provider_keys, addresses: dict, goes_to: str
) -> None:
    provider = a_provider(provider_keys, **addresses)
    leaving = logout.answer(desk.entity, ending_of(provider), NOW)
    root = message_of(leaving, "SAMLResponse")
    assert leaving.url.partition("?")[0] == goes_to
    assert (root.get("Destination"), root.get("InResponseTo")) == (goes_to, "_theirs")


def test_relay_state_is_given_back_as_it_was(desk: Desk, provider_keys) -> None:
    provider = a_provider(provider_keys, logout_post_url=BY_POST)
    leaving = logout.answer(desk.entity, ending_of(provider), NOW)
    assert dict(leaving.fields or ())["RelayState"] == "their state &"


def ending_of(provider: Provider) -> Ending:
    return Ending(provider, "_theirs", SESSION.name, (), "their state &")


def test_addresses_for_logout_are_read_from_metadata(provider_keys) -> None:
    services = "".join(
        f'<md:SingleLogoutService Binding="{binding}" Location="https://one.example/{place}"'
        f' ResponseLocation="https://one.example/{place}/answers"/>'
        for binding, place in ((REDIRECT, "slo"), (POST, "slo-post"))
    )
    text = an_idp(provider_keys).replace(
        "<md:SingleSignOnService", services + "<md:SingleSignOnService"
    )
    [found] = read_local(a_feed(text, None).encode(), NOW)
    assert found.has_logout
    assert found.logout_redirect_url == "https://one.example/slo"
    assert found.logout_post_url == "https://one.example/slo-post"
    assert found.logout_response_urls[POST] == "https://one.example/slo-post/answers"


def test_an_entity_without_an_address_for_it_hears_nothing(
    provider_keys, our_keys, other_keys
) -> None:
    desk = a_desk(provider_keys, our_keys, other_keys, answering=False)
    sent = by_form(Parting(), desk.minter)
    desk.post(sent)
    silent = a_desk(provider_keys, our_keys, other_keys, answering=False)
    silent.entity = replace(silent.entity, logout_url=None)
    with pytest.raises(Refused):
        silent.post(sent)


@cache
def standing_desk() -> LogoutDesk:
    provider, ours, other = (keys.generate(name, bits=SHORT) for name in ("p", "o", "x"))
    return a_desk(provider, ours, other, answering=False)


@settings(max_examples=150, deadline=None)
@given(query=some.text(max_size=300), body=some.binary(max_size=300))
def test_whatever_comes_is_refused_and_never_a_fault(query: str, body: bytes) -> None:
    desk = standing_desk()
    squeezed = base64.b64encode(zlib.compress(body)[2:-4]).decode()
    for sent in (
        [("?", query)],
        [("?", f"SAMLRequest={squeezed}&SigAlg=x&Signature={query}")],
        [("SAMLRequest", query)],
        [("SAMLRequest", base64.b64encode(body).decode())],
    ):
        with pytest.raises(Refused) as refused:
            desk.post(sent)
        assert not refused.value.detail.startswith("fault-")


def test_the_kits_desk_is_the_address_that_our_metadata_has() -> None:
    assert standing_desk().entity.logout_url == SLO
