"""Own orders whose fate was not known when the day ended, and what the next day's account tells of it.

A broker answers for today only: trades of yesterday that nobody told can never be asked for again. What the account
holds is the truth then, and the orders that stood at the close are the only explanation that is ours.
"""

from datetime import date

from qmtdesk.domain.order import Fill, Order, OwnerKind, Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.engine import grids, others
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Overnight, State, filed_fills, filed_orders, live_orders
from qmtdesk.engine.ledger import CLOCKS_APART_MS
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies.grid_unseen import as_of_before, pair_as_of_before

UNKNOWN = -1
LAST_WORDS_MS = 60_000
"""An answer given this long after the close knows the trades of the closing auction."""


def left_open(state: State) -> Overnight | None:
    """What to look at tomorrow; call before the day is rolled. A look that was never taken stays what it was."""
    if state.overnight is not None:
        return state.overnight
    orders = tuple(o for o in live_orders(state) if o.owner.kind is not OwnerKind.LOST and _may_have_traded(state, o))
    held = {order.code: _position(state, order.code) for order in orders}
    for order in orders:
        if held[order.code] != UNKNOWN:
            held[order.code] += _sold_by_lookalikes(state, order)
    return Overnight(orders, held) if orders else None


def _may_have_traded(state: State, order: Order) -> bool:
    """Whether trades of an order may be missing: nobody told of it after the close, and its price may have come."""
    if not order.open_volume or order.told_filled > order.filled:
        return order.open_volume > 0
    closed_at = at_of(date.fromisoformat(state.day), 15, 0)
    return not _told_since(state, order, closed_at + LAST_WORDS_MS) and _in_reach(state, order, closed_at)


def _told_since(state: State, order: Order, at: int) -> bool:
    """Whether the newest answer is of that time and lists the order: some counters leave at 已报 what the day ended."""
    listed = order.broker_id and not order.in_doubt and order.ref not in state.missed
    return bool(listed and state.money and state.money.reported_at >= at)


def _in_reach(state: State, order: Order, closed_at: int) -> bool:
    """Whether the day's trades may have come to the order's price; only a snapshot of after the close tells all day."""
    seen = state.quotes.get(order.code)
    if seen is None or not seen.quote.low:
        return True
    if seen.quote.at < closed_at or shanghai_day(seen.quote.at).isoformat() != state.day:
        return True
    return seen.quote.low <= order.price if order.side is Side.BUY else seen.quote.high >= order.price


def _position(state: State, code: str) -> int:
    """What is known to be held: as told, in this run or at the day's first answer, else as an exact grid reckons.

    Where an order filled whose trades nobody told, the day's first answer and the trades: the newest has them in it.
    """
    money, held = state.money, state.holdings.get(code)
    told = money is not None and money.reported_at > 0
    turned = money is not None and shanghai_day(money.reported_at).isoformat() > state.day
    owed = any(_untold(state, order) for order in filed_orders(state).of(code))
    if told and not owed and not turned:
        return held.volume if held else 0
    if money is not None and money.base_cash is not None:
        return max(0, money.base_held.get(code, 0) + _net(state, code))
    if told:
        return held.volume if held else 0
    book = state.grids.get(code)
    part = (book.grid or book.rolling) if book is not None else None
    return part.held_total + part.base_holding if part is not None and part.exact else UNKNOWN


def _sold_by_lookalikes(state: State, order: Order) -> int:
    """What orders sold that may be ours and about which nobody said a word: a grid must not sell that once more.

    What such orders bought stays out of the grid: nobody knows whether it may sell that.
    """
    if order.broker_id or order.side is Side.BUY:
        return 0
    alike = (
        each.filled
        for each in state.orders.values()
        if each.owner.kind is OwnerKind.FOREIGN
        and (each.code, each.side, each.price, each.volume) == (order.code, order.side, order.price, order.volume)
        and each.created_at >= order.created_at - CLOCKS_APART_MS
    )
    return max(alike, default=0)


def explain(work: Work) -> None:
    """Put the first sound answer of the day beside what stood open at the last close, and tell what it means."""
    left = work.state.overnight
    if left is None:
        return
    work.note(r.LeftOpen(None))
    for code, expected in left.held.items():
        _explain(work, code, expected, [order for order in left.orders if order.code == code])


def _explain(work: Work, code: str, expected: int, orders: list[Order]) -> None:
    position = _at_the_open(work.state, code)
    change = position - expected if expected != UNKNOWN else 0
    sides = {order.side for order in orders}
    if expected != UNKNOWN and not change and len(sides) == 1:
        # nobody bought and sold the same to the piece: nothing was missed
        return
    side = Side.BUY if change > 0 else Side.SELL
    rest = abs(change)
    # the best price is the first to be filled
    best = sorted((o for o in orders if o.side is side), key=lambda o: -o.price if side is Side.BUY else o.price)
    for order in best:
        volume = min(rest, order.open_volume)
        if volume:
            _presume(work, order, volume)
            rest -= volume
    others.only_estimated(work, code)
    found = {"volume": abs(change) - rest, "side": side.value} if change else {}
    more = {"rest": rest} if rest else {}
    known = {"expected": expected} if expected != UNKNOWN else {}
    level = ALARM if change or expected == UNKNOWN else NOTICE
    work.log(level, code, because(Why.MISSED_TRADES, **known, position=position, **found, **more, orders=len(orders)))


def _untold(state: State, order: Order) -> bool:
    """Whether the newest answer's holdings may have trades of an own order that nobody told."""
    return order.unsettled or order.in_doubt or order.ref in state.missed


def _at_the_open(state: State, code: str) -> int:
    """What was held before today's trades."""
    held = state.holdings.get(code)
    return (held.volume if held else 0) - _net(state, code)


def _net(state: State, code: str) -> int:
    """Bought less sold in the day's trades."""
    return sum(fill.volume if fill.side is Side.BUY else -fill.volume for fill in filed_fills(state).of(code))


def _presume(work: Work, order: Order, volume: int) -> None:
    """A trade nobody told, at the price it was asked for at: the grid follows it, the day's trades do not.

    Neither do the figures of the day, which has begun already: it was traded on the day before.
    """
    before = work.state.grids.get(order.code)
    if before is None or order.owner.kind in (OwnerKind.GUARD, OwnerKind.TRIAL):
        return
    fill = Fill(
        trade_id="",
        day=work.state.day,
        broker_id=order.broker_id,
        ref=order.ref,
        code=order.code,
        side=order.side,
        price=order.price,
        volume=volume,
        at=work.state.at,
    )
    grids.filled(work, fill, order)
    book = work.state.grids[order.code]
    grid = as_of_before(book.grid, before.grid) if book.grid and before.grid else book.grid
    pair = pair_as_of_before(book.rolling, before.rolling) if book.rolling and before.rolling else book.rolling
    # it has traded: worked out anew it would begin with its first buy once more
    work.set_grid(order.code, replace(book, grid=grid, rolling=pair, fresh=False), keep=True)
