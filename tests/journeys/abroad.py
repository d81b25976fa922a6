"""The town with a foreign provider beside it: the service on localhost, the provider on 127.0.0.1."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app import create_app
from app.federation import RESIDENTS, entities_of
from identity import own_metadata
from tests.identity import simplesamlphp
from tests.identity.simplesamlphp import SimpleSaml
from tests.live import Quiet, serving
from tests.town import Town, free_ports


@dataclass(frozen=True)
class Abroad:
    """Where the service is, and who identifies people for it."""

    app: Flask
    site: str
    provider: SimpleSaml


@pytest.fixture(scope="session")
def abroad(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Abroad]:
    """The town's application once more, with SimpleSAMLphp as a provider of its own."""
    missing = simplesamlphp.missing()
    if missing:
        pytest.skip(missing)
    port, port_of_provider = free_ports()
    provider = SimpleSaml(port_of_provider, tmp_path_factory.mktemp("simplesamlphp"))
    settings = replace(
        town.settings,
        public_url=f"http://localhost:{port}",
        eid_metadata=(str(provider.metadata),),
    )
    ours = own_metadata.document(entities_of(settings)[RESIDENTS], datetime.now(UTC))
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    with ExitStack() as running:
        running.enter_context(provider.running(ours))
        running.enter_context(serving(server))
        yield Abroad(app, settings.public_url, provider)
    app.extensions["engine"].dispose()
