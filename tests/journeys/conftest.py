"""Journeys are made twice: with scripts, and by those whose browser runs none."""

import pytest

from tests.journeys.abroad import abroad
from tests.live import Chromium

__all__ = ["abroad"]


def pytest_configure(config: pytest.Config) -> None:
    """The mark of tests that pass their time waiting."""
    config.addinivalue_line("markers", "waits: begins first, so that others run meanwhile")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever waits begins first, with the foreign provider's tests: others work meanwhile."""
    items.sort(key=lambda item: "abroad" not in getattr(item, "fixturenames", ()))
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


@pytest.fixture(params=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, chromium: Chromium) -> Chromium:
    """A person with a browser."""
    chromium.run_scripts(request.param == "with scripts")
    yield chromium
    chromium.run_scripts(True)
