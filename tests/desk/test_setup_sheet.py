"""The wizard on the real window, over a child process that says what a test wants."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from setup_world import (
    FIRST,
    GOOD,
    OTHER,
    SECOND,
    Walk,
    World,
    connected,
    names,
    painted,
    steps,
    usual_world,
)

from qmtdesk.desk.brush import paint
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.live_settings import LiveSettings
from qmtdesk.wire.probe_lines import Code, bad, fine, said

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def world(tmp_path: Path) -> World:
    return usual_world(tmp_path)


@pytest.fixture
def walk(qtbot: QtBot, world: World) -> Walk:
    return Walk(qtbot, world)


# the first page


def test_paper_is_chosen_beforehand_and_one_press_away_without_any_look_at_the_computer(walk: Walk) -> None:
    assert walk.sheet.go.text() == t("setup.use_paper")
    walk.press()
    assert walk.world.went == ["paper"]
    assert walk.world.calls == []
    assert walk.sheet.leaving


def test_escape_leaves_everything_as_it_was(walk: Walk, qtbot: QtBot) -> None:
    walk.to_folder()
    qtbot.keyClick(walk.sheet, Qt.Key.Key_Escape)
    assert walk.sheet.leaving
    assert (walk.world.went, walk.world.kept) == ([], [])


def test_enter_alone_does_nothing(walk: Walk, qtbot: QtBot) -> None:
    walk.ready()
    qtbot.keyClick(walk.sheet, Qt.Key.Key_Return)
    assert walk.world.went == []


# found: the whole way


def test_the_whole_way_ends_in_a_written_choice_and_a_live_desk(walk: Walk) -> None:
    walk.to_finish()
    assert not walk.sheet.go.isEnabled(), "the question is not answered yet"
    walk.sheet.finish_page.yes.click()
    walk.press()
    assert walk.world.kept == [
        LiveSettings(folder=GOOD, account=FIRST, account_type="STOCK", reported=True, reported_day="2026-11-20")
    ]
    assert walk.world.went == ["live"]
    assert walk.world.calls == ["find", f"connect {GOOD}"]


def test_the_account_number_is_masked_on_every_page(walk: Walk) -> None:
    walk.to_connect()
    seen = painted(walk)
    walk.press()
    seen += painted(walk)
    walk.press()
    seen += painted(walk)
    assert "66****396" in seen
    assert FIRST not in seen
    assert FIRST not in walk.sheet.account_page.rows.accessibleDescription()


def test_the_folder_that_runs_is_chosen_and_the_other_says_why_not(walk: Walk) -> None:
    walk.to_folder()
    assert [(place.folder, place.usable) for place in walk.sheet.searching.places] == [(GOOD, True), (OTHER, False)]
    assert walk.sheet.searching.folder == GOOD
    assert "没有在运行" in painted(walk)


def test_a_chosen_package_and_other_settings_outlive_a_new_choice(qtbot: QtBot, world: World) -> None:
    world.settings = LiveSettings(package="qmt_bridge", folder=OTHER)
    walk = Walk(qtbot, world)
    walk.to_folder()
    walk.sheet.searching.choose(GOOD)
    walk.press()
    qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=10_000)
    walk.press()
    walk.press()
    walk.sheet.finish_page.yes.click()
    walk.press()
    assert world.kept[0].package == "qmt_bridge"


# accounts


def test_of_two_accounts_none_is_chosen_until_the_user_does(qtbot: QtBot, world: World) -> None:
    world.usual(FIRST, SECOND)
    walk = Walk(qtbot, world)
    walk.to_account()
    assert walk.sheet.account is None
    assert walk.sheet.blocked() == t("setup.block_account")
    walk.sheet.account_page.rows.setFocus()
    qtbot.keyClick(walk.sheet.account_page.rows, Qt.Key.Key_End)
    assert walk.sheet.account is not None
    assert walk.sheet.account.number == SECOND
    told = painted(walk)
    for words in ("66****396", "66****777", "1,012,846.20", "312,846.20", "12,300.55"):
        assert any(words in line for line in told.split("\n")), words


def test_the_account_chosen_before_is_chosen_again(qtbot: QtBot, world: World) -> None:
    world.usual(FIRST, SECOND)
    world.settings = LiveSettings(folder=GOOD, account=SECOND)
    walk = Walk(qtbot, world)
    walk.to_account()
    assert walk.sheet.account is not None
    assert walk.sheet.account.number == SECOND


def test_no_account_in_the_terminal_is_a_reason_and_a_step(qtbot: QtBot, world: World) -> None:
    nobody = bad("accounts", said(Code.LOOK_ACCOUNTS), said(Code.NO_ACCOUNTS), said(Code.DO_LOG_IN))
    world.script[f"connect {GOOD}"] = steps([*connected(FIRST)[:2], nobody])
    walk = Walk(qtbot, world)
    walk.to_connect()
    assert "在 QMT 里登录要交易的资金账号" in painted(walk)
    assert walk.sheet.blocked() == t("setup.block_connect")


def test_an_account_for_something_else_cannot_be_chosen(qtbot: QtBot, world: World) -> None:
    rows = [names(FIRST, "FUTURE"), names(SECOND)]
    told = fine("accounts", said(Code.LOOK_ACCOUNTS), said(Code.ACCOUNTS, count=2, list=""), accounts=rows)
    world.script[f"connect {GOOD}"] = steps([*connected(FIRST)[:2], told])
    walk = Walk(qtbot, world)
    walk.to_account()
    walk.sheet.account_page.rows.choose(f"FUTURE:{FIRST}")
    assert walk.sheet.blocked() == t("setup.block_kind", kind=t("setup.kind.FUTURE"))
    walk.sheet.account_page.rows.choose(f"STOCK:{SECOND}")
    assert walk.sheet.blocked() == ""


# the question


def test_not_yet_reported_keeps_the_choice_and_goes_on_with_paper(walk: Walk) -> None:
    walk.to_finish()
    walk.sheet.finish_page.no.click()
    assert t("setup.next_no").split("；")[0] in painted(walk).replace("\n", "")
    assert walk.sheet.go.text() == t("setup.not_yet_paper")
    walk.press()
    assert walk.world.went == ["paper"]
    assert (walk.world.kept[0].account, walk.world.kept[0].reported, walk.world.kept[0].reported_day) == (
        FIRST,
        False,
        "",
    )


def test_the_question_is_asked_once_and_its_day_stays(qtbot: QtBot, world: World) -> None:
    world.settings = LiveSettings(folder=GOOD, account=FIRST, reported=True, reported_day="2026-10-08")
    walk = Walk(qtbot, world)
    walk.to_finish()
    assert "2026-10-08" in painted(walk)
    walk.press()
    assert world.kept[0].reported_day == "2026-10-08"


def test_a_choice_that_cannot_be_written_is_said_and_nothing_is_opened(walk: Walk) -> None:
    walk.world.keep_error = OSError(28, "No space left on device")
    walk.to_finish()
    walk.sheet.finish_page.yes.click()
    walk.press()
    assert "No space left on device" in painted(walk)
    assert walk.world.went == []
    assert not walk.sheet.leaving


def test_a_desk_that_cannot_be_started_is_said(walk: Walk) -> None:
    walk.world.go_error = OSError(2, "No such file")
    walk.press()
    assert not walk.sheet.leaving
    walk.world.go_error = None
    walk.press()
    assert walk.sheet.leaving


# by hand and by key


def test_it_is_walked_by_keyboard_alone(walk: Walk, qtbot: QtBot) -> None:
    sheet = walk.sheet
    qtbot.keyClick(sheet, Qt.Key.Key_Tab)
    sheet.mode_page.cards["live"].setFocus()
    qtbot.keyClick(sheet.mode_page.cards["live"], Qt.Key.Key_Space)
    for step in ("folder", "connect", "account", "finish"):
        walk.ready()
        qtbot.keyClick(sheet.focusWidget() or sheet, Qt.Key.Key_Return, CONTROL)
        assert sheet.step == step
    qtbot.keyClick(sheet.focusWidget() or sheet, Qt.Key.Key_Left, ALT)
    assert sheet.step == "account"
    walk.ready()
    qtbot.keyClick(sheet.focusWidget() or sheet, Qt.Key.Key_Return, CONTROL)
    sheet.finish_page.yes.setFocus()
    qtbot.keyClick(sheet.finish_page.yes, Qt.Key.Key_Space)
    walk.ready()
    qtbot.keyClick(sheet.focusWidget() or sheet, Qt.Key.Key_Return, CONTROL)
    assert walk.world.went == ["live"]


def test_tab_reaches_everything_on_the_folder_page(walk: Walk, qtbot: QtBot) -> None:
    walk.to_folder()
    walk.ready()
    page, seen = walk.sheet.folder_page, set()
    for _ in range(12):
        qtbot.keyClick(walk.sheet.focusWidget() or walk.sheet, Qt.Key.Key_Tab)
        seen.add(walk.sheet.focusWidget())
    wanted = {page.places, page.line, page.browse, page.again, page.checks, page.fold, walk.sheet.back}
    assert wanted | {walk.sheet.cancel, walk.sheet.go} <= seen


def test_f5_looks_again(walk: Walk, qtbot: QtBot) -> None:
    walk.to_folder()
    qtbot.keyClick(walk.sheet.focusWidget() or walk.sheet, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: walk.world.calls == ["find", "find"], timeout=10_000)
    qtbot.waitUntil(lambda: walk.sheet.searching.usable, timeout=10_000)


def test_the_result_can_be_copied_for_whoever_helps(walk: Walk, qtbot: QtBot) -> None:
    walk.to_connect()
    qtbot.keyClick(walk.sheet.connect_page.checks, Qt.Key.Key_C, CONTROL)
    copied = QGuiApplication.clipboard().text()
    assert "交易连接: 连接成功" in copied
    assert FIRST not in copied


def test_going_back_and_forth_does_not_connect_again(walk: Walk) -> None:
    walk.to_account()
    walk.sheet.go_back()
    walk.sheet.go_back()
    walk.press()
    walk.press()
    assert walk.world.calls.count(f"connect {GOOD}") == 1


def test_the_size_given_by_hand_is_told_and_never_leaves_the_window(walk: Walk) -> None:
    told: list[tuple[int, int]] = []
    walk.sheet.sized.connect(lambda wide, high: told.append((wide, high)))
    walk.sheet.resize_card(900, 520)
    assert told == [(900, 520)]
    assert (walk.sheet.card.width(), walk.sheet.card.height()) == (900, 520)
    walk.sheet.resize_card(9_000, 9_000)
    assert walk.sheet.card.width() < walk.window.width()


def test_only_one_sheet_is_open_and_the_kill_button_stays_free(walk: Walk) -> None:
    assert walk.sheet.y() >= walk.window.top.height()
    walk.window.kill("button")
    assert walk.sheet.leaving
    assert sum(not sheet.leaving for sheet in walk.window.findChildren(Sheet)) == 1


@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
@pytest.mark.parametrize("size", [(1600, 900), (1366, 768), (1280, 720), (960, 560)], ids=str)
def test_no_text_is_cut_or_stands_on_another(qtbot: QtBot, world: World, size: tuple[int, int], english: bool) -> None:
    world.usual(FIRST, SECOND)
    walk = Walk(qtbot, world, size)
    if english:
        walk.sheet.leave()
        walk.english()
        walk.reopen()
    shown: list[str] = []
    for go in (walk.ready, walk.to_folder, walk.press, lambda: None, walk.second_account, walk.press):
        go()
        qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=10_000)
        QCoreApplication.processEvents()
        with paint.recording() as drawn:
            walk.sheet.grab()
        assert drawn.too_wide() == []
        assert drawn.overlaps() == []
        shown += [each.text for each in drawn.texts]
    # a folder's own name, and what the box in QMT's login is called, are Chinese in both languages
    ours = re.sub("国金QMT交易端|极简模式", "", " ".join(shown))
    assert bool(re.search("[\u4e00-\u9fff]", ours)) is not english
