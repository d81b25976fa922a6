"""The signature service that is connected, and the demonstration's own, which production refuses."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from app import signature_file
from app.config import ConfigurationFault, Settings
from app.demo import eid, signing_setup
from identity import keys

FACTS = {
    "entity_id": "https://sign.supplier.example",
    "url": "https://sign.supplier.example/sign",
    "certificates": ["answers.pem"],
    "roots": ["root.pem"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("answers", "root"):
        pair = keys.generate(name, bits=2048)
        (tmp_path / f"{name}.pem").write_bytes(pair.certificate_pem)
    (tmp_path / "weak.pem").write_bytes(keys.generate("weak", bits=1024).certificate_pem)
    return tmp_path


def _file(folder: Path, **changes: object) -> Path:
    path = folder / "service.yaml"
    path.write_text(yaml.safe_dump({**FACTS, **changes}))
    return path


def test_the_file_names_the_service_and_its_certificates(folder: Path) -> None:
    service = signature_file.read(_file(folder), only_https=True)
    assert service.entity_id == FACTS["entity_id"]
    assert len(service.certificates) == len(service.roots) == 1
    assert service.must_show


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://sign.supplier.example"},
        {"url": "sign"},
        {"roots": []},
        {"roots": ["missing.pem"]},
        {"certificates": ["weak.pem"]},
        {"unknown": 1},
    ],
)
def test_a_file_that_cannot_be_used_is_told(folder: Path, changes: dict[str, object]) -> None:
    with pytest.raises(signature_file.SignatureFileFault):
        signature_file.read(_file(folder, **changes), only_https=True)


def test_a_fault_in_the_file_is_told_with_the_others(folder: Path) -> None:
    environ = {
        "SALEM24_ENV": "test",
        "SALEM24_DATABASE_URL": "postgresql://unused",
        "SALEM24_DATA": str(folder),
        "SALEM24_SIGNATURE_SERVICE": str(_file(folder, roots=["missing.pem"])),
    }
    with pytest.raises(ConfigurationFault) as caught:
        Settings.from_environment(environ)
    assert "SALEM24_SIGNATURE_SERVICE" in str(caught.value)


def test_production_has_no_demonstration_to_sign_with(settings: Settings) -> None:
    production = replace(settings, environment="production", signature_service=None)
    assert not production.signs
    with pytest.raises(RuntimeError):
        signing_setup.ensure(production)


@pytest.mark.parametrize("form", [{}, {"EidSignRequest": "PHgvPg=="}, {"EidSignRequest": "%"}])
def test_the_demonstration_takes_no_request_that_it_cannot_trust(
    settings: Settings, form: dict[str, str]
) -> None:
    answered = eid.create(settings).test_client().post(signing_setup.PATH, data=form)
    assert answered.status_code == 400
