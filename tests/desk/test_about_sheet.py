"""The about box: which program this is, to the commit and the hash of its build, and where its data lie."""

import fake_trader as fake
import pytest
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import info_sheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.wire.build_info import BuildInfo

BUILD = BuildInfo("9.8.7", "c0ffee" * 6 + "abcd", False, "b01d" * 16)


@pytest.mark.parametrize("language", list(Language))
def test_about_names_version_commit_build_and_the_place_of_the_data(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setattr(info_sheet, "build_info", lambda: BUILD)
    mirror, look = Mirror(), Look()
    look.set(motion=False, language=language)
    window = MainWindow(mirror, fake.FakeCommands(), look)
    qtbot.addWidget(window, before_close_func=lambda closing: setattr(closing, "_may_close", True))
    fake.fill_mirror(mirror, "main")
    window.show()
    qtbot.waitExposed(window)
    window.menu_does("about")
    with paint.recording() as heard:
        window.findChild(info_sheet.AboutSheet).grab()
    told = " ".join(drawn.text for drawn in heard.texts)
    assert mirror.status is not None
    for wanted in ("9.8.7", BUILD.short_commit, BUILD.short_build, mirror.status.data_folder):
        assert wanted in told
    assert heard.too_wide() == []
