"""Journeys are made twice: with scripts, and by those whose browser runs none."""

import pytest

from tests.journeys.abroad import abroad
from tests.live import Chromium

__all__ = ["abroad"]


@pytest.fixture(params=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, chromium: Chromium) -> Chromium:
    """A person with a browser."""
    chromium.run_scripts(request.param == "with scripts")
    yield chromium
    chromium.run_scripts(True)
