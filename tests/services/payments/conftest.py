"""What the tests of payments share."""

import pytest

from tests.builders.payments import Office


@pytest.fixture
def office(lent) -> Office:
    """A place to pay at."""
    return Office(lent)
