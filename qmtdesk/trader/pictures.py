"""Orders, trades, holdings, log, kill switch and the top bar as the desk draws them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from qmtdesk.domain.codes import classify
from qmtdesk.domain.order import CANCELLABLE, LISTED, Fill, Order, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import Phase, phase_at, phase_ends
from qmtdesk.engine import gate, reconcile, worth
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import (
    BUYS,
    GridBook,
    Holding,
    LogLine,
    Ready,
    State,
    cash_room,
    filed_fills,
    live_orders,
    sell_room,
)
from qmtdesk.engine.filed import DECIDED_LISTED, NOT_LISTED
from qmtdesk.engine.reasons import side_frozen
from qmtdesk.strategies import board as boards
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader.farewell import day_over
from qmtdesk.trader.picture_grid import grid_state, stop_word
from qmtdesk.trader.picture_watch import held_up
from qmtdesk.wire.bond_talk import BondListRow
from qmtdesk.wire.live_talk import FoundRow, HealthRow, TrialRow
from qmtdesk.wire.rows import (
    EventRow,
    FillRow,
    KillItem,
    KillRow,
    OrderRow,
    PositionRow,
    QuoteRow,
    StatusRow,
    Suspension,
)

# any SH stock: the top bar tells the phase of the stock market
CLOCK_LISTING = classify("600000.SH")
QUOTE_LATE_MS, QUOTE_BLIND_MS = 6_000, 15_000
QUIET_MS = 90_000
"""How long (market time) a code nobody learns the habits of may be silent while it is traded: many bonds are quiet."""
TRADE_LATE_MS, TRADE_BLIND_MS = 15_000, 30_000
UNSURE = frozenset({NOT_LISTED, DECIDED_LISTED})
"""How an order counts as over here that may stand at the counter all the same."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the trader knows beyond the engine and the top bar shows."""

    mode: str
    account: str
    speed: int
    folder: str
    lag_us: int = 0
    bond_list: BondListRow = field(default_factory=BondListRow)
    cancel_on_exit: bool = False
    reported_day: str = ""
    terminal: tuple[HealthRow, FoundRow] | None = None
    trial: TrialRow | None = None


def _name(state: State, code: str) -> str:
    instrument = state.instruments.get(code)
    return instrument.name if instrument else ""


def order_row(state: State, order: Order) -> OrderRow:
    """One order."""
    return OrderRow(
        ref=order.ref,
        code=order.code,
        name=_name(state, order.code),
        side=order.side.value,
        price=order.price,
        volume=order.volume,
        filled=max(order.filled, order.told_filled),
        amount=order.amount,
        state=(OrderState.UNKNOWN if order.in_doubt else order.state).value,
        at=order.created_at,
        updated_at=order.updated_at,
        kind=order.owner.kind.value,
        slot=shown_slot(state, order),
        text=order.text,
        cancellable=order.state in CANCELLABLE and order.owner.kind is not OwnerKind.FOREIGN,
        looks=LISTED if order.unread else order.asked if order.state is OrderState.UNKNOWN else 0,
    )


def shown_slot(state: State, order: Order) -> int | None:
    """The level number people see for an order: the level it rests at, 0 being the base.

    Slots of an earlier start name other levels, so the price tells; None where no level now has it.
    """
    if order.owner.kind is not OwnerKind.GRID:
        return order.owner.slot
    book = state.grids.get(order.code)
    if book is None or book.grid is None:
        return None
    lattice = book.grid.lattice
    if order.created_at < book.armed_at:
        return lattice.number(lattice.levels.index(order.price)) if order.price in lattice.levels else None
    return lattice.number(order.owner.slot - book.grid.slot0 + (1 if order.side is Side.SELL else 0))


def fill_row(state: State, fill: Fill) -> FillRow:
    """One trade."""
    order = state.orders.get(fill.ref)
    return FillRow(
        key=fill_key(fill),
        ref=fill.ref,
        code=fill.code,
        name=_name(state, fill.code),
        side=fill.side.value,
        price=fill.price,
        volume=fill.volume,
        at=fill.at,
        fee=fill.fee,
        kind=order.owner.kind.value if order else OwnerKind.FOREIGN.value,
        slot=shown_slot(state, order) if order else 0,
        level=order.price if order else fill.price,
    )


def position_row(state: State, held: Holding) -> PositionRow:
    """One holding, valued at the newest price."""
    seen = state.quotes.get(held.code)
    instrument = state.instruments.get(held.code)
    last = (seen.quote.last if seen else 0) or (instrument.prev_close if instrument else 0)
    book = state.grids.get(held.code)
    part = (book.grid or book.rolling) if book else None
    return PositionRow(
        code=held.code,
        name=_name(state, held.code),
        volume=held.volume,
        can_use=sell_room(state, held.code),
        bought_today=held.bought_today,
        cost=held.cost,
        last=last,
        value=held.volume * last,
        floating=held.volume * (last - held.cost) if held.cost and last else 0,
        grid_held=part.held_total if part else 0,
    )


def event_row(state: State, line: LogLine) -> EventRow:
    """One line of the log."""
    return EventRow(
        no=line.no, at=line.at, level=line.level, code=line.code, name=_name(state, line.code), reason=line.reason
    )


def quote_row(state: State, code: str) -> QuoteRow:
    """The newest snapshot of one code."""
    seen = state.quotes[code]
    quote = seen.quote
    instrument = state.instruments.get(code)
    return QuoteRow(
        code=code,
        at=quote.at,
        last=quote.last,
        prev_close=quote.prev_close,
        high=quote.high,
        low=quote.low,
        volume=quote.volume,
        amount=quote.amount,
        bids=tuple((level.price, level.volume) for level in quote.bids),
        asks=tuple((level.price, level.volume) for level in quote.asks),
        limit_up=instrument.limit_up if instrument else quote.limit_up,
        limit_down=instrument.limit_down if instrument else quote.limit_down,
        stale=quote_stale(state, code),
        rough=quote.rough,
    )


def quote_stale(state: State, code: str) -> bool:
    """Whether nothing came of this code for longer than is usual while it is traded; breaks do not count.

    A watched stock has learnt what is usual. On a fast paper clock the desk's own limit on a quote's age is longer.
    """
    listing = state.listings.get(code)
    phase = phase_at(listing, state.at) if listing is not None else Phase.CLOSED
    if not phase.continuous:
        return False
    board, age = state.boards.get(code), state.limits.quote_age_ms
    begun = boards.began(phase, state.at)
    if board is not None:
        return boards.blind(board, begun, state.at, max(boards.expected_gap(board), age))
    seen = state.quotes[code]
    heard = min(seen.at, seen.quote.at + gate.CLOCKS_APART_MS)
    return state.at - max(heard, begun) > max(QUIET_MS, age)


def kill_row(state: State) -> KillRow:
    """How far the kill switch has come."""
    kill = state.kill
    if kill is None:
        return KillRow(active=False, at=0, by="", blocked=0, items=(), untouched=0, done=False)
    items = tuple(_kill_item(state, order, kill.at) for ref in kill.refs if (order := state.orders.get(ref)))
    foreign = sum(1 for o in live_orders(state, own=False) if o.owner.kind is OwnerKind.FOREIGN)
    return KillRow(
        active=True,
        at=kill.at,
        by=kill.by,
        blocked=kill.blocked,
        items=items,
        untouched=foreign,
        done=kill.done_at > 0,
        took_ms=kill.done_at - kill.at if kill.done_at else 0,
        over=day_over(state),
    )


def _kill_item(state: State, order: Order, pressed_at: int) -> KillItem:
    done = not order.live and not order.unsettled
    return KillItem(
        ref=order.ref,
        code=order.code,
        name=_name(state, order.code),
        side=order.side.value,
        price=order.price,
        left=order.left,
        filled=order.filled,
        state="unlisted" if order.state is OrderState.REFUSED and order.text in UNSURE else order.state.value,
        done=done,
        took_ms=max(0, order.updated_at - pressed_at) if done else 0,
    )


def _lamp(age: int, late: int, blind: int, *, trading: bool) -> str:
    if not trading or age <= late:
        return "ok"
    return "late" if age <= blind else "blind"


def _trade_lamp(state: State, age: int) -> str:
    if not state.linked or gate.distrust(state):
        return "blind"
    return _lamp(age, TRADE_LATE_MS, TRADE_BLIND_MS, trading=True)


def _quote_age(state: State) -> int:
    newest = max((seen.at for seen in state.quotes.values()), default=0)
    return state.at - newest if newest else 0


def blockers(state: State) -> list[tuple[str, Reason]]:
    """What stands still and why, each once, the worst first.

    What holds everything, fired guards that cannot sell, doubts, single codes, stopped guards, clearings, grids.
    """
    everything = all_stands(state)
    fired = [code for code, guard in state.guards.items() if guard.state is GuardState.TRIGGERED]
    doubts = [(order.code, side_frozen(order)) for order in live_orders(state) if order.in_doubt]
    off = [
        (code, guard.why_off)
        for code, guard in state.guards.items()
        if guard.why_off is not None and guard.state is not GuardState.OFF
    ]
    grids = [(code, reason) for code in state.grids if (reason := _grid_stands(state, code)) is not None]
    held = [("" if code == BUYS else code, reason) for code, reason in state.suspended.items() if code]
    guards, clears = (_unsold(state, codes, everything) for codes in (fired, state.clears))
    whole = [("", reason) for reason in everything]
    # a grid beside a guard stands for the same reason
    return list(dict.fromkeys([*whole, *guards, *doubts, *held, *off, *clears, *grids]))


def _unsold(state: State, codes: Iterable[str], everything: list[Reason]) -> list[tuple[str, Reason]]:
    """What holds up the sale of each of these codes, without what holds everything and is said as such."""
    said = {reason.why for reason in everything}
    held = [(code, reason) for code in codes if (reason := held_up(state, code)) is not None]
    return [(code, reason) for code, reason in held if reason.why not in said]


def all_stands(state: State) -> list[Reason]:
    """What holds everything up, the worst first."""
    found: list[Reason] = []
    if state.kill is not None:
        found.append(because(Why.KILLED, by=state.kill.by, at_ms=state.kill.at))
    if "" in state.suspended:
        found.append(state.suspended[""])
    if not state.linked and state.day:
        found.append(because(Why.LINK_DOWN))
    elif (reason := gate.distrust(state)) is not None:
        found.append(reason)
    elif state.ready is not Ready.READY:
        found.append(because(Why.RECONCILING))
    if state.live and not state.confirmed:
        found.append(because(Why.LIVE_UNSAID))
    elif not state.master:
        found.append(because(Why.MASTER_OFF))
    return found


def _grid_stands(state: State, code: str) -> Reason | None:
    book, reason = state.grids[code], state.blocked.get(code)
    if not (book.armed or book.winding is StopHow.SELL) or code in state.suspended:
        return None
    if grid_state(state, code) == "fired":
        return stop_word(book)
    if reason is not None and reason.why is not Why.KILLED:
        return reason
    part = book.grid or book.rolling
    return because(Why.SLEEPING) if part is not None and part.asleep else None


def _guards_armed(state: State) -> int:
    idle = (GuardState.OFF, GuardState.SOLD)
    return sum(1 for guard in state.guards.values() if guard.state not in idle and not guard.why_off)


def _guesses(state: State, code: str, book: GridBook) -> bool:
    """Whether a grid makes the day's result an estimate; one that is off and traded nothing today has no part in it."""
    part = book.grid or book.rolling
    return part is not None and not part.exact and (book.armed or bool(filed_fills(state).of(code)))


def status_row(state: State, desk: Desk) -> StatusRow:
    """The top bar and the strip."""
    phase = phase_at(CLOCK_LISTING, state.at) if state.at else Phase.CLOSED
    states = [grid_state(state, code) for code in state.grids]
    live = list(live_orders(state))
    total = worth.total_value(state)
    base = worth.day_base(state)
    stuck = blockers(state)
    age = _quote_age(state)
    trade_age = state.at - state.money.reported_at if state.money and state.money.reported_at else 0
    return StatusRow(
        mode=desk.mode,
        account=desk.account,
        day=state.day,
        clock=state.at,
        speed=desk.speed,
        phase=phase.value,
        phase_ends=phase_ends(CLOCK_LISTING, state.at) if state.at else 0,
        lamp_quotes=_lamp(age, QUOTE_LATE_MS, QUOTE_BLIND_MS, trading=phase.continuous),
        quote_age_ms=age,
        lamp_trade=_trade_lamp(state, trade_age),
        trade_age_ms=trade_age,
        total=total,
        cash=cash_room(state),
        pnl=total - base if base else 0,
        pnl_base=base,
        pnl_exact=not any(_guesses(state, code, book) for code, book in state.grids.items()),
        messages=state.messages,
        messages_cap=state.limits.per_day,
        ready=state.ready.value,
        master=state.master,
        killed=state.kill is not None,
        grids_running=states.count("running") + states.count("waiting") + states.count("frozen"),
        grids_asleep=states.count("asleep"),
        grids_sell_only=states.count("sell_only"),
        guards_armed=_guards_armed(state),
        live_orders=len(live),
        live_value=sum(o.left * o.price for o in live),
        unknown_orders=sum(1 for o in live if o.in_doubt),
        blockers=tuple(reason for _, reason in stuck),
        blocker_codes=tuple(code for code, _ in stuck),
        lag_us=desk.lag_us,
        data_folder=desk.folder,
        grids_suspended=states.count("suspended"),
        suspended=tuple(_suspension(state, code, reason) for code, reason in _waiting(state).items()),
        asked_at=state.request_at,
        next_ask=next_ask(state),
        cancel_on_exit=desk.cancel_on_exit,
        live_said=state.confirmed,
        reported_day=desk.reported_day,
        clearing=len(state.clears),
    )


def next_ask(state: State) -> int:
    """When the broker is asked again at the latest; 0 while nobody can be asked."""
    if not state.linked or not state.instruments:
        return 0
    if state.request_at:
        return state.request_at + state.limits.query_answer_ms
    return (state.money.reported_at if state.money else state.at) + reconcile.ask_every(state)


def _waiting(state: State) -> dict[str, Reason]:
    """What waits for the user's word: single codes, and under '' what concerns more than one."""
    waiting = {"" if code == BUYS else code: reason for code, reason in state.suspended.items()}
    return {**waiting, "": state.suspended[""]} if "" in state.suspended else waiting


def _suspension(state: State, code: str, reason: Reason) -> Suspension:
    said = next((line.at for line in reversed(state.lines) if line.reason == reason and line.code in ("", code)), 0)
    buys_only = not code and "" not in state.suspended
    return Suspension(code=code, at=said, reason=reason, buys_only=buys_only)
