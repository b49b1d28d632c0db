"""The limit-up watchlist with its head: what is watched, what is armed, what the user may change."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.field_words import THRESHOLD, echo_wan
from qmtdesk.desk.brush.inputs import UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.note_bar import NoteBar
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.sheet_base import host_of
from qmtdesk.desk.watch.watch_list import WatchList
from qmtdesk.desk.watch.watch_state import block, over, sealed_now
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import because
from qmtdesk.wire.talk import Ack

TITLE = 34
"""Codes begin with these where their exchange is not written."""
_MARKETS = (
    ("11", ".SH"),
    ("12", ".SZ"),
    ("92", ".BJ"),
    ("6", ".SH"),
    ("5", ".SH"),
    ("0", ".SZ"),
    ("3", ".SZ"),
    ("1", ".SZ"),
)


def full_code(typed: str) -> str:
    """A typed code with its exchange, '' when it is none."""
    plain = typed.strip().upper()
    head, _, tail = plain.partition(".")
    if len(head) != 6 or not (head.isascii() and head.isdigit()) or tail not in ("", "SH", "SZ", "BJ"):
        return ""
    if tail:
        return plain
    return head + next((market for start, market in _MARKETS if head.startswith(start)), ".BJ")


class WatchPanel(QWidget):
    """Arming opens the sheet with its numbers; disarming acts at once and leaves a note with the way back.

    `order_changed` when the user chose another order: `order()` is what to remember, `restore_order` gives it back.
    """

    order_changed = Signal()

    def __init__(self, mirror: Mirror, commands: Commands, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mirror = mirror
        self.commands = commands
        self.look = look
        self.rows = WatchList(mirror, look, self)
        self.add = ActButton(look, "+ " + t("watch.add"), parent=self, height=26)
        self.note = NoteBar(look, self)
        self._entry: QLineEdit | None = None
        self._editor: UnitField | None = None
        self._editing = ""
        self.add.clicked.connect(self.ask_code)
        self.rows.toggled.connect(self._toggle)
        self.rows.opened.connect(self._open)
        self.rows.threshold_wanted.connect(self.edit_threshold)
        self.rows.removed.connect(self._remove)
        self.rows.menu_wanted.connect(lambda code, place: self.menu_of(code).popup(place))
        self.rows.sort_changed.connect(self.order_changed)
        for signal in (mirror.watch_changed, mirror.kill_changed, mirror.status_changed):
            signal.connect(lambda *_: self.update(0, 0, self.width(), TITLE))
        look.changed.connect(self._restyle)
        self.setFocusProxy(self.rows)

    def order(self) -> dict[str, object]:
        """What of the panel outlives a session."""
        return {"by_urgency": self.rows.by_urgency, "codes": list(self.rows.kept)}

    def restore_order(self, kept: dict[str, object]) -> None:
        """Put back what `order` gave."""
        codes = kept.get("codes")
        listed = tuple(str(code) for code in codes) if isinstance(codes, list) else ()
        self.rows.set_order(by_urgency=bool(kept.get("by_urgency", True)), kept=listed)

    # the list

    def _toggle(self, code: str) -> None:
        row = self.mirror.watches.get(code)
        if row is None:
            return
        why = block(row)
        if row.armed and not over(row):
            self.disarm(code)
        elif row.armed:
            # what is left of its sale would be cancelled by a click on a switch that looks dead
            self.note.warn(t("watch.fired", name=row.name))
        elif why is not None:
            reason = row.why if row.why is not None and row.why.why is why else because(why)
            self.note.warn(t("watch.no", name=row.name, why=say(reason, code)))
        elif over(row):
            self.note.warn(t("watch.over", name=row.name))
        else:
            self._open(code)

    def disarm(self, code: str) -> None:
        """Take a guard off; that it is off is said when the trader has said so."""
        name = self.mirror.name(code)

        def done(answer: Ack) -> None:
            if answer.ok:
                self.note.say(t("watch.disarmed_note", name=name), t("watch.rearm"), lambda: self._open(code))
            elif answer.reason is not None:
                self.note.warn(t("watch.no_disarm", name=name, why=say(answer.reason, code)))

        self.commands.disarm_guard(code, done)

    def _open(self, code: str, threshold: int = 0) -> None:
        sheets.show_guard(host_of(self), self.mirror, self.commands, self.look, code, threshold)

    def menu_of(self, code: str) -> QMenu:
        """All that can be done with a stock; it deletes itself when closed."""
        row = self.mirror.watches.get(code)
        armed = row is not None and row.armed
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(t("watch.menu_open" if armed else "watch.menu_arm"), lambda: self._open(code))
        if armed:
            menu.addAction(t("watch.menu_disarm"), lambda: self.disarm(code))
        menu.addAction(t("watch.menu_threshold"), lambda: self.edit_threshold(code))
        menu.addSeparator()
        menu.addAction(t("row.copy"), lambda: self._copy(code))
        menu.addSeparator()
        menu.addAction(t("watch.menu_remove"), lambda: self._remove(code)).setEnabled(not armed)
        return menu

    def _copy(self, code: str) -> None:
        QGuiApplication.clipboard().setText(self.rows.tip(code))
        self.note.say(t("watch.copied", name=self.mirror.name(code)))

    def _remove(self, code: str) -> None:
        row = self.mirror.watches.get(code)
        if row is None:
            return
        if row.armed:
            self.note.warn(t("watch.remove_armed", name=row.name))
            return

        def done(answer: Ack) -> None:
            if answer.ok:
                words = t("watch.removed", name=row.name)
                self.note.say(words, t("watch.undo"), lambda: self.commands.watch(code, True))
            elif answer.reason is not None:
                self.note.warn(say(answer.reason, code))

        self.commands.watch(code, False, done)

    # adding

    def ask_code(self) -> None:
        """Open the line a code is typed into."""
        if self._entry is None:
            self._entry = QLineEdit(self)
            self._entry.setPlaceholderText(t("watch.add_hint"))
            self._entry.setMaxLength(16)
            self._entry.installEventFilter(self)
            self._entry.setAccessibleName(t("watch.add"))
            self._restyle()
        self._entry.setGeometry(self._title_room(), 4, self.add.x() - 6 - self._title_room(), 26)
        self._entry.clear()
        self._entry.show()
        self._entry.setFocus()

    def add_code(self, typed: str) -> None:
        """Put what was typed on the list, or say why not."""
        code = full_code(typed) or self._by_name(typed)
        if not code:
            self.note.warn(t("watch.add_bad"))
            return
        self._close_entry()
        name = self.mirror.name(code)
        if code in self.mirror.watches:
            self.note.say(t("watch.add_there", name=name))
            self.mirror.select_stock(code)
            return

        def done(answer: Ack) -> None:
            if answer.ok:
                self.note.say(t("watch.add_sent", name=self.mirror.name(code)))
                self.mirror.select_stock(code)
            elif answer.reason is not None:
                self.note.warn(t("watch.no", name=name, why=say(answer.reason, code)))

        self.commands.watch(code, True, done)

    def _by_name(self, typed: str) -> str:
        wanted = typed.strip()
        found = [row.code for row in self.mirror.positions.values() if wanted and row.name == wanted]
        found += [b.stock_code for b in self.mirror.bonds.values() if wanted and b.stock_name == wanted]
        return found[0] if found else ""

    def _close_entry(self) -> None:
        if self._entry is not None and self._entry.isVisible():
            self._entry.hide()
            self.rows.setFocus()

    # the threshold in place

    def edit_threshold(self, code: str) -> None:
        """Type a threshold over its row: Enter keeps it, Esc or leaving does not."""
        row = self.mirror.watches.get(code)
        self._shut_editor()
        if row is None:
            return
        self._editing = code
        self._editor = UnitField(
            self.look, THRESHOLD, row.threshold, t("unit.wan"), echo=self._echo, parent=self.rows.viewport()
        )
        self._editor.ground = self.look.theme.sel
        self.rows.hold(True)
        place = self.rows.amount_rect(code)
        wide = max(place.width(), 158)
        self._editor.setGeometry(place.right() - wide, place.top(), wide, 48)
        self._editor.line.installEventFilter(self)
        self._restyle()
        self._editor.show()
        self._editor.line.setFocus()
        self._editor.line.selectAll()

    def _echo(self, value: int) -> str:
        row = self.mirror.watches.get(self._editing)
        if row is None or not sealed_now(row, blind=self.mirror.stale(row.code)):
            return echo_wan(value)
        return t("watch.edit_echo", wan=fmt.fixed(value, 1000, 0), share=fmt.share(value, row.seal, 0))

    def _keep_threshold(self) -> None:
        editor, code = self._editor, self._editing
        row = self.mirror.watches.get(code)
        if editor is None or row is None or editor.bad is not None:
            return
        value = editor.value
        self._shut_editor()
        if value == row.threshold:
            return
        if not row.armed or (sealed_now(row, blind=False) and value > row.seal):
            self._open(code, value)
            return

        def done(answer: Ack) -> None:
            if answer.ok:
                self.note.say(t("watch.threshold_set", name=row.name, amount=fmt.money_short(value)))
            elif answer.reason is not None:
                self.note.warn(t("watch.no", name=row.name, why=say(answer.reason, code)))

        self.commands.set_threshold(code, value, done)

    def _shut_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.line.removeEventFilter(self)
            editor.hide()
            editor.deleteLater()
            self.rows.setFocus()
            self.rows.hold(False)

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            shut: Callable[[], None] = self._close_entry if watched is self._entry else self._shut_editor
            QTimer.singleShot(0, self, shut)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            mine = event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if mine:
                event.accept()
            return mine
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(watched, Qt.Key(event.key()))
        return False

    def _key(self, watched: QObject, key: Qt.Key) -> bool:
        entering = watched is self._entry and self._entry is not None
        if key == Qt.Key.Key_Escape:
            (self._close_entry if entering else self._shut_editor)()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if entering and self._entry is not None:
                self.add_code(self._entry.text())
            else:
                self._keep_threshold()
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.add.sizeHint()
        self.add.setGeometry(self.width() - size.width() - 8, 4, size.width(), 26)
        self.rows.setGeometry(1, TITLE, self.width() - 2, self.height() - TITLE - 3)
        self.note.place()

    def _title_room(self) -> int:
        return int(12 + fonts.width_of(t("watch.title"), fonts.VALUE, True)) + 10

    def _restyle(self) -> None:
        theme = self.look.theme
        self.add.say("+ " + t("watch.add"))
        if self._entry is not None:
            self._entry.setFont(fonts.font(fonts.BODY))
            self._entry.setStyleSheet(
                f"QLineEdit{{background:{theme.bg2};border:1px solid {theme.acc};border-radius:5px;color:{theme.t1};"
                f"padding:0 8px;selection-background-color:{theme.accfill};}}"
            )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), theme.bg1, radius=6)
        p.setClipRect(QRectF(0, 0, self.add.x() - 4, TITLE))
        head = QRectF(12, 0, self.width() - 24, TITLE)
        wide = paint.text(p, head, t("watch.title"), theme.t1, fonts.VALUE, bold=True)
        rows = self.mirror.watches
        key = "watch.count_killed" if self.mirror.killed else "watch.count"
        count = t(key, n=len(rows), armed=sum(row.armed for row in rows.values()))
        place = QRectF(12 + wide + 12, 0, self.add.x() - wide - 30, TITLE)
        paint.text(p, place, count, theme.t2, fonts.SMALL, elide=True)
        p.end()
