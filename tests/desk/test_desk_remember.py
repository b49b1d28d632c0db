"""What the window remembers from one run to the next."""

from pathlib import Path

import fake_trader as fake
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.tokens import Palette
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.remember import Memory, dress, pack, unpack
from qmtdesk.desk.link.settings import desk_settings
from qmtdesk.desk.shell.window import MainWindow


def opened(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Memory]:
    look, mirror = Look(), Mirror()
    file = desk_settings(folder)
    kept = file.load().value
    dress(look, kept, system_dark=True)
    look.set(motion=False)
    window = MainWindow(mirror, fake.FakeCommands(), look, scale=kept.scale)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.resize(1600, 900)
    window.show()
    memory = Memory(file, kept, window)
    memory.restore()
    fake.fill_mirror(mirror)
    return window, memory


def test_look_scale_and_selection_come_back(qtbot: QtBot, tmp_path: Path) -> None:
    window, memory = opened(qtbot, tmp_path)
    window.look.set(dark=False, palette=Palette.ORANGE_UP, language=Language.EN, density="roomy")
    window.menu_does("scale:150")
    window.mirror.select_bond("123207.SZ")
    memory.save()
    kept = desk_settings(tmp_path).load()
    assert kept.problem == ""
    assert kept.value.selected_bond == "123207.SZ"
    again, _ = opened(qtbot, tmp_path)
    assert not again.look.dark
    assert again.look.palette is Palette.ORANGE_UP
    assert again.look.language is Language.EN
    assert again.look.density == "roomy"
    assert again.menus.scale == 150


def test_a_splitter_moved_by_hand_stays_where_it_was_put(qtbot: QtBot, tmp_path: Path) -> None:
    window, memory = opened(qtbot, tmp_path)
    window.panes.middle.setSizes([600, 580])
    window.panes._moved_by_hand()
    wanted = window.panes.splits()["middle"]
    memory.save()
    again, _ = opened(qtbot, tmp_path)
    assert again.panes.by_hand
    assert abs(again.panes.splits()["middle"][0] - wanted[0]) <= 2
    again.menu_does("restore")
    assert not again.panes.by_hand
    assert again.panes.splits()["middle"][0] == 518


def test_a_folder_that_takes_nothing_costs_the_memory_and_not_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    window, memory = opened(qtbot, tmp_path)
    blocked = tmp_path / "desk-settings.json"
    blocked.unlink(missing_ok=True)
    blocked.mkdir()
    (blocked / "x").touch()
    memory.save()
    assert window.isVisible()


def test_a_damaged_layout_is_no_layout() -> None:
    assert unpack("###") == {}
    assert unpack(pack([1, 2])) == {}
    assert unpack(pack({"body": [1, 2]})) == {"body": [1, 2]}


def test_a_file_that_could_not_be_read_is_not_written_over(qtbot: QtBot, tmp_path: Path) -> None:
    window, memory = opened(qtbot, tmp_path)
    memory.save()
    before = desk_settings(tmp_path).path.read_bytes()
    memory.may_write = False
    window.look.set(dark=not window.look.dark)
    memory.save()
    assert desk_settings(tmp_path).path.read_bytes() == before
