"""A stop of everything whose cancels are not proved keeps the trader, until somebody says otherwise."""

from pathlib import Path

from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.engine.books import live_orders
from qmtdesk.trader import pictures

BOND = "127089.SZ"


def left_behind(folder: Path) -> LoopDay:
    """Orders of a stopped grid on the book, and the link gone."""
    day = LoopDay(folder=folder, prices={BOND: 120_000}, held={BOND: (400, 120_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.live_market(10_000)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.live_market(3_000)
    day.feed(m.LinkChanged(up=False))
    assert list(live_orders(day.loop.state))
    assert not day.loop.busy
    return day


def test_cancels_owed_while_the_link_is_down_are_work_until_they_are_proved(tmp_path: Path) -> None:
    day = left_behind(tmp_path)
    day.feed(m.Kill("button"))
    day.wait(20_000)
    assert day.loop.busy
    day.feed(m.LinkChanged(up=True))
    day.live_market(10_000)
    assert not list(live_orders(day.loop.state))
    assert day.loop.state.kill is not None
    assert day.loop.state.kill.done_at
    assert not day.loop.busy


def test_cancels_nobody_can_send_any_more_keep_no_trader_once_the_day_has_closed(tmp_path: Path) -> None:
    day = left_behind(tmp_path)
    day.feed(m.Kill("button"))
    day.jump(14, 59, 59)
    assert day.loop.busy
    assert not pictures.kill_row(day.loop.state).over
    day.jump(15, 0)
    assert list(live_orders(day.loop.state)), "a counter may go on listing them until the next day"
    assert not day.loop.busy
    row = pictures.kill_row(day.loop.state)
    assert row.over
    assert not row.done


def test_a_stop_that_could_not_sell_before_the_close_keeps_no_trader_alive_over_the_night(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path, hour=14, minute=50, held={BOND: (300, 110_000)}).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False, adopt=300))).refusal is None
    day.live_market(3_000)
    day.mute = True
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    assert day.state.grids[BOND].winding is StopHow.SELL
    assert day.loop.busy
    # a minute for what the closing auction traded
    day.jump(15, 0, 50)
    assert day.loop.busy
    day.jump(15, 1, 5)
    assert not day.loop.busy
