"""A table as a CSV file of the user's choice."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from qmtdesk.desk.words.texts import t


def place_dialog(parent: QWidget, name: str, then: Callable[[Path], object]) -> QFileDialog:
    """What asks for the place, to be opened. It begins among the documents: nobody looks beside the program."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, t("export.title"), QDir(folder).filePath(name), "CSV (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    return dialog


def written(path: Path, csv: str) -> str:
    """Write it, and say how that went. The mark at its head lets Excel read the Chinese."""
    try:
        path.write_bytes(csv.encode("utf-8-sig"))
    except OSError as error:
        return t("export.failed", text=error.strerror or str(error))
    return t("export.done", name=path.name)
