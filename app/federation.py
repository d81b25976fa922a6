"""Our entities and their providers, put together from the settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from flask import current_app

from app.config import Settings
from app.demo import eid_setup
from app.entities import NAMES, RESIDENTS, SCHOOL, STAFF, entities_of
from identity import assurance
from identity.feeds import Feed, Shelf
from identity.metadata import CONNECTORS, Directory, MetadataFault, read_local
from identity.provider import Provider, ServiceProvider, suits

__all__ = ["RESIDENTS", "SCHOOL", "STAFF", "Federation", "federation", "federation_of"]
RESERVED = frozenset({"example", "invalid", "localhost", "test"})
# Sweden Connect's own (sandbox, QA, tests) and what brokers of e-IDs call theirs.
TEST_ENVIRONMENTS = frozenset({"sandbox", "qa", "test", "tests", "testidp", "testbed", "demo"})
LOOPBACK = re.compile(r"127\.|::1$")
log = structlog.get_logger("salem24.e-id")


@dataclass(frozen=True)
class Source:
    """Where some providers come from: a file, and how it is read."""

    name: str
    file: Path
    read: Callable[[datetime], list[Provider]]
    is_own: bool = False

    @property
    def stamp(self) -> int:
        """Changes when the file does."""
        return self.file.stat().st_mtime_ns if self.file.exists() else 0


@dataclass
class Federation:
    """What a sign-in needs to know; the providers' files are read again when they change."""

    entities: dict[str, ServiceProvider]
    sources: tuple[Source, ...]
    listed: Mapping[str, frozenset[str]]
    only_real: bool
    _held: dict[str, list[Provider]] = field(default_factory=dict)
    _directory: Directory = field(default_factory=lambda: Directory({}, {}))
    _read_at: tuple[int, ...] = ()

    def directory(self, now: datetime) -> Directory:
        """The providers. A source that cannot be read leaves its last good copy in use."""
        changed = tuple(source.stamp for source in self.sources)
        if changed != self._read_at:
            for source in self.sources:
                self._read(source, now)
            self._directory = Directory(self._put_together(), self.listed)
            self._read_at = changed
        return self._directory

    def _read(self, source: Source, now: datetime) -> None:
        try:
            found = source.read(now)
        except (OSError, MetadataFault) as fault:
            log.error("metadata-unusable", source=source.name, fault=str(fault))
            return
        self._held[source.name] = [one for one in found if not self.only_real or _is_real(one)]

    def _put_together(self) -> dict[str, Provider]:
        """Each provider from one source: the first that has it, and it only."""
        found: dict[str, Provider] = {}
        for source in self.sources:
            for provider in self._held.get(source.name, ()):
                if found.setdefault(provider.entity_id, provider) is not provider:
                    log.error("entity-in-two-sources", source=source.name)
        return found

    def on_offer(
        self, entity: ServiceProvider, now: datetime, levels: tuple[str, ...] | None = None
    ) -> list[Provider]:
        """The providers to show somebody who signs in to an entity (Entity Categories 1.4).

        Where only some levels of assurance will do, those that issue one of them.
        """
        return [
            provider
            for provider in self.directory(now).on_offer(entity.name, now)
            if provider.sign_on_url
            and suits(provider, entity)
            and assurance.acceptable(entity.levels if levels is None else levels, provider.levels)
        ]


def _is_real(provider: Provider) -> bool:
    """Whether it can be more than a test that has strayed into production (ID-17)."""
    names = (provider.entity_id, *provider.addresses)
    return not (
        any(is_of_tests(one) for one in names)
        or any(has_no_tls(one) for one in provider.addresses)
        or provider.has_demonstration_key
    )


def is_of_tests(address: str) -> bool:
    """Whether an address is reserved for tests (RFC 2606, RFC 6761), or a test environment's."""
    host = (urlsplit(address).hostname or "").lower()
    labels = host.split(".")
    return (
        labels[-1] in RESERVED
        or bool(LOOPBACK.match(host))
        or not TEST_ENVIRONMENTS.isdisjoint(labels)
    )


def has_no_tls(address: str) -> bool:
    """Whether anybody on the way could read what is sent there."""
    return urlsplit(address).scheme != "https"


def federation_of(settings: Settings) -> Federation:
    """The whole of it; in a demonstration with the demonstration e-ID."""
    files = [Path(name) for name in settings.eid_metadata]
    connectors = CONNECTORS
    if settings.is_demonstration:
        files.append(eid_setup.ensure_demo_federation(settings))
        connectors |= {eid_setup.entity_id(settings, eid_setup.FOREIGN)}
    shelf = settings.eid_shelf
    # The municipality's own files come first: no feed can take a provider of theirs over.
    sources = (
        *(_local(file, connectors) for file in files),
        *(_kept(shelf, feed) for feed in shelf.feeds),
    )
    return Federation(
        entities_of(settings), sources, _listed(shelf.feeds), only_real=settings.is_production
    )


def _local(file: Path, connectors: frozenset[str]) -> Source:
    return Source(
        str(file),
        file,
        lambda now: read_local(file.read_bytes(), now, connectors=connectors),
        is_own=True,
    )


def _kept(shelf: Shelf, feed: Feed) -> Source:
    """A feed's kept copy, and of that only what this very feed is trusted to tell of."""
    trusted = frozenset().union(*feed.listed.values())

    def read(now: datetime) -> list[Provider]:
        if not shelf.file(feed).exists():
            return []
        return [one for one in shelf.providers(feed, now) if one.entity_id in trusted]

    return Source(feed.name, shelf.file(feed), read)


def _listed(feeds: tuple[Feed, ...]) -> dict[str, frozenset[str]]:
    return {
        name: frozenset().union(*(feed.listed.get(name, frozenset()) for feed in feeds))
        for name in NAMES
    }


def federation() -> Federation:
    """The running application's federation, made when first asked for."""
    extensions = current_app.extensions
    if "federation" not in extensions:
        extensions["federation"] = federation_of(extensions["settings"])
    found: Federation = extensions["federation"]
    return found
