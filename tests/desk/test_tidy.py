"""Widgets in cycles die on the window's thread, whoever allocates."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from qmtdesk.desk.shell.tidy import Tidy


@pytest.fixture
def as_before() -> Iterator[None]:
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


class Dying:
    """In a cycle with itself; says on which thread it ended."""

    def __init__(self, ended: list[str]) -> None:
        self.me = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread().name)


def test_another_threads_allocations_collect_nothing_and_the_windows_thread_does(qtbot: QtBot, as_before: None) -> None:
    gc.enable()
    parent = QObject()
    tidy = Tidy(parent)
    ended: list[str] = []
    Dying(ended)
    thread = threading.Thread(target=lambda: [[] for _ in range(200_000)], name="reader")
    thread.start()
    thread.join()
    assert not ended
    kept = [[] for _ in range(5_000)]
    assert tidy.collect() >= 0
    gc.collect()
    assert ended == [threading.main_thread().name]
    assert kept
