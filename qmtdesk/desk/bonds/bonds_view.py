"""The bond table's view: Qt's selection, scrolling and accessibility, but every row painted in one own pass."""

from time import monotonic
from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from qmtdesk.desk.bonds import bonds_paint
from qmtdesk.desk.bonds.bonds_columns import ALWAYS, COLUMNS, FROZEN, Column, arranged, state_word
from qmtdesk.desk.bonds.bonds_model import AFTER_CHANGE, BondModel, Group
from qmtdesk.desk.bonds.bonds_paint import Place
from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import t

HEADER = 24
FLASH_S = 0.25
FLASH_GAP_S = 0.25
GUTTER = 8


class FrozenHeader(QHeaderView):
    """Titles painted where the view paints its columns; a click sorts."""

    sort_wanted = Signal(str)

    def __init__(self, view: "BondView") -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setFixedHeight(HEADER)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        view = self._view
        theme = view.look.theme
        p = QPainter(self.viewport())
        p.fillRect(self.viewport().rect(), paint.color(theme.bg2))
        sheet = view.sheet()
        p.setClipRect(sheet.frozen_width, 0, sheet.width, HEADER)
        for place in sheet.moving:
            bonds_paint.title(p, theme, place, HEADER, view.sorted_by(place.column))
        p.setClipping(False)
        for place in sheet.frozen:
            bonds_paint.title(p, theme, place, HEADER, view.sorted_by(place.column))
        if sheet.scrolled:
            paint.upright(p, sheet.frozen_width, 4, HEADER - 4, theme.line2)
        p.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        column = self._view.column_under(int(event.position().x()))
        if column is not None and event.button() == Qt.MouseButton.LeftButton:
            self.sort_wanted.emit(column.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class BondView(QTableView):
    """Name and state stay, the rest scrolls sideways. GUI thread only."""

    open_wanted = Signal(str)
    stop_wanted = Signal(str)
    ladder_wanted = Signal(str)
    picked = Signal(str)

    def __init__(self, model: BondModel, mirror: Mirror, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._mirror = mirror
        self._bonds = model
        self.chosen_columns = frozenset(column.key for column in COLUMNS)
        self._widths: dict[str, int] = {}
        self._sheet: bonds_paint.Sheet | None = None
        self._sheet_key: object = None
        self._arranged = 0
        self._flashes: dict[str, tuple[float, bool]] = {}
        self._flash_timer = QTimer(self)
        self._flash_timer.setInterval(50)
        self._flash_timer.timeout.connect(self._fade)
        self.setModel(model)
        self._header = FrozenHeader(self)
        self.setHorizontalHeader(self._header)
        self.header_clicked = self._header.sort_wanted
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(self._double_clicked)
        self.horizontalScrollBar().valueChanged.connect(self._header.viewport().update)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self.measure()

    # what it looks like

    def measure(self) -> None:
        """Column widths and row height from the fonts in force; then the columns that fit come first."""
        for column in COLUMNS:
            self._widths[column.key] = self._measured(column)
        self.verticalHeader().setDefaultSectionSize(self.look.row_height)
        self.arrange()

    def _measured(self, column: Column) -> int:
        """The widest sample, name or state word there is, with air; never less than the title."""
        samples = list(column.samples)
        bonds = [entry.row for entry in self._bonds.entries if not isinstance(entry, Group)]
        if column.key == "name":
            samples += [row.name for row in bonds]
        elif column.key == "stock":
            samples += [row.stock_name for row in bonds]
        elif column.key == "grid":
            samples = [state_word(state) for state in ("", "running", "sell_only", "asleep", "stopped", "waiting")]
        elif column.key == "redeem":
            samples = [t("redeem.counting", have=15, need=15), t("redeem.announced"), t("redeem.met")]
        wide = max(fonts.width_of(words, fonts.BODY, column.bold) for words in samples)
        wide = max(wide + (11 if column.arrow else 0), fonts.width_of(column.title, fonts.SMALL))
        extra = {"name": 3, "grid": bonds_paint.SIGN_ROOM - 6}.get(column.key, 0)
        return int(wide + 0.999) + 2 * bonds_paint.INSET + extra

    def arrange(self) -> None:
        """Put the columns into their order for the width there is."""
        frozen = sum(self._widths[column.key] for column in FROZEN)
        columns = (*FROZEN, *arranged(self.chosen_columns, self._widths, self.width() - GUTTER - frozen))
        self._bonds.set_columns(columns)
        for at, column in enumerate(columns):
            self._header.resizeSection(at, self._widths[column.key])
        self._stretch(columns, frozen)
        self._arranged += 1
        self._header.viewport().update()
        self.viewport().update()

    def _stretch(self, columns: tuple[Column, ...], frozen: int) -> None:
        """Spread what is left of the first screen over its columns behind the change, so that the edge cuts none."""
        room = self.width() - GUTTER - frozen
        fitting: list[int] = []
        for at in range(len(FROZEN), len(columns)):
            wide = self._widths[columns[at].key]
            if wide > room:
                break
            room -= wide
            if columns[at].key in AFTER_CHANGE:
                fitting.append(at)
        for number, at in enumerate(fitting):
            share = room // (len(fitting) - number)
            room -= share
            self._header.resizeSection(at, self._widths[columns[at].key] + share)

    def sheet(self) -> bonds_paint.Sheet:
        """Where everything stands now; made anew only when something moved."""
        offset, width = self.horizontalScrollBar().value(), self.viewport().width()
        key = (offset, width, self._mirror.blind, id(self.look.theme), self._arranged)
        if self._sheet is None or key != self._sheet_key:
            self._sheet, self._sheet_key = self._laid_out(offset, width), key
        return self._sheet

    def _laid_out(self, offset: int, width: int) -> bonds_paint.Sheet:
        x, frozen, moving = 0, [], []
        for at, column in enumerate(self._bonds.columns):
            wide = self._header.sectionSize(at)
            if at < len(FROZEN):
                frozen.append(Place(column, x, wide))
            else:
                moving.append(Place(column, x - offset, wide))
            x += wide
        fixed = sum(place.width for place in frozen)
        in_view = (place for place in moving if fixed < place.left + place.width and place.left < width)
        seen = tuple(place.within(fixed, width) for place in in_view)
        return bonds_paint.Sheet(self.look.theme, tuple(frozen), seen, fixed, width, offset > 0, self._mirror.blind)

    def sorted_by(self, column: Column) -> str:
        """'' | up | down."""
        if column.key != self._bonds.sort_key:
            return ""
        return "down" if self._bonds.descending else "up"

    def column_under(self, x: int) -> Column | None:
        """The column painted at that pixel."""
        sheet = self.sheet()
        places = sheet.frozen if x < sheet.frozen_width else sheet.moving
        return next((place.column for place in places if place.left <= x < place.left + place.width), None)

    def flash(self, code: str, *, up: bool) -> None:
        """A price moved: tint its cell, at most four times a second."""
        now = monotonic()
        if not self.look.motion or not self.isVisible():
            return
        if code in self._flashes and now - self._flashes[code][0] < FLASH_GAP_S:
            return
        self._flashes[code] = (now, up)
        if not self._flash_timer.isActive():
            self._flash_timer.start()

    def _fade(self) -> None:
        now = monotonic()
        for code in list(self._flashes):
            self.update_row(self._bonds.row_of(code))
            if now - self._flashes[code][0] > FLASH_S:
                del self._flashes[code]
        if not self._flashes:
            self._flash_timer.stop()

    def update_row(self, row: int) -> None:
        """Repaint one row if it is in view."""
        top = self.rowViewportPosition(row)
        if row >= 0 and -self.look.row_height < top < self.viewport().height():
            self.viewport().update(0, top, self.viewport().width(), self.look.row_height)

    def seen(self) -> frozenset[str]:
        """The codes whose rows are in view."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        end = last + 1 if last >= 0 else len(self._bonds.entries)
        bonds = (self._bonds.bond_at(row) for row in range(max(first, 0), end))
        return frozenset(bond.row.code for bond in bonds if bond is not None)

    def below(self) -> int:
        """How many bonds are further down than the view reaches."""
        last = self.rowAt(self.viewport().height() - 1)
        return 0 if last < 0 else sum(not isinstance(entry, Group) for entry in self._bonds.entries[last + 1 :])

    def select_code(self, code: str) -> None:
        """Mark this bond without telling anybody."""
        row = self._bonds.row_of(code)
        if row < 0:
            self.clearSelection()
            return
        index = self._bonds.index(row, 0)
        self.setCurrentIndex(index)

    def chosen_code(self) -> str:
        """The marked bond's code, ''."""
        bond = self._bonds.bond_at(self.currentIndex().row())
        return bond.row.code if bond is not None else ""

    # inside and Qt

    def _double_clicked(self, index: QModelIndex) -> None:
        bond = self._bonds.bond_at(index.row())
        if bond is not None:
            self.ladder_wanted.emit(bond.row.code)

    def currentChanged(self, current: Any, previous: Any) -> None:
        super().currentChanged(current, previous)
        bond = self._bonds.bond_at(current.row())
        if bond is not None:
            self.picked.emit(bond.row.code)
        self.viewport().update()

    def dataChanged(self, top_left: Any, bottom_right: Any, roles: Any = ()) -> None:
        first, last = top_left.row(), bottom_right.row()
        if last - first > 40:
            self.viewport().update()
            return
        for row in range(first, last + 1):
            self.update_row(row)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        sideways = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self.horizontalScrollBar().setValue(sideways)

    def indexAt(self, place: QPoint) -> QModelIndex:
        row, column = self.rowAt(place.y()), self.column_under(place.x())
        if row < 0 or column is None:
            return QModelIndex()
        return self._bonds.index(row, self._bonds.columns.index(column))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            code = self.chosen_code()
            self.arrange()
            if code and not self.chosen_code():
                self.select_code(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and not event.modifiers():
            self._step(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._tell(self.open_wanted)
        elif event.key() == Qt.Key.Key_S and not event.modifiers() and not event.isAutoRepeat():
            self._tell(self.stop_wanted)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Left, Qt.Key.Key_Right):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _tell(self, signal: Any) -> None:
        code = self.chosen_code()
        if code:
            signal.emit(code)

    def _step(self, step: int) -> None:
        """To the next bond, over headings."""
        row = self.currentIndex().row() + step
        while 0 <= row < len(self._bonds.entries):
            if self._bonds.bond_at(row) is not None:
                column = max(self.currentIndex().column(), 0)
                flag = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                self.selectionModel().setCurrentIndex(self._bonds.index(row, column), flag)
                return
            row += step

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self.viewport())
        theme = self.look.theme
        sheet = self.sheet()
        high = self.look.row_height
        current = self.currentIndex().row()
        now = monotonic()
        for rect in event.region():  # type: ignore[attr-defined]
            p.fillRect(rect, paint.color(theme.bg1))
            row = self.rowAt(rect.top())
            while 0 <= row < len(self._bonds.entries):
                top = self.rowViewportPosition(row)
                if top > rect.bottom():
                    break
                self._paint_row(p, sheet, row, QRectF(0, top, sheet.width, high), selected=row == current, now=now)
                row += 1
        if not self._bonds.entries:
            status = self._mirror.status
            loading = status is None or status.ready in ("starting", "reconciling")
            self._paint_words(p, t("bond.loading" if loading else "bond.empty"))
        p.end()

    def _paint_row(
        self, p: QPainter, sheet: bonds_paint.Sheet, row: int, rect: QRectF, *, selected: bool, now: float
    ) -> None:
        entry = self._bonds.entries[row]
        if not isinstance(entry, Group):
            since, up = self._flashes.get(entry.row.code, (0.0, True))
            left = max(0.0, 1 - (now - since) / FLASH_S)
            bonds_paint.row(p, sheet, entry, rect, selected=selected, tint=left if up else -left)
        elif entry.kind == "none":
            self._paint_words(p, t("bond.none_found", typed=self._bonds.query))
        else:
            bonds_paint.heading(p, self.look.theme, entry, rect, self._mirror.screen)

    def _paint_words(self, p: QPainter, words: str) -> None:
        place = QRectF(QRect(16, 24, self.viewport().width() - 32, 24))
        paint.text(p, place, words, self.look.theme.t2, align=paint.CENTRE, elide=True)

    def toggle_column(self, key: str) -> None:
        """Show or hide a column; name, state, price and change always stay."""
        if key not in ALWAYS:
            self.chosen_columns = self.chosen_columns ^ {key}
            self.arrange()
