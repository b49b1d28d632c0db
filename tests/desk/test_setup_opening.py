"""When the wizard opens, what it leaves behind, and what a start makes of that."""

import subprocess
import sys
from pathlib import Path

import fake_trader as fake
import pytest
from pytestqt.qtbot import QtBot

from qmtdesk.app import main
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.remember import Memory
from qmtdesk.desk.link.settings import desk_settings
from qmtdesk.desk.setup import desk_setup
from qmtdesk.desk.setup.desk_setup import DeskSetup
from qmtdesk.desk.setup.opening import SetupOpener
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.wire.files import private_folder
from qmtdesk.wire.last_mode import LastMode, last_mode
from qmtdesk.wire.live_settings import LiveSettings, live_settings

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Link:
    """What the opener asks of the link."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def retry(self) -> None:
        self.asked.append("retry")

    def stop_trader(self, *, force: bool) -> None:
        self.asked.append(f"stop {force}")


class Desk:
    """A window with its memory, and the opener over it."""

    def __init__(self, qtbot: QtBot, base: Path, mode: str = "paper") -> None:
        self.folder = private_folder(base / mode)
        self.mirror, self.look, self.link = Mirror(), Look(), Link()
        self.look.set(motion=False)
        self.window = MainWindow(self.mirror, fake.FakeCommands(), self.look)
        qtbot.addWidget(self.window, before_close_func=lambda _: setattr(self.window, "_may_close", True))
        self.window.show()
        self.file = desk_settings(self.folder)
        self.memory = Memory(self.file, self.file.load().value, self.window)
        options = DeskOptions(self.folder, ("--trader",), mode, ("--data", str(base)))
        self.opener = SetupOpener(self.window, self.memory, self.link, options)  # type: ignore[arg-type]


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, tuple[str, ...]]]:
    told: list[tuple[Path, tuple[str, ...]]] = []
    monkeypatch.setattr(desk_setup, "spawn_desk", lambda folder, words: told.append((folder, tuple(words))))
    return told


def test_the_menu_asks_for_the_wizard(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    with qtbot.waitSignal(desk.window.setup_wanted):
        desk.window.menu_does("setup")


def test_it_opens_once(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    sheet = desk.opener.open()
    assert desk.opener.open() is sheet
    sheet.leave()
    assert desk.opener.open() is not sheet


def test_a_size_given_by_hand_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.opener.open().resize_card(860, 500)
    desk.memory.save()
    again = Desk(qtbot, tmp_path)
    sheet = again.opener.open()
    assert (sheet.wide, sheet.high) == (860, 500)


def test_live_opens_another_desk_and_this_one_goes_as_its_closing_says(
    qtbot: QtBot, tmp_path: Path, spawned: list[tuple[Path, tuple[str, ...]]]
) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.look.set(dark=False, language=Language.EN)
    with qtbot.waitSignal(desk.window.leaving):
        desk.opener.setup.go("live")
    assert spawned == [(tmp_path / "live", ("--data", str(tmp_path), "--live"))]
    worn = desk_settings(tmp_path / "live").load().value
    assert (worn.theme, worn.language) == ("light", "en")
    assert desk.link.asked == []


def test_with_something_started_the_closing_is_asked_about_and_live_still_opens(
    qtbot: QtBot, tmp_path: Path, spawned: list[tuple[Path, tuple[str, ...]]]
) -> None:
    desk = Desk(qtbot, tmp_path)
    fake.fill_mirror(desk.mirror)
    desk.opener.setup.go("live")
    assert len(spawned) == 1
    assert desk.window.isVisible()


def test_paper_chosen_in_the_paper_desk_opens_nothing(
    qtbot: QtBot, tmp_path: Path, spawned: list[tuple[Path, tuple[str, ...]]]
) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.opener.setup.go("paper")
    assert (spawned, desk.link.asked) == ([], [])
    assert desk.window.isVisible()


def test_a_live_desk_without_a_trader_looks_for_one_again(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path, "live")
    desk.opener.setup.go("live")
    assert desk.link.asked == ["retry"]


def test_a_live_trader_takes_another_choice_by_a_new_start_and_only_with_nothing_armed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path, "live")
    fake.fill_mirror(desk.mirror)
    assert desk.window.goodbye.armed()
    desk.opener.setup.go("live")
    assert desk.link.asked == []
    assert desk.window.note.isVisible()
    desk.mirror.apply([fake.status(grids_running=0, grids_sell_only=0, grids_asleep=0, guards_armed=0)])
    desk.mirror.flush()
    assert not desk.window.goodbye.armed()
    desk.opener.setup.go("live")
    assert desk.link.asked == ["stop False"]
    desk.mirror.set_link("lost", "")
    assert desk.link.asked == ["stop False", "retry"]


def test_what_was_chosen_is_only_the_users_to_read_and_never_in_the_paper_folder(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "paper")
    setup = DeskSetup(DeskOptions(folder, ()), Look(), list, list)
    assert setup.known() == LiveSettings()
    assert not setup.live_folder.exists(), "asking makes no folder"
    setup.keep(LiveSettings(folder="D:/QMT/userdata_mini", account="66800012345396"))
    file = live_settings(tmp_path / "live").path
    assert "66800012345396" in file.read_text("utf-8")
    assert sys.platform == "win32" or (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)
    assert list(folder.iterdir()) == []


def test_a_choice_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    live_settings(private_folder(tmp_path / "live")).path.write_text("{half", "utf-8")
    setup = DeskSetup(DeskOptions(private_folder(tmp_path / "paper"), ()), Look(), list, list)
    assert not setup.known().chosen


def modes_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Which market a desk started with these words would open."""
    from qmtdesk.desk.shell import run

    opened: list[DeskOptions] = []

    def run_desk(options: DeskOptions) -> int:
        opened.append(options)
        return 0

    monkeypatch.setattr(run, "run_desk", run_desk)
    assert main(words) == 0
    assert opened[0].folder.name == opened[0].mode
    assert ("--live" in opened[0].trader_words) is (opened[0].mode == "live")
    return opened[0].mode


def test_a_plain_start_opens_what_was_opened_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    data = ("--data", str(tmp_path))
    assert modes_of(monkeypatch, *data) == "paper"
    last_mode(tmp_path).save(LastMode(mode="live"))
    assert modes_of(monkeypatch, *data) == "live"
    assert modes_of(monkeypatch, *data, "--paper") == "paper"
    assert modes_of(monkeypatch, *data, "--live", "--paper") == "paper"
    last_mode(tmp_path).path.write_text("?", "utf-8")
    assert modes_of(monkeypatch, *data) == "paper"


def test_a_start_of_the_desk_imports_nothing_of_the_wizard() -> None:
    words = "import sys, qmtdesk.desk.shell.wired; print([m for m in sys.modules if '.setup' in m or 'probe' in m])"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
