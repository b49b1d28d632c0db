"""The panel under table and ladder: orders, fills, holdings, round trips, events."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.csv_text import as_csv, as_line
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.row_table import RowModel, RowTable
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell import table_columns as columns
from qmtdesk.desk.shell.exporting import place_dialog, written
from qmtdesk.desk.words.texts import say, t
from qmtdesk.wire.rows import OrderRow
from qmtdesk.wire.talk import Ack

HEAD = 34
_SHOW_MS = 200  # five times a second is as fast as anybody reads a table


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab's name and what fills it."""

    name: str
    columns: tuple[columns.Column, ...]
    default: Callable[[Any], Any]
    key: Callable[[Any], str]


TABS = (
    Tab("orders", columns.ORDERS, columns.order_default, lambda r: r.ref),
    Tab("fills", columns.FILLS, lambda r: -r.at, lambda r: r.key),
    Tab("positions", columns.POSITIONS, columns.position_default, lambda r: r.code),
    Tab("trips", columns.TRIPS, lambda r: -columns.net(r), lambda r: r.code),
    Tab("events", columns.EVENTS, lambda r: -r.no, lambda r: str(r.no)),
)


class TabHead(QWidget):
    """The tab words with their counts, and the quiet switches at the right."""

    picked = Signal(int)
    switched = Signal(str)  # own | order | export

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.at = 0
        self.counts = [0] * len(TABS)
        self.alerts: dict[str, int] = {}
        self.links: tuple[tuple[str, str], ...] = ()
        self._places: list[tuple[float, float]] = []
        self._link_places: list[tuple[str, float, float]] = []
        self._over = QPoint(-1, -1)
        self.setFixedHeight(HEAD)
        self.setMouseTracking(True)
        look.changed.connect(self.update)

    def _hit(self, x: float) -> tuple[str, int]:
        for number, (left, right) in enumerate(self._places):
            if left - 8 <= x <= right + 8:
                return "tab", number
        for number, (_, left, right) in enumerate(self._link_places):
            if left - 6 <= x <= right + 6:
                return "link", number
        return "", -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        kind, number = self._hit(event.position().x())
        if kind == "tab":
            self.picked.emit(number)
        elif kind == "link":
            self.switched.emit(self._link_places[number][0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over = event.position().toPoint()
        shape = Qt.CursorShape.PointingHandCursor if self._hit(event.position().x())[0] else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def leaveEvent(self, event: Any) -> None:
        self._over = QPoint(-1, -1)
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        paint.box(p, QRectF(0, 0, self.width(), self.height() + 8), theme.bg1, radius=6)
        x = 12.0
        self._places = []
        over = self._hit_now()
        for number, tab in enumerate(TABS):
            start = x
            on = number == self.at
            value = theme.t1 if on or over == ("tab", number) else theme.t2
            x += paint.text(p, QRectF(x, 0, 200, HEAD - 1), t(f"tab.{tab.name}"), value, bold=on)
            if on:
                paint.box(p, QRectF(start, HEAD - 2.5, x - start, 2.5), theme.acc, radius=1)
            x += 5
            alerts = self.alerts.get(tab.name, 0)
            if not alerts or tab.name != "events":
                x += paint.text(p, QRectF(x, 0, 60, HEAD - 1), str(self.counts[number]), theme.t2, fonts.SMALL)
            if alerts:
                x += 3 + paint.chip(p, x + 3, HEAD / 2, str(alerts), theme.warn, theme.warnbg)
            self._places.append((start, x))
            x += 20
        self._paint_links(p, x, over)
        p.end()

    def _hit_now(self) -> tuple[str, int]:
        return self._hit(self._over.x()) if self._over.x() >= 0 else ("", -1)

    def _paint_links(self, p: QPainter, least: float, over: tuple[str, int]) -> None:
        theme = self._look.theme
        self._link_places = []
        x = self.width() - 14.0
        for number, (name, words) in enumerate(reversed(self.links)):
            wide = fonts.width_of(words, fonts.SMALL)
            if x - wide < least:
                break
            if number:
                paint.dot(p, x + 8, HEAD / 2, theme.t3, 3)
            value = theme.t1 if over == ("link", number) else theme.t2
            paint.text(p, QRectF(x - wide, 0, wide, HEAD - 1), words, value, fonts.SMALL)
            self._link_places.append((name, x - wide, x))
            x -= wide + 20


class TabPanel(QWidget):
    """Five tables of which one is filled: hidden ones wait. `show_code` asks the window to go to a code."""

    show_code = Signal(str, str)  # bond | stock, code
    told = Signal(str)  # one line for the user
    doubt_opened = Signal(str)  # ref of an order in doubt that the user wants to decide about

    def __init__(self, mirror: Mirror, commands: Commands, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror, self._commands, self._look = mirror, commands, look
        self._own_only, self._open_first = True, True
        self._seen_alarm = 0
        self._late = set(range(len(TABS)))
        self._known = 0
        self.setMinimumSize(360, HEAD + 24 + 24)
        self.head = TabHead(look, self)
        self.tables = [self._table(tab) for tab in TABS]
        self._stack = QStackedWidget(self)
        for table in self.tables:
            self._stack.addWidget(table)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 6)
        box.setSpacing(0)
        box.addWidget(self.head)
        box.addWidget(self._stack, 1)
        self.head.picked.connect(self.show_tab)
        self.head.switched.connect(self._switch)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_SHOW_MS)
        self._frame.timeout.connect(self._fill_late)
        mirror.orders_changed.connect(lambda _: self._came(0))
        mirror.fills_changed.connect(lambda _: self._came(1))
        mirror.positions_changed.connect(lambda _: self._came(2))
        mirror.grid_changed.connect(lambda _: self._came(3))
        mirror.events_changed.connect(lambda _: self._came(4))
        mirror.blind_changed.connect(self._repaint)
        mirror.bonds_changed.connect(self._named)
        mirror.watch_changed.connect(self._named)
        mirror.second_passed.connect(self._tick)
        look.changed.connect(self._relabel)
        self._relabel()
        self._fill_late()

    def _table(self, tab: Tab) -> RowTable:
        model = RowModel(tab.columns, self._mirror, tab.default)
        table = RowTable(model, self._mirror, self._look, f"tab.empty_{tab.name}", tab.key)
        table.setAccessibleName(t(f"tab.{tab.name}"))
        table.act.connect(self._act_clicked)
        table.removed.connect(self._act)
        table.copied.connect(self._copy)
        table.opened.connect(self._open)
        table.menu_asked.connect(self._menu)
        return table

    # what the window asks

    def show_tab(self, number: int) -> None:
        """Bring one tab to the front and give it the keyboard."""
        self.head.at = number
        self._stack.setCurrentIndex(number)
        if TABS[number].name == "events":
            self._seen_alarm = max((row.no for row in self._mirror.events.values()), default=0)
        self._fill_late()
        self._relabel()
        self.tables[number].setFocus()

    @property
    def at(self) -> int:
        """Number of the tab in front."""
        return self.head.at

    @property
    def name(self) -> str:
        """Name of the tab in front: orders | fills | positions | trips | events."""
        return TABS[self.head.at].name

    def table(self) -> RowTable:
        """The table in front."""
        return self.tables[self.head.at]

    def csv(self) -> str:
        """The table in front as CSV text."""
        table = self.table()
        shown = [column for column in table.rows.columns if column.title != "act"]
        head = [t(f"col.{column.title}") for column in shown]
        return as_csv(head, [[column.say(row, self._mirror) for column in shown] for row in table.rows.there()])

    # filling

    def rows_of(self, number: int) -> list[Any]:
        """The rows a tab shows now."""
        mirror = self._mirror
        match TABS[number].name:
            case "orders":
                rows = list(mirror.orders.values())
                return [row for row in rows if row.kind != "foreign"] if self._own_only else rows
            case "fills":
                return list(mirror.fills.values())
            case "positions":
                return [row for row in mirror.positions.values() if row.volume]
            case "trips":
                return list(mirror.grids.values())
            case _:
                return list(mirror.events.values())

    def _came(self, number: int) -> None:
        self._late.add(number)
        if not self._frame.isActive():
            self._frame.start()

    def _fill_late(self) -> None:
        for number in self._late:
            self.head.counts[number] = len(self.rows_of(number))
        if self.head.at in self._late:
            self._late.discard(self.head.at)
            self.tables[self.head.at].put(self.rows_of(self.head.at))
        if TABS[self.head.at].name == "events":
            self._seen_alarm = max((row.no for row in self._mirror.events.values()), default=0)
        alarms = [row for row in self._mirror.events.values() if row.level == "alarm" and row.no > self._seen_alarm]
        self.head.alerts = {"events": len(alarms), "orders": len(self._mirror.doubts())}
        self.head.update()

    def _named(self) -> None:
        # rows that came before their names say them now
        known = len(self._mirror.bonds) + len(self._mirror.watches)
        if known != self._known:
            self._known = known
            self._repaint()

    def _repaint(self) -> None:
        self.table().viewport().update()

    def _tick(self) -> None:
        name = TABS[self.head.at].name
        ages = name == "orders" and any(r.state in ("cancelling", "part_cancelling") for r in self.table().rows.rows)
        # a holding's price grows old without a word about the holding
        if (ages or name == "positions") and self.isVisible():
            self.table().viewport().update()

    def _relabel(self) -> None:
        links = [("export", t("tab.export"))]
        if TABS[self.head.at].name == "orders":
            own = t("tab.own_only" if self._own_only else "tab.all_orders")
            order = t("tab.open_first" if self._open_first else "tab.by_time")
            links = [("own", own), ("order", order), *links]
        self.head.links = tuple(links)
        self.head.update()
        for tab, table in zip(TABS, self.tables, strict=True):
            table.setAccessibleName(t(f"tab.{tab.name}"))
        self.update()

    # what the user does

    def _switch(self, name: str) -> None:
        if name == "export":
            self._export()
            return
        if name == "own":
            self._own_only = not self._own_only
        else:
            self._open_first = not self._open_first
            self.tables[0].rows.set_default(columns.order_default if self._open_first else lambda row: -row.at)
        self._late.add(0)
        self._fill_late()
        self._relabel()

    def _act(self, row: Any) -> None:
        """Del: cancel what can be cancelled."""
        if isinstance(row, OrderRow) and row.cancellable and row.kind != "foreign":
            grid = self._mirror.grids.get(row.code)
            # asked before the cancel changes it
            ends = _ends(row.kind, armed=grid is not None and grid.armed)
            self._commands.cancel_order(row.ref, lambda ack: self._cancelled(row, ends, ack))

    def _cancelled(self, row: OrderRow, ends: str, ack: Ack) -> None:
        """It would be placed again at once: its gap is paused or its strategy ends, and the user should know."""
        if ack.ok and ends:
            self.told.emit(t(f"order.cancel_{ends}", name=row.name, price=fmt.price(row.price, row.code)))
        elif not ack.ok and ack.reason is not None:
            self.told.emit(t("toast.refused", text=say(ack.reason, row.code)))

    def _asked(self, ack: Ack) -> None:
        if ack.ok:
            self.told.emit(t("decide.asked"))
        elif ack.reason is not None:
            self.told.emit(t("toast.refused", text=say(ack.reason)))

    def _decided(self, ack: Ack) -> None:
        if not ack.ok and ack.reason is not None:
            self.told.emit(t("toast.refused", text=say(ack.reason)))

    def _act_clicked(self, row: Any) -> None:
        """The action cell: an unknown order is settled only on its sheet."""
        if isinstance(row, OrderRow) and row.state == "unknown":
            self.doubt_opened.emit(row.ref)
        else:
            self._act(row)

    def _open(self, row: Any) -> None:
        code = getattr(row, "code", "")
        if code:
            self.show_code.emit("bond" if fmt.bond_like(code) else "stock", code)

    def _menu(self, row: Any, column: int, place: QPoint) -> None:
        self.menu_of(row, column).popup(place)

    def menu_of(self, row: Any, column: int) -> QMenu:
        """What can be done with a row; it deletes itself when closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        cell = self.table().rows.columns[column].say(row, self._mirror)
        menu.addAction(t("row.copy_cell"), lambda: QGuiApplication.clipboard().setText(as_line([cell])))
        menu.addAction(t("row.copy"), lambda: self._copy(row))
        menu.addSeparator()
        menu.addAction(t("row.show"), lambda: self._open(row))
        if isinstance(row, OrderRow) and row.kind != "foreign":
            cancel = menu.addAction(t("row.cancel"), lambda: self._act(row))
            cancel.setEnabled(row.cancellable)
            if row.state == "unknown":
                menu.addAction(t("doubt.ask"), lambda: self._commands.ask_now(self._asked))
                menu.addAction(t("row.decide"), lambda: self.doubt_opened.emit(row.ref))
            if (row.state, row.text) == ("refused", "not_listed"):
                # a second level, so that one slip of the mouse decides nothing
                sure = menu.addMenu(t("row.gone"))
                sure.addAction(t("row.gone_sure"), lambda: self._commands.decide_unknown(row.ref, self._decided))
        return menu

    def _copy(self, row: Any) -> None:
        shown = [column.say(row, self._mirror) for column in self.table().rows.columns if column.title != "act"]
        QGuiApplication.clipboard().setText(as_line(shown))

    def _export(self) -> None:
        name = TABS[self.head.at].name
        day = self._mirror.status.day if self._mirror.status else ""
        place_dialog(self, f"{name}-{day}.csv" if day else f"{name}.csv", self.export_to).open()

    def export_to(self, path: Path) -> None:
        """Write the table in front; says how it went through `told`."""
        self.told.emit(written(path, self.csv()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), self._look.theme.bg1, radius=6)
        p.end()


def _ends(kind: str, *, armed: bool) -> str:
    """What the cancel of an order of that owner brings with it, as the key of its text; '' for nothing."""
    if kind in ("clear", "guard"):
        return "ends_selling" if kind == "clear" else "ends_guard"
    if not armed:
        return ""
    return {"grid": "pauses", "first_buy": "ends_grid", "rolling": "ends_grid"}.get(kind, "")
