"""What tests of pages share."""

from __future__ import annotations

import pytest
from support.outside import Outside


@pytest.fixture
def outside(others) -> Outside:
    """Nobody outside answers, unless a test has somebody do."""
    return others
