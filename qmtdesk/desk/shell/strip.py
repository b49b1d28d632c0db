"""The strip under the top bar: doing, next, why not; or one alarm with what can be done about it."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.brush.plain_button import PlainButton
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell.strip_words import Alarm, Clause, Phrase, actions_of, alarm_of, clauses

HEIGHT = 34
_GAP = 14.0
_LABEL_GAP = 10.0
APART = " · "


class Strip(QWidget):
    """One line; its buttons call `act` with the name of the action."""

    def __init__(self, mirror: Mirror, look: Look, act: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror, self._look, self._act = mirror, look, act
        self._error = self._title = ""
        self._alarm: Alarm | None = None
        self._clauses: tuple[Clause, ...] = ()
        self._actions: tuple[tuple[str, str], ...] = ()
        self._buttons: list[PlainButton] = []
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for signal in (
            mirror.status_changed,
            mirror.kill_changed,
            mirror.link_changed,
            mirror.second_passed,
            mirror.blind_changed,
            mirror.grid_changed,
            mirror.orders_changed,
            mirror.events_changed,
            mirror.read_changed,
            mirror.quotes_changed,
            mirror.selected_bond_changed,
            look.changed,
        ):
            signal.connect(self.refresh)
        self.refresh()

    @property
    def alarm(self) -> Alarm | None:
        """The alarm shown, None on a normal day."""
        return self._alarm

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The three answers shown when there is no alarm."""
        return self._clauses

    def show_error(self, text: str, title: str = "") -> None:
        """Say that something in this window broke, or what `title` names; '' takes it back."""
        self._error, self._title = text, title
        self.refresh()

    def add_error(self, text: str, title: str) -> None:
        """Say it behind what is said already, which stays until it was read."""
        said = self._error.split(APART) if self._error else []
        self.show_error(APART.join([*said, text] if text not in said else said), self._title if said else title)

    def refresh(self, *_: object) -> None:
        """Read the mirror again; repaint only when the words changed."""
        alarm = alarm_of(self._mirror, self._error, self._title)
        told = clauses(self._mirror) if alarm is None else ()
        actions = alarm.actions if alarm is not None else actions_of(self._mirror)
        if (alarm, told, actions) == (self._alarm, self._clauses, self._actions) and self.sender() is not self._look:
            return
        if actions != self._actions:
            self._make_buttons(actions)
        self._alarm, self._clauses, self._actions = alarm, told, actions
        self.setAccessibleName(_plain(alarm, told))
        self.setToolTip(plain_tip(f"{alarm.title}\n{alarm.note}" if alarm else ""))
        self.update()

    def _make_buttons(self, actions: tuple[tuple[str, str], ...]) -> None:
        for old in self._buttons:
            # hidden with the keyboard it would hand it to whatever comes next in the window
            old.clearFocus()
            old.hide()
            old.deleteLater()
        self._buttons = []
        for name, words in actions:
            button = PlainButton(self._look, words, self, alarm=True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self._act(name))
            self._buttons.append(button)
            button.show()
        self._place()

    def _place(self) -> None:
        x = self.width() - 8
        for button in reversed(self._buttons):
            size = button.sizeHint()
            x -= size.width()
            button.setGeometry(x, (HEIGHT - size.height()) // 2, size.width(), size.height())
            x -= 8

    def _room(self) -> float:
        """Where the words must end."""
        return (self._buttons[0].x() if self._buttons else self.width()) - 12.0

    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        theme = self._look.theme
        if self._alarm is None:
            p.fillRect(self.rect(), paint.color(theme.bg0))
            self._paint_clauses(p, theme)
        else:
            self._paint_alarm(p, theme, self._alarm)
        p.end()

    def _paint_alarm(self, p: QPainter, theme: Theme, alarm: Alarm) -> None:
        p.fillRect(self.rect(), paint.color(theme.warnbg))
        paint.hairline(p, 0, self.width(), HEIGHT - 1, theme.warn)
        p.fillRect(QRectF(0, 0, 4, HEIGHT), paint.color(theme.solid))
        middle = HEIGHT / 2
        if alarm.kind == "killed":
            paint.octagon(p, 16, middle, theme.warn, 13)
            x = 38.0
        else:
            x = 14 + paint.alert(p, 14, middle, theme.warn, 15) + 5
        end = self._room()
        x += paint.text(p, QRectF(x, 0, end - x, HEIGHT), alarm.title, theme.warn, bold=True, elide=True) + 16
        if end > x:
            paint.text(p, QRectF(x, 0, end - x, HEIGHT), alarm.note, theme.t1, elide=True)

    def _paint_clauses(self, p: QPainter, theme: Theme) -> None:
        shown = fitting(self._clauses, self._room() - 16.0)
        x = 14.0
        for number, clause in enumerate(shown):
            if number:
                paint.upright(p, x - 1, 10, HEIGHT - 10, theme.line2)
                x += 16
            x += paint.text(p, QRectF(x, 0, 200, HEIGHT), clause.label, theme.t3, fonts.SMALL) + _LABEL_GAP
            for phrase in clause.phrases:
                x = self._paint_phrase(p, theme, phrase, x)
            x += 2

    def _paint_phrase(self, p: QPainter, theme: Theme, phrase: Phrase, x: float) -> float:
        value = {"fact": theme.t1, "number": theme.t2, "alert": theme.warn}[phrase.tone]
        if phrase.tone == "alert":
            x += paint.alert(p, x, HEIGHT / 2, theme.warn, 13)
        room = max(self._room() - x, 0)
        return x + paint.text(p, QRectF(x, 0, room, HEIGHT), phrase.words, value, elide=True) + _GAP


def fitting(told: tuple[Clause, ...], room: float) -> tuple[Clause, ...]:
    """The clauses without the phrases that must go for lack of room, highest rank first."""
    for limit in (3, 2, 1, 0):
        kept = tuple(Clause(c.label, tuple(ph for ph in c.phrases if ph.rank <= limit)) for c in told)
        if sum(_width(clause) for clause in kept) <= room or not limit:
            return kept
    return told


def _width(clause: Clause) -> float:
    wide = fonts.width_of(clause.label, fonts.SMALL) + _LABEL_GAP + 18
    for phrase in clause.phrases:
        wide += fonts.width_of(phrase.words, fonts.BODY) + _GAP + (17 if phrase.tone == "alert" else 0)
    return wide


def _plain(alarm: Alarm | None, told: tuple[Clause, ...]) -> str:
    if alarm is not None:
        return f"{alarm.title} {alarm.note}"
    return "; ".join(f"{c.label} {' '.join(phrase.words for phrase in c.phrases)}" for c in told)
