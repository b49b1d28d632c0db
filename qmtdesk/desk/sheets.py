"""Opens the sheets over a window."""

from PySide6.QtWidgets import QWidget

from qmtdesk.desk.commands import Commands
from qmtdesk.desk.guard_sheet import GuardSheet
from qmtdesk.desk.look import Look
from qmtdesk.desk.mirror import Mirror


def show_guard(
    window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str, threshold: int = 0
) -> GuardSheet:
    """The arming sheet of a stock's guard; `threshold` (厘) pre-fills R1's."""
    sheet = GuardSheet(window, mirror, commands, look, code, threshold)
    sheet.open()
    return sheet
