"""Opens the sheets over a window."""

from collections.abc import Callable
from typing import Protocol, cast

from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.clear_sheet import ClearSheet
from qmtdesk.desk.sheets.doubt_sheet import DoubtSheet
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.desk.sheets.kill_sheet import KillSheet
from qmtdesk.desk.sheets.list_sheet import ListSheet
from qmtdesk.desk.sheets.release_sheet import ReleaseSheet
from qmtdesk.desk.sheets.stop_choice import StopChoice, StopSheet
from qmtdesk.domain.plans import StopHow


class Host(Protocol):
    """What a window must have for its sheets. Its top bar is found by the object name `sheet_base.TOP_NAME`."""

    mirror: Mirror
    commands: Commands
    look: Look


def open_grid_sheet(window: QWidget, code: str) -> GridSheet:
    """启动网格, or 网格参数 when that grid runs. `window` is a Host."""
    host = cast("Host", window)
    return show_grid(window, host.mirror, host.commands, host.look, code)


def open_guard_sheet(window: QWidget, code: str) -> GuardSheet:
    """布防. `window` is a Host."""
    host = cast("Host", window)
    return show_guard(window, host.mirror, host.commands, host.look, code)


def open_kill_sheet(window: QWidget) -> KillSheet:
    """The progress of 全部停止. `window` is a Host."""
    host = cast("Host", window)
    return show_kill(window, host.mirror, host.commands, host.look)


def open_stop_choice(
    window: QWidget, code: str, anchor: QWidget, stop: Callable[[str, StopHow], None] | None = None
) -> StopChoice:
    """The three ways to stop a grid, under the button that was pressed. `window` is a Host."""
    host = cast("Host", window)
    plain = stop or host.commands.disarm_grid
    return StopChoice(window, host.look, anchor, lambda how: stop_by(window, code, how, plain))


def stop_by(window: QWidget, code: str, how: StopHow, stop: Callable[[str, StopHow], None]) -> None:
    """Stop in that way; the one that sells shows its numbers first. `window` is a Host."""
    if how is StopHow.SELL:
        host = cast("Host", window)
        StopSheet(window, host.mirror, host.commands, host.look, code).open()
    else:
        stop(code, how)


def show_guard(
    window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str, threshold: int = 0
) -> GuardSheet:
    """The arming sheet of a stock's guard; `threshold` (厘) pre-fills R1's."""
    sheet = GuardSheet(window, mirror, commands, look, code, threshold)
    sheet.open()
    return sheet


def show_grid(window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str) -> GridSheet:
    """The arming sheet of a bond's grid."""
    sheet = GridSheet(window, mirror, commands, look, code)
    sheet.open()
    return sheet


def show_release(window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str) -> ReleaseSheet:
    """Let a suspended code, or with '' everything, trade again."""
    sheet = ReleaseSheet(window, mirror, commands, look, code)
    sheet.open()
    return sheet


def show_doubts(window: QWidget, mirror: Mirror, commands: Commands, look: Look, ref: str = "") -> DoubtSheet:
    """The orders in doubt, one of them chosen."""
    sheet = DoubtSheet(window, mirror, commands, look, ref)
    sheet.open()
    return sheet


def show_kill(window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> KillSheet:
    """The kill switch's progress."""
    sheet = KillSheet(window, mirror, commands, look)
    sheet.open()
    return sheet


def show_list(window: QWidget, mirror: Mirror, commands: Commands, look: Look, place: str = "") -> ListSheet:
    """The import of a bond list, of the file at `place` if there is one."""
    sheet = ListSheet(window, mirror, commands, look, place)
    sheet.open()
    return sheet


def show_clear(window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> ClearSheet:
    """The holdings that are not on the list."""
    sheet = ClearSheet(window, mirror, commands, look)
    sheet.open()
    return sheet
