"""What the tests of the simulator share."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves the folder of a test out


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """The simulator silences the trader's log for its process; the tests after it must still hear it."""
    log = logging.getLogger("qmtdesk.trader")
    before = log.level
    yield
    log.setLevel(before)
