"""The table of requirements is whole, and each test that it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "operations" / "e-id-compliance.md"
REQUIRED = [f"ID-{number:02}" for number in (*range(1, 18), *range(21, 29))]
ROW = re.compile(r"^\| (ID-\d\d) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")


def test_every_requirement_has_its_row() -> None:
    rows = ROW.findall(TABLE.read_text("utf-8"))
    assert [row[0] for row in rows] == REQUIRED
    for name, _, state, shown in rows:
        assert state.startswith(("built", "partly: ", "not built")), name
        assert bool(TEST.search(shown)) is not state.startswith("not built"), name


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(TABLE.read_text("utf-8"))
    assert named
    missing = [f"{file}::{name}" for file, name in named if name not in _tests(ROOT / file)]
    assert missing == []


def _tests(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
