"""The least a PySide6 window can be: what the desk's start is measured against. Packed under the program's name."""

import sys

from PySide6.QtWidgets import QApplication, QWidget

app = QApplication(sys.argv)
window = QWidget()
window.setWindowTitle("bare-window")
window.resize(1600, 900)
window.show()
sys.exit(app.exec())
