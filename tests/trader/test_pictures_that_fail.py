"""A picture that cannot be drawn never stops what trades: the next event is decided, the next frame drawn."""

from pathlib import Path
from types import ModuleType

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan
from qmtdesk.simulate.market_day import BOND, STOCK
from qmtdesk.trader import picture_bonds, picture_grid, picture_watch, pictures, publisher
from qmtdesk.trader.mirror import tag_of
from qmtdesk.wire.outbox import Change
from qmtdesk.wire.rows import AnyRow, OrderRow, QuoteRow, StatusRow, key_of
from qmtdesk.wire.talk import Gone


class Counted:
    """An outlet that counts what it was told."""

    desks = 1

    def __init__(self) -> None:
        self.pictures = self.beats = 0

    def publish(self, changes: object, quotes: object) -> None:
        self.pictures += 1

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        self.beats += 1


class Told:
    """An outlet that keeps what it was told, as a desk does."""

    desks = 1

    def __init__(self) -> None:
        self.rows: dict[tuple[int, str], AnyRow] = {}

    def publish(self, changes: list[Change], quotes: list[QuoteRow]) -> None:
        for _, row in changes:
            if isinstance(row, Gone):
                self.rows.pop((row.table, row.key), None)
            else:
                self.rows[tag_of(row), key_of(row)] = row
        self.rows.update({(tag_of(row), key_of(row)): row for row in quotes})

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        """Nobody listens."""


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


OTHER = "000002.SZ"
PARTS = [
    (pictures, "order_row"),
    (pictures, "position_row"),
    (pictures, "event_row"),
    (picture_grid, "grid_row"),
    (picture_watch, "watch_row"),
    (picture_bonds, "screen_row"),
    (pictures, "quote_row"),
]


@pytest.mark.parametrize(("room", "name"), PARTS, ids=[name for _, name in PARTS])
def test_after_a_picture_that_failed_once_the_desk_is_told_all_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, room: ModuleType, name: str
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "failed").mkdir()
    monkeypatch.setattr(publisher, "SCREEN_MS", 0)
    monkeypatch.setattr(publisher, "SLOW_MS", 0)
    whole, failed = told(tmp_path / "whole", None), told(tmp_path / "failed", (room, name, monkeypatch))
    assert "the desks could not be told" in caplog.text or "no picture of" in caplog.text
    assert whole.keys() == failed.keys()
    assert all(failed[key] == row for key, row in whole.items() if not isinstance(row, StatusRow))


def told(folder: Path, fails: tuple[ModuleType, str, pytest.MonkeyPatch] | None) -> dict[tuple[int, str], AnyRow]:
    """What a desk knows after a frame that may fail once and the frames after it."""
    day, outlet = LoopDay(folder=folder, prices={BOND: 120_000, STOCK: 10_000, OTHER: 8_000}).open(), Told()
    day.loop._outlet = outlet
    day.feed(m.WatchStock(STOCK, on=True))
    frame(day)
    day.feed(m.WatchStock(STOCK, on=False))
    day.feed(m.WatchStock(OTHER, on=True))
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.wait(3_000)
    day.price(BOND, 119_000)
    day.wait(3_000)
    assert day.state.fills
    if fails is None:
        frame(day)
    else:
        room, name, monkeypatch = fails
        with monkeypatch.context() as drawing:
            drawing.setattr(room, name, broken)
            frame(day)
    frame(day)
    return outlet.rows


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("no picture")


@pytest.mark.parametrize(
    ("room", "name"),
    [
        (picture_grid, "grid_row"),
        (picture_watch, "watch_row"),
        (picture_bonds, "bond_row"),
        (picture_bonds, "screen_row"),
    ],
)
def test_a_picture_that_always_fails_keeps_no_other_from_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, room: ModuleType, name: str
) -> None:
    day, outlet = LoopDay(folder=tmp_path).open(), Told()
    day.loop._outlet = outlet
    monkeypatch.setattr(room, name, broken)
    day.feed(m.WatchStock(STOCK, on=True))
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    for _ in range(5):
        day.live_market(3_000)
        frame(day)
    orders = {key for tag, key in outlet.rows if tag == publisher.TAGS[OrderRow]}
    assert orders == set(day.loop.state.orders)
    assert "the desks could not be told" not in caplog.text
    assert caplog.text.count("no picture of") <= len(day.loop.terms) + 2


def test_a_desk_that_was_told_nothing_for_seconds_hears_no_sign_of_life_until_it_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    day, outlet, clock = LoopDay(folder=tmp_path).open(), Counted(), [10**12]
    day.loop._outlet = outlet
    monkeypatch.setattr("qmtdesk.trader.loop.time.monotonic_ns", lambda: clock[0])

    def show(seconds: float) -> None:
        end = clock[0] + int(seconds * 10**9)
        while clock[0] < end:
            clock[0] += 10**8
            day.loop._show()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no position")

    show(1)
    with monkeypatch.context() as drawing:
        drawing.setattr(pictures, "position_row", broken)
        drawing.setattr(pictures, "status_row", broken)
        show(1)
        early = outlet.beats
        assert early > 2
        show(2)
        late = outlet.beats
        show(10)
        assert outlet.beats == late
    show(1)
    assert outlet.beats > late
    assert "the desks could not be told" in caplog.text
