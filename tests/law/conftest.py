"""What the tests of the law share: one matter, made anew for each."""

import pytest

from tests.law.matter import Matter


@pytest.fixture
def matter(lent):
    """A case that can be decided."""
    return Matter(lent)
