"""The five things a trader does with the window, each through the real window and its keys."""

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.sheets.kill_sheet import KillSheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.messages import ArmGrid, DisarmGrid, DisarmGuard, Kill, SetThreshold
from qmtdesk.domain.plans import StopHow

IDLE = "123144.SZ"
CONTROL = Qt.KeyboardModifier.ControlModifier


class Desk:
    """The window over an invented trader."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.mirror, self.look, self.commands = Mirror(), Look(), fake.FakeCommands()
        self.look.set(motion=False)
        self.mirror.clock = lambda: self.mirror.status.clock if self.mirror.status else 0  # type: ignore[method-assign]
        self.window = MainWindow(self.mirror, self.commands, self.look)
        qtbot.addWidget(self.window, before_close_func=lambda window: setattr(window, "_may_close", True))
        self.window.resize(1600, 900)
        self.window.show()
        qtbot.waitExposed(self.window)
        fake.fill_mirror(self.mirror)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def wished(self, kind: type) -> list[object]:
        return [wish for wish in self.commands.wished if isinstance(wish, kind)]

    def tell(self, *rows: object) -> None:
        self.mirror.apply(rows)  # type: ignore[arg-type]
        self.mirror.flush()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_a_grid_is_armed_from_the_keyboard_only_after_its_numbers_were_shown(desk: Desk) -> None:
    desk.window.bonds.setFocus()
    desk.mirror.select_bond(IDLE)
    desk.key(Qt.Key.Key_Return)
    sheet = desk.window.findChild(GridSheet)
    assert sheet is not None
    assert desk.wished(ArmGrid) == []
    desk.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    assert sheet.answer is not None
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert desk.wished(ArmGrid) == []
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert desk.wished(ArmGrid) == [ArmGrid(sheet.answer.plan)]


def test_grid_and_guard_are_disarmed_at_once_and_the_way_back_is_offered(desk: Desk) -> None:
    desk.window.ladder.setFocus()
    desk.key(Qt.Key.Key_S)
    desk.window.watch.setFocus()
    desk.key(Qt.Key.Key_S)
    assert desk.wished(DisarmGrid) == [DisarmGrid(fake.BOND, StopHow.CANCEL)]
    assert desk.wished(DisarmGuard) == [DisarmGuard(fake.STOCK)]
    assert not desk.window.ladder.note.isHidden()
    assert not desk.window.watch.note.isHidden()


def test_a_threshold_is_edited_in_its_row(desk: Desk) -> None:
    desk.window.watch.setFocus()
    desk.key(Qt.Key.Key_F2)
    line = QApplication.focusWidget()
    assert line is not None
    desk.qtbot.keyClicks(line, "1800")
    desk.key(Qt.Key.Key_Return)
    assert desk.wished(SetThreshold) == [SetThreshold(fake.STOCK, 18_000_000_000)]


def test_a_fed_tick_moves_the_price_line_and_the_cell_of_the_ladder(desk: Desk) -> None:
    ladder = desk.window.ladder.ladder
    before = shot(ladder)
    old = desk.mirror.quotes[fake.BOND]
    levels = desk.mirror.grids[fake.BOND].levels
    price = next(level.price for level in levels if level.price > old.last + 300)
    desk.tell(msgspec.structs.replace(old, at=old.at + 3000, last=price))
    desk.qtbot.waitUntil(lambda: shot(ladder) != before, timeout=20_000)
    assert desk.window.ladder.chart.scene.last == price


def test_f12_kills_and_shows_the_confirmations_without_asking(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F12)
    assert desk.wished(Kill) == [Kill("key")]
    desk.tell(fake.killed_status(), fake.kill_row(), *fake.stopped_rows())
    sheet = desk.window.findChild(KillSheet)
    assert sheet is not None
    assert sheet.isVisible()
    button = desk.window.top.mapTo(desk.window, QPoint(desk.window.top.width() - 60, 20))
    under = desk.window.childAt(button)
    assert under is not None
    assert not sheet.isAncestorOf(under)


def shot(widget: QWidget) -> bytes:
    """What a widget looks like, as bytes to compare."""
    image = widget.grab().toImage()
    return bytes(image.constBits())
