"""axe-core: what it finds on a page, and that it finds anything at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from axe_selenium_python import Axe

from tests.live import Chromium

AXE = Path(__file__).with_name("axe.min.js")
VERSION = "4.14.1"
# Without wcag22aa the rule on the size of targets does not run.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Every rule runs and is counted; only the faults are told to the last element.
OPTIONS = json.dumps({"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})


def told(violations: list[dict[str, Any]]) -> str:
    """The faults that axe has found, in short."""
    return "\n".join(
        f"{fault['id']}: {fault['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in fault["nodes"][:5])
        for fault in violations
    )


def faults(chromium: Chromium) -> str:
    """What axe finds on the present page."""
    axe = Axe(chromium.driver, str(AXE))
    if chromium.run("return typeof axe") == "undefined":
        axe.inject()
    assert chromium.run("return axe.version") == VERSION
    found = axe.run(options=OPTIONS)
    assert len(found["passes"]) > 5
    return told(found["violations"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_a_fault_where_there_is_one(chromium: Chromium, scheme: str):
    chromium.prefer(color_scheme=scheme)
    chromium.get("/kontakt").run(
        "document.querySelector('main').append(document.createElement('input'))"
    )
    assert "label" in faults(chromium)


@pytest.mark.parametrize(("endpoint", "status"), [("information.contact", 500)])
def test_axe_finds_no_fault_when_we_fail(chromium, town, monkeypatch, endpoint, status):
    def broken(**_):
        raise RuntimeError("broken for the test")

    monkeypatch.setitem(town.app.view_functions, endpoint, broken)
    chromium.hold({"salem24_draft": "x"})
    chromium.get("/kontakt")
    assert faults(chromium) == ""
