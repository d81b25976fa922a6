"""What tests of the desk share: a case of the technical committee, and who handles it."""

import pytest

from tests.browser import Browser
from tests.pages import number_on, report
from tests.town import Town


@pytest.fixture
def resident(town: Town) -> Browser:
    """A resident who is told by mail."""
    return town.signed_in("testa")


@pytest.fixture
def number(resident: Browser) -> str:
    """A case that nobody has opened yet."""
    return number_on(report(resident, email="testa@example.com").submit("Skicka in"))
