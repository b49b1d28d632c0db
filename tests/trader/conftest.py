"""What the tests of the trader share."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Trader

from qmtdesk.wire.address import read_card


@pytest.fixture
def trader(tmp_path: Path) -> Iterator[Trader]:
    """A counter for desks that leaves no card and no thread behind."""
    one = Trader(tmp_path)
    yield one
    one.server.stop()
    assert read_card(tmp_path) is None
    assert not [t for t in threading.enumerate() if t.name.startswith("pipe")]
