"""F1: what stands where the keyboard is, in words: a level with its reason, a bond, a stock's state, an order."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from qmtdesk.desk.watch.watch_state import does
from qmtdesk.desk.words.texts import TEXTS, say, t
from qmtdesk.wire.rows import BondRow, EventRow, OrderRow, WatchRow

if TYPE_CHECKING:
    from qmtdesk.desk.shell.window import MainWindow

Told = tuple[str, tuple[str, ...]]
"""A title and its lines."""


def here(window: "MainWindow") -> Told:
    """About the panel with the keyboard; about the whole window when none has it."""
    if _inside(window.ladder):
        return _level(window)
    if _inside(window.watch) or _inside(window.seal):
        return _stock(window)
    if _inside(window.tabs):
        return _row(window)
    if _inside(window.bonds):
        return _bond(window)
    return t("help.window"), (t("help.window_note"),)


def _inside(panel: QWidget) -> bool:
    now = QApplication.focusWidget()
    return now is not None and (panel is now or panel.isAncestorOf(now))


def _level(window: "MainWindow") -> Told:
    mirror = window.mirror
    grid = mirror.grids.get(mirror.selected_bond)
    if grid is None:
        return t("help.no_grid", name=mirror.name(mirror.selected_bond)), (t("help.no_grid_note"),)
    title = t("help.ladder", name=grid.name)
    lines = [t(f"help.grid_{grid.state}")] if f"help.grid_{grid.state}" in TEXTS else []
    if grid.why is not None:
        lines.append(say(grid.why, grid.code))
    chosen = window.ladder.ladder.chosen
    if chosen >= 0:
        lines += window.ladder.acts.level_words(chosen).split("\n")
    else:
        lines.append(t("help.choose_level"))
    return title, (*lines, t("help.ladder_note"), t("help.ladder_keys"))


def _stock(window: "MainWindow") -> Told:
    mirror = window.mirror
    row = mirror.watches.get(mirror.selected_stock)
    if row is None:
        return t("watch.title"), (t("help.no_stock"),)
    return t("help.stock", name=row.name), (_state(row, blind=mirror.stale(row.code)), *_guard(row), t("help.seal"))


def _state(row: WatchRow, *, blind: bool) -> str:
    return t(f"help.board_{'blind' if blind else row.state}")


def _guard(row: WatchRow) -> tuple[str, ...]:
    lines = [t(f"help.action_{does(row)}") if row.armed else t("help.not_armed")]
    if row.why is not None:
        lines.append(say(row.why, row.code))
    return tuple(lines)


def _row(window: "MainWindow") -> Told:
    table = window.tabs.table()
    row = table.chosen()
    tab = t(f"tab.{window.tabs.name}")
    if isinstance(row, OrderRow):
        lines = [t(f"help.order_{row.state}") if f"help.order_{row.state}" in TEXTS else t(f"order.{row.state}")]
        lines += [row.text] if row.text else []
        return f"{tab} · {row.name}", tuple(lines)
    if isinstance(row, EventRow):
        return f"{tab} · {row.name or t('help.program')}", (say(row.reason, row.code),)
    return tab, (t(f"help.tab_{window.tabs.name}"),)


def _bond(window: "MainWindow") -> Told:
    mirror = window.mirror
    row = mirror.bonds.get(mirror.selected_bond)
    if row is None:
        return t("bond.title"), (t("help.columns"),)
    return row.name, (_why(row), t("help.columns"))


def _why(row: BondRow) -> str:
    return f"{t('bond.why_in' if row.included else 'bond.why_out', name=row.name)}  {say(row.why, row.code)}"
