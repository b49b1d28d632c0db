"""The real desk of a first start, whose wizard is walked through at once: python driven_setup.py FOLDER.

It takes every step as soon as its button lives, chooses live and answers yes; everything else is the desk as it is.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QTimer

from qmtdesk.app import main
from qmtdesk.desk.shell.wired import Desk

LOOK_MS = 50


def walk(desk: Desk) -> None:
    """One step more, if there is one to take."""
    from qmtdesk.desk.setup.setup_sheet import SetupSheet

    for sheet in desk.window.findChildren(SetupSheet):
        if sheet.leaving:
            continue
        if sheet.step == "mode" and sheet.mode_page.mode == "paper":
            sheet.mode_page.cards["live"].click()
        elif sheet.step == "finish" and sheet.finish_page.answer is None:
            sheet.finish_page.yes.click()
        elif sheet.go.isEnabled():
            sheet.go.click()


if __name__ == "__main__":
    plain_start = Desk.start

    def start(self: Desk) -> None:
        plain_start(self)
        timer = QTimer(self.window)
        timer.timeout.connect(lambda: walk(self))
        timer.start(LOOK_MS)

    Desk.start = start  # type: ignore[method-assign]
    sys.exit(main(["--data", sys.argv[1]]))
