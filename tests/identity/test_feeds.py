"""Federations' feeds: fetched, checked, kept on disk until they run out, and never believed more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app, feed_file
from app.config import ConfigurationFault, Settings
from app.federation import RESIDENTS, STAFF, Federation, federation_of
from identity import keys, metadata
from identity.feeds import Feed, FetchFault, Shelf, fetched
from identity.keys import KeyPair
from identity.metadata import MetadataFault
from identity.moments import written
from services import wiring
from services.kernel.work import SYSTEM, Work
from tests.identity.test_metadata import ENTITY, NOW, a_feed, an_idp, signed

WEEK = timedelta(days=7)
OTHER = "https://two.example"
FILE = """
feeds:
  - name: swedenconnect
    url: {url}
    signers: [signer.pem]
    skew_seconds: 180
    allow:
      invanare: [https://one.example]
"""


class Publisher:
    """A federation: publishes a feed, signed with its key, and may be away."""

    def __init__(self, signer: KeyPair, provider: KeyPair) -> None:
        self.signer, self.provider = signer, provider
        self.xml: bytes | None = None
        self.publish()

    def publish(self, *names: str, until: datetime = NOW + WEEK) -> bytes:
        inner = "".join(an_idp(self.provider, name) for name in names or (ENTITY,))
        self.xml = signed(a_feed(inner, written(until)), self.signer)
        return self.xml

    def __call__(self, _: str) -> bytes:
        if self.xml is None:
            raise FetchFault("away")
        return self.xml


@pytest.fixture
def publisher(our_keys: KeyPair, provider_keys: KeyPair) -> Publisher:
    return Publisher(our_keys, provider_keys)


@pytest.fixture
def feed(our_keys: KeyPair) -> Feed:
    listed = {RESIDENTS: frozenset({ENTITY})}
    url = "https://md.example/feed.xml"
    return Feed("swedenconnect", url, (our_keys.certificate_text,), timedelta(minutes=3), listed)


@pytest.fixture
def shelf(tmp_path: Path, feed: Feed) -> Shelf:
    return Shelf(tmp_path / "feeds", (feed,))


def test_a_good_copy_is_kept_and_has_the_federations_skew(shelf, feed, publisher) -> None:
    assert shelf.refresh(feed, NOW, publisher) == 1
    [found] = shelf.providers(feed, NOW)
    assert (found.entity_id, found.skew) == (ENTITY, timedelta(minutes=3))
    assert shelf.file(feed).stat().st_mode & 0o077 == 0


def test_a_feed_that_is_down_for_eight_days_lasts_as_long_as_it_said(
    shelf, feed, publisher
) -> None:
    shelf.refresh(feed, NOW, publisher)
    publisher.xml = None
    for day in range(9):
        now = NOW + timedelta(days=day)
        with pytest.raises(FetchFault):
            shelf.refresh(feed, now, publisher)
        standing = shelf.standing(feed, now)
        assert (standing.fault is None) is (day < 7)
        assert standing.is_alarming(now) is (day >= 6)
    publisher.publish(until=NOW + 2 * WEEK)
    assert shelf.refresh(feed, NOW + timedelta(days=8), publisher) == 1


@pytest.mark.parametrize("spoilt", [b"", b"<html/>", b"<md:EntitiesDescriptor"])
def test_what_is_no_feed_leaves_the_kept_copy(shelf, feed, publisher, spoilt: bytes) -> None:
    shelf.refresh(feed, NOW, publisher)
    publisher.xml = spoilt
    with pytest.raises(MetadataFault):
        shelf.refresh(feed, NOW, publisher)
    assert len(shelf.providers(feed, NOW)) == 1


def test_an_older_feed_leaves_the_kept_copy(shelf, feed, publisher) -> None:
    older = publisher.publish(until=NOW + timedelta(days=6))
    publisher.publish(ENTITY, OTHER)
    shelf.refresh(feed, NOW, publisher)
    publisher.xml = older
    with pytest.raises(MetadataFault, match="rolled-back"):
        shelf.refresh(feed, NOW, publisher)
    assert len(shelf.providers(feed, NOW)) == 2


def test_a_kept_copy_that_somebody_has_changed_is_not_read(shelf, feed, publisher) -> None:
    shelf.refresh(feed, NOW, publisher)
    file = shelf.file(feed)
    keys.write(file, file.read_bytes().replace(b"one.example", b"evil.example"))
    assert shelf.standing(feed, NOW).fault == "signature"
    shelf.refresh(feed, NOW, publisher)
    assert shelf.standing(feed, NOW).fault is None


def test_the_federation_may_change_its_signing_key(
    shelf, feed, publisher, our_keys, other_keys
) -> None:
    shelf.refresh(feed, NOW, publisher)
    publisher.signer = other_keys
    publisher.publish(until=NOW + WEEK + timedelta(hours=1))
    with pytest.raises(MetadataFault, match="signature"):
        shelf.refresh(feed, NOW, publisher)
    both = replace(feed, signers=(our_keys.certificate_text, other_keys.certificate_text))
    assert shelf.refresh(both, NOW, publisher) == 1
    only_new = replace(feed, signers=(other_keys.certificate_text,))
    assert shelf.refresh(only_new, NOW, publisher) == 1


@pytest.fixture
def settings_with_feeds(tmp_path: Path, feed: Feed) -> Settings:
    plain = Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": "postgresql://unused",
            "SALEM24_DATA": str(tmp_path / "data"),
        }
    )
    return replace(plain, eid_feeds=(feed,))


def _offered(federation: Federation, name: str) -> set[str]:
    entity = federation.entities[name]
    return {one.entity_id for one in federation.on_offer(entity, NOW)}


def test_a_listed_provider_is_on_offer_to_the_entity_that_lists_it(
    settings_with_feeds, feed, publisher
) -> None:
    federation = federation_of(settings_with_feeds)
    assert ENTITY not in _offered(federation, RESIDENTS)
    publisher.publish(ENTITY, OTHER)
    settings_with_feeds.eid_shelf.refresh(feed, NOW, publisher)
    assert ENTITY in _offered(federation, RESIDENTS)
    assert OTHER not in _offered(federation, RESIDENTS)
    assert ENTITY not in _offered(federation, STAFF)


def test_no_feed_can_take_over_a_provider_of_the_municipalitys_own(
    settings_with_feeds, feed, publisher, tmp_path, other_keys
) -> None:
    own = tmp_path / "own.xml"
    own.write_text(a_feed(an_idp(other_keys), None))
    settings = replace(settings_with_feeds, eid_metadata=(str(own),))
    settings.eid_shelf.refresh(feed, NOW, publisher)
    found = federation_of(settings).directory(NOW).provider(ENTITY, RESIDENTS, NOW)
    assert found is not None
    assert (found.feed, found.certificates) == ("local", (other_keys.certificate_text,))


def test_no_feed_can_take_over_a_provider_that_another_feed_is_trusted_with(
    settings_with_feeds, feed, publisher
) -> None:
    school = replace(feed, name="skola", listed={RESIDENTS: frozenset({OTHER})})
    settings = replace(settings_with_feeds, eid_feeds=(school, feed))
    settings.eid_shelf.refresh(school, NOW, publisher)
    assert ENTITY not in _offered(federation_of(settings), RESIDENTS)


def test_an_expired_copy_is_out_of_use_in_a_running_process(
    settings_with_feeds, feed, publisher
) -> None:
    settings_with_feeds.eid_shelf.refresh(feed, NOW, publisher)
    federation = federation_of(settings_with_feeds)
    assert federation.directory(NOW).provider(ENTITY, RESIDENTS, NOW) is not None
    later = NOW + WEEK
    assert federation.directory(later).provider(ENTITY, RESIDENTS, later) is None


class Answers(BaseHTTPRequestHandler):
    """A web server that has one feed."""

    body = b""

    def do_GET(self) -> None:
        """Answer with it, or with nothing."""
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_feed_is_fetched_whole_or_not_at_all(address, monkeypatch) -> None:
    Answers.body = b"<x/>"
    assert fetched(address) == b"<x/>"
    with pytest.raises(FetchFault):
        fetched(f"{address}/gone")
    monkeypatch.setattr(metadata, "LARGEST", 3)
    with pytest.raises(FetchFault, match="too large"):
        fetched(address)
    with pytest.raises(FetchFault):
        fetched("http://127.0.0.1:9/nobody")


@pytest.fixture
def feeds_file(tmp_path: Path, address: str, our_keys: KeyPair) -> Path:
    (tmp_path / "signer.pem").write_bytes(our_keys.certificate_pem)
    file = tmp_path / "feeds.yaml"
    file.write_text(FILE.format(url=address))
    return file


@pytest.fixture
def served(settings: Settings, feeds_file: Path, tmp_path: Path) -> Iterator[Flask]:
    feeds = feed_file.read(feeds_file, only_https=False)
    app = create_app(replace(settings, eid_feeds=feeds, data_folder=tmp_path, metrics_token="m"))
    yield app
    app.extensions["engine"].dispose()


def test_an_operator_fetches_and_sees_the_feeds(served: Flask, publisher: Publisher) -> None:
    tell = served.test_cli_runner().invoke
    Answers.body = publisher.publish(ENTITY, OTHER)
    assert "never-fetched" in tell(args=["identity", "metadata", "show"]).output
    told = tell(args=["identity", "metadata", "fetch"])
    assert (told.exit_code, told.output) == (0, "swedenconnect: 2 providers fetched\n")
    shown = tell(args=["identity", "metadata", "show"])
    assert shown.exit_code == 0
    assert "2 providers, valid until" in shown.output
    listed = tell(args=["identity", "providers", "list"]).output
    assert f"on offer: Ett-leg, {ENTITY} (swedenconnect)" in listed
    assert f"1 more that are not allowed to any entity\n  Ett-leg, {OTHER}" in listed
    Answers.body = b"<html/>"
    told = tell(args=["identity", "metadata", "fetch"])
    assert told.exit_code == 1
    assert "swedenconnect: not fetched (root); the kept copy stays in use" in told.output


def test_machines_that_watch_see_how_long_metadata_holds(
    served: Flask, publisher: Publisher
) -> None:
    def left() -> float:
        answer = served.test_client().get("/metrics", headers={"Authorization": "Bearer m"})
        name = 'salem24_eid_feed_seconds_left{feed="swedenconnect"} '
        return float(answer.text.partition(name)[2].partition("\n")[0])

    assert left() == -1
    Answers.body = publisher.publish()
    served.test_cli_runner().invoke(args=["identity", "metadata", "fetch"])
    assert left() > 6 * 24 * 3600


def test_the_worker_fetches_every_feed_and_survives_one_that_is_down(
    session: Session, tmp_path: Path, feed: Feed, address: str, publisher: Publisher
) -> None:
    Answers.body = publisher.publish()
    down = replace(feed, name="down", url=f"{address}/gone")
    shelf = Shelf(tmp_path / "feeds", (down, replace(feed, url=address)))
    session.info["eid_shelf"] = shelf
    wiring.HANDLERS["identity.refresh"](Work(session, SYSTEM, datetime.now(UTC)), {})
    assert [one.name for one in shelf.feeds if shelf.file(one).exists()] == ["swedenconnect"]


def test_the_file_of_feeds_is_read(feeds_file: Path, our_keys: KeyPair) -> None:
    [found] = feed_file.read(feeds_file, only_https=False)
    assert found.signers == (our_keys.certificate_text,)
    assert (found.skew, found.listed) == (timedelta(minutes=3), {RESIDENTS: {ENTITY}})


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("signer.pem", "gone.pem", "FileNotFoundError"),
        ("invanare", "besokare", "not as it should be"),
        ("swedenconnect", "local", "not be called local"),
        ("swedenconnect", "../evil", "not as it should be"),
        ("skew_seconds: 180", "skew_seconds: 3600", "not as it should be"),
        ("signers: [signer.pem]", "signers: []", "not as it should be"),
        ("feeds:", "feeds: [", "Error"),
        ("invanare: [", "medarbetare: [https://one.example]\n      invanare: [", ""),
    ],
)
def test_a_file_of_feeds_that_is_wrong_stops_the_start(
    feeds_file: Path, tmp_path: Path, old: str, new: str, why: str
) -> None:
    feeds_file.write_text(feeds_file.read_text().replace(old, new))
    environ = {
        "SALEM24_ENV": "test",
        "SALEM24_DATABASE_URL": "postgresql://unused",
        "SALEM24_DATA": str(tmp_path / "data"),
        "SALEM24_EID_FEEDS": str(feeds_file),
    }
    if not why:
        assert len(Settings.from_environment(environ).eid_feeds) == 1
        return
    with pytest.raises(ConfigurationFault, match=f"SALEM24_EID_FEEDS: .*{why}"):
        Settings.from_environment(environ)


def test_production_reads_no_feed_without_tls(feeds_file: Path) -> None:
    with pytest.raises(feed_file.FeedFileFault, match="https"):
        feed_file.read(feeds_file, only_https=True)


def test_a_provider_is_listed_in_one_feed_only(feeds_file: Path) -> None:
    entry = feeds_file.read_text().replace("feeds:", "").replace("swedenconnect", "skola")
    feeds_file.write_text(feeds_file.read_text() + entry)
    with pytest.raises(feed_file.FeedFileFault, match="one feed only"):
        feed_file.read(feeds_file, only_https=False)
