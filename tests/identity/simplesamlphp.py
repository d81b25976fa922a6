"""A provider that nobody here wrote: SimpleSAMLphp of Debian, with a log-in page of its own.

It reads our own metadata, and we read its: neither is told anything about the other in private.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from identity import attributes, keys
from identity.assurance import LOA2, LOA3
from identity.status import CANCEL, RESPONDER
from identity.vocabulary import (
    ASSURANCE_CERTIFICATION,
    ENTITY_CATEGORY,
    MD,
    POST,
    REDIRECT,
    RSA_SHA256,
    URI_FORMAT,
    tag,
)

PROGRAM = Path("/usr/share/simplesamlphp/www")
PACKAGES = "simplesamlphp php-cli php-cgi php-xml php-mbstring micro-httpd"
PASSWORD = "hemligt"
LOW, CANCELS, UNNAMED = "svag", "avbryter", "namnlos"
READY_SECONDS = 20.0
READ = "<?php ${name} = json_decode(file_get_contents(__DIR__ . '/{stem}.json'), true);\n"
# What a real provider does in its own code: it says at which level it has identified somebody,
# and tells us when somebody has pressed Cancel.
LEVEL_AND_CANCEL = f"""
if (isset($attributes['cancel'])) {{
    \\SimpleSAML\\Auth\\State::throwException($state,
        new \\SimpleSAML\\Module\\saml\\Error('{RESPONDER}', '{CANCEL}', 'The user pressed cancel'));
}}
$asked = $state['saml:RequestedAuthnContext']['AuthnContextClassRef'] ?? [];
$state['saml:AuthnContextClassRef'] = $attributes['level'][0] ?? $asked[0];
unset($attributes['level']);
"""


def missing() -> str:
    """Why it cannot be run here, or nothing."""
    if shutil.which("php") and PROGRAM.exists():
        return ""
    return f"SimpleSAMLphp is missing: apt-get install --no-install-recommends {PACKAGES}"


@dataclass(frozen=True)
class SimpleSaml:
    """A provider that runs: where, and where its files are."""

    port: int
    folder: Path

    @property
    def origin(self) -> str:
        """Another site than the service's, which is on localhost: cookies know the difference."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def entity_id(self) -> str:
        """Its name."""
        return f"{self.origin}/simplesamlphp"

    @property
    def metadata(self) -> Path:
        """The file in which it tells of itself."""
        return self.folder / "metadata.xml"

    @property
    def sign_on_page(self) -> str:
        """Where it tells whether one is logged in there: a log-in form means no."""
        return f"{self.origin}/module.php/core/authenticate.php?as=residents"

    @property
    def logout_page(self) -> str:
        """Where one ends one's session there, and so everywhere."""
        return f"{self.origin}/saml2/idp/SingleLogoutService.php?ReturnTo={self.origin}/"

    @contextlib.contextmanager
    def asked_by_form_only(self) -> Iterator[None]:
        """While this lasts, its metadata tells of no address by redirect."""
        told = self.metadata.read_bytes()
        root = etree.fromstring(told)
        for service in root.findall(f".//{tag(MD, 'SingleSignOnService')}[@Binding='{REDIRECT}']"):
            service.getparent().remove(service)
        self.metadata.write_bytes(etree.tostring(root))
        try:
            yield
        finally:
            self.metadata.write_bytes(told)

    @contextlib.contextmanager
    def running(self, ours: bytes) -> Iterator["SimpleSaml"]:
        """Run, knowing the entity of ours that this metadata describes."""
        (self.folder / "service.xml").write_bytes(ours)
        self._configure()
        with (self.folder / "output.log").open("wb") as output:
            server = subprocess.Popen(
                [*("php", "-d", "session.save_path=" + str(self.folder)), *self._address()],
                cwd=PROGRAM,
                stdout=output,
                stderr=output,
                env={
                    **os.environ,
                    "SIMPLESAMLPHP_CONFIG_DIR": str(self.folder),
                    # Browsers keep a connection in reserve, which one process would wait for.
                    "PHP_CLI_SERVER_WORKERS": "4",
                },
                start_new_session=True,
            )
        try:
            self.metadata.write_bytes(self._told(server))
            yield self
        finally:
            os.killpg(server.pid, 15)
            server.wait(10)

    def _address(self) -> list[str]:
        return ["-S", f"127.0.0.1:{self.port}", "-t", "."]

    def _told(self, server: subprocess.Popen[bytes]) -> bytes:
        until = time.monotonic() + READY_SECONDS
        address = f"{self.origin}/saml2/idp/metadata.php"
        while server.poll() is None and time.monotonic() < until:
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    return bytes(answer.read())
            except urllib.error.HTTPError:
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError((self.folder / "output.log").read_text()[-2000:])

    def _configure(self) -> None:
        pair = keys.generate("SimpleSAMLphp", bits=2048)
        keys.write(self.folder / "key.pem", pair.private_pem)
        keys.write(self.folder / "certificate.pem", pair.certificate_pem)
        self._write("config.php", "config", self._config())
        self._write("authsources.php", "config", _people(), "authsources")
        (self.folder / "metadata").mkdir(exist_ok=True)
        self._write(
            "metadata/saml20-idp-hosted.php", "metadata", {self.entity_id: self._hosted()}, "hosted"
        )

    def _config(self) -> dict[str, Any]:
        folder = f"{self.folder}/"
        return {
            "baseurlpath": f"{self.origin}/",
            "certdir": folder,
            "loggingdir": folder,
            "datadir": folder,
            "tempdir": f"{folder}temporary",
            "metadatadir": f"{folder}metadata/",
            "secretsalt": "only-for-tests",
            "auth.adminpassword": "only-for-tests",
            "technicalcontact_email": "na@example.org",
            "timezone": "UTC",
            "logging.level": 4,
            "logging.handler": "file",
            "logging.logfile": "simplesamlphp.log",
            "showerrors": True,
            "enable.saml20-idp": True,
            "module.enable": {"exampleauth": True, "core": True, "saml": True},
            "session.cookie.secure": False,
            "session.phpsession.savepath": str(self.folder),
            "language.default": "sv",
            "language.available": ["sv", "en"],
            "store.type": "phpsession",
            "metadata.sources": [
                {"type": "flatfile"},
                {"type": "xml", "file": f"{folder}service.xml"},
            ],
        }

    def _hosted(self) -> dict[str, Any]:
        return {
            "host": "__DEFAULT__",
            "privatekey": "key.pem",
            "certificate": "certificate.pem",
            "auth": "residents",
            "SingleSignOnServiceBinding": [REDIRECT, POST],
            "validate.authnrequest": True,
            "redirect.validate": True,
            "redirect.sign": True,
            "SingleLogoutServiceBinding": [REDIRECT, POST],
            "sign.logout": True,
            "validate.logout": True,
            "saml20.sign.response": True,
            "saml20.sign.assertion": True,
            "assertion.encryption": True,
            "signature.algorithm": RSA_SHA256,
            "attributes.NameFormat": URI_FORMAT,
            "userid.attribute": attributes.PERSONAL_NUMBER,
            "authproc": {"10": {"class": "core:PHP", "code": LEVEL_AND_CANCEL}},
            "EntityAttributes": {
                f"{{{URI_FORMAT}}}{ENTITY_CATEGORY}": ["http://id.elegnamnden.se/ec/1.0/loa3-pnr"],
                f"{{{URI_FORMAT}}}{ASSURANCE_CERTIFICATION}": [LOA3],
            },
            "UIInfo": {"DisplayName": {"sv": "Prov-legitimation", "en": "Trial e-ID"}},
        }

    def _write(self, file: str, name: str, facts: Any, stem: str = "config") -> None:
        path = self.folder / file
        path.with_name(f"{stem}.json").write_text(json.dumps(facts))
        path.write_text(READ.format(name=name, stem=stem))


def _people() -> dict[str, Any]:
    tolvan = _person("191212121212", "Tolvan", "Tolvansson")
    unnamed = {name: told for name, told in tolvan.items() if name != attributes.PERSONAL_NUMBER}
    return {
        "residents": {
            "0": "exampleauth:UserPass",
            f"tolvan:{PASSWORD}": tolvan,
            f"testa:{PASSWORD}": _person("199001012385", "Testa", "Testsson"),
            f"{LOW}:{PASSWORD}": {**tolvan, "level": [LOA2]},
            f"{CANCELS}:{PASSWORD}": {**tolvan, "cancel": ["yes"]},
            f"{UNNAMED}:{PASSWORD}": unnamed,
        }
    }


def _person(number: str, given_name: str, surname: str) -> dict[str, list[str]]:
    return {
        attributes.PERSONAL_NUMBER: [number],
        attributes.GIVEN_NAME: [given_name],
        attributes.SURNAME: [surname],
        attributes.DISPLAY_NAME: [f"{given_name} {surname}"],
    }
