"""A grid as the desk draws it: one row with every level."""

import msgspec

from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import gate
from qmtdesk.engine.books import BUYS, GridBook, Holding, State, live_orders
from qmtdesk.engine.grids import GRID_OWNERS, wish_of
from qmtdesk.engine.prices import limits_of
from qmtdesk.engine.standing import for_sale
from qmtdesk.strategies.grid import Grid, summary
from qmtdesk.strategies.rolling import Rolling
from qmtdesk.strategies.rolling import summary as rolling_summary
from qmtdesk.trader.farewell import all_told, day_over
from qmtdesk.wire.rows import GridRow, LevelRow

FREEZING = frozenset(
    {Why.LINK_DOWN, Why.SUSPENDED, Why.NO_QUOTE, Why.QUOTE_STALE, Why.ACCOUNT_STALE, Why.RECONCILING}
) | {
    Why.ACCOUNT_STATUS,
    Why.REPORT_SHRUNK,
    Why.GATEWAY_SILENT,
}
WAITING = frozenset({Why.PHASE_CLOSED, Why.AUCTION_WAIT})


def grid_state(state: State, code: str) -> str:
    """How a grid stands in one word, '' where there never was one."""
    book = state.grids.get(code)
    if book is None:
        return ""
    if not book.armed:
        return "stopped"
    blocked = state.blocked.get(code) or gate.standstill(state, code)
    doubt = any(o.in_doubt for o in live_orders(state, code))
    part = book.grid or book.rolling
    asleep = part is not None and part.asleep
    sell_only = part is not None and part.sell_only
    if code in state.suspended:
        return "suspended"
    if doubt or "" in state.suspended or (blocked is not None and blocked.why in FREEZING):
        return "frozen"
    if (stop := stop_word(book)) is not None and stop.why is Why.STOP_FIRED:
        return "fired"
    if blocked is not None and blocked.why in WAITING:
        return "waiting"
    if asleep:
        return "asleep"
    return "sell_only" if sell_only else "running"


def stop_word(book: GridBook) -> Reason | None:
    """What a running grid whose lower stop has fired does from now on: sells what it holds, or nothing any more."""
    if not book.armed or book.grid is None or not book.grid.stopped_low:
        return None
    why = Why.LOWER_STOP if book.grid.held_total else Why.STOP_FIRED
    return because(why, price_milli=book.plan.lower_stop)


def grid_row(state: State, code: str) -> GridRow:
    """The whole ladder of one grid."""
    book = state.grids[code]
    orders = [o for o in live_orders(state, code) if o.owner.kind in GRID_OWNERS]
    wish = wish_of(state, code) if book.armed else None
    reasons = wish.reasons if wish else ()
    if book.grid is not None:
        return _lattice_row(state, book, book.grid, orders, reasons)
    if book.rolling is not None:
        return _rolling_row(state, book, book.rolling, orders)
    raise ValueError(f"the grid of {code} holds neither a lattice nor a pair")


def _last(state: State, code: str) -> int:
    seen = state.quotes.get(code)
    return seen.quote.last if seen else 0


def _lattice_row(
    state: State, book: GridBook, grid: Grid, orders: list[Order], reasons: tuple[Reason | None, ...]
) -> GridRow:
    code, last = book.plan.code, _last(state, book.plan.code)
    figures = summary(grid, last)
    instrument = state.instruments.get(code)
    up, down = limits_of(instrument) if instrument else (0, 0)
    prices = grid.lattice.levels
    first = next((o for o in orders if o.owner.kind is OwnerKind.FIRST_BUY), None)
    live = {_place(book, grid, o): o for o in reversed(orders) if o.owner.kind is OwnerKind.GRID and o.live}
    whys = (*reasons, *(None,) * (len(prices) - len(reasons)))
    told = _instead(state, code) if book.armed else {}
    levels = tuple(
        [_level(grid, i, live, first, told.get(why.why, why) if why else None) for i, why in enumerate(whys)]
    )
    if (blocked := state.blocked.get(code)) is not None and book.armed:
        # what is wanted there and may not leave has no reason of its own
        levels = tuple([msgspec.structs.replace(each, why=blocked) if _bare(each) else each for each in levels])
    cell = grid.lattice.cell(last)
    return msgspec.structs.replace(
        _common(state, book, orders),
        unit=grid.unit,
        levels=levels,
        base=grid.anchor,
        cell=-1 if cell is None else cell,
        held=figures.held,
        base_holding=grid.base_holding,
        surplus=grid.surplus,
        stash=grid.stash,
        realised=figures.realised_today,
        floating=figures.floating,
        fees=figures.fees_today,
        improvement=figures.improvement,
        trips=figures.trips_today,
        exact=grid.exact,
        cash_used=figures.cash_used,
        started_at=grid.started_at,
        range_low=max(prices[0], down) if prices else 0,
        range_high=min(prices[-1], up or prices[-1]) if prices else 0,
        first_left=grid.first_left,
    )


def _instead(state: State, code: str) -> dict[Why, Reason]:
    """What keeps a level from doing in its turn what it promises: a suspension of everything, of a code, of buys."""
    held = state.suspended
    whole = held.get("") or held.get(code)
    buys = whole or held.get(BUYS)
    return {why: reason for why, reason in ((Why.ARMED_SELL, whole), (Why.ARMED_BUY, buys)) if reason is not None}


def _bare(level: LevelRow) -> bool:
    return level.why is None and not level.buy_ref and not level.sell_ref


def _place(book: GridBook, grid: Grid, order: Order) -> tuple[int, Side]:
    """Under which gap's number an order stands; one an earlier start left, where its price is a level, if it is one."""
    levels = grid.lattice.levels
    if order.created_at >= book.armed_at:
        return order.owner.slot, order.side
    at = levels.index(order.price) if order.price in levels else len(levels) + 1
    return at + grid.slot0 - (order.side is Side.SELL), order.side


def _shown(order: Order | None) -> str:
    """As what its pill shows an order: in doubt it is neither this nor that."""
    return "" if order is None else (OrderState.UNKNOWN if order.in_doubt else order.state).value


def _level(
    grid: Grid, i: int, live: dict[tuple[int, Side], Order], first: Order | None, why: Reason | None
) -> LevelRow:
    price = grid.lattice.levels[i]
    buy, sell = live.get((i + grid.slot0, Side.BUY)), live.get((i - 1 + grid.slot0, Side.SELL))
    if buy is None and first is not None and first.price == price:
        buy = first
    gap = grid.gaps[i] if i < len(grid.gaps) else None
    below = grid.gaps[i - 1] if i else None
    return LevelRow(
        no=grid.lattice.number(i),
        price=price,
        held=gap.held if gap else 0,
        paused=gap is not None and (i + grid.slot0) in grid.paused,
        buy=buy.left if buy else 0,
        buy_total=buy.volume if buy else 0,
        buy_state=_shown(buy),
        buy_ref=buy.ref if buy else "",
        sell=sell.left if sell else 0,
        sell_total=sell.volume if sell else 0,
        sell_state=_shown(sell),
        sell_ref=sell.ref if sell else "",
        bought=gap.bought if gap else 0,
        sold=below.sold if below else 0,
        pnl=below.realised if below else 0,
        why=why,
        in_cap=why is None or why.why is not Why.CASH_CAP,
    )


def _rolling_row(state: State, book: GridBook, pair: Rolling, orders: list[Order]) -> GridRow:
    last = _last(state, book.plan.code)
    figures = rolling_summary(pair, last)
    levels = []
    for order in sorted((o for o in orders if o.live), key=lambda o: o.price):
        buys = order.side is Side.BUY
        levels.append(
            LevelRow(
                no=-1 if buys else 1,
                price=order.price,
                held=0,
                paused=False,
                buy=order.left if buys else 0,
                buy_total=order.volume if buys else 0,
                buy_state=_shown(order if buys else None),
                buy_ref=order.ref if buys else "",
                sell=0 if buys else order.left,
                sell_total=0 if buys else order.volume,
                sell_state=_shown(None if buys else order),
                sell_ref="" if buys else order.ref,
                bought=0,
                sold=0,
                pnl=0,
            )
        )
    cell = max((i for i, level in enumerate(levels) if level.price <= last), default=-1)
    return msgspec.structs.replace(
        _common(state, book, orders),
        unit=pair.unit,
        levels=tuple(levels),
        base=pair.centre,
        cell=cell,
        held=pair.held_total,
        base_holding=pair.base_holding,
        stash=0,
        realised=figures.realised_today,
        floating=figures.floating,
        fees=figures.fees_today,
        improvement=figures.improvement,
        trips=figures.trips_today,
        exact=pair.exact,
        cash_used=figures.cash_used,
        started_at=pair.started_at,
        range_low=levels[0].price if levels else 0,
        range_high=levels[-1].price if levels else 0,
        first_left=pair.first_left,
    )


def _common(state: State, book: GridBook, orders: list[Order]) -> GridRow:
    """What a lattice and a pair have alike; the rest is filled in by the caller."""
    code = book.plan.code
    instrument = state.instruments.get(code)
    held = state.holdings.get(code, Holding(code, 0, 0, 0, 0))
    live = [o for o in orders if o.live]
    buy = max((o for o in live if o.side is Side.BUY), key=lambda o: o.price, default=None)
    sell = min((o for o in live if o.side is Side.SELL), key=lambda o: o.price, default=None)
    return GridRow(
        code=code,
        name=instrument.name if instrument else "",
        state=grid_state(state, code),
        armed=book.armed,
        plan=book.plan,
        base=0,
        unit=0,
        levels=(),
        cell=-1,
        held=0,
        base_holding=0,
        stash=0,
        position=held.volume,
        can_use=for_sale(state, code),
        cost=held.cost,
        realised=0,
        floating=0,
        fees=0,
        improvement=0,
        trips=0,
        exact=True,
        cash_used=0,
        started_at=book.armed_at,
        range_low=0,
        range_high=0,
        why=_why(state, book),
        next_buy=buy.price if buy else 0,
        next_buy_volume=buy.left if buy else 0,
        next_sell=sell.price if sell else 0,
        next_sell_volume=sell.left if sell else 0,
        # once the close is told a stop can neither cancel nor sell any more
        winding=book.winding is not None and not all_told(state),
        selling=book.winding is StopHow.SELL and not day_over(state),
    )


def _why(state: State, book: GridBook) -> Reason | None:
    """Why it does not do what it wants to; one that is stopped and still has to sell wants that."""
    code = book.plan.code
    if grid_state(state, code) == "fired":
        return stop_word(book)
    if book.armed or book.winding is StopHow.SELL:
        return state.blocked.get(code) or gate.standstill(state, code) or stop_word(book)
    return book.why
