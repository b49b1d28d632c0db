"""The line over an open sheet that says a guard asks 要卖出吗 behind it; a click puts the sheet away."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import Button
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.asks import left_ms, queue
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import t

HIGH = 28


class AskNotice(Button):
    """Takes no keyboard: a key of the sheet never answers a question. Gone when nothing is asked any more."""

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget) -> None:
        super().__init__(look, "", parent)
        self.mirror = mirror
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        mirror.asks_changed.connect(self.refresh)
        mirror.second_passed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say the most urgent question, or nothing."""
        asks = [ask for ask in queue(self.mirror.asks) if left_ms(self.mirror, ask)]
        if asks:
            seconds = -(-left_ms(self.mirror, asks[0]) // 1000)
            words = t("ask.behind", name=self.mirror.name(asks[0].code), n=seconds)
            self.setText(words)
            self.setAccessibleName(words)
        self.setVisible(bool(asks))
        self.update()

    def stand_over(self, card: QRect) -> None:
        """Above the sheet's card; where the window is low, over its head, which has no button."""
        self.setGeometry(card.left(), max(card.top() - HIGH - 6, 3), card.width(), HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.solid, radius=6)
        left = 14 + paint.alert(p, 14, rect.center().y(), theme.on_solid, 15) + 4
        line = QRectF(left, 0, rect.width() - left - 14, rect.height())
        right = paint.text(p, line, t("ask.go_there"), theme.on_solid, fonts.BODY, bold=True, align=paint.RIGHT)
        line.setWidth(line.width() - right - 12)
        paint.text(p, line, self.text(), theme.on_solid, fonts.BODY, bold=True, elide=True)
        p.end()
