"""Tables and lists hold still for a hand: what is aimed at is what is hit, and Del acts on the row that was chosen."""

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from watch_desk import Desk, shown_desk

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.standing import standing
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell.tabs import TabPanel
from qmtdesk.domain.messages import CancelOne
from qmtdesk.wire.rows import OrderRow

NEW = "600009.SH"


def enter(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


class Book:
    """The table of orders over an invented picture."""

    def __init__(self, qtbot: QtBot) -> None:
        self.mirror, self.commands = Mirror(), fake.FakeCommands()
        fake.fill_mirror(self.mirror)
        self.panel = TabPanel(self.mirror, self.commands, Look())
        qtbot.addWidget(self.panel)
        self.panel.resize(1180, 460)
        self.panel.show()
        self.panel.show_tab(0)
        self.table = self.panel.table()
        self.qtbot = qtbot

    def refs(self) -> list[str]:
        return [row.ref for row in self.table.rows.rows]

    def feed(self, *rows: OrderRow) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()
        self.panel._fill_late()

    def come(self, ref: str) -> None:
        """A newer order than all, which stands on top of them."""
        self.feed(msgspec.structs.replace(self.mirror.orders["b1"], ref=ref, at=fake.CLOCK + 1000))

    def click(self, ref: str, title: str) -> None:
        column = next(n for n, found in enumerate(self.table.rows.columns) if found.title == title)
        place = QPoint(
            self.table.columnViewportPosition(column) + 20, self.table.rowViewportPosition(self.refs().index(ref)) + 8
        )
        self.qtbot.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture
def book(qtbot: QtBot) -> Book:
    return Book(qtbot)


def test_what_stood_stays_in_its_order_and_what_is_new_comes_behind_in_its_own() -> None:
    assert standing("cab", "xabyc", str) == list("cabxy")
    assert standing("cab", "ac", str) == list("ca")
    assert standing("", "xab", str) == list("xab")


def test_orders_keep_their_places_under_the_pointer_and_take_them_when_it_leaves(book: Book) -> None:
    enter(book.table)
    before = book.refs()
    book.come("n1")
    assert book.refs() == [*before, "n1"]
    leave(book.table)
    assert book.refs() == ["n1", *before]


def test_an_order_that_is_done_keeps_its_place_under_the_pointer(book: Book) -> None:
    enter(book.table)
    before = book.refs()
    book.feed(msgspec.structs.replace(book.mirror.orders["s3"], state="filled", cancellable=False))
    assert book.refs() == before
    leave(book.table)
    assert book.refs() != before


def test_a_table_without_a_button_shows_what_is_new_at_once(book: Book) -> None:
    book.panel.show_tab(1)
    table = book.panel.table()
    enter(table)
    newer = msgspec.structs.replace(next(iter(book.mirror.fills.values())), key="n1", at=fake.CLOCK + 1000)
    book.mirror.apply([newer])
    book.mirror.flush()
    book.panel._fill_late()
    assert table.rows.rows[0].key == "n1"


def test_a_click_on_a_head_sorts_under_the_pointer_too_and_that_order_is_held(book: Book) -> None:
    enter(book.table)
    column = next(n for n, found in enumerate(book.table.rows.columns) if found.title == "price")
    book.table._sort_clicked(column)
    prices = [row.price for row in book.table.rows.rows]
    assert prices == sorted(prices, reverse=True)
    book.come("n1")
    assert book.refs()[-1] == "n1"


def test_del_after_sorting_cancels_the_order_that_was_chosen(book: Book) -> None:
    book.click("b1", "price")
    at = book.refs().index("b1")
    columns = range(len(book.table.rows.columns))
    moved = 0
    for column in columns:
        book.table._sort_clicked(column)
        moved += book.refs().index("b1") != at
        chosen = book.table.chosen()
        assert chosen is not None
        assert chosen.ref == "b1"
    assert moved
    book.qtbot.keyClick(book.table, Qt.Key.Key_Delete)
    assert book.commands.wished == [CancelOne("b1")]


def test_a_stock_that_comes_to_the_watchlist_moves_no_row_under_the_pointer(qtbot: QtBot) -> None:
    desk = shown_desk(qtbot)
    enter(desk.panel.rows)
    before = desk.panel.rows.codes
    come(desk)
    assert desk.panel.rows.codes == (*before, NEW)
    leave(desk.panel.rows)
    assert desk.panel.rows.codes[0] == NEW


def vanish(book: Book, *refs: str) -> None:
    book.mirror.apply([fake.gone(book.mirror.orders[ref]) for ref in refs])
    book.mirror.flush()
    book.panel._fill_late()


def painted(widget: QWidget) -> list[str]:
    with paint.recording() as seen:
        widget.grab()
    return [drawn.text for drawn in seen.texts]


def test_an_order_that_vanishes_leaves_its_place_empty_under_the_pointer_until_it_leaves(book: Book) -> None:
    enter(book.table)
    before = book.refs()
    vanish(book, before[1])
    assert book.refs() == before
    book.come("n1")
    assert book.refs() == [*before, "n1"]
    leave(book.table)
    assert book.refs() == ["n1", before[0], *before[2:]]


def test_an_empty_place_shows_nothing_and_nothing_acts_on_it(book: Book) -> None:
    ref = "b1"
    book.click(ref, "price")
    enter(book.table)
    at = book.refs().index(ref)
    assert book.table.rows.data(book.table.rows.index(at, 0)) is not None
    lines = len(book.panel.csv().splitlines())
    marks = len(painted(book.table.viewport()))
    vanish(book, ref)
    assert book.refs()[at] == ref
    assert len(painted(book.table.viewport())) < marks
    assert book.table.rows.data(book.table.rows.index(at, 0)) is None
    assert len(book.panel.csv().splitlines()) == lines - 1
    asked: list[object] = []
    for signal in (book.table.act, book.table.opened, book.table.menu_asked, book.table.removed):
        signal.connect(lambda *said: asked.append(said))
    for title in ("price", "act"):
        book.click(ref, title)
    place = QPoint(20, book.table.rowViewportPosition(at) + 8)
    book.qtbot.mouseDClick(book.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    book.qtbot.mouseClick(book.table.viewport(), Qt.MouseButton.RightButton, pos=place)
    book.qtbot.keyClick(book.table, Qt.Key.Key_Delete)
    assert (book.table.chosen(), asked, book.commands.wished) == (None, [], [])


def test_a_click_on_a_head_takes_the_empty_places_away(book: Book) -> None:
    enter(book.table)
    before = book.refs()
    vanish(book, before[1])
    book.table._sort_clicked(0)
    assert sorted(book.refs()) == sorted([before[0], *before[2:]])


def test_where_all_that_stood_is_gone_what_is_new_stands_at_once(book: Book) -> None:
    enter(book.table)
    rows = book.refs()
    newer = msgspec.structs.replace(book.mirror.orders["b1"], ref="n1")
    book.mirror.apply([*[fake.gone(book.mirror.orders[ref]) for ref in rows], newer])
    book.mirror.flush()
    book.panel._fill_late()
    assert book.refs() == ["n1"]


def test_a_stock_that_leaves_the_watchlist_moves_no_row_under_the_pointer(qtbot: QtBot) -> None:
    desk = shown_desk(qtbot)
    rows = desk.panel.rows
    enter(rows)
    before = rows.codes
    second, third = rows.switch_rect(before[1]), rows.row_rect(before[2])
    name = desk.mirror.watches[before[1]].name
    assert name in painted(rows)
    desk.mirror.apply([fake.gone(desk.mirror.watches[before[1]])])
    desk.mirror.flush()
    assert rows.row_rect(before[2]) == third
    assert name not in painted(rows)
    chosen, wished = desk.mirror.selected_stock, list(desk.commands.wished)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=second.center())
    assert (desk.mirror.selected_stock, desk.commands.wished) == (chosen, wished)
    desk.mirror.select_stock(before[0])
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert desk.mirror.selected_stock == before[2]
    leave(rows)
    assert rows.codes == (before[0], *before[2:])


def test_a_stock_taken_off_by_a_key_leaves_no_empty_place(qtbot: QtBot) -> None:
    desk = shown_desk(qtbot)
    rows = desk.panel.rows
    rows.setFocus()
    before = rows.codes
    desk.mirror.apply([fake.gone(desk.mirror.watches[before[1]])])
    desk.mirror.flush()
    assert rows.codes == (before[0], *before[2:])


def come(desk: Desk) -> None:
    """A stock whose guard has fired: the first to look at."""
    row = msgspec.structs.replace(desk.mirror.watches[fake.STOCK], code=NEW, state="triggered")
    desk.mirror.apply([row])
    desk.mirror.flush()
