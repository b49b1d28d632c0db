"""What the import sheet is made of: a line to type into, the table's head and first rows, the rows with problems."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QLineEdit, QSizePolicy, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.scroll_thumb import ScrollThumb
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.bond_talk import BondListAnswer, ListColumn, ListProblem

LINE = 30
ROW = 24
HEAD = 42
ROWS = 4
LEAST, MOST = 84, 150
UNITS = {"yi": "list.unit_yi", "wan": "list.unit_wan", "yuan": "list.unit_yuan"}


class TextLine(QLineEdit):
    """A line of plain text, in the manner of the number fields."""

    def __init__(self, look: Look, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFrame(False)
        self.setFixedHeight(LINE)
        self.setTextMargins(8, 0, 8, 0)
        self.setFont(fonts.font(fonts.BODY))
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        look.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """The colours of the theme in force."""
        th = self._look.theme
        self.setStyleSheet(
            f"QLineEdit {{ background: {th.bg2}; color: {th.t1}; border: 1px solid {th.line2}; border-radius: 5px;"
            f" placeholder-text-color: {th.t3}; selection-background-color: {th.accfill}; }}"
            f" QLineEdit:focus {{ border: 1px solid {th.acc}; }}"
        )


def size_words(yuan: int) -> str:
    """A size in the words of the trade; one that no bond has, to the last yuan."""
    return fmt.yuan_short(yuan) if yuan >= 1_000_000 else t("list.small", n=f"{yuan:,}")


def fault_words(problem: ListProblem) -> str:
    """A fault as a sentence; sizes in words."""
    value = problem.value
    if problem.fault == "unit_unlikely" and value.isdigit():
        value = size_words(int(value))
    return t(f"list.fault.{problem.fault}", value=value)


class ColumnTable(QWidget):
    """The columns that mean something, with the list's first rows under them; a click on a header leaves it out."""

    toggled = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._columns: list[tuple[int, ListColumn]] = []
        self._left: frozenset[str] = frozenset()
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._edges: list[float] = []
        # in a low window the rows give way before anything else does
        self.setMinimumHeight(HEAD + 6)
        self.setMaximumHeight(HEAD + ROWS * ROW + 6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, HEAD + ROWS * ROW + 6)

    def show_list(self, answer: BondListAnswer, left: frozenset[str]) -> None:
        """Of this list; `left` are the headers the user left out, which stay to be clicked again."""
        self._left, self._rows = left, answer.sample
        known = [pair for pair in enumerate(answer.columns) if pair[1].column or pair[1].header in left]
        self._columns = known
        self.setAccessibleDescription(" ".join(column.header for _, column in known))
        self.update()

    def column_at(self, x: float) -> ListColumn | None:
        """The column painted at that place."""
        spans = zip(self._columns, self._edges, self._edges[1:], strict=False)
        return next((column for (_, column), start, end in spans if start <= x < end), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self.column_at(event.position().x())
        if column is not None and event.position().y() < HEAD and column.column != "code":
            self.toggled.emit(column.header)

    def _arrange(self) -> None:
        wide = [
            min(max(max(fonts.width_of(text, fonts.SMALL) for text in self._texts(at, column)) + 20, LEAST), MOST)
            for at, column in self._columns
        ]
        spare = max(self.width() - sum(wide), 0) / max(len(wide), 1)
        self._edges = [0.0]
        for each in wide:
            self._edges.append(self._edges[-1] + each + min(spare, 30))

    def _texts(self, at: int, column: ListColumn) -> list[str]:
        return [column.header, self._meaning(column), *(row[at] for row in self._rows if at < len(row))]

    def _meaning(self, column: ListColumn) -> str:
        if column.header in self._left:
            return t("list.left_out")
        unit = f" · {t(UNITS[column.unit])}" if column.unit else ""
        return t(f"list.col.{column.column}") + unit

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        self._arrange()
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()).adjusted(0, 0, -1, -1), theme.bg2, theme.line2, 5)
        paint.hairline(p, 1, self.width() - 2, HEAD, theme.line2)
        for (at, column), start, end in zip(self._columns, self._edges, self._edges[1:], strict=False):
            if start >= self.width():
                break
            out = column.header in self._left
            cell = QRectF(start + 10, 0, min(end, self.width()) - start - 14, HEAD / 2)
            paint.text(p, cell.translated(0, 2), column.header, theme.t3 if out else theme.t1, bold=not out, elide=True)
            value = theme.t3 if out else theme.acc
            paint.text(p, cell.translated(0, HEAD / 2 - 2), self._meaning(column), value, fonts.SMALL, elide=True)
            for number, row in enumerate(self._rows[: int((self.height() - HEAD) // ROW)]):
                words = (row[at] if at < len(row) else "").strip() or fmt.MISSING
                place = QRectF(cell.left(), HEAD + number * ROW, cell.width(), ROW)
                paint.text(p, place, words, theme.t3 if out or words == fmt.MISSING else theme.t2, elide=True)
        p.end()


class ProblemList(QAbstractScrollArea):
    """One line for each row with a problem: where, what stands there, and what is wrong with it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._problems: tuple[ListProblem, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(ROW)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._thumb = ScrollThumb(self, look)
        look.changed.connect(self.viewport().update)

    def show_problems(self, problems: tuple[ListProblem, ...]) -> None:
        """These."""
        self._problems = problems
        self.setAccessibleDescription("\n".join(map(self._line, problems[:20])))
        self._fit()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def _line(self, problem: ListProblem) -> str:
        return f"{t('list.at', row=problem.row)} {problem.column} {problem.value} {fault_words(problem)}"

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(len(self._problems) * ROW - self.viewport().height(), 0))
        bar.setSingleStep(ROW)
        bar.setPageStep(max(self.viewport().height(), ROW))
        self._thumb.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, port = self._look.theme, self.viewport()
        p = QPainter(port)
        p.fillRect(port.rect(), paint.color(theme.bg1))
        if not self._problems:
            paint.text(p, QRectF(0, 0, port.width(), ROW), t("list.problems_none"), theme.t3)
        down = self.verticalScrollBar().value()
        for number in range(down // ROW, min(len(self._problems), (down + port.height()) // ROW + 1)):
            self._paint_line(p, self._problems[number], number * ROW - down, port.width() - 14)
        p.end()

    def _paint_line(self, p: QPainter, problem: ListProblem, top: float, wide: float) -> None:
        theme = self._look.theme
        for start, end, words, value in (
            (0, 74, t("list.at", row=problem.row), theme.t2),
            (74, 190, problem.column, theme.t2),
            (190, 330, problem.value or fmt.MISSING, theme.t1),
            (330, wide, fault_words(problem), theme.warn),
        ):
            paint.text(p, QRectF(start, top, end - start - 10, ROW), words, value, fonts.SMALL, elide=True)
        paint.hairline(p, 0, wide, top + ROW - 1, theme.line)
