"""The wizard's line for a package in xtquant's place: folded away, checked, tried, and kept."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from setup_world import GOOD, Walk, painted, usual_world

from qmtdesk.desk.words.texts import t
from qmtdesk.wire.live_settings import LiveSettings


@pytest.fixture
def walk(qtbot: QtBot, tmp_path: Path) -> Walk:
    return Walk(qtbot, usual_world(tmp_path))


def type_package(walk: Walk, name: str) -> None:
    page = walk.sheet.folder_page
    page.advanced.setChecked(True)
    page.package.setText(name)


def test_it_is_folded_away_and_xtquant_is_what_is_tried(walk: Walk) -> None:
    walk.to_folder()
    page = walk.sheet.folder_page
    assert not page.package.isVisible()
    page.advanced.setChecked(True)
    assert page.package.isVisible()
    assert page.package.text() == "xtquant"
    assert str(walk.world.live_folder.parent / "packages") in page.package_note.words
    assert walk.sheet.blocked() == ""


def test_a_name_that_is_no_package_is_refused_in_words(walk: Walk) -> None:
    walk.to_folder()
    type_package(walk, "my-bridge")
    assert walk.sheet.blocked() == t("setup.block_package", name="my-bridge")
    assert not walk.sheet.go.isEnabled()
    assert "my-bridge" in painted(walk)
    type_package(walk, " my_bridge ")
    assert walk.sheet.blocked() == ""


def test_another_package_is_tried_and_kept(walk: Walk) -> None:
    walk.to_connect()
    walk.sheet.go_back()
    type_package(walk, "my_bridge")
    walk.press()
    walk.qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=10_000)
    assert walk.world.calls[-1] == f"connect {GOOD}"
    assert walk.world.packages == ["xtquant", "my_bridge"]
    walk.press()
    walk.press()
    walk.sheet.finish_page.yes.click()
    walk.press()
    assert walk.world.kept[-1].package == "my_bridge"


def test_what_was_chosen_before_is_shown_while_it_is_folded_away(qtbot: QtBot, tmp_path: Path) -> None:
    world = usual_world(tmp_path)
    world.settings = LiveSettings(package="my_bridge")
    walk = Walk(qtbot, world)
    walk.to_folder()
    assert walk.sheet.folder_page.package.text() == "my_bridge"
    assert "my_bridge" in painted(walk)
    type_package(walk, "")
    assert walk.sheet.package == "xtquant"
