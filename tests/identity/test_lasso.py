"""A third provider that nobody here wrote: lasso, from its C library, through the whole application."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import etree

from app import create_app
from app.config import Settings
from app.federation import RESIDENTS, entities_of
from identity import attributes, keys, own_metadata
from identity.assurance import LOA3
from identity.vocabulary import XENC
from tests.browser import Browser
from tests.identity.minter import TOLVAN
from tests.identity.test_metadata import a_feed, an_idp

PYTHON = Path("/usr/bin/python3")
SCRIPT = Path(__file__).with_name("lasso_provider.py")
NAME = "https://lasso.example"
ACS = "/saml/invanare/acs"
PERSON = {
    attributes.PERSONAL_NUMBER: TOLVAN,
    attributes.GIVEN_NAME: "Tolvan",
    attributes.SURNAME: "Tolvansson",
    attributes.DISPLAY_NAME: "Tolvan Tolvansson",
}


def _missing() -> str:
    found = (
        PYTHON.exists()
        and not subprocess.run(
            [PYTHON, "-c", "import lasso; from datetime import UTC"],
            capture_output=True,
            check=False,
        ).returncode
    )
    return (
        "" if found else "lasso is missing: apt-get install --no-install-recommends python3-lasso"
    )


@dataclass
class Lasso:
    """The provider's process: ask, and it answers."""

    process: subprocess.Popen[str]

    def ask(self, query: str, **question: Any) -> dict[str, Any]:
        asked = {"query": query, "identified": True, "attributes": PERSON} | question
        sent, told = self.process.stdin, self.process.stdout
        assert sent is not None
        assert told is not None
        return _exchange(sent, told, asked)


def _exchange(sent: IO[str], told: IO[str], asked: dict[str, Any]) -> dict[str, Any]:
    sent.write(json.dumps(asked) + "\n")
    sent.flush()
    answer: dict[str, Any] = json.loads(told.readline() or '{"refused": "it has ended"}')
    return answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, provider_keys: keys.KeyPair) -> Path:
    missing = _missing()
    if missing:
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("lasso")
    keys.write(folder / "key.pem", provider_keys.private_pem)
    keys.write(folder / "certificate.pem", provider_keys.certificate_pem)
    [entity] = etree.fromstring(a_feed(an_idp(provider_keys, NAME), None))
    (folder / "provider.xml").write_bytes(etree.tostring(entity))
    return folder


@pytest.fixture(scope="module")
def served(folder: Path, settings: Settings) -> Iterator[Flask]:
    known = replace(settings, eid_metadata=(str(folder / "provider.xml"),))
    served = create_app(known)
    yield served
    served.extensions["engine"].dispose()


@pytest.fixture(scope="module")
def lasso(folder: Path, settings: Settings) -> Iterator[Lasso]:
    ours = own_metadata.document(entities_of(settings)[RESIDENTS], datetime.now(UTC))
    (folder / "service.xml").write_bytes(ours)
    with subprocess.Popen(
        [PYTHON, SCRIPT, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
    ) as process:
        yield Lasso(process)
        process.terminate()


@pytest.fixture
def browser(served: Flask) -> Browser:
    return Browser(served)


def leave(browser: Browser, address: str = "/logga-in") -> str:
    """Choose the provider; returns the query that it is asked with."""
    browser.get(address)
    browser.submit("Ett-leg")
    where = urlsplit(browser.address)
    assert f"{where.scheme}://{where.netloc}" == NAME
    return where.query


def come_back(browser: Browser, answer: dict[str, Any]) -> Browser:
    """Post what the provider has answered."""
    assert urlsplit(answer["url"]).path == ACS
    form = {"SAMLResponse": answer["response"], "RelayState": answer["relay_state"]}
    return browser._take(browser.client.post(ACS, data=form), ACS)


def test_a_resident_signs_in(browser: Browser, lasso: Lasso, served: Flask) -> None:
    answer = lasso.ask(leave(browser, "/logga-in?vidare=/kontakt"))
    assert answer["issuer"].endswith("/saml/invanare")
    assert (answer["force"], answer["levels"]) == (True, [LOA3])
    assert (XENC + "aes256-cbc").encode() in base64.b64decode(answer["response"])
    come_back(browser, answer)
    assert (browser.status, urlsplit(browser.address).path) == (200, "/kontakt")
    assert "Tolvan Tolvansson" in browser.page.text_content()


@pytest.mark.parametrize("part", ["RelayState", "SAMLRequest", "Signature"])
def test_it_answers_no_request_that_was_changed(browser: Browser, lasso: Lasso, part: str) -> None:
    query = leave(browser)
    value = query.split(f"{part}=")[1][:6]
    changed = query.replace(f"{part}={value}", f"{part}={value[::-1]}")
    assert changed != query
    assert "refused" in lasso.ask(changed)
    assert "refused" not in lasso.ask(query)


def test_its_refusal_leads_to_a_page(browser: Browser, lasso: Lasso) -> None:
    come_back(browser, lasso.ask(leave(browser), identified=False))
    assert browser.heading == "Tekniskt fel hos legitimeringstjänsten"
    assert "eferens" in browser.text


def test_its_answer_counts_once(browser: Browser, lasso: Lasso) -> None:
    answer = lasso.ask(leave(browser))
    assert come_back(browser, answer).status == 200
    assert come_back(browser, answer).status == 403
