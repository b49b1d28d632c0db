"""A table that paints its visible rows in one pass from the rows themselves; Qt keeps selection, keys and headers."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.scroll_thumb import ScrollThumb
from qmtdesk.desk.brush.standing import places_kept
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell.table_columns import Column
from qmtdesk.desk.words.texts import t

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
_MOVES = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
_OPTIONAL = (
    "code", "source", "improvement", "fee", "fee_today", "amount", "today", "level", "grid_held", "filled", "time",
)  # fmt: skip
PAD = 8
EDGE = 14


class RowModel(QAbstractTableModel):
    """Rows in their order; sorts by value, never by text."""

    def __init__(self, columns: tuple[Column, ...], mirror: Mirror, default: Callable[[Any], Any]) -> None:
        super().__init__()
        self.columns = columns
        self.rows: list[Any] = []
        self._mirror, self._default = mirror, default
        self._gone: frozenset[int] = frozenset()
        self._by = -1
        self._down = False

    @property
    def sorting(self) -> tuple[int, bool]:
        """The column sorted by (-1: the table's own order) and whether downwards."""
        return self._by, self._down

    def put(self, rows: Iterable[Any], held: Callable[[Any], str] | None = None) -> None:
        """Show these rows instead. `held`: their key, where those that are shown have to stay where they are.

        What is no more leaves an empty place then, until the rows are put without it.
        """
        fresh, gone = self._sorted(list(rows)), list[Any]()
        if held is not None:
            fresh, gone = places_kept(self.rows, fresh, held)
        self._gone = frozenset(map(id, gone))
        if len(fresh) != len(self.rows):
            self.beginResetModel()
            self.rows = fresh
            self.endResetModel()
            return
        self.rows = fresh
        if fresh:
            self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(self.columns) - 1))

    def order_by(self, column: int, *, down: bool) -> None:
        """Sort by a column; -1 gives the table's own order back."""
        self._by, self._down = column, down
        self.put(self.there())

    def set_default(self, default: Callable[[Any], Any]) -> None:
        """Change the table's own order."""
        self._default = default
        self.put(self.there())

    def there(self) -> list[Any]:
        """The rows without the places that are empty."""
        return [row for row in self.rows if id(row) not in self._gone]

    def at(self, place: int) -> Any | None:
        """The row at a place; None beyond the end and where it is empty."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return None if id(row) in self._gone else row

    def _sorted(self, rows: list[Any]) -> list[Any]:
        rows.sort(key=self._default)
        if 0 <= self._by < len(self.columns):
            get = self.columns[self._by].sort
            rows.sort(key=lambda row: get(row, self._mirror), reverse=self._down)
        return rows

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self.at(index.row())
            return self.columns[index.column()].say(row, self._mirror) if row is not None else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return t(f"col.{self.columns[section].title}")
        return None


class PaintedHeader(QHeaderView):
    """A header in our own hand; a click sorts: down, up, the table's own order."""

    def __init__(self, look: Look, table: "RowTable") -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._look, self._table = look, table
        self.setFixedHeight(24)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        table = self._table
        p = QPainter(self.viewport())
        p.fillRect(self.viewport().rect(), paint.color(theme.bg2))
        by, down = table.rows.sorting
        for number, column in enumerate(table.rows.columns):
            if table.isColumnHidden(number):
                continue
            cell = table.cell(number, 0, 24)
            words = t(f"col.{column.title}")
            value = theme.t1 if number == by else theme.t3
            align = paint.RIGHT if column.right else paint.LEFT
            wide = paint.text(p, cell, words, value, fonts.SMALL, align=align, elide=True)
            if number == by:
                x = cell.right() - wide - 11 if column.right else cell.left() + wide + 4
                paint.triangle(p, x, 12, not down, theme.acc, 6)
        p.end()


class RowTable(QTableView):
    """One tab's table. `act` names a row whose action cell was clicked, `opened` one that was double-clicked.

    Where a click acts at once, every row stands still while the pointer is over the table.
    """

    act = Signal(object)
    opened = Signal(object)
    menu_asked = Signal(object, int, object)  # row, column, global position
    removed = Signal(object)  # Del on a row
    copied = Signal(object)  # Ctrl+C on a row

    def __init__(
        self,
        model: RowModel,
        mirror: Mirror,
        look: Look,
        empty: str,
        key: Callable[[Any], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows, self._mirror, self._look, self._empty, self._key = model, mirror, look, empty, key
        self._chosen = ""
        self._acts = any(column.title == "act" for column in model.columns)
        self.setModel(model)
        self.setHorizontalHeader(PaintedHeader(look, self))
        self.horizontalHeader().sectionClicked.connect(self._sort_clicked)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setTabKeyNavigation(False)
        self._thumb = ScrollThumb(self, look)
        look.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take row height, widths and words in force."""
        self.verticalHeader().setDefaultSectionSize(self._look.row_height)
        self.verticalHeader().setMinimumSectionSize(self._look.row_height)
        self._widths()
        self.horizontalHeader().viewport().update()
        self.viewport().update()

    def put(self, rows: Iterable[Any]) -> None:
        """Show these rows, the selected one staying selected wherever it goes."""
        top = self.verticalScrollBar().value()
        self.rows.put(rows, self._key if self._acts and self.underMouse() else None)
        self._choose_again(top)
        self._thumb.place()

    def _choose_again(self, top: int) -> None:
        """Rows have moved: the chosen one stays chosen, and what the user looks at where it is."""
        if self._chosen:
            there = map(self.rows.at, range(len(self.rows.rows)))
            at = next((n for n, row in enumerate(there) if row is not None and self._key(row) == self._chosen), -1)
            if at >= 0 and self.currentIndex().row() != at:
                self.selectRow(at)
            elif at < 0:
                self.clearSelection()
            self.verticalScrollBar().setValue(top)
        self.viewport().update()

    def chosen(self) -> Any | None:
        """The selected row."""
        return self.rows.at(self.currentIndex().row()) if self.selectionModel().hasSelection() else None

    def cell(self, column: int, top: float, height: float) -> QRectF:
        """Where a column's words stand, in viewport pixels."""
        x = self.columnViewportPosition(column)
        last = column == len(self.rows.columns) - 1
        left = EDGE if column == 0 else PAD
        return QRectF(x + left, top, max(self.columnWidth(column) - left - (EDGE if last else PAD), 0), height)

    def _widths(self) -> None:
        columns = self.rows.columns
        wide = [fonts.column_width((*c.samples, t(f"col.{c.title}"))) + 8 for c in columns]
        wide[0] += EDGE - PAD
        wide[-1] += EDGE - PAD
        stretch = next((n for n, column in enumerate(columns) if column.stretch), len(columns) - 1)
        if not columns[stretch].right:
            wide[stretch] = max(wide[stretch], 60)
        shown = self._shown(wide)
        room = self.viewport().width() - sum(wide[n] for n in shown)
        if not columns[stretch].right:
            wide[stretch] += max(room, 0)
        for number, width in enumerate(wide):
            self.setColumnHidden(number, number not in shown)
            self.setColumnWidth(number, width)

    def _shown(self, wide: list[int]) -> set[int]:
        """The columns there is room for; what can be read elsewhere goes first."""
        shown = set(range(len(wide)))
        for title in _OPTIONAL:
            if sum(wide[n] for n in shown) <= self.viewport().width():
                break
            shown -= {n for n, column in enumerate(self.rows.columns) if column.title == title}
        return shown

    def _sort_clicked(self, section: int) -> None:
        by, down = self.rows.sorting
        top = self.verticalScrollBar().value()
        if by != section:
            self.rows.order_by(section, down=True)
        elif down:
            self.rows.order_by(section, down=False)
        else:
            self.rows.order_by(-1, down=False)
        self._choose_again(top)
        self.horizontalHeader().viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths()
        self._thumb.place()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.put(self.rows.there())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self.rows.at(index.row())
        self._chosen = self._key(row) if row is not None else ""
        if row is None:
            return
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(row, index.column(), event.globalPosition().toPoint())
        elif self.rows.columns[index.column()].title == "act":
            self.act.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        row = self.rows.at(index.row())
        if row is not None and self.rows.columns[index.column()].title != "act":
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.chosen()
        if event.matches(QKeySequence.StandardKey.Copy) and row is not None:
            self.copied.emit(row)
        elif event.key() == Qt.Key.Key_Delete and row is not None:
            self.removed.emit(row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.opened.emit(row)
        elif event.key() in _MOVES:
            super().keyPressEvent(event)
            row = self.chosen()
            self._chosen = self._key(row) if row is not None else ""
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self.viewport())
        p.fillRect(event.rect(), paint.color(theme.bg1))
        rows, high = self.rows.rows, self._look.row_height
        if not rows:
            paint.text(
                p, QRectF(EDGE, 12, self.viewport().width() - 2 * EDGE, 24), self._nothing(), theme.t3, elide=True
            )
            p.end()
            return
        first = max(self.rowAt(max(event.rect().top(), 0)), 0)
        chosen = self.currentIndex().row() if self.selectionModel().hasSelection() else -1
        for at in range(first, len(rows)):
            top = self.rowViewportPosition(at)
            if top > event.rect().bottom():
                break
            self._paint_row(p, QRect(0, top, self.viewport().width(), high), self.rows.at(at), chosen=at == chosen)
        p.end()

    def _nothing(self) -> str:
        return t("tab.loading" if self._mirror.status is None else self._empty)

    def _paint_row(self, p: QPainter, rect: QRect, row: Any, *, chosen: bool) -> None:
        theme = self._look.theme
        if chosen and row is not None:
            paint.selected_row(p, QRectF(rect), theme)
        paint.hairline(p, 0, rect.width(), rect.bottom(), theme.line)
        if row is None:
            return
        finished = getattr(row, "state", "") in ("cancelled", "part_cancelled", "filled", "rejected", "refused")
        grey = getattr(row, "kind", "") == "foreign" or (finished and hasattr(row, "cancellable"))
        for number, column in enumerate(self.rows.columns):
            if self.isColumnHidden(number):
                continue
            cell = self.cell(number, rect.top(), rect.height() - 1)
            if column.draw is not None:
                column.draw(p, cell, row, self._mirror, theme)
                continue
            words = column.say(row, self._mirror)
            value = getattr(theme, column.tone)
            if words == fmt.MISSING or (grey and column.tone == "t1"):
                value = theme.t3 if words == fmt.MISSING else theme.t2
            align = paint.RIGHT if column.right else paint.LEFT
            paint.text(p, cell, words, value, bold=column.bold and not grey, align=align, elide=True)
