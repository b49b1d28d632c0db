"""The scratch of one step: it gathers records and intents, and applies each record the moment it is made."""

from collections.abc import Iterable

from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.messages import Cancel, Intent, Place, Query
from qmtdesk.domain.order import Fill, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import Phase, phase_at, shanghai_day
from qmtdesk.engine import gate
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply, cancels_asked
from qmtdesk.engine.books import GridBook, KillBook, LogLine, Ready, Seen, State, put
from qmtdesk.engine.diff import cancellable
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.engine.telling import told_key
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard import Guard, GuardMove
from qmtdesk.strategies.shadow import Shadow

INFO, NOTICE, ALARM = "info", "notice", "alarm"
SLOWER = 6


class Work:
    """One step in progress. Lives for one call of `core.step`; nothing outside ever sees it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.unheard = state.ready is not Ready.READY
        """Whether what is told now may have happened at any time since the link or the program went."""
        self.records: list[r.Record] = []
        self.intents: list[Intent] = []
        self.filled: list[Fill] = []
        self.claimed: list[Fill] = []
        self.rejected: list[Order] = []
        self.revived: list[Order] = []
        self.pulled: list[Order] = []
        self.gone: list[Order] = []
        self.moves: list[tuple[str, GuardMove]] = []

    def note(self, record: r.Record) -> None:
        """Write a fact down and let it count at once."""
        self.records.append(record)
        self.state = apply(self.state, record)

    def log(self, level: str, code: str, reason: Reason) -> None:
        """Tell the user."""
        self.note(r.Logged(LogLine(self.state.next_line, self.state.at, level, code, reason)))

    def blocked(self, code: str, reason: Reason | None) -> None:
        """Remember why a code's newest wish stands still; not journaled, it is found out again at once."""
        if self.state.blocked.get(code) == reason:
            return
        rest = {k: v for k, v in self.state.blocked.items() if k != code}
        self.state = replace(self.state, blocked=rest if reason is None else {**rest, code: reason})

    def query(self) -> None:
        """Ask the broker for everything."""
        number = self.state.request + 1
        self.state = replace(self.state, request=number, request_at=self.state.at)
        self.intents.append(Query(number))

    def doubt(self, ref: str) -> None:
        """An order fell into doubt: what was asked before now proves nothing of it."""
        self.state = replace(self.state, doubts=put(self.state.doubts, ref, self.state.request))

    def place(self, code: str, owner: Owner, side: Side, price: int, volume: int) -> Reason | None:
        """Let an order leave if the gate lets it; the reason why not otherwise."""
        place = Place(self.ref(self.state.next_ref), code, side, price, volume, owner)
        reason = gate.refusal(self.state, place)
        if reason is not None:
            if reason.why is Why.KILLED and self.state.kill is not None:
                self.state = replace(self.state, kill=_one_more(self.state.kill))
            self._refused(code, reason)
            return reason
        at = self.state.at
        order = Order(place.ref, code, side, price, volume, owner, OrderState.SENT, at, at)
        self.note(r.OrderPlaced(order))
        self.intents.append(place)
        return None

    def _refused(self, code: str, reason: Reason) -> None:
        """A refusal is written down when it is new, not at every tick it lasts."""
        before = self.state.told.get(told_key(code, reason))
        if before is None or self.state.at - before >= self.state.limits.refusal_again_ms:
            self.log(ALARM if reason.why is Why.CHECK_FAILED else NOTICE, code, reason)

    def cancel(self, order: Order, *, young: bool = False) -> bool:
        """Ask for a cancel if that makes sense now; one that goes unheeded is asked for again, at last slowly.

        `young`: the user himself said so; then neither the order's age nor the messages of this second hold it up.
        """
        min_age = 0 if young else self.state.limits.min_age_ms
        again = _again_ms(self.state.limits, order)
        if not self.state.linked or not cancellable(order, self.state.at, min_age, again):
            return False
        if not phase_takes_cancels(self.state, order.code) or (not young and self._second_full(order)):
            return False
        self.note(r.CancelAsked(order.ref, self.state.at))
        self.intents.append(Cancel(order.ref, order.broker_id))
        return True

    def _second_full(self, order: Order) -> bool:
        return gate.second_full(self.state, guards=order.owner.kind is OwnerKind.GUARD)

    def cancel_all(self, orders: Iterable[Order]) -> None:
        """As `cancel` for each, on the user's word; told to the state at once, for there may be hundreds."""
        caps, at = self.state.limits, self.state.at
        if not self.state.linked:
            return
        takes: dict[str, bool] = {}
        asked = []
        for order in orders:
            if order.code not in takes:
                takes[order.code] = phase_takes_cancels(self.state, order.code)
            if takes[order.code] and cancellable(order, at, 0, _again_ms(caps, order)):
                asked.append(order)
        if asked:
            self.records += [r.CancelAsked(order.ref, at) for order in asked]
            self.intents += [Cancel(order.ref, order.broker_id) for order in asked]
            self.state = cancels_asked(self.state, [order.ref for order in asked], at)

    def cancel_unlisted(self, orders: Iterable[Order]) -> None:
        """One cancel by its number for each order of which nothing is known but that, on the user's word."""
        if not self.state.linked:
            return
        for order in orders:
            if order.broker_id and phase_takes_cancels(self.state, order.code):
                self.note(r.CancelAsked(order.ref, self.state.at))
                self.intents.append(Cancel(order.ref, order.broker_id))

    def seen(self, quote: Quote) -> None:
        """Keep the newest quote; not journaled, the market says it again."""
        old = self.state.quotes.get(quote.code)
        before, ahead = (old.quote.last, old.ahead) if old else (0, (0, 0))
        seen = Seen(quote, self.state.at, before or quote.prev_close, ahead)
        self.state = replace(self.state, quotes=put(self.state.quotes, quote.code, seen))

    def set_board(self, board: Board) -> None:
        """Keep how a board stands between its journaled moves."""
        self.state = replace(self.state, boards=put(self.state.boards, board.code, board))

    def set_shadow(self, code: str, shadow: Shadow, *, keep: bool) -> None:
        """Replace a stock's shadow statistics; `keep` writes them down."""
        if keep:
            self.note(r.ShadowKept(code, shadow))
        elif shadow is not self.state.shadows.get(code):
            self.state = replace(self.state, shadows=put(self.state.shadows, code, shadow))

    def set_grid(self, code: str, book: GridBook, *, keep: bool) -> None:
        """Replace a grid's book; `keep` writes it down, which every change of a quantity needs."""
        if book == self.state.grids.get(code):
            return
        if keep:
            self.note(r.GridChanged(code, book))
        else:
            self.state = replace(self.state, grids=put(self.state.grids, code, book))

    def set_guard(self, code: str, guard: Guard, *, keep: bool) -> None:
        """Replace a guard; `keep` writes it down, which every latch and state change needs."""
        if guard == self.state.guards.get(code):
            return
        if keep:
            self.note(r.GuardChanged(code, guard))
        else:
            self.state = replace(self.state, guards=put(self.state.guards, code, guard))

    def ref(self, number: int) -> str:
        """Ours for ever: installation, day and a number that never goes back, short enough for a broker's remark."""
        return f"q{self.state.install}{self.state.day[2:].replace('-', '')}-{number:06d}"


def _again_ms(caps: RiskLimits, order: Order) -> int:
    """After how long a cancel that goes unheeded is asked for again."""
    return caps.cancel_again_ms * (SLOWER if caps.cancel_tries and order.cancels >= caps.cancel_tries else 1)


def _one_more(kill: KillBook) -> KillBook:
    return replace(kill, blocked=kill.blocked + 1)


def counters_own(state: State, code: str) -> bool:
    """Whether an order that goes off the book now does so by the counter: at and after the close, not at noon."""
    listing = state.listings.get(code)
    noon = listing is not None and phase_at(listing, state.at) is Phase.LUNCH
    return not noon and not phase_takes_cancels(state, code)


def phase_takes_cancels(state: State, code: str) -> bool:
    """Whether the exchange takes a cancel of this code now, also before the day's list is there.

    A code without rules, which only somebody else orders, is asked anyway.
    """
    try:
        listing = state.listings.get(code) or classify(code)
    except UnknownCodeError:
        return True
    # the numbers of another day are other orders'
    of_today = not state.day or shanghai_day(state.at).isoformat() == state.day
    return of_today and phase_at(listing, state.at).takes_cancels


def said(why: Why, **args: int | str) -> Reason:
    """A reason for the log."""
    return because(why, **args)


def loudness(order: Order) -> str:
    """How loud a refusal is told: a fired guard's sale that did not get through is a board that breaks unsold."""
    return ALARM if order.owner.kind is OwnerKind.GUARD else NOTICE
