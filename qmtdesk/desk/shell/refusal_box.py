"""A box that says why the program does not start, for a user who has no terminal."""

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication, QMessageBox


def show_refusal(text: str) -> None:
    """Show the words until they are read. Only where no window was begun."""
    app = QApplication.instance() or QApplication(["qmtdesk"])
    box = QMessageBox(QMessageBox.Icon.Warning, "qmtdesk", "")
    # a folder's name may look like markup
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.open()
    while box.isVisible():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
