"""The menus of the bond table; each deletes itself when it is closed."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from qmtdesk.desk.bonds.bonds_columns import ALWAYS, COLUMNS, FROZEN, Bond, Column
from qmtdesk.desk.bonds.bonds_model import row_text
from qmtdesk.desk.bonds.bonds_view import BondView
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import StopHow


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the entries of a bond do; `stop` is None where nothing runs, `release` where nothing is suspended.

    `no_sheet`: why there is no sheet to start from just now.
    """

    sheet: Callable[[], object]
    stop: Callable[[StopHow], object] | None
    columns: Callable[[], object]
    release: Callable[[], object] | None = None
    no_sheet: str = ""


def row(parent: QWidget, bond: Bond, shown: tuple[Column, ...], column: int, wishes: Wishes) -> QMenu:
    """For one bond and the cell that was clicked."""
    menu, stop, clipboard = _menu(parent), wishes.stop, QGuiApplication.clipboard()
    if wishes.release is not None:
        menu.addAction(t("release.open"), wishes.release)
        menu.addSeparator()
    sheet = menu.addAction(t("bond.open_sheet"), wishes.sheet)
    sheet.setEnabled(not wishes.no_sheet)
    sheet.setToolTip(plain_tip(wishes.no_sheet))
    menu.setToolTipsVisible(bool(wishes.no_sheet))
    if stop is not None:
        for how in (StopHow.CANCEL, StopHow.LEAVE, StopHow.SELL):
            menu.addAction(t(f"stop.{how.value}"), lambda how=how: stop(how))
    menu.addSeparator()
    menu.addAction(t("bond.copy_cell"), lambda: clipboard.setText(shown[column].show(bond).text))
    menu.addAction(t("bond.copy_row"), lambda: clipboard.setText(row_text(bond, shown)))
    menu.addSeparator()
    menu.addAction(t("bond.columns"), wishes.columns)
    return menu


def columns(view: BondView, reset: Callable[[], object]) -> QMenu:
    """Which columns are shown."""
    menu = _menu(view)
    for column in COLUMNS:
        if column in FROZEN or column.key in ALWAYS:
            continue
        action = menu.addAction(column.title)
        action.setCheckable(True)
        action.setChecked(column.key in view.chosen_columns)
        action.triggered.connect(lambda _on, key=column.key: view.toggle_column(key))
    menu.addSeparator()
    menu.addAction(t("bond.columns_reset"), reset)
    return menu


def screens(parent: QWidget, name: str, default_order: Callable[[], object]) -> QMenu:
    """Which screen is in force, and its own order back."""
    menu = _menu(parent)
    action = menu.addAction(name)
    action.setCheckable(True)
    action.setChecked(True)
    menu.addSeparator()
    menu.addAction(t("bond.order_default"), default_order)
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
