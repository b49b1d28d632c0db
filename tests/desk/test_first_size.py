"""The window at its very first start: all of it is on the screen, however few points that has."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.tokens import theme_of
from qmtdesk.desk.shell.frame import Frame

WINDOWS_BORDERS = QSize(16, 39)
"""Of Windows 10 and 11 at any scale: what can be dragged at the sides and below, and the title bar."""


def _placed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, room: QRect, geometry: bytes = b"") -> Frame:
    screen = SimpleNamespace(availableGeometry=lambda: room)
    monkeypatch.setattr(QGuiApplication, "primaryScreen", staticmethod(lambda: screen))
    frame = Frame(theme_of(True))
    qtbot.addWidget(frame)
    frame.place(geometry)
    return frame


@pytest.mark.parametrize(
    "room",
    [
        # what the task bar leaves of 1920×1080 at 150 %, of 1366×768, and beside a task bar that stands left
        QRect(0, 0, 1280, 672),
        QRect(0, 0, 1366, 728),
        QRect(62, 0, 1538, 900),
        # just short of the window and its borders
        QRect(0, 0, 1610, 1160),
        QRect(0, 0, 1920, 930),
        QRect(0, 48, 2560, 1392),
    ],
)
def test_all_of_the_window_is_on_the_screen_with_its_borders(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, room: QRect
) -> None:
    frame = _placed(qtbot, monkeypatch, room)
    assert room.contains(QRect(frame.pos(), frame.size() + WINDOWS_BORDERS))


def test_a_large_screen_shows_the_window_as_it_was_designed_in_its_middle(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = _placed(qtbot, monkeypatch, QRect(0, 0, 1920, 1040))
    assert frame.size() == QSize(1600, 900)
    assert frame.pos() == QPoint(152, 50)


def test_where_it_was_left_counts_more_than_the_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Frame(theme_of(True))
    qtbot.addWidget(left)
    left.resize(700, 600)
    frame = _placed(qtbot, monkeypatch, QRect(0, 0, 1280, 672), bytes(left.saveGeometry().data()))
    assert frame.size() == QSize(700, 600)
