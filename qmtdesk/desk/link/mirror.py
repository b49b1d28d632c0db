"""The desk's picture of the trader: rows by key, told onwards at most thirty times a second."""

from collections.abc import Iterable
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from qmtdesk.desk.link.sealed import sealed_amount
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.wire.bond_talk import BondListRow
from qmtdesk.wire.live_talk import FoundRow, HealthRow, TrialRow
from qmtdesk.wire.rows import (
    AnyRow,
    AskRow,
    BondRow,
    EventRow,
    FillRow,
    GridRow,
    KillRow,
    OrderRow,
    PositionRow,
    QuoteRow,
    ScreenRow,
    StatusRow,
    Suspension,
    WatchRow,
    key_of,
)
from qmtdesk.wire.talk import Gone

FRAME_MS = 33
POINTS = 12_000
TAGS: dict[int, type] = {
    1: QuoteRow,
    2: StatusRow,
    3: BondRow,
    4: ScreenRow,
    5: GridRow,
    6: WatchRow,
    7: AskRow,
    8: OrderRow,
    9: FillRow,
    10: PositionRow,
    11: EventRow,
    12: KillRow,
    13: BondListRow,
    14: HealthRow,
    15: FoundRow,
    16: TrialRow,
}
NEW_JOURNAL = frozenset({Why.JOURNAL_SET_ASIDE, Why.JOURNAL_MISSING})
STOPPED, CRASHES = "stopped", "crashes"
"""Why the trader is lost, as `link_text` says it: it was asked to end, or it ends by itself again and again."""
Point = tuple[int, int]
SeriesKey = tuple[str, str]  # code, price | seal


class Mirror(QObject):
    """Newest row of each table by key; GUI thread only.

    Each `…_changed` signal carries the frozenset of keys that changed since the last frame (also keys that are gone).
    Single rows (`status`, `screen`, `kill`) have signals without keys. `link` is one of: starting | attached | silent
    | lost | failed; anything but attached means that every figure here is old.
    """

    quotes_changed = Signal(object)
    bonds_changed = Signal(object)
    grid_changed = Signal(object)
    watch_changed = Signal(object)
    asks_changed = Signal(object)
    orders_changed = Signal(object)
    fills_changed = Signal(object)
    positions_changed = Signal(object)
    events_changed = Signal(object)
    series_changed = Signal(object)  # frozenset of (code, what)
    status_changed = Signal()
    screen_changed = Signal()
    kill_changed = Signal()
    bond_list_changed = Signal()
    trial_changed = Signal()
    health_changed = Signal()  # of the terminal's connections, and of what was found there
    link_changed = Signal()
    blind_changed = Signal()  # `blind` went up or down: repaint everything that has colour
    second_passed = Signal()  # ages tick once a second, together
    selected_bond_changed = Signal(str)
    selected_stock_changed = Signal(str)
    pending_changed = Signal(str)
    read_changed = Signal()  # the user has read that a new journal was begun

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.quotes: dict[str, QuoteRow] = {}
        self.bonds: dict[str, BondRow] = {}
        self.grids: dict[str, GridRow] = {}
        self.watches: dict[str, WatchRow] = {}
        self.asks: dict[str, AskRow] = {}
        self.orders: dict[str, OrderRow] = {}
        self.fills: dict[str, FillRow] = {}
        self.positions: dict[str, PositionRow] = {}
        self.events: dict[str, EventRow] = {}
        self.status: StatusRow | None = None
        self.screen: ScreenRow | None = None
        self.kill: KillRow | None = None
        self.bond_list = BondListRow()
        self.health: HealthRow | None = None
        self.found = FoundRow()
        self.trial = TrialRow()
        self.link = "starting"
        self.link_text = ""
        self.selected_bond = ""
        self.selected_stock = ""
        self.pending: dict[str, GridPlan] = {}
        self.new_journal: EventRow | None = None
        self.journal_read = 0
        self._series: dict[SeriesKey, list[Point]] = {}
        self._whole_series: set[SeriesKey] = set()
        self._map()
        self._dirty: dict[type, set[str]] = {}
        self._dirty_series: set[SeriesKey] = set()
        self._seen: dict[type, set[str]] | None = None
        self._was_blind = True
        self._clock_at = monotonic()
        self._frame, self._second = QTimer(self), QTimer(self)
        self._start_clocks()

    def _map(self) -> None:
        """Which table and which signal a kind of row belongs to."""
        self._tables: dict[type, dict[str, AnyRow]] = {
            QuoteRow: self.quotes,  # type: ignore[dict-item]
            BondRow: self.bonds,  # type: ignore[dict-item]
            GridRow: self.grids,  # type: ignore[dict-item]
            WatchRow: self.watches,  # type: ignore[dict-item]
            AskRow: self.asks,  # type: ignore[dict-item]
            OrderRow: self.orders,  # type: ignore[dict-item]
            FillRow: self.fills,  # type: ignore[dict-item]
            PositionRow: self.positions,  # type: ignore[dict-item]
            EventRow: self.events,  # type: ignore[dict-item]
        }
        self._signals = {
            QuoteRow: self.quotes_changed,
            BondRow: self.bonds_changed,
            GridRow: self.grid_changed,
            WatchRow: self.watch_changed,
            AskRow: self.asks_changed,
            OrderRow: self.orders_changed,
            FillRow: self.fills_changed,
            PositionRow: self.positions_changed,
            EventRow: self.events_changed,
        }

    def _start_clocks(self) -> None:
        for timer, interval in ((self._frame, FRAME_MS), (self._second, 1000)):
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.setInterval(interval)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self.flush)
        self._second.timeout.connect(self.second_passed)
        self._second.start()

    # what comes in

    def apply(self, changes: Iterable[AnyRow | Gone]) -> None:
        """Take rows in; the signals follow on the next frame."""
        for change in changes:
            if isinstance(change, Gone):
                self._remove(TAGS[change.table], change.key)
            else:
                self._put(change)
        self._wake()

    def begin_snapshot(self) -> None:
        """From here to `end_snapshot` a complete picture comes in; what it does not name is gone."""
        self._seen = {kind: set() for kind in self._tables}
        self.health, self.found, self.trial = None, FoundRow(), TrialRow()
        self._dirty.setdefault(HealthRow, set())
        self._dirty.setdefault(TrialRow, set())

    def end_snapshot(self) -> None:
        """The picture is complete."""
        seen, self._seen = self._seen, None
        for kind, keys in (seen or {}).items():
            for key in self._tables[kind].keys() - keys:
                self._remove(kind, key)
        self._wake()

    def set_link(self, link: str, text: str = "") -> None:
        """How the pipe stands: starting | attached | silent | lost | failed."""
        if (link, text) == (self.link, self.link_text):
            return
        self.link, self.link_text = link, text
        self.link_changed.emit()
        self._tell_blind()

    def set_series(self, code: str, what: str, points: Iterable[Point]) -> None:
        """History of a code came: it replaces what was gathered up to its end."""
        key = (code, what)
        history = list(points)
        end = history[-1][0] if history else 0
        history.extend(point for point in self._series.get(key, ()) if point[0] > end)
        self._series[key] = history[-POINTS:]
        self._whole_series.add(key)
        self._dirty_series.add(key)
        self._wake()

    def beat(self, clock: int) -> None:
        """The trader's market clock, between two status rows."""
        if self.status is not None and clock > self.status.clock:
            self._clock_at = monotonic() - (clock - self.status.clock) / 1000 / max(self.status.speed, 1)

    # what is asked for

    @property
    def blind(self) -> bool:
        """Whether figures are out of date as a whole: no trader, or no market data. Nothing coloured may then stay."""
        return self.link != "attached" or self.status is None or self.status.lamp_quotes == "blind"

    @property
    def killed(self) -> bool:
        """Whether the kill switch is on."""
        return (self.status is not None and self.status.killed) or self.kill is not None

    def suspension(self, code: str) -> Suspension | None:
        """What of that code alone waits for the user's word; '' asks for everything as a whole."""
        waiting = self.status.suspended if self.status is not None else ()
        return next((each for each in waiting if each.code == code), None)

    @property
    def all_paused(self) -> bool:
        """Whether nothing at all may leave until the user says so; buying alone may be what waits."""
        held = self.suspension("")
        return held is not None and not held.buys_only

    def doubts(self) -> list[OrderRow]:
        """Own orders of which nobody can tell whether they were placed, the oldest first."""
        rows = (row for row in self.orders.values() if row.state == "unknown" and row.kind != "foreign")
        return sorted(rows, key=lambda row: (row.updated_at, row.ref))

    def stale(self, code: str) -> bool:
        """Whether this code's figures are out of date: they are painted grey."""
        quote = self.quotes.get(code)
        return self.blind or quote is None or quote.stale

    def clock(self) -> int:
        """Market time now, Unix ms, carried on from the newest word of the trader, however old; 0 before the first."""
        if self.status is None:
            return 0
        return self.status.clock + int((monotonic() - self._clock_at) * 1000 * max(self.status.speed, 1))

    def last(self, code: str) -> int:
        """Last price, or the previous close before the first trade; 0 unknown."""
        quote = self.quotes.get(code)
        return 0 if quote is None else quote.last or quote.prev_close

    def series(self, code: str, what: str) -> list[Point]:
        """The gathered history, oldest first; do not change the list. `what`: price | seal."""
        return self._series.get((code, what), [])

    def has_history(self, code: str, what: str) -> bool:
        """Whether the trader's own history of it came (else ask once with `Commands.ask_series`)."""
        return (code, what) in self._whole_series

    def name(self, code: str) -> str:
        """The name of a code wherever it is known, else the bare code."""
        for table in (self.bonds, self.watches, self.positions, self.grids):
            row = table.get(code)
            if row is not None and row.name:
                return row.name
        for bond in self.bonds.values():
            if bond.stock_code == code:
                return bond.stock_name or code
        return code.partition(".")[0]

    # what the user chose

    def select_bond(self, code: str) -> None:
        """Show this bond's ladder."""
        if code != self.selected_bond:
            self.selected_bond = code
            self.selected_bond_changed.emit(code)

    def select_stock(self, code: str) -> None:
        """Show this stock's seal."""
        if code != self.selected_stock:
            self.selected_stock = code
            self.selected_stock_changed.emit(code)

    def keep_plan(self, code: str, plan: GridPlan | None) -> None:
        """Settings for the next start of a bond's grid; None when there are none, or they are in force."""
        if plan == self.pending.get(code):
            return
        if plan is None:
            del self.pending[code]
        else:
            self.pending[code] = plan
        self.pending_changed.emit(code)

    def read_journal(self, at: int = 0) -> None:
        """The user has read what was said of a new journal, then or at last."""
        at = at or (self.new_journal.at if self.new_journal is not None else 0)
        if at and at != self.journal_read:
            self.journal_read = at
            self.read_changed.emit()

    # inside

    def flush(self) -> None:
        """Tell now what changed; the frame clock calls it."""
        self._frame.stop()
        dirty, self._dirty = self._dirty, {}
        series, self._dirty_series = self._dirty_series, set()
        if StatusRow in dirty:
            self.status_changed.emit()
        if ScreenRow in dirty:
            self.screen_changed.emit()
        if KillRow in dirty:
            self.kill_changed.emit()
        if BondListRow in dirty:
            self.bond_list_changed.emit()
        if HealthRow in dirty or FoundRow in dirty:
            self.health_changed.emit()
        if TrialRow in dirty:
            self.trial_changed.emit()
        for kind, signal in self._signals.items():
            if kind in dirty:
                signal.emit(frozenset(dirty[kind]))
        if series:
            self.series_changed.emit(frozenset(series))
        self._tell_blind()

    def _wake(self) -> None:
        if not self._frame.isActive() and (self._dirty or self._dirty_series):
            self._frame.start()

    def _tell_blind(self) -> None:
        if self.blind != self._was_blind:
            self._was_blind = self.blind
            self.blind_changed.emit()

    def _put(self, row: AnyRow) -> None:
        kind = type(row)
        if isinstance(row, StatusRow):
            self.status, self._clock_at = row, monotonic()
        elif isinstance(row, ScreenRow):
            self.screen = row
        elif isinstance(row, KillRow):
            self.kill = row if row.active else None
        elif isinstance(row, BondListRow):
            self.bond_list = row
        elif isinstance(row, HealthRow):
            self.health = row
        elif isinstance(row, FoundRow):
            self.found = row
        elif isinstance(row, TrialRow):
            self.trial = row
        else:
            key = key_of(row)
            self._tables[kind][key] = row
            if self._seen is not None:
                self._seen[kind].add(key)
            self._dirty.setdefault(kind, set()).add(key)
            self._gather(row)
            return
        self._dirty.setdefault(kind, set())

    def _remove(self, kind: type, key: str) -> None:
        if kind is KillRow:
            self.kill = None
            self._dirty.setdefault(kind, set())
        elif kind in self._tables and self._tables[kind].pop(key, None) is not None:
            self._dirty.setdefault(kind, set()).add(key)

    def _gather(self, quote: AnyRow) -> None:
        if isinstance(quote, EventRow) and quote.reason.why in NEW_JOURNAL:
            self.new_journal = quote
        if not isinstance(quote, QuoteRow):
            return
        if not quote.stale and quote.last:
            self._append((quote.code, "price"), (quote.at, quote.last))
        watch = self.watches.get(quote.code)
        if watch is not None and not quote.stale:
            self._append((quote.code, "seal"), (quote.at, sealed_amount(quote, watch.limit_up)))

    def _append(self, key: SeriesKey, point: Point) -> None:
        points = self._series.setdefault(key, [])
        if points and points[-1][0] >= point[0]:
            return
        points.append(point)
        if len(points) > POINTS:
            del points[: POINTS // 8]
        self._dirty_series.add(key)


def grids_armed(status: StatusRow) -> int:
    """How many grids are started, in whatever state."""
    return status.grids_running + status.grids_asleep + status.grids_sell_only + status.grids_suspended
