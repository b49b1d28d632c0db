"""The icon in the notification area, while the window is away."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from qmtdesk.desk.brush import skin
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror, grids_armed
from qmtdesk.desk.words.texts import TEXTS, t


class Tray(QObject):
    """Shown only where there is such a place; a double-click brings the window back."""

    def __init__(self, mirror: Mirror, look: Look, show: Callable[[], None], close: Callable[[], object]) -> None:
        super().__init__()
        self._mirror, self._show, self._close = mirror, show, close
        self._icon: QSystemTrayIcon | None = None
        self._menu = QMenu()
        self._menu.addAction(t("tray.show"), show)
        self._menu.addAction(t("menu.quit"), self._quit)
        mirror.status_changed.connect(self._tell)
        look.changed.connect(self._relabel)

    def kept(self) -> None:
        """The window went away: show the icon and say so once."""
        if self._icon is None:
            self._icon = QSystemTrayIcon(skin.icon(), self)
            self._icon.setContextMenu(self._menu)
            self._icon.activated.connect(self._activated)
            self._icon.messageClicked.connect(self._show)
        self._icon.show()
        self._tell()
        self._icon.showMessage("qmtdesk", t("tray.kept"))

    def call(self, words: str) -> None:
        """Tell whoever put the window away what calls him; a click brings the window back."""
        if self._icon is not None:
            self._icon.showMessage("qmtdesk", words, QSystemTrayIcon.MessageIcon.Warning)

    def hide(self) -> None:
        """No icon any more."""
        if self._icon is not None:
            self._icon.hide()

    def _quit(self) -> None:
        self._show()
        self._close()

    def _relabel(self) -> None:
        for action, key in zip(self._menu.actions(), ("tray.show", "menu.quit"), strict=True):
            action.setText(t(key))
        self._tell()

    def _tell(self) -> None:
        status = self._mirror.status
        if self._icon is None or status is None:
            return
        grids = grids_armed(status)
        key = f"mode.{status.mode}"
        mode = t(key) if key in TEXTS else status.mode
        self._icon.setToolTip(t("tray.tip", mode=mode, grids=grids, guards=status.guards_armed))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.DoubleClick, QSystemTrayIcon.ActivationReason.Trigger):
            self._show()
