"""The bond panel: title row with search and screen, the table, and the two lines that explain the chosen bond."""

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from qmtdesk.desk.bonds import bonds_menus, bonds_paint
from qmtdesk.desk.bonds.bonds_columns import ALWAYS, BY_KEY, COLUMNS
from qmtdesk.desk.bonds.bonds_model import BondModel
from qmtdesk.desk.bonds.bonds_title import ScreenChooser, SearchBox
from qmtdesk.desk.bonds.bonds_view import HEADER, BondView
from qmtdesk.desk.brush import fonts, paint, skin
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder.ladder_head import RUNNING, no_start
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import StopHow

TITLE = 44
BAR = 8
MORE = 18 + BAR
FOOT = 52
SORT_MS = 1000
BUILT_IN = frozenset({"original", "small_low"})
WIDE = 470


class BondPanel(QWidget):
    """The bond table of the desk. It sends nothing itself: what the user wants goes out as signals."""

    sheet_requested = Signal(str)
    ladder_requested = Signal(str)  # double-click: the ladder takes the keyboard
    stop_requested = Signal(str, object)  # code, StopHow
    list_dropped = Signal(str)  # a file that was dropped on the table
    release_requested = Signal(str)

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._look = look
        self.model = BondModel(mirror, self)
        self.search = SearchBox(look, self)
        self.screens = ScreenChooser(look, self)
        self.view = BondView(self.model, mirror, look, self)
        self._sorter = QTimer(self)
        self._sorter.setSingleShot(True)
        self._sorter.setInterval(SORT_MS)
        self._sorter.timeout.connect(self._rebuild)
        self.setMinimumSize(320, 240)
        self.setFocusProxy(self.view)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._connect()
        self._restyled()
        self._rebuild()

    def _connect(self) -> None:
        mirror, view = self._mirror, self.view
        self.search.textChanged.connect(self._searched)
        self.search.down_pressed.connect(self._into_table)
        self.screens.clicked.connect(self._show_screens)
        view.picked.connect(self._picked)
        view.open_wanted.connect(self.sheet_requested)
        view.ladder_wanted.connect(self.ladder_requested)
        view.stop_wanted.connect(self._stop)
        view.header_clicked.connect(self.sort_by)
        view.verticalScrollBar().valueChanged.connect(self._update_foot)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        view.horizontalHeader().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.horizontalHeader().customContextMenuRequested.connect(self._column_menu)
        mirror.bonds_changed.connect(self._rebuild)
        mirror.screen_changed.connect(self._screened)
        mirror.quotes_changed.connect(self._quoted)
        mirror.selected_bond_changed.connect(self._selected)
        mirror.blind_changed.connect(self._blind)
        mirror.status_changed.connect(self._status)
        self._look.changed.connect(self._restyled)

    # for the window

    def seen(self) -> frozenset[str]:
        """The bonds whose rows can be seen now."""
        return self.view.seen() if self.view.isVisible() else frozenset()

    def state(self) -> dict[str, object]:
        """Sorting and columns, to be remembered."""
        hidden = sorted(column.key for column in COLUMNS if column.key not in self.view.chosen_columns)
        return {"sort": self.model.sort_key, "descending": self.model.descending, "hidden": hidden}

    def restore(self, state: dict[str, object]) -> None:
        """Take back what `state` gave; unknown columns are left aside."""
        hidden, sort = state.get("hidden"), state.get("sort")
        if isinstance(hidden, list):
            gone = {key for key in hidden if key in BY_KEY and key not in ALWAYS}
            self.view.chosen_columns = frozenset(BY_KEY) - gone
        if isinstance(sort, str) and (sort in BY_KEY or not sort):
            self.model.sort_key, self.model.descending = sort, state.get("descending") is True
        self.view.arrange()
        self._rebuild()

    def sort_by(self, key: str) -> None:
        """Numbers from the largest first, then the smallest, then the screen's own order again."""
        model = self.model
        falling_first = not BY_KEY[key].left
        if model.sort_key != key:
            model.sort_key, model.descending = key, falling_first
        elif model.descending is falling_first:
            model.descending = not falling_first
        else:
            model.sort_key, model.descending = "", False
        self._rebuild()
        self.view.horizontalHeader().viewport().update()

    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.setFocus()
        self.search.selectAll()

    # what came in

    def _rebuild(self, _keys: object = None) -> None:
        down = self.view.verticalScrollBar().value()
        longest = max((len(bond.name) for bond in self._mirror.bonds.values()), default=0)
        if self.model.rebuild():
            if longest != self._longest:
                self._longest = longest
                self.view.measure()
            self.view.arrange()
            self._mark()
            self.view.verticalScrollBar().setValue(down)
        self._update_foot()

    _longest = 0

    def _mark(self) -> None:
        self.view.blockSignals(True)
        self.view.select_code(self._mirror.selected_bond)
        self.view.blockSignals(False)

    def _selected(self, code: str) -> None:
        if self.view.chosen_code() != code:
            if self.model.row_of(code) < 0 and code in self._mirror.bonds:
                self.search.clear()
            self.view.select_code(code)
            self.view.scrollTo(self.view.currentIndex())
        self._update_foot()

    def _quoted(self, codes: frozenset[str]) -> None:
        for code, moved in self.model.quoted(codes):
            self.view.flash(code, up=moved > 0)
        column = self.model.sort_column
        if column is not None and column.live and not self._sorter.isActive():
            self._sorter.start()
        bond = self._mirror.bonds.get(self._mirror.selected_bond)
        if bond is not None and (bond.code in codes or bond.stock_code in codes):
            self._update_foot()

    def _screened(self) -> None:
        self._place()
        self.view.viewport().update()
        self.update()

    def _blind(self) -> None:
        self.view.viewport().update()
        self._update_foot()

    def _status(self) -> None:
        if not self.model.entries:
            self.view.viewport().update()

    def _restyled(self) -> None:
        self.setStyleSheet(self._ground())
        self.view.measure()
        self._mark()
        self._place()
        self.view.viewport().update()
        self.update()

    def _ground(self) -> str:
        """A plain ground under what we paint ourselves."""
        th = self._look.theme
        plain = (
            f"QTableView {{ background: {th.bg1}; border: none; }}QHeaderView {{ background: {th.bg2}; border: none; }}"
        )
        return plain + skin.scroll_style(th)

    def _update_foot(self) -> None:
        self.update(0, self.height() - FOOT - MORE - 30, self.width(), FOOT + MORE + 30)

    # what the user wants

    def _searched(self, typed: str) -> None:
        self.model.query = typed
        self._rebuild()

    def _into_table(self) -> None:
        """From the search box: take the first bond found and go on with the keys of the table."""
        self.view.setFocus()
        if not self.view.chosen_code():
            first = next((at for at in range(self.model.rowCount()) if self.model.bond_at(at) is not None), -1)
            bond = self.model.bond_at(first)
            if bond is not None:
                self.view.select_code(bond.row.code)

    def _picked(self, code: str) -> None:
        self._mirror.select_bond(code)

    def _stop(self, code: str) -> None:
        bond = self._mirror.bonds.get(code)
        if bond is not None and bond.grid in RUNNING:
            self.stop_requested.emit(code, StopHow.CANCEL)

    def _show_screens(self) -> None:
        menu = bonds_menus.screens(self, self.screens.text(), self._default_order)
        menu.popup(self.screens.mapToGlobal(QPoint(0, self.screens.height() + 2)))

    def _default_order(self) -> None:
        self.model.sort_key, self.model.descending = "", False
        self._rebuild()
        self.view.horizontalHeader().viewport().update()

    def _column_menu(self, place: QPoint) -> None:
        menu = bonds_menus.columns(self.view, self._default_columns)
        menu.popup(self.view.horizontalHeader().mapToGlobal(place))

    def _default_columns(self) -> None:
        self.view.chosen_columns = frozenset(BY_KEY)
        self.view.arrange()
        self._mark()

    def _menu(self, place: QPoint) -> None:
        menu = self.menu_at(place)
        if menu is not None:
            menu.popup(self.view.viewport().mapToGlobal(place))

    def menu_at(self, place: QPoint) -> QMenu | None:
        """What can be done with the bond at that place of the table; it deletes itself when closed."""
        index = self.view.indexAt(place)
        bond = self.model.bond_at(index.row())
        if bond is None:
            return None
        code = bond.row.code
        wishes = bonds_menus.Wishes(
            sheet=lambda: self.sheet_requested.emit(code),
            stop=(lambda how: self.stop_requested.emit(code, how)) if bond.row.grid in RUNNING else None,
            columns=lambda: self._column_menu(place),
            release=(lambda: self.release_requested.emit(code)) if self._mirror.suspension(code) else None,
            no_sheet=no_start(self._mirror, code),
        )
        return bonds_menus.row(self, bond, self.model.columns, index.column(), wishes)

    # where things stand

    def _as_of(self) -> tuple[str, bool]:
        """The date beside the screen, and whether it warns."""
        screen = self._mirror.screen
        if screen is None:
            return "", False
        if not screen.data_as_of:
            return t("bond.terms_none"), True
        short = "_short" if self.width() < 510 else ""
        key = f"bond.terms_old{short}" if screen.data_old else "bond.terms_short" if short else "bond.terms_as_of"
        return t(key, day=f.day_short(screen.data_as_of)), screen.data_old

    def _place(self) -> None:
        title = int(fonts.width_of(t("bond.title"), fonts.VALUE, True))
        narrow = self.width() < WIDE
        self.search.setPlaceholderText(t("bond.search_short" if narrow else "bond.search"))
        self.search.setAccessibleName(t("bond.search"))
        screen = self._mirror.screen
        self.screens.setText(_screen_name(screen.name) if screen is not None else f.MISSING)
        words, warns = self._as_of()
        date = int(fonts.width_of(words, fonts.SMALL)) + (20 if warns else 0) + 24
        room = self.width() - 12 - title - 12 - date - 8
        chooser = min(self.screens.sizeHint().width(), max(room - 96 - 8, 60))
        search = max(min(132, room - chooser - 8), 60)
        self.search.setGeometry(24 + title, (TITLE - 26) // 2, search, 26)
        self.screens.setGeometry(24 + title + search + 8, (TITLE - 26) // 2, chooser, 26)
        room = self.height() - TITLE - FOOT - HEADER - MORE
        rows = max(room // self._look.row_height, 1) * self._look.row_height
        self.view.setGeometry(0, TITLE, self.width(), HEADER + rows + BAR)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        th = self._look.theme
        p = QPainter(self)
        p.fillRect(event.rect(), paint.color(th.bg1))
        if event.rect().top() < TITLE:
            self._paint_title(p)
        if event.rect().bottom() > self.view.geometry().bottom():
            self._paint_foot(p)
        p.end()

    def _paint_title(self, p: QPainter) -> None:
        th = self._look.theme
        title = QRectF(12, 0, 200, TITLE)
        paint.text(p, title, t("bond.title"), th.t1, fonts.VALUE, bold=True)
        words, warns = self._as_of()
        cell = QRectF(self.width() - 200, 0, 188, TITLE)
        wide = paint.text(p, cell, words, th.warn if warns else th.t3, fonts.SMALL, align=paint.RIGHT)
        if warns:
            paint.alert(p, cell.right() - wide - 18, TITLE / 2, th.warn)

    def _paint_foot(self, p: QPainter) -> None:
        below = self.view.below()
        if below:
            more = QRectF(12, self.view.geometry().bottom() + 1, self.width() - 24, MORE - BAR)
            paint.text(p, more, t("bond.more", n=below), self._look.theme.t3, fonts.SMALL)
        at = self.model.row_of(self._mirror.selected_bond)
        foot = QRectF(0, self.height() - FOOT, self.width(), FOOT)
        bonds_paint.foot(p, self._look, self._mirror, self.model.bond_at(at), foot)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        place = _dropped_file(event.mimeData().urls())
        if place:
            event.acceptProposedAction()
            self.list_dropped.emit(place)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and event.pos().y() < TITLE and self._as_of()[1]:
            day = self._mirror.screen.data_as_of if self._mirror.screen is not None else ""
            QToolTip.showText(event.globalPos(), t("bond.terms_old_tip", day=day), self)
            return True
        return super().event(event)  # type: ignore[arg-type]


def _dropped_file(urls: list[QUrl]) -> str:
    """The one file of this computer that is dropped, '' for anything else."""
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""


def _screen_name(name: str) -> str:
    """A built-in screen's name in the language in force; a user's own as typed."""
    return t("bond.screen_original") if name in BUILT_IN else name
