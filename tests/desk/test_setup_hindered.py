"""The wizard where something is in the way: no client, a wrong folder, no connection, a child that fails."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot
from setup_world import (
    ABOVE,
    FIRST,
    GOOD,
    OTHER,
    Walk,
    World,
    above,
    connected,
    folder_lines,
    not_running,
    painted,
    refused,
    steps,
    usual_world,
)

from qmtdesk.desk.words.texts import t
from qmtdesk.wire.live_settings import LiveSettings

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return usual_world(tmp_path)


@pytest.fixture
def walk(qtbot: QtBot, world: World) -> Walk:
    return Walk(qtbot, world)


def gone(pid: int) -> bool:
    """Whether that process has ended; one that nobody waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2][:1] == "Z"
    except OSError:
        return True


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
    monkeypatch.setattr(world, "connect_words", lambda *_: ["/no/such/program"])
    walk = Walk(qtbot, world)
    walk.to_connect()
    assert "检查进程无法启动" in painted(walk)
