"""Compares the state with what the desks were told and numbers the differences."""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.engine.books import State
from qmtdesk.engine.guards import watched
from qmtdesk.strategies.lattice import Lattice
from qmtdesk.strategies.screen import ScreenPlan, ScreenResult
from qmtdesk.trader import picture_bonds, picture_grid, picture_watch, pictures
from qmtdesk.trader.mirror import tag_of
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.series import Series
from qmtdesk.wire.outbox import Change
from qmtdesk.wire.rows import AnyRow, AskRow, BondRow, FillRow, OrderRow, PositionRow, QuoteRow, WatchRow, key_of
from qmtdesk.wire.talk import Gone

log = logging.getLogger("qmtdesk.trader")

SLOW_MS = 200
SCREEN_MS = 1_000
STALE_MS = 500
TAGS: dict[type, int] = {BondRow: 3, AskRow: 7, OrderRow: 8, FillRow: 9, PositionRow: 10, WatchRow: 6}


class Publisher:
    """Keeps the last row of every key; a row is only built anew when something it shows was replaced.

    The state's parts are immutable, so "was it replaced" is an identity test. Used by the decision thread only.
    """

    def __init__(self, screen: ScreenPlan, series: Series) -> None:
        self._plan = screen
        self._series = series
        self._rows: dict[tuple[int, str], AnyRow] = {}
        self._seq = 0
        self._shown: State | None = None
        self._screen: ScreenResult | None = None
        self._screen_at = -SCREEN_MS
        self._slow_at: dict[str, int] = {}
        self._terms: Mapping[str, BondTerms] | None = None
        self._stands: tuple[object, ...] = ()
        self._bonds_shown: dict[str, tuple[object, ...]] = {}
        self._failed: set[str] = set()
        self._stale: frozenset[str] = frozenset()
        self._stale_at = -STALE_MS
        self._undo: list[tuple[tuple[int, str], AnyRow | None]] = []

    @property
    def seq(self) -> int:
        """Number of the newest change."""
        return self._seq

    def changes(
        self, state: State, terms: Mapping[str, BondTerms], desk: Desk, wall_ms: int
    ) -> tuple[list[Change], list[QuoteRow]]:
        """What changed since the last call, numbered, and the newest quotes. `wall_ms` paces the costly rows.

        Whatever a picture raises is raised; nothing of that frame counts as told then, and the next one tells it all.
        """
        known, bonds, slow, screened = self._terms, dict(self._bonds_shown), dict(self._slow_at), self._screen_at
        self._undo.clear()
        try:
            return self._frame(state, terms, desk, wall_ms)
        except Exception:
            self._take_back()
            self._terms, self._bonds_shown, self._slow_at, self._screen_at = known, bonds, slow, screened
            raise

    def _take_back(self) -> None:
        for key, row in reversed(self._undo):
            if row is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = row

    def _frame(
        self, state: State, terms: Mapping[str, BondTerms], desk: Desk, wall_ms: int
    ) -> tuple[list[Change], list[QuoteRow]]:
        before = self._shown
        if before is not None and before.day != state.day:
            self._screen_at = wall_ms - SCREEN_MS
        out: list[AnyRow | Gone] = []
        self._put(out, pictures.status_row(state, desk))
        self._put(out, desk.bond_list)
        for row in desk.terminal or ():
            self._put(out, row)
        if desk.trial is not None:
            self._put(out, desk.trial)
        again = _numbered_anew(before, state) if before else frozenset()
        self._by_part(out, OrderRow, state.orders, before.orders if before else None, pictures.order_row, state, again)
        # a trade's row tells of its order, too, and that may be put right after the trade was told
        again |= _put_right(before, state) if before else frozenset()
        self._by_part(out, FillRow, state.fills, before.fills if before else None, pictures.fill_row, state, again)
        self._positions(out, state)
        first = before.next_line if before is not None else 0
        # a line is said once and never again, so there is nothing to compare it with later
        out.extend(pictures.event_row(state, line) for line in state.lines if line.no >= first)
        if before is None or before.kill is not state.kill or state.kill is not None:
            self._put(out, pictures.kill_row(state))
        self._grids(out, state, wall_ms)
        self._watched(out, state, wall_ms)
        self._bonds(out, state, terms, wall_ms)
        quotes = self._quotes(state, wall_ms)
        self._shown = state
        return self._numbered(out), quotes

    def _quotes(self, state: State, wall_ms: int) -> list[QuoteRow]:
        """What came since, and what grew old or young again without anything coming."""
        before = self._shown
        codes = {code for code, seen in state.quotes.items() if before is None or before.quotes.get(code) is not seen}
        if wall_ms - self._stale_at >= STALE_MS:
            stale = frozenset(code for code in state.quotes if pictures.quote_stale(state, code))
            codes |= (stale ^ self._stale) & state.quotes.keys()
            self._stale_at = wall_ms
        rows = [pictures.quote_row(state, code) for code in state.quotes if code in codes]
        self._stale = self._stale.difference(codes).union(row.code for row in rows if row.stale)
        return rows

    def _numbered(self, out: Iterable[AnyRow | Gone]) -> list[Change]:
        changes: list[Change] = []
        for row in out:
            self._seq += 1
            changes.append((self._seq, row))
        return changes

    def _put(self, out: list[AnyRow | Gone], row: AnyRow) -> None:
        key = (tag_of(row), key_of(row))
        old = self._rows.get(key)
        if old != row:
            self._undo.append((key, old))
            self._rows[key] = row
            out.append(row)

    def _draw(self, out: list[AnyRow | Gone], name: str, picture: Callable[[], AnyRow]) -> None:
        """One that cannot be drawn is left as it was told last and tried again, and keeps no other from being told."""
        try:
            row = picture()
        except Exception:
            if name not in self._failed:
                log.exception("no picture of %s", name)
            self._failed.add(name)
            self._slow_at.pop(name, None)
            self._bonds_shown.pop(name, None)
        else:
            self._failed.discard(name)
            self._put(out, row)

    def _drop(self, out: list[AnyRow | Gone], kind: type, keys: Iterable[str]) -> None:
        """Take away the rows of that kind that are not among the keys."""
        tag, stay = TAGS[kind], set(keys)
        for key in [k for t, k in self._rows if t == tag and k not in stay]:
            self._undo.append(((tag, key), self._rows.pop((tag, key))))
            out.append(Gone(tag, key))

    def _by_part(
        self,
        out: list[AnyRow | Gone],
        kind: type,
        parts: Mapping[str, Any],
        before: Mapping[str, Any] | None,
        draw: Callable[[State, Any], AnyRow],
        state: State,
        again: frozenset[str],
    ) -> None:
        if parts is before and not again:
            return
        old = before or {}
        keys = []
        for name, part in parts.items():
            row = draw(state, part) if part.code in again or old.get(name) is not part else None
            if row is not None:
                self._put(out, row)
            keys.append(name)
        if before and any(name not in parts for name in before):
            self._drop(out, kind, (key_of(draw(state, part)) for part in parts.values()))

    def _positions(self, out: list[AnyRow | Gone], state: State) -> None:
        for held in state.holdings.values():
            if held.volume:
                self._put(out, pictures.position_row(state, held))
        self._drop(out, PositionRow, (code for code, held in state.holdings.items() if held.volume))

    def _due(self, name: str, wall_ms: int) -> bool:
        if wall_ms - self._slow_at.get(name, -SLOW_MS) < SLOW_MS:
            return False
        self._slow_at[name] = wall_ms
        return True

    def _grids(self, out: list[AnyRow | Gone], state: State, wall_ms: int) -> None:
        before = self._shown
        for code in state.grids:
            changed = before is None or before.grids.get(code) is not state.grids[code]
            if changed or self._due(f"grid {code}", wall_ms):
                self._draw(out, f"grid {code}", partial(picture_grid.grid_row, state, code))

    def _watched(self, out: list[AnyRow | Gone], state: State, wall_ms: int) -> None:
        before = self._shown
        codes = watched(state)
        asks = []
        for code in codes:
            changed = before is None or before.guards.get(code) is not state.guards.get(code)
            if changed or self._due(f"watch {code}", wall_ms):
                spark = self._series.spark(code, state.at)
                self._draw(out, f"watch {code}", partial(picture_watch.watch_row, state, code, spark))
            ask = picture_watch.ask_row(state, code)
            if ask is not None:
                asks.append(key_of(ask))
                self._put(out, ask)
        self._drop(out, WatchRow, codes)
        self._drop(out, AskRow, asks)

    def _bonds(self, out: list[AnyRow | Gone], state: State, terms: Mapping[str, BondTerms], wall_ms: int) -> None:
        """Terms and screen move slowly: once a second, and at once when a grid is started or stopped."""
        stands = tuple([(code, book.armed, book.winding) for code, book in state.grids.items()])
        due = wall_ms - self._screen_at >= SCREEN_MS or terms is not self._terms or stands != self._stands
        if not (terms or self._terms) or not (due or self._screen is None):
            return
        if terms is not self._terms:
            self._drop(out, BondRow, terms)
            self._bonds_shown.clear()
            self._terms = terms
        self._screen_at, self._stands = wall_ms, stands
        self._screen = picture_bonds.screen_now(state, terms, self._plan)
        self._draw(out, "screen", partial(picture_bonds.screen_row, self._plan, self._screen))
        for code, each in terms.items():
            # most bonds of a list are neither held nor traded here: their rows change by the day
            inputs = picture_bonds.shown(state, each, self._screen)
            if self._bonds_shown.get(code) != inputs:
                self._bonds_shown[code] = inputs
                self._draw(out, code, partial(picture_bonds.bond_row, state, each, self._screen))


def _numbered_anew(before: State, state: State) -> frozenset[str]:
    """Codes whose grid counts its levels otherwise than before: armed anew, or rolled."""
    if before.grids is state.grids:
        return frozenset()
    return frozenset(code for code in state.grids if _numbering(before, code) != _numbering(state, code))


def _put_right(before: State, state: State) -> frozenset[str]:
    """Codes that have an order whose price is another than was thought; whose it is never changes under its ref."""
    if before.orders is state.orders:
        return frozenset()
    known = [(before.orders.get(ref), order) for ref, order in state.orders.items()]
    return frozenset(order.code for old, order in known if old is not None and old.price != order.price)


def _numbering(state: State, code: str) -> tuple[int, int, Lattice] | None:
    book = state.grids.get(code)
    return (book.armed_at, book.grid.slot0, book.grid.lattice) if book is not None and book.grid is not None else None
