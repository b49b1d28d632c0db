"""What every sheet is: an overlay in the window, below the top bar, that traps the keyboard and never surprises."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.ask_notice import AskNotice
from qmtdesk.desk.words.texts import t

DEAD_MS = 300
IN_MS = 120
OUT_MS = 80
HEAD = 56
FOOT = 60
TOP_BAR = 56
TOP_NAME = "top_bar"
HOST_NAME = "desk"
_MARGIN = 16


def top_of(window: QWidget) -> int:
    """Where a scrim may begin: just under the top bar, whose kill button nothing may cover."""
    bar = window.findChild(QWidget, TOP_NAME)
    if bar is None or bar.isHidden():
        return TOP_BAR
    return bar.mapTo(window, bar.rect().bottomLeft()).y() + 1


def host_of(widget: QWidget) -> QWidget:
    """The window whose sheets a widget may open: the one named so, wherever that is embedded."""
    at: QWidget | None = widget
    while at is not None and at.objectName() != HOST_NAME:
        at = at.parentWidget()
    return at or widget.window()


class Card(QWidget):
    """The panel of a sheet: head and foot painted, body laid out by the sheet."""

    def __init__(self, sheet: "Sheet") -> None:
        super().__init__(sheet)
        self._sheet = sheet
        self.setProperty("sheet_card", True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        sheet = self._sheet
        theme = sheet.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg1, theme.line2, 8)
        sheet.paint_head(p, QRectF(24, 0, rect.width() - 48, HEAD))
        foot = rect.bottom() - FOOT
        paint.hairline(p, 1, rect.width() - 1, foot, theme.line)
        left = 24.0
        if sheet.foot_warns:
            left += paint.alert(p, left, foot + FOOT / 2, theme.warn) + 4
        room = sheet.buttons_left() - left - 16
        value = theme.t1 if sheet.foot_warns else theme.t2
        paint.text(p, QRectF(left, foot, room, FOOT), sheet.foot_words, value, fonts.SMALL, elide=True)
        p.end()


class Sheet(QWidget):
    """Enter alone does nothing, Ctrl+Enter confirms, Esc leaves.

    The confirming button is dead for the first 300 ms, again for 300 ms whenever its meaning changes, and for as long
    as `blocked()` gives a reason. Subclasses fill `body`, call `arm_button` and `recheck`, and work in `confirm`.
    """

    left = Signal()
    wide = 780
    high = 590

    def __init__(self, window: QWidget, mirror: Mirror, look: Look) -> None:
        super().__init__(window)
        self.host = window
        self.mirror = mirror
        self.look = look
        self.foot_words = ""
        self.foot_warns = False
        self._note = ""
        self._open = 1.0
        self._leaving = False
        self._focus_before = _outside(window)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = Card(self)
        self.body = QWidget(self.card)
        self.cancel = ActButton(look, t("sheet.cancel"), "Esc", parent=self.card)
        self.go = ActButton(look, "", "Ctrl+\u21b5", "primary", parent=self.card)
        self.cancel.clicked.connect(self.leave)
        self.go.clicked.connect(self._go)
        self.asks = AskNotice(mirror, look, self)
        self.asks.clicked.connect(self.leave)
        self._bar = QHBoxLayout()
        self._bar.setSpacing(10)
        self._bar.addStretch(1)
        self._bar.addWidget(self.cancel)
        self._bar.addWidget(self.go)
        self._column = column = QVBoxLayout(self.card)
        column.setContentsMargins(24, HEAD, 24, (FOOT - 36) // 2)
        column.setSpacing((FOOT - 36) // 2)
        column.addWidget(self.body, 1)
        column.addLayout(self._bar)
        self._dead = QTimer(self)
        self._dead.setSingleShot(True)
        self._dead.timeout.connect(self.recheck)
        self._motion = QVariantAnimation(self)
        self._motion.valueChanged.connect(self._moved)
        self._motion.finished.connect(self._settled)
        window.installEventFilter(self)
        for signal in (mirror.blind_changed, mirror.status_changed, mirror.link_changed, mirror.second_passed):
            signal.connect(self.recheck)
        look.changed.connect(self.update)

    # for subclasses

    def blocked(self) -> str:
        """Why the button is dead just now, in words; '' when it is not. Subclasses add their own reasons."""
        if self.mirror.blind:
            return t("sheet.blind")
        return ""

    def quiet(self) -> tuple[str, ...]:
        """Reasons that pass by themselves: said without the amber triangle."""
        return t("sheet.computing"), t("sheet.sending")

    def aside(self) -> tuple[str, bool]:
        """What the foot says while the button is alive, and whether it warns."""
        return self._note, False

    def confirm(self) -> None:
        """Do what the button says."""

    def title(self) -> str:
        """The sheet's name."""
        return ""

    def subject(self) -> str:
        """The code it is about, '' for none."""
        return ""

    def is_live(self) -> bool:
        """Whether real money is traded here."""
        return self.mirror.status is not None and self.mirror.status.mode == "live"

    def paint_head(self, p: QPainter, line: QRectF) -> None:
        """Title, subject with its price, the age of its data, and the mode once more."""
        theme = self.look.theme
        paint.hairline(p, 1, self.card.width() - 1, HEAD - 1, theme.line)
        x = line.left() + paint.text(p, line, self.title(), theme.t1, fonts.TITLE, bold=True) + 20
        right = paint_mode(p, line, self.look, live=self.is_live())
        code = self.subject()
        if not code:
            return
        stale = self.mirror.stale(code)
        rest = line.adjusted(x - line.left(), 0, -right - 16, 0)
        x += paint.text(p, rest, self.mirror.name(code), theme.t1, fonts.SEAL, bold=True) + 8
        x += paint.text(p, _from(line, x), fmt.bare(code), theme.t2, fonts.SMALL) + 14
        quote = self.mirror.quotes.get(code)
        if quote is None:
            return
        last = quote.last or quote.prev_close
        value = paint.direction(theme, last - quote.prev_close, stale=stale)
        x += paint.text(p, _from(line, x), fmt.price(last, code), value, fonts.CLOCK, bold=True) + 8
        move = (last > quote.prev_close) - (last < quote.prev_close)
        words = fmt.change(last, quote.prev_close)
        x += paint.arrowed(p, _from(line, x), words, move, value, bold=True, align=paint.LEFT) + 16
        room = line.right() - right - 12 - x
        if room >= 90:
            self.head_more(p, QRectF(x, line.top(), room, line.height()))

    def head_more(self, p: QPainter, rest: QRectF) -> None:
        """What stands behind the price: the data's age, or a state chip in a subclass."""
        quote = self.mirror.quotes.get(self.subject())
        if quote is not None:
            paint_age(p, rest, self.mirror, self.look, quote.at)

    def arm_button(self, words: str, kind: str) -> None:
        """What the button does; a change of meaning makes it dead for a moment."""
        if (words, kind) != (self.go.text(), self.go.kind):
            if self.go.text():
                self._dead.start(DEAD_MS)
            self.go.say(words, kind)
            self.recheck()

    def say_foot(self, words: str) -> None:
        """The quiet note at the foot; a reason for a dead button takes its place."""
        self._note = words
        self.recheck()

    def add_button(self, button: ActButton) -> None:
        """One more button, left of the others."""
        self._bar.insertWidget(1, button)

    def recheck(self) -> None:
        """Make the button dead or alive, and say why it is dead."""
        why = self.blocked()
        alive = not why and not self._dead.isActive() and not self._leaving and bool(self.go.text())
        if alive != self.go.isEnabled():
            self.go.setEnabled(alive)
        words, warns = (why, why not in self.quiet()) if why else self.aside()
        if (words, warns) != (self.foot_words, self.foot_warns):
            self.foot_words, self.foot_warns = words, warns
            self.setAccessibleDescription(words)
        self.card.update()

    # opening and leaving

    def open(self) -> None:
        """Show it over its window; one sheet at a time."""
        window = self.host
        for other in window.findChildren(Sheet):
            if other is not self and not other.leaving:
                other.leave()
        self.setAccessibleName(self.title())
        self._place()
        self._dead.start(DEAD_MS)
        self.recheck()
        self.show()
        self.raise_()
        self.setFocus()
        self._animate(0.0, 1.0, IN_MS)

    def leave(self) -> None:
        """Put it away without doing anything."""
        if self._leaving:
            return
        self._leaving = True
        self.go.setEnabled(False)
        window = self.host
        window.removeEventFilter(self)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        before = self._focus_before
        (before if before is not None and isValid(before) else window).setFocus()
        self.left.emit()
        self._animate(1.0, 0.0, OUT_MS)

    @property
    def focus_before(self) -> QWidget | None:
        """What had the keyboard before any sheet was open."""
        return self._focus_before

    @property
    def leaving(self) -> bool:
        """Whether it is on its way out."""
        return self._leaving

    def buttons_left(self) -> int:
        """Where the buttons of the foot begin."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        shown = [button.x() for button in self.card.findChildren(ActButton, options=direct) if not button.isHidden()]
        return min(shown, default=self.card.width())

    def _go(self) -> None:
        self.recheck()
        if self.go.isEnabled():
            self.confirm()

    def _animate(self, start: float, end: float, ms: int) -> None:
        self._motion.stop()
        if not self.look.motion:
            self._moved(end)
            self._settled()
            return
        effect = QGraphicsOpacityEffect(self.card)
        effect.setOpacity(start)
        self.card.setGraphicsEffect(effect)
        self._motion.setStartValue(start)
        self._motion.setEndValue(end)
        self._motion.setDuration(ms)
        self._motion.start()

    def _moved(self, value: float) -> None:
        self._open = value
        effect = self.card.graphicsEffect()
        if isinstance(effect, QGraphicsOpacityEffect):
            effect.setOpacity(value)
        self.update()

    def _settled(self) -> None:
        if self._leaving:
            self.hide()
            self.deleteLater()
            return
        self.card.setGraphicsEffect(None)  # type: ignore[arg-type]

    def _place(self) -> None:
        window = self.host
        top = top_of(window)
        self.setGeometry(0, top, window.width(), max(window.height() - top, 1))
        room_wide, room_high = self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN
        wide, high = min(self.wide, room_wide), min(self.high, room_high)
        self.card.setGeometry(QRect((self.width() - wide) // 2, (self.height() - high) // 2, wide, high))
        self.asks.stand_over(self.card.geometry())

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        mine = isinstance(event, QKeyEvent) and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12
        if mine and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control and not event.isAutoRepeat():
            self._go()
        elif Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12:
            event.ignore()
            return
        event.accept()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001
        ring = [child for child in self._tab_order() if child.isEnabled() and child.isVisibleTo(self)]
        if not ring:
            return True
        now = self.focusWidget()
        at = ring.index(now) if now in ring else (-1 if next else 0)
        ring[(at + (1 if next else -1)) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _tab_order(self) -> list[QWidget]:
        found: list[QWidget] = []
        child = self.nextInFocusChain()
        while child is not None and child is not self:
            takes = bool(child.focusPolicy() & Qt.FocusPolicy.TabFocus) and child.focusProxy() is None
            if takes and self.isAncestorOf(child):
                found.append(child)
            child = child.nextInFocusChain()
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        depth = 0.62 if self.look.dark else 0.38
        p.fillRect(self.rect(), paint.color("#05070A", round(depth * self._open, 2)))
        p.end()


def _outside(window: QWidget) -> QWidget | None:
    """What has the keyboard now or, where that is a sheet, had it before that sheet."""
    now: QWidget | None = window.focusWidget()
    for sheet in window.findChildren(Sheet):
        if now is sheet or (now is not None and sheet.isAncestorOf(now)):
            return sheet.focus_before
    return now


def _from(line: QRectF, x: float) -> QRectF:
    return QRectF(x, line.top(), max(line.right() - x, 1), line.height())


def paint_mode(p: QPainter, line: QRectF, look: Look, *, live: bool) -> float:
    """The mode tag at the right end of a line; how wide it is."""
    theme = look.theme
    words = t("sheet.live") if live else t("sheet.paper")
    wide = fonts.width_of(words, fonts.BODY, True) + 22
    rect = QRectF(line.right() - wide, line.center().y() - 13, wide, 26)
    value, ground = (theme.live, theme.livebg) if live else (theme.paper, theme.paperbg)
    paint.box(p, rect, ground, value, 4)
    paint.text(p, rect, words, value, fonts.BODY, bold=True, align=paint.CENTRE)
    return wide


def paint_age(p: QPainter, rest: QRectF, mirror: Mirror, look: Look, at: int) -> None:
    """A lamp and how old a snapshot is."""
    theme = look.theme
    words = fmt.age(max(mirror.clock() - at, 0))
    value = theme.t3 if mirror.blind else theme.acc
    room = paint.dot(p, rest.left(), rest.center().y(), value, 8)
    paint.text(p, rest.adjusted(room, 0, 0, 0), words, theme.t2, fonts.SMALL)
