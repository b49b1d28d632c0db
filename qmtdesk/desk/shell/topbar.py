"""The top bar: is it alive, what time is it, what is it worth, and the kill switch."""

from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.brush.plain_button import KillButton, MenuButton
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell.jump import JumpBox
from qmtdesk.desk.shell.topbar_groups import BAR, Group, groups, mode_colours
from qmtdesk.desk.words.texts import t

_GAP = 15.0
_JUMP = 176


class TopBar(QWidget):
    """One painted line with three real controls at its right end. `killed` when the button was pressed."""

    killed = Signal()
    menu_asked = Signal()
    lamp_pressed = Signal()

    def __init__(self, mirror: Mirror, commands: Commands, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror, self._look = mirror, look
        self._placed: list[tuple[Group, float]] = []
        self.setFixedHeight(BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.jump = JumpBox(mirror, look, self)
        self.menu = MenuButton(look, t("top.menu"), self)
        self.kill = KillButton(look, self)
        self.kill.clicked.connect(self.killed)
        self.menu.clicked.connect(self.menu_asked)
        self.jump.keyboard_moved.connect(self.refresh)
        for signal in (
            mirror.status_changed, mirror.link_changed, mirror.second_passed, mirror.blind_changed, mirror.kill_changed,
            mirror.health_changed, look.changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the mirror again."""
        if self.kill.on != self._mirror.killed or self.sender() is self._look:
            self.kill.tell(on=self._mirror.killed)
            self.menu.setAccessibleName(t("top.menu"))
            self._seat()
        self._arrange()
        self.update()

    def _seat(self) -> None:
        """Put the controls at the right end; the jump box is the first to go."""
        size = self.kill.sizeHint()
        x = self.width() - 10 - size.width()
        self.kill.setGeometry(x, (BAR - size.height()) // 2 + 1, size.width(), size.height())
        x -= 34 + 14
        self.menu.setGeometry(x, 11, 34, 34)
        x -= _JUMP + 12
        self.jump.setGeometry(x, 13, _JUMP, 30)
        wide = sum(group.width + (_GAP * 2 if group.line else _GAP) for group in groups(self._mirror, self._look.theme))
        # hidden while it is typed into, its letters would be shortcuts
        self.jump.setVisible(self.window().focusWidget() is self.jump or wide + 12 <= x)

    def _arrange(self) -> None:
        self._seat()
        kept = groups(self._mirror, self._look.theme)
        room = (self.jump.x() if self.jump.isVisibleTo(self) else self.menu.x()) - 12.0
        for rank in (5, 4, 3, 2, 1):
            if sum(g.width + (_GAP * 2 if g.line else _GAP) for g in kept) <= room:
                break
            kept = [group for group in kept if group.rank < rank]
        self._placed = []
        x = 12.0
        for number, group in enumerate(kept):
            if number:
                x += _GAP * 2 if group.line else _GAP
            self._placed.append((group, x))
            x += group.width

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            for group, x in self._placed:
                if group.tip and x <= event.pos().x() <= x + group.width:
                    QToolTip.showText(event.globalPos(), plain_tip(group.tip), self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().x()
        if any(group.name == "lamp" and x <= at <= x + group.width for group, x in self._placed):
            self.lamp_pressed.emit()
        else:
            super().mousePressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(1280, BAR)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        status = self._mirror.status
        p = QPainter(self)
        p.fillRect(self.rect(), paint.color(theme.bg1))
        p.fillRect(QRectF(0, 0, self.width(), 2), paint.color(mode_colours(status.mode if status else "", theme)[0]))
        paint.hairline(p, 0, self.width(), BAR - 1, theme.line)
        for number, (group, x) in enumerate(self._placed):
            if number and group.line:
                paint.upright(p, x - _GAP, 13, BAR - 11, theme.line2)
            group.draw(p, x)
        p.end()
