"""A provider, one of our entities and a log-in under way: what the tests of the e-ID layer share."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from identity import keys, own_metadata
from identity.assurance import EIDAS_SUB, LOA3, RESIDENT_LEVELS, SCHOOL_LEVELS, STAFF_LEVELS
from identity.claims import Code, Identity, Refused
from identity.finish import finish
from identity.metadata import Directory
from identity.provider import Audience, Organisation, Provider, ServiceProvider
from tests.identity.minter import ACS, IDP, SP, Message, Minter

SHORT = 2048


@dataclass
class Asked:
    """A pending log-in."""

    request_id: str = "_req1"
    entity: str = "invanare"
    provider: str = IDP
    levels: list[str] = field(default_factory=lambda: [LOA3, EIDAS_SUB])
    force: bool = True
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Seen:
    """A replay guard in memory."""

    def __init__(self) -> None:
        self.used: set[tuple[str, str]] = set()

    def __call__(self, issuer: str, assertion_id: str, until: datetime) -> bool:
        fresh = (issuer, assertion_id) not in self.used
        self.used.add((issuer, assertion_id))
        return fresh


@pytest.fixture(scope="session")
def provider_keys() -> keys.KeyPair:
    return keys.generate("provider", bits=SHORT)


@pytest.fixture(scope="session")
def our_keys() -> keys.KeyPair:
    return keys.generate("salem24", bits=SHORT)


@pytest.fixture(scope="session")
def other_keys() -> keys.KeyPair:
    return keys.generate("somebody else", bits=SHORT)


@pytest.fixture
def entity(our_keys: keys.KeyPair) -> ServiceProvider:
    return an_entity(our_keys)


def an_entity(pair: keys.KeyPair, **changes: object) -> ServiceProvider:
    facts = {
        "name": "invanare",
        "audience": Audience.RESIDENTS,
        "entity_id": SP,
        "acs_url": ACS,
        "keys": pair,
        "previous_keys": (),
        "levels": RESIDENT_LEVELS,
        "categories": own_metadata.RESIDENT_CATEGORIES,
        "force": True,
        "titles": {"sv": "Salem 24", "en": "Salem 24"},
        "descriptions": {"sv": "E-tjänster", "en": "E-services"},
        "organisation": Organisation(
            "Salems kommun",
            "http://localhost:8024",
            "kontakt@salem24.example",
            "08-465 004 00",
            "2120002874",
            "http://localhost:8024/personuppgifter",
        ),
    }
    if changes.get("audience") is Audience.STAFF:
        facts |= {
            "name": "medarbetare",
            "levels": STAFF_LEVELS,
            "categories": own_metadata.STAFF_CATEGORIES,
        }
    if changes.get("audience") is Audience.SCHOOL:
        facts |= {
            "name": "skola",
            "levels": SCHOOL_LEVELS,
            "categories": own_metadata.SCHOOL_CATEGORIES,
        }
    return ServiceProvider(**(facts | changes))  # type: ignore[arg-type]


def a_provider(pair: keys.KeyPair, **changes: object) -> Provider:
    facts = {
        "entity_id": IDP,
        "redirect_url": "https://idp.example.com/sso",
        "post_url": None,
        "certificates": (pair.certificate_text,),
        "names": {"sv": "Prov-leg", "en": "Test e-ID"},
        "levels": (LOA3, *STAFF_LEVELS),
        "scopes": frozenset({"2120002874"}),
    }
    return Provider(**(facts | changes))  # type: ignore[arg-type]


@dataclass
class Desk:
    """Where answers come in: posts a form and tells what came of it."""

    entity: ServiceProvider
    provider: Provider
    minter: Minter
    asked: Asked = field(default_factory=Asked)
    seen: Seen = field(default_factory=Seen)

    def message(self, **changes: object) -> Message:
        return Message(self.asked.request_id).but(**changes)

    def post(self, form: list[tuple[str, str]]) -> Identity:
        store = Directory({self.provider.entity_id: self.provider}, {})
        return finish(form, self.asked, self.entity, store, self.seen, datetime.now(UTC))

    def answer(self, **changes: object) -> Identity:
        return self.post(self.minter.form(self.message(**changes)))

    def refusal(self, form: list[tuple[str, str]]) -> Refused:
        with pytest.raises(Refused) as caught:
            self.post(form)
        return caught.value

    def refused(self, **changes: object) -> tuple[Code, str]:
        refusal = self.refusal(self.minter.form(self.message(**changes)))
        return refusal.code, refusal.detail


@pytest.fixture
def desk(entity: ServiceProvider, provider_keys: keys.KeyPair, our_keys: keys.KeyPair) -> Desk:
    return Desk(entity, a_provider(provider_keys), Minter(provider_keys, our_keys))
