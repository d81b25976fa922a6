"""Requests beyond the plain one: by form, to a country, about somebody known, with a message (ID-22)."""

import base64
import zlib
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree

from identity import attributes, gate, keys, signatures
from identity.assurance import EIDAS_SUB
from identity.begin import COUNTRIES, LONGEST_MESSAGE, Sent, begin
from identity.metadata import read_local
from identity.provider import Provider
from identity.vocabulary import (
    DS,
    POST,
    PSC,
    REDIRECT,
    SAML,
    SAMLP,
    SUPPORTS_USER_MESSAGE,
    UMSG,
    tag,
)
from tests.identity.conftest import SHORT, Desk, a_provider, an_entity
from tests.identity.minter import TOLVAN, Minter
from tests.identity.test_metadata import a_feed, an_idp

NOW = datetime.now(UTC)
BY_REDIRECT, BY_POST = "https://idp.example.com/sso", "https://idp.example.com/post"
ORDER = ["Issuer", "Signature", "Extensions", "RequestedAuthnContext", "Scoping"]


def request_of(sent: Sent) -> etree._Element:
    """The message, whichever way it leaves."""
    if sent.fields is not None:
        return etree.fromstring(base64.b64decode(dict(sent.fields)["SAMLRequest"]))
    query = parse_qs(urlsplit(sent.url).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))


def in_order(request: etree._Element) -> bool:
    """Whether its parts stand as the schema wants them (Core 3.4.1)."""
    found = [etree.QName(child).localname for child in request]
    return found == [name for name in ORDER if name in found]


@pytest.fixture
def only_post(provider_keys) -> Provider:
    return a_provider(provider_keys, redirect_url=None, post_url=BY_POST)


def test_a_provider_with_a_form_only_gets_a_signed_form(desk: Desk, only_post: Provider) -> None:
    sent = begin(desk.entity, only_post, NOW)
    assert sent.url == BY_POST
    request = request_of(sent)
    assert request.get("Destination") == BY_POST
    gate.check_signed_root(request)
    signatures.verify(request, (desk.entity.keys.certificate_text,))
    assert in_order(request)
    assert dict(sent.fields or ())["RelayState"] == sent.relay_state


def test_with_both_addresses_the_request_is_an_address(desk: Desk, provider_keys) -> None:
    sent = begin(desk.entity, a_provider(provider_keys, post_url=BY_POST), NOW)
    assert sent.fields is None
    request = request_of(sent)
    assert request.get("Destination") == BY_REDIRECT
    assert request.find(tag(DS, "Signature")) is None


def test_metadata_with_a_form_only_is_read(provider_keys) -> None:
    text = an_idp(provider_keys).replace(REDIRECT, POST)
    [found] = read_local(a_feed(text, None).encode(), NOW)
    assert (found.redirect_url, found.sign_on_url) == (None, "https://one.example/sso")


@pytest.fixture
def connector(provider_keys) -> Provider:
    return a_provider(provider_keys, levels=(EIDAS_SUB,), is_connector=True, post_url=BY_POST)


def test_a_country_is_told_to_the_connector_and_to_nobody_else(
    desk: Desk, connector: Provider
) -> None:
    request = request_of(begin(desk.entity, connector, NOW, country="no"))
    [entry] = request.iter(tag(SAMLP, "IDPEntry"))
    assert entry.get("ProviderID") == "http://id.swedenconnect.se/eidas/1.0/proxy-service/no"
    assert in_order(request)
    other = request_of(begin(desk.entity, desk.provider, NOW, country="no"))
    assert other.find(tag(SAMLP, "Scoping")) is None


@pytest.mark.parametrize("country", ["SE", "XX", "", "no/../x", "NOR"])
def test_what_is_no_country_of_another_is_not_told(
    desk: Desk, connector: Provider, country: str
) -> None:
    request = request_of(begin(desk.entity, connector, NOW, country=country))
    assert request.find(tag(SAMLP, "Scoping")) is None


def test_sweden_is_not_among_the_countries() -> None:
    assert "SE" not in COUNTRIES
    assert len(set(COUNTRIES)) == len(COUNTRIES) == 29


def known_to(provider_keys, *wishes: str, post_url: str | None = BY_POST) -> Provider:
    return a_provider(provider_keys, post_url=post_url, selection=wishes)


def test_somebody_known_is_told_only_where_it_is_wished_for_and_only_by_form(
    desk: Desk, provider_keys
) -> None:
    known = {attributes.PERSONAL_NUMBER: TOLVAN, attributes.PRID: "NO:5068907693"}
    provider = known_to(provider_keys, attributes.PERSONAL_NUMBER)
    sent = begin(desk.entity, provider, NOW, known=known)
    assert sent.url == BY_POST
    assert TOLVAN not in sent.url
    [match] = request_of(sent).iter(tag(PSC, "MatchValue"))
    assert (match.get("Name"), match.text) == (attributes.PERSONAL_NUMBER, TOLVAN)
    assert in_order(request_of(sent))


@pytest.mark.parametrize(
    ("wishes", "post_url"), [((), BY_POST), ((attributes.PERSONAL_NUMBER,), None)]
)
def test_a_number_never_stands_in_an_address(desk: Desk, provider_keys, wishes, post_url) -> None:
    provider = known_to(provider_keys, *wishes, post_url=post_url)
    sent = begin(desk.entity, provider, NOW, known={attributes.PERSONAL_NUMBER: TOLVAN})
    assert sent.fields is None
    assert request_of(sent).find(tag(SAMLP, "Extensions")) is None


MESSAGE = {"sv": "Du ska öppna ditt ärende.", "en": "You are to open your case."}


def test_a_message_is_told_where_it_can_be_shown(desk: Desk, provider_keys) -> None:
    plain = request_of(begin(desk.entity, desk.provider, NOW, message=MESSAGE))
    assert plain.find(f".//{tag(UMSG, 'UserMessage')}") is None
    shows = a_provider(provider_keys, categories=frozenset({SUPPORTS_USER_MESSAGE}))
    request = request_of(begin(desk.entity, shows, NOW, message=MESSAGE))
    [shown] = request.iter(tag(UMSG, "UserMessage"))
    assert shown.get("mimeType") == "text/plain"
    told = {one.values()[0]: base64.b64decode(one.text or "").decode() for one in shown}
    assert told == MESSAGE
    assert in_order(request)


@cache
def whole_desk() -> Desk:
    """A provider that wishes for everything and can show everything."""
    provider, ours = (keys.generate(name, bits=SHORT) for name in ("provider", "salem24"))
    wishes = a_provider(
        provider,
        post_url=BY_POST,
        levels=(EIDAS_SUB,),
        is_connector=True,
        selection=(attributes.PRID,),
        categories=frozenset({SUPPORTS_USER_MESSAGE}),
    )
    return Desk(an_entity(ours), wishes, Minter(provider, ours))


@settings(max_examples=50, deadline=None)
@given(text=some.text(max_size=3000), country=some.text(max_size=4), value=some.text(max_size=40))
def test_whatever_is_told_the_request_stays_whole(text: str, country: str, value: str) -> None:
    desk = whole_desk()
    try:
        sent = begin(
            desk.entity,
            desk.provider,
            NOW,
            country=country,
            known={attributes.PRID: value},
            message={"sv": text},
        )
    except ValueError:
        # What XML cannot carry does not leave at all.
        return
    request = request_of(sent)
    assert in_order(request)
    assert request.findtext(tag(SAML, "Issuer")) == desk.entity.entity_id
    for one in request.iter(tag(UMSG, "Message")):
        assert len(base64.b64decode(one.text or "").decode()) <= LONGEST_MESSAGE
