"""What must hold before anybody is let in: the libraries fit, and production is no test (ID-02, ID-17)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask

from app.config import ConfigurationFault, Settings
from app.federation import Federation, federation_of, has_no_tls, is_of_tests
from identity import keys, selftest
from identity.metadata import MetadataFault
from identity.provider import Provider, ServiceProvider


def init_app(app: Flask) -> None:
    """Put the federation together and test it. Raises ConfigurationFault, each fault named."""
    settings: Settings = app.extensions["settings"]
    federation = app.extensions["federation"] = federation_of(settings)
    pair = next(iter(federation.entities.values())).keys
    try:
        selftest.run(pair)
    except selftest.SelfTestFault as fault:
        raise ConfigurationFault([f"the e-ID layer's self-test: {fault}"]) from fault
    if settings.is_production:
        faults = [*_own(federation), *_feeds(settings), *_providers(federation)]
        if faults:
            raise ConfigurationFault(faults)


def _own(federation: Federation) -> Iterator[str]:
    entity: ServiceProvider = next(iter(federation.entities.values()))
    ours = (entity.keys, entity.encryption_keys, entity.next_keys, entity.next_encryption_keys)
    for pair in (*(one for one in ours if one), *entity.previous_keys):
        if pair.private.key_size < keys.BITS:
            yield f"SALEM24_EID_KEYS: a key of {pair.private.key_size} bits; {keys.BITS} are needed"
        if pair.is_demonstrations:
            yield "SALEM24_EID_KEYS: a key that was made for a demonstration"


def _feeds(settings: Settings) -> Iterator[str]:
    for feed in settings.eid_feeds:
        if is_of_tests(feed.url):
            yield f"SALEM24_EID_FEEDS: {feed.name} is a test environment's feed"
        for name in sorted(frozenset().union(*feed.listed.values())):
            if is_of_tests(name):
                yield f"SALEM24_EID_FEEDS: {name} is a provider for tests"


def _providers(federation: Federation) -> Iterator[str]:
    """The municipality's own files, which come without anybody's signature."""
    now = datetime.now(UTC)
    for source in federation.sources:
        try:
            found = source.read(now) if source.is_own else []
        except (OSError, MetadataFault) as fault:
            yield f"SALEM24_EID_METADATA: {source.name}: {fault}"
            continue
        for provider in found:
            yield from _about(provider)


def _about(provider: Provider) -> Iterator[str]:
    said = f"SALEM24_EID_METADATA: {provider.entity_id}"
    if is_of_tests(provider.entity_id) or any(is_of_tests(one) for one in provider.addresses):
        yield f"{said} is a provider for tests"
    elif any(has_no_tls(one) for one in provider.addresses):
        yield f"{said} has an address without TLS"
    elif provider.has_demonstration_key:
        yield f"{said} signs with a demonstration's key"
