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
    from qmtdesk.desk.language import Language, speak

    speak(Language.ZH)
    yield
    speak(Language.ZH)
