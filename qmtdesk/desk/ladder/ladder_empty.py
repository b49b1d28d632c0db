"""What stands in the ladder's place without a grid: the five levels of the book and the next step."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.brush.wrap import wrapped
from qmtdesk.desk.ladder.ladder_head import no_start
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import GridRow, QuoteRow

HEAD = 24
ROW = 24
NUMBERS = ("one", "two", "three", "four", "five")


class LadderEmpty(QWidget):
    """Never blank: says what there is, what to do next, and offers it."""

    start = Signal()
    demo = Signal()

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.start_button = ActButton(look, t("empty.start"), hint="Enter", kind="primary", parent=self, height=34)
        self.demo_button = ActButton(look, t("empty.demo"), parent=self, height=34)
        self.start_button.clicked.connect(self.start.emit)
        self.demo_button.clicked.connect(self.demo.emit)
        look.changed.connect(self.relabel)
        self.relabel()

    def relabel(self) -> None:
        """Texts of the language in force; the demo only in the paper market, while nothing runs."""
        mirror = self._mirror
        self.start_button.say(t("empty.start"))
        self.demo_button.say(t("empty.demo"))
        waits = no_start(mirror, mirror.selected_bond)
        self.start_button.setEnabled(not waits)
        self.start_button.setToolTip(plain_tip(waits) if waits else "")
        # with the market the page's words grow: a button that is there before would move under the pointer
        there = bool(mirror.selected_bond) and not self._loading()
        self.start_button.setVisible(there and self._waiting_grid() is None)
        status = mirror.status
        paper = status is not None and status.mode == "paper"
        self.demo_button.setVisible(paper and not mirror.grids)
        # a start asked for while the account is still being compared is refused
        self.demo_button.setEnabled(status is not None and status.ready == "ready")
        self._arrange()
        self.update()

    def words(self) -> tuple[str, str]:
        """Title and next step."""
        mirror = self._mirror
        if self._loading():
            return t("empty.loading"), ""
        if not mirror.selected_bond:
            return t("empty.no_bond"), t("empty.no_bond_next")
        grid = self._waiting_grid()
        if grid is not None:
            return t("empty.no_levels"), say(grid.why, grid.code) if grid.why is not None else t("empty.no_levels_next")
        return t("empty.no_grid"), t("empty.no_grid_next")

    def _loading(self) -> bool:
        return self._mirror.status is None and not self._mirror.bonds

    def _waiting_grid(self) -> GridRow | None:
        """The bond's grid when it is started but has no levels yet."""
        grid = self._mirror.grids.get(self._mirror.selected_bond)
        return grid if grid is not None and grid.state not in ("", "stopped") else None

    # inside

    def _book_height(self) -> int:
        """Room of the book; it is dropped when the next step would not fit under it."""
        high = 10 * ROW + 10
        return high if self.height() - HEAD >= high + 190 and self._mirror.selected_bond else 0

    def _message_top(self) -> float:
        book = self._book_height()
        return HEAD + book + 26.0 if book else max(HEAD + 20.0, self.height() / 2 - 80)

    def _lines(self) -> list[str]:
        return wrapped(self.words()[1], self.width() - 48)

    def _arrange(self) -> None:
        y = int(self._message_top() + 34 + 20 * len(self._lines()) + 12)
        for button in (self.start_button, self.demo_button):
            if not button.isHidden():
                size = button.sizeHint()
                button.setGeometry((self.width() - size.width()) // 2, y, size.width(), size.height())
                y += size.height() + 10

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        th, mirror = self._look.theme, self._mirror
        p = QPainter(self)
        p.fillRect(self.rect(), paint.color(th.bg1))
        p.fillRect(0, 0, self.width(), HEAD, paint.color(th.bg2))
        quote = mirror.quotes.get(mirror.selected_bond)
        if self._book_height():
            paint.text(p, QRectF(16, 0, 100, HEAD), t("empty.book"), th.t3, fonts.SMALL)
            self._book(p, quote, th)
        title = self.words()[0]
        y = self._message_top()
        paint.text(p, QRectF(24, y, self.width() - 48, 26), title, th.t1, 15, bold=True, align=paint.CENTRE, elide=True)
        y += 32
        for line in self._lines():
            paint.text(p, QRectF(24, y, self.width() - 48, 20), line, th.t2, align=paint.CENTRE)
            y += 20
        self._why_out(p, th)
        p.end()

    def _why_out(self, p: QPainter, th: Theme) -> None:
        """At the foot: a bond the screen keeps out, or takes with a doubt, says so here too."""
        bond = self._mirror.bonds.get(self._mirror.selected_bond)
        if bond is None or bond.why.why is Why.RANKED_IN:
            return
        words = t("bond.why_in" if bond.included else "bond.why_out", name=bond.name)
        wide = fonts.width_of(words, fonts.SMALL) + 8
        y = self.height() - 28
        paint.hairline(p, 0, self.width(), y, th.line)
        paint.text(p, QRectF(16, y, wide, 28), words, th.t3, fonts.SMALL)
        cell = QRectF(16 + wide, y, self.width() - wide - 32, 28)
        paint.text(p, cell, say(bond.why, bond.code), th.t1, fonts.SMALL, elide=True)

    def _book(self, p: QPainter, quote: QuoteRow | None, th: Theme) -> None:
        asks = quote.asks if quote is not None else ()
        bids = quote.bids if quote is not None else ()
        most = max((volume for _, volume in (*asks[:5], *bids[:5])), default=0)
        y = float(HEAD + 4)
        for n in range(4, -1, -1):
            self._book_row(p, y, ("book.ask", n), asks[n] if n < len(asks) else (0, 0), most)
            y += ROW
        paint.hairline(p, 12, self.width() - 12, y + 1, th.line)
        y += 3
        for n in range(5):
            self._book_row(p, y, ("book.bid", n), bids[n] if n < len(bids) else (0, 0), most)
            y += ROW

    def _book_row(self, p: QPainter, y: float, label: tuple[str, int], level: tuple[int, int], most: int) -> None:
        th, mirror = self._look.theme, self._mirror
        code = mirror.selected_bond
        price, volume = level
        stale = mirror.stale(code)
        quote = mirror.quotes.get(code)
        words = t(label[0], n=t(f"book.{NUMBERS[label[1]]}"))
        paint.text(p, QRectF(16, y, 60, ROW), words, th.t3, fonts.SMALL)
        moved = price - quote.prev_close if quote is not None and price else 0
        value = paint.direction(th, moved, stale=stale) if price else th.t3
        middle = self.width() * 0.46
        paint.text(p, QRectF(60, y, middle - 60, ROW), f.price(price, code), value, align=paint.RIGHT)
        end = self.width() - 16.0
        if price and most:
            wide = (end - middle - 12) * volume / most
            tint = th.bg3 if stale else th.dnbg if label[0] == "book.ask" else th.upbg
            p.fillRect(QRectF(end - wide, y + 4, wide, ROW - 8), paint.color(tint))
        words = f.volume(volume) if price else f.MISSING
        paint.text(
            p, QRectF(middle + 12, y, end - middle - 18, ROW), words, th.t1 if price else th.t3, align=paint.RIGHT
        )
