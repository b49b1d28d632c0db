"""The panels in their splitters: shared out by size, moved by hand, one alone, all back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.shell.layout_sizes import EDGE, GAP, sizes

Splits = dict[str, list[int]]
_BARS = 54 + 34


class Panes(QWidget):
    """Fixed order, sizes the user's. `moved` after a splitter was dragged. `solo` is the number shown alone, 0 all."""

    moved = Signal()

    def __init__(
        self, look: Look, bonds: QWidget, ladder: QWidget, tabs: QWidget, watch: QWidget, seal: QWidget
    ) -> None:
        super().__init__()
        self._look = look
        self._bonds, self._ladder, self._tabs = bonds, ladder, tabs
        bonds.setMinimumSize(240, 160)  # it scrolls sideways; the ladder and the watchlist cannot
        watch.setMinimumWidth(330)
        self.solo = 0
        self._saved: Splits | None = None
        self.middle = _splitter(Qt.Orientation.Horizontal, bonds, ladder)
        self.left = _splitter(Qt.Orientation.Vertical, self.middle, tabs)
        self.right = _splitter(Qt.Orientation.Vertical, watch, seal)
        self.body = _splitter(Qt.Orientation.Horizontal, self.left, self.right)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.body)
        for splitter, _ in self._named():
            splitter.splitterMoved.connect(self._moved_by_hand)

    def layout_key(self) -> str:
        """The screen these sizes belong to."""
        size = self.screen().size()
        return f"{size.width()}x{size.height()}"

    @property
    def by_hand(self) -> bool:
        """Whether the user moved a splitter since the panels were last shared out."""
        return self._saved is not None

    def splits(self) -> Splits:
        """The splitters' sizes, to be remembered."""
        return {name: splitter.sizes() for splitter, name in self._named()}

    def restore(self, saved: Splits) -> None:
        """Take remembered sizes."""
        self._saved = saved
        self._arrange()

    def share_out(self) -> None:
        """Forget what was moved by hand."""
        self._saved = None
        self.show_all()
        self._arrange()

    def show_only(self, number: int) -> None:
        """One panel in the whole middle: 1 the bonds, 2 the ladder, 3 the guard."""
        self.solo = number
        self._bonds.setVisible(number == 1)
        self._ladder.setVisible(number == 2)
        self._tabs.setVisible(False)
        self.left.setVisible(number != 3)

    def show_all(self) -> None:
        """Every panel again."""
        self.solo = 0
        for widget in (self._bonds, self._ladder, self._tabs, self.left):
            widget.show()

    def take_back(self, tabs: QWidget) -> None:
        """The tabs come back from their own window."""
        self.left.addWidget(tabs)
        tabs.show()
        self._arrange()

    def _named(self) -> tuple[tuple[QSplitter, str], ...]:
        return (self.body, "body"), (self.left, "left"), (self.middle, "middle"), (self.right, "right")

    def _moved_by_hand(self) -> None:
        if not self.solo:
            self._saved = self.splits()
            self.moved.emit()

    def _arrange(self) -> None:
        if self._saved is not None:
            for splitter, name in self._named():
                splitter.setSizes(self._saved.get(name, []))
            return
        share = sizes(self.width() + 2 * EDGE, self.height() + _BARS + EDGE, self._look.row_height)
        self.body.setSizes([share.bond + GAP + share.middle, share.right])
        self.middle.setSizes([share.bond, share.middle])
        self.left.setSizes([share.upper, share.tabs])
        self.right.setSizes([share.watch, share.seal])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._saved is None and not self.solo:
            self._arrange()


def _splitter(way: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    made = QSplitter(way)
    made.setHandleWidth(GAP)
    made.setChildrenCollapsible(False)
    for widget in widgets:
        made.addWidget(widget)
    made.setStretchFactor(0, 1)
    made.setStretchFactor(1, 0)
    return made
