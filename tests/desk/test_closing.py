"""Closing by 停止、撤单并退出: everything of ours is taken off the books, and nothing keeps the window for ever."""

from collections.abc import Callable
from typing import Any

import engine_host as eh
import fake_trader as fake
import msgspec
import pytest
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import STOPPED, Mirror
from qmtdesk.desk.sheets import close_sheet
from qmtdesk.desk.sheets.close_sheet import CloseSheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.words.texts import t
from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay
from qmtdesk.trader.picture_grid import grid_row
from qmtdesk.trader.pictures import Desk, order_row, status_row

OTHER = "113002.SH"


class Stage:
    """The window; `left` is each time it goes: whether the trader is to end, and whether by force."""

    def __init__(self, qtbot: QtBot, commands: fake.FakeCommands | None = None) -> None:
        self.mirror, self.commands = Mirror(), commands or fake.FakeCommands()
        self.mirror.clock = lambda: self.mirror.status.clock if self.mirror.status else 0  # type: ignore[method-assign]
        look = Look()
        look.set(motion=False)
        self.window = MainWindow(self.mirror, self.commands, look)
        qtbot.addWidget(self.window, before_close_func=lambda w: setattr(w, "_may_close", True))
        self.window.show()
        self.mirror.set_link("attached")
        self.left: list[tuple[bool, bool]] = []
        self.window.leaving.connect(lambda stop: self.left.append((stop, self.window.goodbye.force)))

    def tell(self, *rows: Any) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()

    def closed(self) -> CloseSheet:
        """The sheet that asks."""
        assert not self.window.close()
        (sheet,) = self.window.findChildren(CloseSheet)
        return sheet

    def wished(self, kind: type) -> list[Any]:
        return [wish for wish in self.commands.wished if isinstance(wish, kind)]


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage(qtbot)
    fake.fill_mirror(stage.mirror)
    return stage


def shown(day: MarketDay) -> list[Any]:
    state = day.state
    rows: list[Any] = [status_row(state, Desk("paper", "paper", 1, ""))]
    return rows + [order_row(state, o) for o in state.orders.values()] + [grid_row(state, c) for c in state.grids]


def engine(qtbot: QtBot, day: MarketDay) -> tuple[Stage, Callable[[], None]]:
    stage = Stage(qtbot, eh.Obeyed(day))

    def show() -> None:
        stage.tell(*shown(day))

    show()
    return stage, show


def test_orders_kept_by_an_earlier_stop_are_cancelled_and_the_window_goes(qtbot: QtBot) -> None:
    day = MarketDay(cash=10**9, prices={BOND: 120_000, STOCK: 10_000, OTHER: 110_000}).open()
    for code in (BOND, OTHER):
        assert day.feed(m.ArmGrid(GridPlan(code=code, unit=80))).refusal is None
    day.live_market(15_000)
    day.feed(m.DisarmGrid(OTHER, StopHow.LEAVE))
    day.live_market(5_000)
    stage, show = engine(qtbot, day)
    stage.closed().disarm.click()
    for _ in range(20):
        day.live_market(1000, every=1000)
        show()
    assert [order for order in day.state.orders.values() if order.live] == []
    assert stage.left == [(True, False)]


@pytest.mark.parametrize("kind", ["lost", "trial"])
def test_an_own_order_of_no_strategy_is_cancelled_too_and_waited_for(stage: Stage, kind: str) -> None:
    lost = msgspec.structs.replace(fake.orders()[1], ref="zz", code=OTHER, kind=kind)
    stage.tell(lost)
    stage.closed().disarm.click()
    assert stage.wished(m.CancelOne) == [m.CancelOne("zz")]
    gone = [msgspec.structs.replace(row, state="cancelled", cancellable=False) for row in fake.orders()]
    stage.tell(*fake.stopped_rows(), fake.idle_status(), *gone)
    stage.tell(msgspec.structs.replace(lost, state="cancelling", cancellable=False))
    assert stage.left == []
    stage.tell(msgspec.structs.replace(lost, state="cancelled", cancellable=False))
    assert stage.left == [(True, False)]


def test_a_stop_that_leaves_the_orders_cancels_none(stage: Stage) -> None:
    stage.tell(msgspec.structs.replace(fake.orders()[1], ref="zz", code=OTHER, kind="lost"))
    stage.closed().leave_orders.click()
    assert stage.wished(m.CancelOne) == []


def test_orders_whose_day_is_over_do_not_hold_the_window_up(qtbot: QtBot) -> None:
    day = MarketDay(cash=10**9).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, unit=80, keep_armed=True))).refusal is None
    day.live_market(15_000)
    day.jump(14, 59, 50)
    day.quote_all()
    day.wait(15_000)
    day.jump(15, 0, 30)
    stage, show = engine(qtbot, day)
    stage.closed().disarm.click()
    show()
    assert any(order.live for order in day.state.orders.values())
    assert stage.left == [], "the trades of the closing auction may still be told"
    day.jump(15, 2)
    show()
    assert stage.left == [(True, False)]


def nothing_but_a_doubt(stage: Stage) -> CloseSheet:
    sheet = stage.closed()
    sheet.disarm.click()
    gone = [msgspec.structs.replace(row, state="cancelled", cancellable=False) for row in fake.orders()]
    stage.tell(*fake.stopped_rows(), fake.idle_status(), *(row for row in gone if row.ref != "u1"))
    return sheet


def drawn(sheet: CloseSheet) -> str:
    with paint.recording() as texts:
        sheet.grab()
    return "\n".join(each.text for each in texts.texts)


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close_sheet, "PATIENCE_MS", 20)


@pytest.mark.usefixtures("_hasty")
def test_what_is_not_confirmed_for_long_is_named_and_the_user_may_go_or_wait_on(stage: Stage, qtbot: QtBot) -> None:
    sheet = nothing_but_a_doubt(stage)
    qtbot.waitUntil(sheet.disarm.isEnabled)
    assert (sheet.disarm.text(), sheet.leave_orders.text()) == (t("close.wait"), t("close.leave_now"))
    assert "海岳转债 买 120.690" in drawn(sheet)
    assert stage.left == []
    sheet.leave_orders.click()
    assert stage.left == [(True, False)]


@pytest.mark.usefixtures("_hasty")
def test_waiting_on_asks_once_more_and_is_offered_again(stage: Stage, qtbot: QtBot) -> None:
    stage.tell(msgspec.structs.replace(fake.orders()[1], ref="zz", code=OTHER, kind="lost"))
    sheet = nothing_but_a_doubt(stage)
    qtbot.waitUntil(sheet.disarm.isEnabled)
    sheet.disarm.click()
    assert not sheet.disarm.isEnabled()
    assert "海岳转债" not in drawn(sheet)
    assert stage.wished(m.CancelOne) == [m.CancelOne("zz"), m.CancelOne("zz")]
    qtbot.waitUntil(sheet.disarm.isEnabled)
    assert "海岳转债" in drawn(sheet)


@pytest.mark.usefixtures("_hasty")
def test_going_after_a_long_wait_does_not_change_what_is_kept_for_next_time(stage: Stage, qtbot: QtBot) -> None:
    sheet = stage.closed()
    sheet.remember.click()
    sheet.disarm.click()
    qtbot.waitUntil(sheet.disarm.isEnabled)
    sheet.leave_orders.click()
    assert stage.window.goodbye.how == "cancel"


@pytest.mark.usefixtures("_hasty")
def test_more_than_four_unconfirmed_orders_are_counted(stage: Stage, qtbot: QtBot) -> None:
    sheet = stage.closed()
    sheet.disarm.click()
    qtbot.waitUntil(sheet.disarm.isEnabled)
    stage.mirror.set_link("silent", "2000")
    with paint.recording() as texts:
        sheet._told.grab()
    assert t("close.and_more", n=2) in texts.texts[2].text
    assert texts.texts[3].text == t("close.unheard")
    assert max(each.rect.bottom() for each in texts.texts) <= sheet._told.height()


@pytest.mark.usefixtures("_hasty")
def test_a_trader_lost_while_it_was_waited_for_does_not_keep_the_window(stage: Stage, qtbot: QtBot) -> None:
    sheet = stage.closed()
    sheet.disarm.click()
    qtbot.waitUntil(sheet.disarm.isEnabled)
    stage.mirror.set_link("lost")
    sheet.leave_orders.click()
    assert stage.left == [(True, False)]


# a trader that is not heard


@pytest.mark.parametrize("link", ["silent", "lost"])
def test_closing_asks_where_something_was_armed_when_the_trader_was_last_heard(stage: Stage, link: str) -> None:
    stage.mirror.set_link(link, "2000")
    sheet = stage.closed()
    assert stage.left == []
    assert t("close.unheard") in drawn(sheet)


def test_closing_asks_nothing_where_the_trader_was_told_to_end(stage: Stage) -> None:
    stage.mirror.set_link("lost", STOPPED)
    assert stage.window.close()


def test_closing_asks_nothing_where_the_last_picture_had_nothing_to_do(stage: Stage) -> None:
    gone = [msgspec.structs.replace(row, state="cancelled", cancellable=False) for row in fake.orders()]
    stage.tell(*fake.stopped_rows(), fake.idle_status(), *gone)
    stage.mirror.set_link("silent", "2000")
    assert stage.window.close()


def test_closing_asks_where_orders_were_working_when_the_trader_was_last_heard(stage: Stage) -> None:
    stage.tell(*fake.stopped_rows(), fake.idle_status())
    stage.mirror.set_link("silent", "2000")
    stage.closed()


def test_a_stop_that_nobody_hears_ends_in_the_choice_to_wait_or_go(stage: Stage) -> None:
    stage.mirror.set_link("silent", "2000")
    sheet = stage.closed()
    sheet.leave_orders.click()
    assert stage.left == []
    sheet._waited()
    sheet.leave_orders.click()
    assert stage.left == [(True, False)]
