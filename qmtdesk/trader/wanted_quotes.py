"""Which codes are worth a subscription: on a screen, held, started or guarded, watched, or with an order of ours."""

from collections.abc import Callable, Iterable

from qmtdesk.domain.codes import has_rules
from qmtdesk.domain.instrument import Kind
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.guards import watched
from qmtdesk.strategies.guard import GuardState

EVERY_NS = 250_000_000
STAYS_NS = 5_000_000_000
"""What scrolled away stays subscribed for so long: it may scroll back."""
MOST = 600
"""Codes of one screen; a desk that looks at more is scrolling, or broken."""

Watch = Callable[[frozenset[str]], None]
LookClosely = Callable[[tuple[str, ...]], None]


class WantedQuotes:
    """Unites what the desks look at with what the books need, and tells the gateway when that changed.

    For the decision thread. Without `watch` the market quotes everything anyway. `look_closely` hears of the stocks
    whose boards are followed.
    """

    def __init__(self, watch: Watch | None, look_closely: LookClosely | None = None) -> None:
        self._watch = watch
        self._look_closely = look_closely
        self._close: tuple[str, ...] = ()
        self._desks: dict[int, frozenset[str]] = {}
        self._wanted_at: dict[str, int] = {}
        self._told: frozenset[str] | None = None
        self._next_at = 0

    def looks(self, desk: int, codes: Iterable[str]) -> None:
        """A desk shows these codes now."""
        self._desks[desk] = frozenset(code for code in tuple(codes)[:MOST] if has_rules(code))

    def left(self, desk: int) -> None:
        """A desk is gone."""
        self._desks.pop(desk, None)

    def tell(self, state: State, now_ns: int) -> None:
        """Let the gateway know, four times a second at most, and only when something changed."""
        if self._watch is None or now_ns < self._next_at:
            return
        self._next_at = now_ns + EVERY_NS
        for code in needed(state).union(*self._desks.values()):
            self._wanted_at[code] = now_ns
        self._wanted_at = {code: at for code, at in self._wanted_at.items() if now_ns - at < STAYS_NS}
        wanted = frozenset(self._wanted_at)
        if wanted != self._told:
            self._told = wanted
            self._watch(wanted)
        close = followed(state)
        if self._look_closely is not None and close != self._close:
            self._close = close
            self._look_closely(close)


def followed(state: State) -> tuple[str, ...]:
    """The stocks whose boards are followed, the guarded ones first."""
    codes = [code for code in watched(state) if state.instruments[code].kind is Kind.STOCK]
    return tuple(sorted(codes, key=lambda code: not _guarded(state, code)))


def _guarded(state: State, code: str) -> bool:
    guard = state.guards.get(code)
    return guard is not None and guard.state not in (GuardState.OFF, GuardState.SOLD)


def needed(state: State) -> frozenset[str]:
    """What must be quoted whoever looks: decisions hang on it."""
    grids = {code for code, book in state.grids.items() if book.armed or book.winding}
    guards = {code for code in state.guards if _guarded(state, code)}
    held = {code for code, holding in state.holdings.items() if holding.volume}
    ours = {order.code for order in live_orders(state)}
    # what was sold is in the day's result at its last close, which the list of the day tells
    traded = {code for code in {fill.code for fill in state.fills.values()} if has_rules(code)}
    return frozenset(grids | guards | held | ours | traded | set(state.watch))
