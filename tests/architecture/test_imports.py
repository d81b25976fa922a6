"""What the import contracts of pyproject.toml cannot say without exceptions."""

import ast
import tomllib
from pathlib import Path

import pytest

from app.config import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
SLICES = sorted(path.parent for path in (ROOT / "services").glob("*/__init__.py"))


def _imported(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("folder", SLICES, ids=lambda folder: folder.name)
def test_only_the_forms_know_wtforms(folder):
    knowing = [path.name for path in folder.rglob("*.py") if "wtforms" in _imported(path)]
    assert folder.name == "forms" or knowing == []


def test_the_eid_layer_knows_no_forms_and_no_jobs():
    for path in (ROOT / "identity").rglob("*.py"):
        assert not _imported(path) & {"wtforms", "procrastinate", "psycopg", "alembic"}, path.name


def test_migrations_never_import_models():
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert not _imported(path) & {"app", "services", "identity"}, path.name


def test_every_slice_has_its_place_in_the_order():
    layers = next(each for each in CONTRACTS["contracts"] if each["type"] == "layers")
    placed = {name.strip() for line in layers["layers"] for name in line.split("|")}

    assert layers["exhaustive"]
    assert {folder.name for folder in SLICES} <= placed
    assert all(":" not in line for line in layers["layers"]), "siblings are joined by |"


def test_no_contract_has_exceptions():
    assert not CONTRACTS["exclude_type_checking_imports"]
    assert all("ignore_imports" not in each for each in CONTRACTS["contracts"])


def test_a_slice_says_in_its_package_what_it_is_and_nothing_else():
    for folder in SLICES:
        body = ast.parse((folder / "__init__.py").read_text()).body
        assert len(body) == 1, f"{folder.name}/__init__.py is more than a docstring"
