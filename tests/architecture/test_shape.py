"""The suite that reads the code: sizes, imports, commits, and who may enter."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
CODE = [
    path
    for folder in ("app", "services", "identity")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
ALL = [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]
# Entry points: a request, a job, a command. Nobody else may commit.
COMMITTERS = (
    "app/transactions.py",
    "app/demo/",
    "app/cli/",
    "app/runner/",
    "app/worker.py",
    "migrations/",
)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", ALL, ids=_name)
def test_no_file_is_too_long_and_no_function(path):
    text = path.read_text()
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or 0) - node.lineno + 1
            assert size <= LONGEST_FUNCTION, f"{node.name} has {size} lines"


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_nothing_is_imported_inside_a_function(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [
                each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)
            ]
            assert not inner, f"{node.name} imports inside"


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_every_module_says_what_it_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert docstring.endswith((".", "?"))


def test_only_entry_points_commit():
    committing = [
        _name(path)
        for path in CODE
        if ".commit(" in path.read_text() and not _name(path).startswith(COMMITTERS)
    ]
    assert committing == []


def test_the_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_pretends_to_be_finished():
    marks = ("TODO", "FIXME", "XXX", "coming soon", "kommer snart", "raise NotImplementedError")
    found = [
        f"{_name(path)}: {mark}"
        for path in CODE
        for mark in marks
        if re.search(rf"\b{mark}\b", path.read_text())
    ]
    assert found == []
