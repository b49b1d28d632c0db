"""The real window over an invented trader."""

from collections.abc import Callable

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.close_sheet import CloseSheet
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.jump import Goal, goals
from qmtdesk.desk.shell.layout_sizes import sizes
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.messages import CancelOne, DisarmGrid, DisarmGuard, Kill
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.talk import Ack

SIZES = [(1600, 900), (1366, 768), (1280, 720)]


class Stage:
    """One window, its picture and its wishes."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (1600, 900)) -> None:
        self.mirror, self.look, self.commands = Mirror(), Look(), fake.FakeCommands()
        self.look.set(motion=False)
        self.mirror.clock = lambda: self.mirror.status.clock if self.mirror.status else 0  # type: ignore[method-assign]
        self.window = MainWindow(self.mirror, self.commands, self.look)
        qtbot.addWidget(self.window, before_close_func=lambda window: setattr(window, "_may_close", True))
        self.window.resize(*size)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.qtbot = qtbot

    def fill(self, picture: str = "main") -> "Stage":
        fake.fill_mirror(self.mirror, picture)
        return self

    def tell(self, *rows: object) -> None:
        self.mirror.apply(rows)  # type: ignore[arg-type]
        self.mirror.flush()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def sheets(self) -> list[Sheet]:
        return [sheet for sheet in self.window.findChildren(Sheet) if not sheet.leaving]


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot).fill()


def texts_of(window: QWidget) -> paint.Recorder:
    """Every text the window paints, once."""
    with paint.recording() as recorder:
        window.grab()
    return recorder


# the kill switch


def test_f12_stops_everything_at_once_and_asks_nothing(stage: Stage) -> None:
    stage.key(Qt.Key.Key_F12)
    assert stage.commands.wished == [Kill("key")] or Kill("key") in stage.commands.wished


def test_the_kill_button_works_while_a_sheet_is_open(stage: Stage) -> None:
    stage.window.open_grid(fake.BOND)
    stage.qtbot.mouseClick(stage.window.top.kill, Qt.MouseButton.LeftButton)
    assert Kill("button") in stage.commands.wished
    stage.commands.wished.clear()
    stage.window.open_grid(fake.BOND)
    stage.key(Qt.Key.Key_F12)
    assert Kill("key") in stage.commands.wished


@pytest.mark.parametrize("sheet", ["grid", "guard", "keys", "about", "close"])
def test_nothing_ever_covers_the_kill_button(stage: Stage, sheet: str) -> None:
    window = stage.window
    {
        "grid": lambda: window.open_grid(fake.BOND),
        "guard": lambda: window.watch._open(fake.STOCK),
        "keys": lambda: window.menu_does("keys"),
        "about": lambda: window.menu_does("about"),
        "close": window.close,
    }[sheet]()
    assert len(stage.sheets()) == 1
    button = window.top.kill
    for corner in (QPoint(2, 2), QPoint(button.width() - 3, button.height() - 3), button.rect().center()):
        assert window.childAt(button.mapTo(window, corner)) is button
    covered = QRect(stage.sheets()[0].mapTo(window, QPoint(0, 0)), stage.sheets()[0].size())
    assert not covered.intersects(QRect(button.mapTo(window, QPoint(0, 0)), button.size()))


def test_a_kill_pressed_elsewhere_shows_its_progress_here(stage: Stage) -> None:
    stage.tell(fake.killed_status(), fake.kill_row())
    assert stage.window.top.kill.on
    assert len(stage.sheets()) == 1
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert alarm.kind == "killed"
    assert "5 / 7" in alarm.note


def test_a_second_f12_asks_for_the_open_cancels_again_and_shows_the_progress_again(stage: Stage) -> None:
    stage.tell(fake.killed_status(), fake.kill_row())
    stage.sheets()[0].leave()
    stage.commands.wished.clear()
    stage.key(Qt.Key.Key_F12)
    assert Kill("key") in stage.commands.wished
    assert len(stage.sheets()) == 1


def test_f12_after_the_last_cancel_is_proved_is_said_all_the_same_for_a_lift_may_be_on_its_way(stage: Stage) -> None:
    stage.tell(fake.killed_status(), msgspec.structs.replace(fake.kill_row(), done=True))
    stage.sheets()[0].leave()
    stage.commands.wished.clear()
    stage.key(Qt.Key.Key_F12)
    assert stage.commands.wished == [Kill("key")]
    assert len(stage.sheets()) == 1


# the strip


def test_the_strip_names_every_wish_that_came_too_late(stage: Stage) -> None:
    strip = stage.window.strip
    for words in ("first", "second", "second"):
        strip.add_error(words, "late")
    assert strip.alarm is not None
    assert (strip.alarm.title, strip.alarm.note) == ("late", "first · second")
    # what was said before and not read yet stays, under its own title
    strip.show_error("nothing was restored", "safe")
    strip.add_error("third", "late")
    assert (strip.alarm.title, strip.alarm.note) == ("safe", "nothing was restored · third")
    strip.show_error("")
    strip.add_error("fourth", "late")
    assert (strip.alarm.title, strip.alarm.note) == ("late", "fourth")


def test_the_strip_answers_three_questions(stage: Stage) -> None:
    said = stage.window.strip.accessibleName()
    assert "3 个网格运行" in said
    assert "跌至 118.856 买 80" in said
    assert "海岳 120.690 买单回报未知" in said


def test_a_sleeping_grid_is_no_alarm_but_an_unknown_order_is(stage: Stage) -> None:
    tones = {phrase.words: phrase.tone for phrase in stage.window.strip.clauses[2].phrases}
    assert next(tone for words, tone in tones.items() if "休眠" in words) == "fact"
    assert next(tone for words, tone in tones.items() if "未知" in words) == "alert"


def test_more_than_two_reasons_are_counted(stage: Stage) -> None:
    stage.tell(fake.status(blockers=(because(Why.MASTER_OFF),) * 4, blocker_codes=("",) * 4))
    assert stage.window.strip.clauses[2].phrases[-1].words == "另 2 项"


def test_blindness_is_said_once_with_what_rests_at_the_exchange(stage: Stage) -> None:
    stage.tell(fake.blind_status(), *fake.quotes(stale=True))
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert "47" in alarm.title
    assert "4 笔" in alarm.note
    stage.window.act("cancel_live")
    refs = {wish.ref for wish in stage.commands.wished if isinstance(wish, CancelOne)}
    assert refs == {"s3", "b1", "s4", "b0"}


@pytest.mark.parametrize("link", ["lost", "silent", "failed"])
def test_without_a_trader_everything_counts_as_old(stage: Stage, link: str) -> None:
    assert not stage.mirror.stale(fake.BOND)
    stage.mirror.set_link(link, "spawn")
    assert stage.mirror.stale(fake.BOND)
    assert stage.window.strip.alarm is not None


def test_no_figure_keeps_its_colour_while_blind(stage: Stage) -> None:
    theme = stage.look.theme
    assert paint.direction(theme, 5, stale=stage.mirror.blind) == theme.up
    stage.tell(fake.blind_status())
    assert paint.direction(theme, 5, stale=stage.mirror.blind) == theme.t3
    image = stage.window.top.grab().toImage()
    found = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())}
    assert theme.up.lower() not in found


# keys


def test_ctrl_k_goes_to_a_bond_by_the_initials_of_its_name(stage: Stage) -> None:
    stage.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    stage.qtbot.keyClicks(stage.window.top.jump, "ghzz")
    stage.qtbot.keyClick(stage.window.top.jump, Qt.Key.Key_Return)
    assert stage.mirror.selected_bond == "123207.SZ"


def test_the_jump_box_knows_codes_names_and_commands(stage: Stage) -> None:
    known = (Goal("command", "restore", "恢复布局"),)
    assert goals(stage.mirror, "127089", known)[0].value == fake.BOND
    assert goals(stage.mirror, "华澜", known)[0].value == fake.STOCK
    assert goals(stage.mirror, "布局", known) == list(known)
    assert goals(stage.mirror, "zzzzz", known) == []


def test_alt_and_a_number_bring_a_tab_to_the_front(stage: Stage) -> None:
    for number in range(5):
        stage.key(Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.AltModifier)
        assert stage.window.tabs.at == number


def test_alt_and_a_number_bring_the_tabs_back_from_behind_a_panel_shown_alone(stage: Stage) -> None:
    stage.window.panes.show_only(2)
    stage.key(Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert stage.window.tabs.at == 2
    assert stage.window.tabs.isVisible()
    assert stage.window.tabs.table().hasFocus()
    assert stage.window.bonds.isVisible()


def test_ctrl_2_twice_gives_the_ladder_the_middle_until_escape(stage: Stage) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    stage.window.tabs.table().setFocus()
    stage.key(Qt.Key.Key_2, control)
    assert stage.window.bonds.isVisible()
    stage.key(Qt.Key.Key_2, control)
    assert not stage.window.bonds.isVisible()
    assert stage.window.watch.isVisible()
    stage.key(Qt.Key.Key_Escape)
    assert stage.window.bonds.isVisible()
    assert stage.window.tabs.isVisible()


def test_s_says_a_guard_is_off_only_when_the_trader_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[Callable[[Ack], None]] = []
    monkeypatch.setattr(stage.commands, "disarm_guard", lambda _code, done=None: held.append(done))
    stage.mirror.select_stock(fake.STOCK)
    stage.window.watch.rows.setFocus()
    stage.key(Qt.Key.Key_S)
    assert not stage.window.watch.note.words
    held[0](Ack(1, ok=True, seq=1))
    assert "已撤防" in stage.window.watch.note.words


def test_s_stops_the_grid_or_disarms_the_guard_that_has_the_keyboard(stage: Stage) -> None:
    stage.window.ladder.setFocus()
    stage.key(Qt.Key.Key_S)
    assert DisarmGrid(fake.BOND, StopHow.CANCEL) in stage.commands.wished
    stage.window.watch.setFocus()
    stage.key(Qt.Key.Key_S)
    assert DisarmGuard(fake.STOCK) in stage.commands.wished


def test_typing_into_the_jump_box_is_no_shortcut(stage: Stage) -> None:
    stage.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    stage.commands.wished.clear()
    stage.qtbot.keyClicks(stage.window.top.jump, "sc")
    assert stage.window.top.jump.text() == "sc"
    assert stage.commands.wished == []


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720), (960, 560)])
def test_the_jump_box_stays_in_a_narrow_window_for_as_long_as_it_is_typed_into(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    stage = Stage(qtbot, size).fill()
    jump = stage.window.top.jump
    assert not jump.isVisible()
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    stage.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    stage.commands.wished.clear()
    for letter in "s12708":
        stage.mirror.second_passed.emit()
        assert jump.isVisible()
        assert jump.hasFocus()
        stage.qtbot.keyClicks(QApplication.focusWidget(), letter)
    assert jump.text() == "s12708"
    assert stage.commands.wished == []
    words = texts_of(stage.window.top).texts
    assert "行情 正常" in [drawn.text for drawn in words]
    assert max(drawn.rect.right() for drawn in words if drawn.rect.left() < jump.x()) < jump.x()
    stage.qtbot.keyClick(jump, Qt.Key.Key_Escape)
    assert not jump.isVisible()


# closing


def test_closing_with_strategies_running_asks_once(stage: Stage) -> None:
    assert not stage.window.close()
    stage.window.close()
    assert [type(sheet) for sheet in stage.sheets()] == [CloseSheet]


def test_keeping_it_running_hides_the_window_and_stops_nothing(stage: Stage) -> None:
    stage.window.close()
    sheet = stage.sheets()[0]
    with stage.qtbot.waitSignal(stage.window.hidden_away):
        sheet.confirm()
    assert not stage.window.isVisible()
    assert stage.commands.wished == [] or not any(isinstance(w, DisarmGrid) for w in stage.commands.wished)


def test_disarm_and_leave_waits_until_nothing_is_left(stage: Stage) -> None:
    left: list[bool] = []
    stage.window.leaving.connect(left.append)
    stage.window.close()
    sheet = stage.sheets()[0]
    assert isinstance(sheet, CloseSheet)
    sheet.disarm.click()
    assert sum(isinstance(wish, DisarmGrid) for wish in stage.commands.wished) == 5
    stage.tell(*fake.stopped_rows(), fake.idle_status())
    assert left == []
    gone = [msgspec.structs.replace(row, state="cancelled", cancellable=False) for row in fake.orders()]
    stage.tell(*gone)
    assert left == [True]


def test_leaving_the_orders_waits_only_for_what_is_started(stage: Stage) -> None:
    left: list[bool] = []
    stage.window.leaving.connect(left.append)
    stage.window.close()
    sheet = stage.sheets()[0]
    assert isinstance(sheet, CloseSheet)
    sheet.leave_orders.click()
    stops = [wish for wish in stage.commands.wished if isinstance(wish, DisarmGrid)]
    assert {wish.how for wish in stops} == {StopHow.LEAVE}
    stage.tell(*fake.stopped_rows(), fake.idle_status())
    assert left == [True]


def test_an_order_in_doubt_keeps_the_window_until_it_is_settled(stage: Stage) -> None:
    left: list[bool] = []
    stage.window.leaving.connect(left.append)
    stage.window.close()
    sheet = stage.sheets()[0]
    assert isinstance(sheet, CloseSheet)
    sheet.disarm.click()
    stage.tell(*fake.stopped_rows(), fake.idle_status())
    gone = [msgspec.structs.replace(row, state="cancelled", cancellable=False) for row in fake.orders()]
    stage.tell(*(row for row in gone if row.ref != "u1"))
    assert left == []
    stage.tell(*gone)
    assert left == [True]


def test_what_is_to_be_done_on_closing_is_asked_once_and_kept(stage: Stage) -> None:
    stage.window.close()
    sheet = stage.sheets()[0]
    assert isinstance(sheet, CloseSheet)
    sheet.remember.click()
    sheet.confirm()
    assert stage.window.goodbye.how == "keep"
    stage.window.show()
    with stage.qtbot.waitSignal(stage.window.hidden_away):
        stage.window.close()
    assert stage.sheets() == []


@pytest.mark.parametrize(("how", "stop"), [("cancel", StopHow.CANCEL), ("leave", StopHow.LEAVE)])
def test_a_kept_way_to_stop_begins_at_once_and_shows_what_is_left(stage: Stage, how: str, stop: StopHow) -> None:
    stage.window.menu_does(f"close:{how}")
    stage.window.close()
    assert {wish.how for wish in stage.commands.wished if isinstance(wish, DisarmGrid)} == {stop}
    assert "未确认" in stage.sheets()[0].foot_words


def test_closing_with_nothing_armed_just_closes(qtbot: QtBot) -> None:
    stage = Stage(qtbot).fill("empty")
    with qtbot.waitSignal(stage.window.leaving):
        stage.window.close()


# how it looks


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("picture", ["main", "blind", "empty", "loading"])
def test_no_text_of_the_bars_and_tabs_is_wider_than_its_cell_or_stands_on_another(
    qtbot: QtBot, size: tuple[int, int], language: Language, picture: str
) -> None:
    stage = Stage(qtbot, size)
    stage.look.set(language=language)
    stage.fill(picture)
    for part in (stage.window.top, stage.window.strip, stage.window.tabs):
        seen = texts_of(part)
        assert seen.texts
        assert [(drawn.text, drawn.cell) for drawn in seen.too_wide()] == []
        assert [(a.text, b.text) for a, b in seen.overlaps()] == []


@pytest.mark.parametrize("tab", range(5))
@pytest.mark.parametrize("size", SIZES)
def test_no_text_of_a_table_stands_on_another(qtbot: QtBot, size: tuple[int, int], tab: int) -> None:
    stage = Stage(qtbot, size).fill()
    stage.window.tabs.show_tab(tab)
    seen = texts_of(stage.window.tabs.table().viewport())
    assert len(seen.texts) > 8
    assert [(a.text, b.text) for a, b in seen.overlaps()] == []


@pytest.mark.parametrize(("width", "height"), [*SIZES, (960, 560), (1920, 1080), (2560, 1440)])
def test_the_shares_of_the_window_add_up(width: int, height: int) -> None:
    share = sizes(width, height)
    assert share.bond + share.middle + share.right + 24 == width
    assert share.upper + share.tabs == share.watch + share.seal
    assert share.middle >= 346
    assert min(share.upper, share.tabs, share.watch, share.seal) > 0


def test_the_widths_are_those_of_the_drawing() -> None:
    assert (sizes(1600, 900).bond, sizes(1600, 900).middle, sizes(1600, 900).right) == (518, 662, 396)
    assert (sizes(1366, 768).bond, sizes(1366, 768).middle, sizes(1366, 768).right) == (486, 516, 340)
    assert (sizes(1280, 720).bond, sizes(1280, 720).middle, sizes(1280, 720).right) == (400, 516, 340)


def test_the_jump_box_gives_way_before_the_lamps(qtbot: QtBot) -> None:
    wide, narrow = Stage(qtbot).fill(), Stage(qtbot, (1280, 720)).fill()
    assert wide.window.top.jump.isVisible()
    assert not narrow.window.top.jump.isVisible()
    words = [drawn.text for drawn in texts_of(narrow.window.top).texts]
    assert "行情 正常" in words
    assert "全部停止" in words


def test_a_language_change_reaches_every_part(stage: Stage) -> None:
    stage.look.set(language=Language.EN)
    words = [drawn.text for drawn in texts_of(stage.window).texts]
    assert "Stop all" in words
    assert "Orders" in words
    assert not [word for word in words if "委托" in word]


def test_nothing_has_a_default_button(stage: Stage) -> None:
    stage.window.open_grid(fake.BOND)
    assert not [button for button in stage.window.findChildren(QPushButton) if button.isDefault()]


def test_an_error_in_the_window_is_a_line_and_not_the_end(stage: Stage) -> None:
    stage.window.strip.show_error("ValueError: x")
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert "ValueError" in alarm.note
    stage.window.act("dismiss")
    assert stage.window.strip.alarm is None
