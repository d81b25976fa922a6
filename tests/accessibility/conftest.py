"""What accessibility tests share: the stage, and axe."""

import pytest

from tests.accessibility.stage import Stage, set_up
from tests.town import Town


@pytest.fixture(scope="session")
def stage(town: Town) -> Stage:
    """Cases and drafts for the pages to show."""
    return set_up(town)
