"""The two sides of a federation: identity providers, and our own entities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from identity import signatures
from identity.keys import DEMONSTRATION, KeyPair

Words = Mapping[str, str]


@dataclass(frozen=True)
class Provider:
    """An identity provider as its metadata describes it (ID-07)."""

    entity_id: str
    redirect_url: str | None
    post_url: str | None
    certificates: tuple[str, ...]
    names: Words
    descriptions: Words = field(default_factory=dict)
    logos: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    levels: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()
    wants_signed_requests: bool = True
    error_url: str | None = None
    selection: tuple[str, ...] = ()
    valid_until: datetime | None = None
    feed: str = "local"
    is_connector: bool = False
    skew: timedelta = timedelta(seconds=60)
    logout_redirect_url: str | None = None
    logout_post_url: str | None = None
    logout_response_urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def sign_on_url(self) -> str | None:
        """Where requests usually go: by redirect, or by form where that is all there is."""
        return self.redirect_url or self.post_url

    @property
    def has_demonstration_key(self) -> bool:
        """Whether one of its keys was made for a demonstration."""
        return any(signatures.is_named(one, DEMONSTRATION) for one in self.certificates)

    @property
    def has_logout(self) -> bool:
        """Whether a session of the provider's own can be ended through us (ID-23)."""
        return bool(self.logout_redirect_url or self.logout_post_url)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of the provider that a browser of ours could be sent to."""
        found = (
            self.redirect_url,
            self.post_url,
            self.logout_redirect_url,
            self.logout_post_url,
            *self.logout_response_urls.values(),
        )
        return tuple(one for one in found if one)


class Audience(StrEnum):
    """Whom an entity signs in, which decides what an assertion must tell (ID-11)."""

    RESIDENTS = "residents"
    STAFF = "staff"
    SCHOOL = "school"


@dataclass(frozen=True)
class Organisation:
    """The municipality, as metadata tells providers of it."""

    name: str
    url: str
    email: str
    phone: str
    number: str
    privacy_url: str
    logo_url: str | None = None


@dataclass(frozen=True)
class ServiceProvider:
    """One of our entities towards the providers."""

    name: str
    audience: Audience
    entity_id: str
    acs_url: str
    keys: KeyPair
    previous_keys: tuple[KeyPair, ...]
    levels: tuple[str, ...]
    categories: frozenset[str]
    force: bool
    titles: Words
    descriptions: Words
    organisation: Organisation
    accepts_coordination_numbers: bool = True
    next_keys: KeyPair | None = None
    logout_url: str | None = None
    encryption_keys: KeyPair | None = None
    next_encryption_keys: KeyPair | None = None

    @property
    def opening_keys(self) -> tuple[KeyPair, ...]:
        """The keys that may open what is sent to us: ours, the next one, and earlier ones.

        Where a key of its own is kept for encryption, the one for signing opens too: a
        provider may not yet have read which is which.
        """
        ours = (self.encryption_keys, self.next_encryption_keys, self.keys, self.next_keys)
        return (*(pair for pair in ours if pair), *self.previous_keys)

    @property
    def announced_encryption(self) -> KeyPair:
        """The key that providers shall encrypt to from now on: the newest, and only that."""
        if self.encryption_keys is not None:
            return self.next_encryption_keys or self.encryption_keys
        return self.next_keys or self.keys


class MetadataStore(Protocol):
    """Where providers are looked up; only those that our entity has listed are found."""

    def provider(self, entity_id: str, entity: str, now: datetime) -> Provider | None:
        """The provider, if its metadata is valid now and the entity may use it."""


CONTRACT = "http://id.swedenconnect.se/contract/"
PROPERTY = "http://id.elegnamnden.se/sprop/"


def suits(provider: Provider, entity: ServiceProvider) -> bool:
    """Whether to offer a provider (Entity Categories 1.4): a service category in common, and
    no contract but ours, and all the properties that we ask for.

    Schools' federation has no such categories: who is listed there is offered.
    """
    ours, theirs = entity.categories, provider.categories
    if entity.audience is Audience.SCHOOL:
        return True
    services = {name for name in ours & theirs if "/ec/" in name}
    contracts = {name for name in theirs if name.startswith(CONTRACT)}
    properties = {name for name in ours if name.startswith(PROPERTY)}
    return bool(services) and (not contracts or bool(contracts & ours)) and properties <= theirs
