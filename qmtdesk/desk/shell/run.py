"""The start of the desk: one desk per folder, the frame on the screen, and only then everything else."""

import os

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from qmtdesk.desk.brush.tokens import Palette, theme_of
from qmtdesk.desk.link.settings import desk_settings, unpack_bytes
from qmtdesk.desk.shell.frame import Frame
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.wire.inside import inside
from qmtdesk.wire.locks import FolderLock
from qmtdesk.wire.place import opening

LOCK = "desk.lock"


def run_desk(options: DeskOptions) -> int:
    """Show the window until it is left; returns the exit code. A second start raises the first one's window.

    StartRefusedError where the folder's files cannot be opened.
    """
    with opening(options.folder, LOCK):
        lock = FolderLock(inside(options.folder, LOCK))
        first = lock.acquire()
    if not first:
        from qmtdesk.wire.attach import raise_first_desk  # noqa: PLC0415 - what a first start does not need

        raise_first_desk(options.folder)
        return 0
    try:
        return _run(options)
    finally:
        lock.release()


def _run(options: DeskOptions) -> int:
    loaded = desk_settings(options.folder).load()
    kept = loaded.value
    if kept.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(kept.scale / 100))
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["qmtdesk"])
    app.setApplicationName("qmtdesk")
    app.setQuitOnLastWindowClosed(False)
    dark = QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light
    frame = Frame(theme_of(dark if kept.theme == "system" else kept.theme == "dark", Palette(kept.palette)))
    frame.place(unpack_bytes(kept.geometry))
    frame.show()
    frame.wait_painted(app)
    # the panels' modules take longer to import than the frame takes to paint
    from qmtdesk.desk.shell.wired import run_wired  # noqa: PLC0415

    return run_wired(app, frame, options, loaded)
