"""A federation's feed changes, or goes away, while people are signing in (§7.4, §7.6)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from app.config import Settings
from app.federation import RESIDENTS, Federation, federation_of
from identity.claims import Code, Refused
from identity.feeds import Feed, FetchFault, Shelf
from identity.finish import finish
from identity.keys import KeyPair
from identity.moments import written
from identity.provider import ServiceProvider
from tests.identity.conftest import Asked, Seen, an_entity
from tests.identity.minter import Message, Minter
from tests.identity.test_metadata import ENTITY, NOW, a_feed, an_idp, signed

SIGNED_IN = "signed in"
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass
class Signer:
    """A federation that publishes one provider, with as many keys as it has."""

    key: KeyPair
    providers: tuple[KeyPair, ...]

    def publish(self, until: datetime) -> bytes:
        """The feed as it is fetched."""
        if not self.providers:
            return signed(a_feed(an_idp(self.key, "https://two.example"), written(until)), self.key)
        first, *others = self.providers
        more = "".join(_descriptor(an_idp(one)) for one in others)
        idp = an_idp(first).replace("<md:SingleSignOnService", f"{more}<md:SingleSignOnService", 1)
        return signed(a_feed(idp, written(until)), self.key)


def _descriptor(idp: str) -> str:
    begin, end = idp.index("<md:KeyDescriptor"), idp.index("</md:KeyDescriptor>")
    return idp[begin:end] + "</md:KeyDescriptor>"


@dataclass
class Town:
    """A running service that reads the federation's feed, and people who come back to it."""

    federation: Federation
    shelf: Shelf
    feed: Feed
    entity: ServiceProvider
    ours: KeyPair

    def fetch(self, signer: Signer, now: datetime, until: datetime) -> None:
        """What the worker does each hour."""
        self.shelf.refresh(self.feed, now, lambda _: signer.publish(until))

    def comes_in(self, key: KeyPair, now: datetime = NOW) -> str:
        """What becomes of an answer that the provider has signed with this key."""
        message = Message("_req1", now=now).but(issuer=ENTITY, assertion_issuer=ENTITY)
        asked = Asked(provider=ENTITY, sent_at=now)
        store = self.federation.directory(now)
        form = Minter(key, self.ours).form(message)
        try:
            # The library has a clock of its own.
            with time_machine.travel(now):
                finish(form, asked, self.entity, store, Seen(), now)
        except Refused as refusal:
            return refusal.code
        return SIGNED_IN


@pytest.fixture
def town(tmp_path: Path, our_keys: KeyPair, other_keys: KeyPair) -> Town:
    listed = {RESIDENTS: frozenset({ENTITY})}
    feed = Feed(
        "swedenconnect",
        "https://md.example/feed.xml",
        (other_keys.certificate_text,),
        timedelta(minutes=1),
        listed,
    )
    plain = Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": "postgresql://unused",
            "SALEM24_DATA": str(tmp_path / "data"),
        }
    )
    settings = replace(plain, eid_feeds=(feed,))
    entity = an_entity(our_keys)
    return Town(federation_of(settings), settings.eid_shelf, feed, entity, our_keys)


def test_no_sign_in_is_lost_while_a_provider_changes_its_key(
    town: Town, provider_keys: KeyPair, our_keys: KeyPair, other_keys: KeyPair
) -> None:
    old, new = provider_keys, our_keys
    signer = Signer(other_keys, (old,))
    town.fetch(signer, NOW, NOW + WEEK)
    assert (town.comes_in(old), town.comes_in(new)) == (SIGNED_IN, Code.UNVERIFIED)
    signer.providers = (old, new)
    town.fetch(signer, NOW, NOW + WEEK)
    assert (town.comes_in(old), town.comes_in(new)) == (SIGNED_IN, SIGNED_IN)
    signer.providers = (new,)
    town.fetch(signer, NOW, NOW + WEEK)
    assert (town.comes_in(old), town.comes_in(new)) == (Code.UNVERIFIED, SIGNED_IN)


def test_a_provider_that_leaves_the_federation_meanwhile_is_gone(
    town: Town, provider_keys: KeyPair, other_keys: KeyPair
) -> None:
    signer = Signer(other_keys, (provider_keys,))
    town.fetch(signer, NOW, NOW + WEEK)
    assert town.comes_in(provider_keys) == SIGNED_IN
    signer.providers = ()
    town.fetch(signer, NOW, NOW + WEEK)
    assert town.comes_in(provider_keys) == Code.PROVIDER_GONE


def test_people_sign_in_for_as_long_as_a_feed_that_is_down_has_said(
    town: Town, provider_keys: KeyPair, other_keys: KeyPair
) -> None:
    signer = Signer(other_keys, (provider_keys,))
    town.fetch(signer, NOW, NOW + WEEK)
    outcomes = []
    for day in range(9):
        with pytest.raises(FetchFault):
            town.shelf.refresh(town.feed, NOW + day * DAY, _away)
        outcomes.append(town.comes_in(provider_keys, NOW + day * DAY))
    assert outcomes == [SIGNED_IN] * 7 + [Code.PROVIDER_GONE] * 2
    later = NOW + 8 * DAY
    town.fetch(signer, later, later + WEEK)
    assert town.comes_in(provider_keys, later) == SIGNED_IN


def _away(_: str) -> bytes:
    raise FetchFault("away")
