"""The table of the law names a test for each paragraph, and each test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "law" / "forvaltningslagen.md"
# Those that lay a duty on whoever handles a case (domain reference §3.1).
PARAGRAPHS = [*range(5, 34), *range(35, 47)]
ROW = re.compile(r"^\| (\d+) § \|.*\| (`test_.*`) \|$", re.MULTILINE)


def _tests() -> set[str]:
    return {
        node.name
        for path in (ROOT / "tests" / "law").glob("test_*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _named(text: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", text))


def test_each_paragraph_has_a_row_with_a_test_of_its_name():
    rows = {int(number): _named(named) for number, named in ROW.findall(TABLE.read_text("utf-8"))}
    assert sorted(rows) == PARAGRAPHS
    for number, named in rows.items():
        assert any(name.startswith(f"test_fl_{number}_") for name in named), number


def test_each_test_that_is_named_exists_and_each_that_exists_is_named():
    named = _named(TABLE.read_text("utf-8"))
    there = _tests()
    assert named - there == set()
    by_law = {name for name in there if re.match(r"test_(fl|tf|osl|kl|pbl)_\d", name)}
    assert by_law - named == set()
