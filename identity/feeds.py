"""Federations' metadata feeds: fetched now and then, checked, and kept on disk (ID-07).

What is kept has been checked against the pinned signers; it is checked again when it is read,
so that nobody who can write to the folder can bring in a provider.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from identity import keys, metadata
from identity.metadata import MetadataFault
from identity.provider import Provider

SECONDS = 60
# When so little is left, whoever is on call should know.
ALARM = timedelta(hours=24)
Fetch = Callable[[str], bytes]


class FetchFault(Exception):
    """A feed that did not answer as it should; the kept copy stays in use."""


@dataclass(frozen=True)
class Feed:
    """A federation's feed, whom we trust to sign it, and which of its providers we may use."""

    name: str
    url: str
    signers: tuple[str, ...]
    skew: timedelta = timedelta(seconds=60)
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How the kept copy of a feed stands: until when it holds, or what is wrong with it."""

    feed: Feed
    providers: int
    valid_until: datetime | None
    fault: str | None

    def is_alarming(self, now: datetime) -> bool:
        """Whether sign-ins through the feed will stop within a day, or have stopped."""
        return self.valid_until is None or self.valid_until - now < ALARM


@dataclass(frozen=True)
class Shelf:
    """The folder in which the last good copy of each feed is kept."""

    folder: Path
    feeds: tuple[Feed, ...] = ()
    connectors: frozenset[str] = metadata.CONNECTORS

    def file(self, feed: Feed) -> Path:
        """Where a feed's copy is kept."""
        return self.folder / f"{feed.name}.xml"

    def providers(self, feed: Feed, now: datetime) -> list[Provider]:
        """The providers of the kept copy. Raises MetadataFault when it no longer holds."""
        return self._read(feed, self.file(feed).read_bytes(), now)

    def refresh(self, feed: Feed, now: datetime, fetch: Fetch) -> int:
        """Fetch a feed and keep it, if it is good and no older than what we have.

        Returns the number of providers. Raises FetchFault or MetadataFault; the copy that was
        kept is then left as it was.
        """
        xml = fetch(feed.url)
        found = self._read(feed, xml, now)
        kept = self.file(feed)
        if kept.exists() and self.standing(feed, now).fault is None:
            metadata.check_newer(xml, kept.read_bytes())
        self.folder.mkdir(parents=True, exist_ok=True)
        with keys.alone(self.folder):
            keys.write(kept, xml)
        return len(found)

    def standing(self, feed: Feed, now: datetime) -> Standing:
        """How a feed's kept copy stands now."""
        try:
            found = self.providers(feed, now)
            until = metadata.valid_until(self.file(feed).read_bytes())
        except FileNotFoundError:
            return Standing(feed, 0, None, "never-fetched")
        except MetadataFault as fault:
            return Standing(feed, 0, None, str(fault))
        return Standing(feed, len(found), until, None)

    def refreshed(self, feed: Feed) -> datetime | None:
        """When a good copy of the feed was last fetched; None before the first time."""
        file = self.file(feed)
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None

    def _read(self, feed: Feed, xml: bytes, now: datetime) -> list[Provider]:
        found = metadata.read_feed(xml, feed.name, feed.signers, now, connectors=self.connectors)
        return [
            replace(provider, skew=feed.skew, levels=provider.levels or feed.levels)
            for provider in found
        ]


def fetched(url: str) -> bytes:
    """What stands at an address. Raises FetchFault when it does not answer, or with too much."""
    request = Request(url, headers={"Accept": "application/samlmetadata+xml"})
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            if url.startswith("https:") and not answer.url.startswith("https:"):
                raise FetchFault("led away from https")
            xml: bytes = answer.read(metadata.LARGEST + 1)
    except (OSError, HTTPException) as fault:
        raise FetchFault(type(fault).__name__) from fault
    if len(xml) > metadata.LARGEST:
        raise FetchFault("too large")
    return xml
