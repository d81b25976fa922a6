"""A provider that nobody here wrote: pysaml2 with Debian's xmlsec1 answers our requests."""

import functools
import re
import shutil
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from saml2 import BINDING_HTTP_REDIRECT, entity, saml, sigver
    from saml2.config import IdPConfig
    from saml2.metadata import entity_descriptor
    from saml2.server import Server

from identity import attributes, keys, own_metadata
from identity.assurance import EIDAS_SUB, LOA2, LOA3
from identity.begin import Sent, begin
from identity.claims import Code, Identity, Kind, Refused
from identity.finish import finish
from identity.metadata import Directory, read_local
from identity.provider import Provider, ServiceProvider
from identity.vocabulary import RSA_SHA256, SHA256, URI_FORMAT, XENC, XENC11
from tests.identity.conftest import Asked, Seen, an_entity
from tests.identity.minter import TOLVAN, form

IDP = "https://idp.example.com/pysaml2"
CIPHERS = {
    "aes256-gcm": (XENC11 + "aes256-gcm", "aes-256"),
    "aes128-gcm": (XENC11 + "aes128-gcm", "aes-128"),
    "aes256-cbc": (XENC + "aes256-cbc", "aes-256"),
    "aes128-cbc": (XENC + "aes128-cbc", "aes-128"),
    "tripledes-cbc": (XENC + "tripledes-cbc", "des-192"),
}
MAP = """
MAP = {{
    "identifier": "{format}",
    "fro": {fro},
    "to": {to},
}}
"""
NAMES = {
    "personalIdentityNumber": attributes.PERSONAL_NUMBER,
    "givenName": attributes.GIVEN_NAME,
    "sn": attributes.SURNAME,
    "displayName": attributes.DISPLAY_NAME,
    "prid": attributes.PRID,
    "pridPersistence": attributes.PRID_PERSISTENCE,
    "eidasPersonIdentifier": attributes.EIDAS_IDENTIFIER,
}
RESIDENT = {
    "personalIdentityNumber": TOLVAN,
    "givenName": "Tolvan",
    "sn": "Åkesson",
    "displayName": "Tolvan Åkesson",
}
FOREIGNER = {
    "prid": "NO:5068907693",
    "pridPersistence": "A",
    "eidasPersonIdentifier": "NO/SE/05068907693",
    "givenName": "Kari",
    "sn": "Nordmann",
}

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pysaml2")


@pytest.fixture(scope="module")
def server(folder: Path, provider_keys: keys.KeyPair, our_entity: ServiceProvider) -> Server:
    xmlsec1 = shutil.which("xmlsec1")
    assert xmlsec1, "the tests need Debian's package xmlsec1"
    (folder / "key.pem").write_bytes(provider_keys.private_pem)
    (folder / "cert.pem").write_bytes(provider_keys.certificate_pem)
    (folder / "sp.xml").write_bytes(own_metadata.document(our_entity, datetime.now(UTC)))
    maps = folder / "maps"
    maps.mkdir()
    back = {value: name for name, value in NAMES.items()}
    (maps / "swedish.py").write_text(MAP.format(format=URI_FORMAT, fro=back, to=NAMES))
    facts = {
        "entityid": IDP,
        "xmlsec_binary": xmlsec1,
        "key_file": str(folder / "key.pem"),
        "cert_file": str(folder / "cert.pem"),
        "attribute_map_dir": str(maps),
        "metadata": {"local": [str(folder / "sp.xml")]},
        "assurance_certification": [LOA3, EIDAS_SUB],
        "entity_attributes": [
            {
                "format": URI_FORMAT,
                "name": "http://macedir.org/entity-category",
                "values": ["http://id.elegnamnden.se/ec/1.0/loa3-pnr"],
            }
        ],
        "service": {
            "idp": {
                "want_authn_requests_signed": True,
                "endpoints": {
                    "single_sign_on_service": [(IDP + "/sso", BINDING_HTTP_REDIRECT)],
                },
                "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": URI_FORMAT}},
                "name_id_format": [saml.NAMEID_FORMAT_PERSISTENT],
            }
        },
    }
    return Server(config=IdPConfig().load(facts))


@pytest.fixture(scope="module")
def our_entity(our_keys: keys.KeyPair) -> ServiceProvider:
    return an_entity(our_keys)


class Foreign:
    """A round trip to the foreign provider and back."""

    def __init__(
        self, server: Server, ours: ServiceProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.server, self.ours, self.patch = server, ours, monkeypatch
        self.now = datetime.now(UTC)
        document = str(entity_descriptor(server.config)).encode()
        [self.provider] = read_local(document, self.now, connectors=frozenset({IDP}))
        self.sent = begin(ours, self.provider, self.now)
        self.request = self._parsed(self.sent)

    def _parsed(self, sent: Sent) -> Any:
        query = {name: values[0] for name, values in parse_qs(urlsplit(sent.url).query).items()}
        return self.server.parse_authn_request(
            query["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=query["RelayState"],
            sigalg=query["SigAlg"],
            signature=query["Signature"],
        )

    def answer(self, who: dict[str, str], level: str, cipher: str, **options: Any) -> str:
        algorithm, key_type = CIPHERS[cipher]
        self.patch.setattr(
            entity,
            "pre_encryption_part",
            functools.partial(sigver.pre_encryption_part, msg_enc=algorithm),
        )
        secure = self.server.sec
        self.patch.setattr(
            secure,
            "encrypt_assertion",
            functools.partial(secure.encrypt_assertion, key_type=key_type),
        )
        return str(
            self.server.create_authn_response(
                who,
                self.request.message.id,
                self.ours.acs_url,
                self.ours.entity_id,
                name_id=saml.NameID(text="x", format=saml.NAMEID_FORMAT_PERSISTENT),
                authn={"class_ref": level, "authn_instant": int(datetime.now(UTC).timestamp())},
                sign_response=True,
                encrypt_assertion=True,
                **{"sign_assertion": True, "sign_alg": RSA_SHA256, "digest_alg": SHA256} | options,
            )
        )

    def finish(self, response: str, seen: Seen | None = None) -> Identity:
        asked = Asked(self.sent.request_id, "invanare", IDP, list(self.sent.levels), True, self.now)
        store = Directory({IDP: self.provider}, {})
        return finish(
            form(response.encode()), asked, self.ours, store, seen or Seen(), datetime.now(UTC)
        )


@pytest.fixture
def foreign(
    server: Server, our_entity: ServiceProvider, monkeypatch: pytest.MonkeyPatch
) -> Foreign:
    return Foreign(server, our_entity, monkeypatch)


def test_it_understands_our_signed_request(foreign: Foreign) -> None:
    message = foreign.request.message
    assert message.issuer.text == foreign.ours.entity_id
    assert message.force_authn == "true"
    assert message.name_id_policy is None
    asked = message.requested_authn_context
    assert asked.comparison == "exact"
    assert [one.text for one in asked.authn_context_class_ref] == [LOA3, EIDAS_SUB]


def test_our_metadata_reads_its_metadata(foreign: Foreign) -> None:
    provider: Provider = foreign.provider
    assert (provider.redirect_url, provider.levels) == (IDP + "/sso", (LOA3, EIDAS_SUB))
    assert provider.wants_signed_requests


# It cannot make an assertion that is neither signed nor self-contained.
@pytest.mark.parametrize(
    ("sign_assertion", "self_contained"), [(True, True), (False, True), (True, False)]
)
@pytest.mark.parametrize("cipher", [name for name in CIPHERS if name != "tripledes-cbc"])
def test_its_residents_sign_in(
    foreign: Foreign, cipher: str, sign_assertion: bool, self_contained: bool
) -> None:
    response = foreign.answer(
        RESIDENT,
        LOA3,
        cipher,
        sign_assertion=sign_assertion,
        encrypt_assertion_self_contained=self_contained,
    )
    assert CIPHERS[cipher][0] in response
    who = foreign.finish(response)
    assert (who.kind, who.value, who.display_name) == (Kind.PNR, TOLVAN, "Tolvan Åkesson")


def test_its_foreigners_sign_in(foreign: Foreign) -> None:
    who = foreign.finish(foreign.answer(FOREIGNER, EIDAS_SUB, "aes256-gcm"))
    assert (who.kind, who.value) == (Kind.PRID, "NO:5068907693")


def test_its_defaults_of_old_are_refused(foreign: Foreign) -> None:
    refused = _refusal(foreign, foreign.answer(RESIDENT, LOA3, "tripledes-cbc"))
    assert (refused.code, refused.detail) == (Code.UNVERIFIED, "cipher")


def test_its_sha1_signatures_are_refused(foreign: Foreign) -> None:
    sha1 = {
        "sign_alg": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "digest_alg": "http://www.w3.org/2000/09/xmldsig#sha1",
    }
    refused = _refusal(foreign, foreign.answer(RESIDENT, LOA3, "aes256-gcm", **sha1))
    assert (refused.code, refused.detail) == (Code.UNVERIFIED, "signature-algorithm")


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ("urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", Code.FAILED),
        ("urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext", Code.LEVEL_TOO_LOW),
        ("urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal", Code.OTHER_PERSON),
        ("urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported", Code.PROVIDER_FAULT),
        ("http://id.elegnamnden.se/status/1.0/cancel", Code.CANCELLED),
        ("http://id.elegnamnden.se/status/1.0/possibleFraud", Code.FRAUD),
    ],
)
def test_its_signed_errors_are_understood(foreign: Foreign, second: str, code: Code) -> None:
    # It always tells a reason in words, which must hide nothing from us and is shown to nobody.
    assert _refusal(foreign, _error(foreign, second, sign=True)).code is code


def test_its_unsigned_errors_are_not_believed(foreign: Foreign) -> None:
    cancelled = _error(foreign, "http://id.elegnamnden.se/status/1.0/cancel", sign=False)
    assert _refusal(foreign, cancelled).code is Code.UNVERIFIED


def _error(foreign: Foreign, second: str, *, sign: bool) -> str:
    algorithms = {"sign_alg": RSA_SHA256, "digest_alg": SHA256} if sign else {}
    status = (second, "No, said the bank")
    return str(
        foreign.server.create_error_response(
            foreign.request.message.id, foreign.ours.acs_url, status, sign=sign, **algorithms
        )
    )


def test_its_lower_level_is_told_as_such(foreign: Foreign) -> None:
    refused = _refusal(foreign, foreign.answer(RESIDENT, LOA2, "aes256-gcm"))
    assert refused.code is Code.LEVEL_TOO_LOW


def test_a_number_at_a_foreign_level_is_not_a_way_in(foreign: Foreign) -> None:
    refused = _refusal(foreign, foreign.answer(RESIDENT, EIDAS_SUB, "aes128-gcm"))
    assert refused.code is Code.UNVERIFIED


def test_its_answer_counts_once(foreign: Foreign) -> None:
    response, seen = foreign.answer(RESIDENT, LOA3, "aes256-gcm"), Seen()
    assert foreign.finish(response, seen).value == TOLVAN
    with pytest.raises(Refused) as caught:
        foreign.finish(response, seen)
    assert caught.value.detail == "replay"


def test_its_answer_to_somebody_else_is_refused(foreign: Foreign) -> None:
    response = foreign.answer(RESIDENT, LOA3, "aes256-gcm")
    changed = re.sub(r'InResponseTo="[^"]*"', 'InResponseTo="_other"', response, count=1)
    assert _refusal(foreign, changed).code is Code.UNVERIFIED


def _refusal(foreign: Foreign, response: str) -> Refused:
    with pytest.raises(Refused) as caught:
        foreign.finish(response)
    return caught.value
