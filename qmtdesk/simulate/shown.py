"""What a desk was told, change by change, against the whole state drawn at once."""

from msgspec.structs import replace

from qmtdesk.engine.books import State
from qmtdesk.strategies.screen import ORIGINAL
from qmtdesk.trader.mirror import Mirror, tag_of
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.wire.rows import AnyRow, FillRow, OrderRow, PositionRow, key_of

DESK = Desk("paper", "simulated", 1, "")
TABLES = (OrderRow, FillRow, PositionRow)


class Shown:
    """One desk's rows, kept up to date by differences alone."""

    def __init__(self) -> None:
        self._publisher = Publisher(ORIGINAL, Series())
        self._mirror = Mirror()

    def look(self, state: State, at: int) -> None:
        """Tell the desk what changed."""
        self._mirror.apply(*self._publisher.changes(state, {}, DESK, at))

    def differences(self, state: State, at: int) -> list[AnyRow]:
        """Rows the desk has wrong, lacks or still has: empty when it shows what is."""
        self.look(state, at)
        fresh = Mirror()
        fresh.apply(*Publisher(ORIGINAL, Series()).changes(state, {}, DESK, at))
        told, right = _rows(self._mirror), _rows(fresh)
        return [row for key in told.keys() | right.keys() for row in _wrong(told.get(key), right.get(key))]


def _wrong(told: AnyRow | None, right: AnyRow | None) -> list[AnyRow]:
    return [] if told == right else [row for row in (told, right) if row is not None][:1]


def _rows(mirror: Mirror) -> dict[tuple[int, str], AnyRow]:
    return {(tag_of(row), key_of(row)): _core(row) for row in mirror.snapshot()[1] if isinstance(row, TABLES)}


def _core(row: AnyRow) -> AnyRow:
    """Without what is drawn from other parts of the state when the order itself changed, and kept from then on."""
    if isinstance(row, OrderRow):
        return replace(row, slot=0, ahead=0)
    return replace(row, slot=0, level=0) if isinstance(row, FillRow) else row
