"""What the tests of the desk share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves the folder of a test out


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    from qmtdesk.desk.brush.language import Language, speak

    speak(Language.ZH)
    yield
    speak(Language.ZH)


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    """Windows of one test are really gone before the next: each one left makes every later one slower."""
    yield
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if isinstance(QCoreApplication.instance(), QApplication):
        for widget in QApplication.topLevelWidgets():
            widget.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
