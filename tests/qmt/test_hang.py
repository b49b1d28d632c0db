"""A live trader whose QMT hangs, and the window beside it."""

from pathlib import Path

import pytest
from standins.install import layer

from tests.bench.qmt_hang import measure, p

pytest.importorskip("PySide6")


@pytest.mark.skipif(layer() is None, reason="the xtquant wheel is not installed (extra qmt)")
@pytest.mark.fault("G18")
def test_while_every_call_of_qmt_hangs_the_desk_answers_and_the_trader_beats(tmp_path: Path, long_run: bool) -> None:
    found = measure(60 if long_run else 18, 3, tmp_path)
    # what a busy machine adds is there before the hang, too
    assert p(found.during, 99) < max(50, 3 * p(found.before, 99))
    # told each half second
    assert max(found.gaps) < 2_000
    assert 0 < found.down_after < 17
    assert found.link == "attached"
