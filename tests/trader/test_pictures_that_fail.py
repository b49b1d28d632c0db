"""A picture that cannot be drawn never stops what trades: the next event is decided, the next frame drawn."""

from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan
from qmtdesk.simulate.market_day import BOND


class Counted:
    """An outlet that counts what it was told."""

    desks = 1

    def __init__(self) -> None:
        self.pictures = self.beats = 0

    def publish(self, changes: object, quotes: object) -> None:
        self.pictures += 1

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        self.beats += 1


def frame(day: LoopDay) -> None:
    day.loop._next_frame = day.loop._next_beat = 0
    day.loop._show()


@pytest.mark.parametrize("part", ["changes", "publish"])
def test_the_loop_lives_and_goes_on_trading_and_the_next_frame_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    day, outlet = LoopDay(folder=tmp_path).open(), Counted()
    day.loop._outlet = outlet

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no picture")

    with monkeypatch.context() as drawing:
        drawing.setattr(day.loop._publisher if part == "changes" else outlet, part, broken)
        frame(day)
        assert (outlet.pictures, outlet.beats) == (0, 1)
        assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
        day.live_market(3_000)
        assert day.places()
        frame(day)
    assert "the desks could not be told" in caplog.text
    frame(day)
    assert (outlet.pictures, outlet.beats) == (1, 3)
