"""The wizard on the real window, over a child process that says what a test wants."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from pytestqt.qtbot import QtBot
from setup_world import (
    ABOVE,
    FIRST,
    GOOD,
    OTHER,
    SECOND,
    Walk,
    World,
    above,
    connected,
    folder_lines,
    names,
    not_running,
    refused,
    steps,
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
    made = World(tmp_path)
    made.usual()
    return made


@pytest.fixture
def walk(qtbot: QtBot, world: World) -> Walk:
    return Walk(qtbot, world)


def painted(walk: Walk) -> str:
    with paint.recording() as drawn:
        walk.sheet.grab()
    return "\n".join(each.text for each in drawn.texts)


def gone(pid: int) -> bool:
    """Whether that process has ended; one that nobody waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2][:1] == "Z"
    except OSError:
        return True


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


# not running, wrong path, nothing there


def test_a_client_that_does_not_run_blocks_and_says_what_was_looked_for_found_and_to_do(
    qtbot: QtBot, world: World
) -> None:
    world.script["find"] = steps(not_running(OTHER, path=OTHER, source="installed"))
    walk = Walk(qtbot, world)
    walk.to_folder()
    said_all = painted(walk)
    assert "没有在运行" in said_all
    assert t("setup.looked_for", text="正在运行的 MiniQMT（XtMiniQmt.exe）") in said_all
    assert "启动 QMT" in said_all
    assert walk.sheet.blocked() == t("setup.block_folder")
    world.script["find"] = steps(folder_lines(OTHER, path=OTHER, source="running"))
    walk.sheet.folder_page.again.click()
    walk.press()
    assert walk.sheet.step == "connect"


def test_nothing_found_names_the_places_and_three_steps(qtbot: QtBot, world: World) -> None:
    world.script["find"] = []
    walk = Walk(qtbot, world)
    walk.to_folder()
    told = painted(walk)
    for key in ("setup.none_found", "setup.none_advice_1", "setup.none_advice_2", "setup.none_advice_3"):
        assert t(key) in told


def test_the_installations_folder_leads_to_the_one_inside_it(qtbot: QtBot, world: World) -> None:
    world.script.update(
        {"find": [], f"examine {ABOVE}": steps(above(ABOVE)), f"examine {GOOD}": steps(folder_lines(GOOD))}
    )
    walk = Walk(qtbot, world)
    walk.to_folder()
    walk.sheet.folder_page.line.setText(f'  "{ABOVE}" ')
    qtbot.keyClick(walk.sheet.folder_page.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not walk.sheet.searching.running, timeout=10_000)
    places = {place.folder: place for place in walk.sheet.searching.places}
    assert "userdata_mini 在它里面" in places[ABOVE].checks[-1].found
    assert places[GOOD].source == t("setup.source.advised")
    assert walk.sheet.searching.folder == GOOD
    assert walk.sheet.searching.usable


def test_a_dropped_folder_is_looked_at(qtbot: QtBot, world: World, tmp_path: Path) -> None:
    place = str(tmp_path / "userdata_mini")
    world.script.update({"find": [], f"examine {place}": steps(folder_lines(place))})
    walk = Walk(qtbot, world)
    walk.to_folder()
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(place)])
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, held, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    walk.sheet.folder_page.dropEvent(drop)
    qtbot.waitUntil(lambda: walk.sheet.searching.usable, timeout=10_000)
    assert walk.sheet.searching.folder == place


def test_the_folder_used_last_is_looked_at_though_the_search_did_not_find_it(qtbot: QtBot, world: World) -> None:
    world.settings = LiveSettings(folder=r"E:\QMT\userdata_mini")
    world.script[r"examine E:\QMT\userdata_mini"] = steps(folder_lines(r"E:\QMT\userdata_mini"))
    walk = Walk(qtbot, world)
    walk.to_folder()
    assert walk.sheet.searching.places[0].source == t("setup.source.used")
    assert walk.sheet.searching.folder == r"E:\QMT\userdata_mini"


# connecting


def test_a_refused_connection_says_what_to_do_and_can_be_tried_again(qtbot: QtBot, world: World) -> None:
    world.script[f"connect {GOOD}"] = steps(folder_lines(GOOD) + refused())
    walk = Walk(qtbot, world)
    walk.to_connect()
    told = painted(walk)
    assert "connect = -1" in told
    assert "极简模式" in told
    assert walk.sheet.blocked() == t("setup.block_connect")
    world.usual()
    walk.sheet.connect_page.again.click()
    walk.press()
    assert walk.sheet.step == "account"


def test_no_right_to_bond_data_is_said_and_forbids_nothing(walk: Walk) -> None:
    walk.to_account()
    assert "没有：本账号看不到转债资料" in painted(walk)
    walk.press()
    assert walk.sheet.step == "finish"


def test_the_stages_show_what_is_done_at_work_and_to_come(qtbot: QtBot, world: World) -> None:
    world.script[f"connect {GOOD}"] = steps(folder_lines(GOOD) + connected(FIRST)[:1], {"hang": True})
    walk = Walk(qtbot, world)
    walk.to_folder()
    walk.press()
    qtbot.waitUntil(lambda: len(walk.sheet.connecting.checks) == 8 and walk.sheet.connecting.checks[1].level == "ok")
    assert [check.level for check in walk.sheet.connecting.checks] == ["ok", "ok", "busy", *["wait"] * 5]
    pid = walk.world.child_pid
    walk.sheet.connect_page.stop.click()
    qtbot.waitUntil(lambda: gone(pid), timeout=10_000)
    assert t("setup.stopped") in painted(walk)
    assert walk.sheet.connecting.accounts == ()


def test_a_child_that_hangs_is_ended_at_its_deadline_and_the_window_goes_on(qtbot: QtBot, world: World) -> None:
    world.script[f"connect {GOOD}"] = steps(folder_lines(GOOD) + connected(FIRST)[:1], {"hang": True})
    walk = Walk(qtbot, world)
    walk.sheet.connecting.silent_ms = 400
    walk.to_folder()
    walk.press()
    qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=10_000)
    assert t("setup.overdue", seconds=0) in painted(walk)
    assert gone(walk.world.child_pid)
    assert walk.sheet.blocked() == t("setup.block_connect")


def test_leaving_ends_the_child(qtbot: QtBot, world: World) -> None:
    world.script["find"] = [{"hang": True}]
    walk = Walk(qtbot, world)
    walk.sheet.mode_page.cards["live"].click()
    walk.press()
    qtbot.waitUntil((world.live_folder.parent / "child.pid").exists, timeout=10_000)
    walk.sheet.leave()
    qtbot.waitUntil(lambda: gone(world.child_pid), timeout=10_000)


GARBAGE = (
    "\x00\xff{]\n{}\n" + "[" * 5_000 + '\n{"stage":"connect","ok":true}\nxtquant文档地址：http://dict\n' + "x" * 300_000
)


def test_garbage_among_the_lines_is_left_out(qtbot: QtBot, world: World) -> None:
    lines = steps(connected(FIRST))
    world.script[f"connect {GOOD}"] = [{"raw": GARBAGE + "\n"}, *lines, {"raw": "{half a li"}]
    walk = Walk(qtbot, world)
    walk.to_account()
    assert [account.number for account in walk.sheet.connecting.accounts] == [FIRST]


@pytest.mark.parametrize("end", [{"crash": True}, {"exit": 70}])
def test_a_child_that_crashes_is_told_of_with_its_last_words(qtbot: QtBot, world: World, end: dict[str, int]) -> None:
    world.script[f"connect {GOOD}"] = steps(refused()[:1], {"said": "Segmentation fault in datacenter\n"}, end)
    walk = Walk(qtbot, world)
    walk.to_connect()
    told = painted(walk)
    assert "检查进程意外退出" in told
    assert "datacenter" in told
    assert t("setup.crashed_advice_1") in told


def test_a_child_that_cannot_be_started_is_told_of(qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "connect_words", lambda folder, kind: ["/no/such/program"])
    walk = Walk(qtbot, world)
    walk.to_connect()
    assert "检查进程无法启动" in painted(walk)


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
