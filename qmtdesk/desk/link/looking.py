"""Tells the trader which codes are on the screen, so that a terminal quotes these and no others."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror

EVERY_MS = 250

Seen = Callable[[], frozenset[str]]
"""The codes that can be seen now."""


class Looking(QObject):
    """Looks four times a second and says so when it is something else; to a trader without a terminal it says nothing.

    A trader that was attached anew knows nothing of it and is told again.
    """

    def __init__(self, mirror: Mirror, commands: Commands, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror, self._commands, self._seen = mirror, commands, seen
        self._told: frozenset[str] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        mirror.health_changed.connect(self._wake)
        mirror.link_changed.connect(self._forget)

    def look(self) -> None:
        """Look now."""
        if self._mirror.health is None or self._mirror.link != "attached":
            return
        seen = self._seen()
        if seen != self._told:
            self._told = seen
            self._commands.look_at(tuple(sorted(seen)))

    def _wake(self) -> None:
        if self._mirror.health is not None and not self._timer.isActive():
            self._timer.start()
            self.look()

    def _forget(self) -> None:
        self._told = None


def on_screen(mirror: Mirror, rows: frozenset[str]) -> frozenset[str]:
    """What else is looked at beside these rows of the bond table: their stocks, the open ladder, watchlist, orders."""
    bonds = {code for code in (*rows, mirror.selected_bond) if code}
    stocks = {row.stock_code for code in bonds if (row := mirror.bonds.get(code)) is not None and row.stock_code}
    orders = {row.code for row in mirror.orders.values() if row.cancellable}
    chosen = {mirror.selected_stock} if mirror.selected_stock else set()
    return frozenset(bonds | stocks | set(mirror.watches) | chosen | orders)
