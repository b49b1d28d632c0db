"""Signs in an answer that an order in doubt may be at the counter although no row tells of it."""

from collections import Counter
from collections.abc import Iterable, Mapping

from qmtdesk.domain.account import AccountReport, BrokerOrder, Position
from qmtdesk.domain.order import FINAL, Order, OrderState, OwnerKind, Side, alike
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import earlier, ledger
from qmtdesk.engine.books import Money, State, filed_fills, filed_orders, frozen_by
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.lookalike import ask
from qmtdesk.engine.moved import spent
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, Work

PART = 30
"""Per cent of an order, held back, that are a sign of it: a counter may have taken less than was sent, or cheaper."""
WAITING_MS = 6_000
PASSING_MS = 30_000
"""So long a terminal may tell cash and holdings of before an order's end."""
ENDED = (OrderState.CANCELLED, OrderState.REJECTED)


def kept(work: Work, order: Order, report: AccountReport) -> bool:
    """Whether the doubt stays whatever the list lacks; the user is told when it does for longer than a list is late."""
    numbers = left_out(work.state, order, report)
    if numbers:
        _ask_of(work, order, numbers)
    sign = "list" if numbers or _leaves_out_ours(work.state, order, report) else _in_figures(work.state, order, report)
    if sign and report.at - order.updated_at >= WAITING_MS:
        words: dict[str, int | str] = {"side": order.side.value, "volume": order.volume, "price_milli": order.price}
        reason = because(Why.DOUBT_KEPT, ref=order.ref, sign=sign, **words)
        if told_key(order.code, reason) not in work.state.told:
            work.log(ALARM, order.code, reason)
    return bool(sign)


def left_out(state: State, order: Order, report: AccountReport) -> frozenset[str]:
    """Numbers of the code and side that were told of since our order left and are nobody's, and not in this list.

    A list that leaves out one of them may leave out ours: a terminal that was started again has not loaded it all.
    What was told ended under another price or volume is not ours, and not every counter goes on listing it.
    """
    listed = {row.broker_id for row in report.orders}
    others = [o for o in filed_orders(state).of(order.code) if o.owner.kind is OwnerKind.FOREIGN and alike(o, order)]
    # one of an earlier day that was told again this morning need not be told for ever
    todays = [o for o in others if earlier.is_todays(state, o)]
    rows = {
        o.broker_id
        for o in todays
        if not ledger.known_before(state, o.ref, order.ref) and (o.state not in ENDED or _same(o, order))
    }
    trades = {
        fill.broker_id
        for fill in filed_fills(state).of(order.code)
        if not fill.ref and alike(fill, order) and fill.at >= order.created_at - ledger.WIDE_MS
    }
    return frozenset((rows | trades) - listed)


def _same(row: Order, order: Order) -> bool:
    return (row.price or order.price, row.volume) == (order.price, order.volume)


def _ask_of(work: Work, order: Order, numbers: frozenset[str]) -> None:
    """The user is asked about those of them whose price and volume are our order's."""
    known = (work.state.orders.get(work.state.refs.get(number, "")) for number in sorted(numbers))
    same = [o for o in known if o is not None and _same(o, order)]
    if same:
        ask(work, [order], same)


def _leaves_out_ours(state: State, order: Order, report: AccountReport) -> bool:
    """Whether an own order of today has a number and is not listed: a live one, or one given up since ours left."""
    listed = {row.broker_id for row in report.orders}
    return any(
        (o.live or (o.text == NOT_LISTED and o.updated_at > order.created_at)) and o.broker_id not in listed
        for o in state.orders.values()
        if o.broker_id and o.owner.kind is not OwnerKind.FOREIGN and earlier.is_todays(state, o)
    )


def _in_figures(state: State, order: Order, report: AccountReport) -> str:
    """What in the account is as if the order were there: shares that came or went, or that are held back, or cash."""
    before = state.money or Money(0, 0, 0)
    readable = order.code not in report.unclear
    if readable and changed_its_way(state, order, report.positions):
        return "holding"
    least = order.price * order.left * PART
    change = settled(state, report) - before.settled if before.settled is not None else 0
    if (change if order.side is Side.SELL else -change) * 100 >= least:
        return "money"
    if order.side is Side.BUY:
        more = idle_cash(state, report) - before.idle_cash
        return "cash" if more * 100 >= least else ""
    idle = idle_shares(state, report).get(order.code, 0) - before.idle_shares.get(order.code, 0)
    return "shares" if readable and idle * 100 >= order.left * PART else ""


def changed_its_way(state: State, order: Order, positions: Iterable[Position]) -> bool:
    """Whether shares of its code came (or went) that no trade explains, as if it were filled."""
    held = next((p for p in positions if p.code == order.code), Position(order.code, 0, 0))
    change = _unexplained(state, held)
    return change != 0 and (change > 0) is (order.side is Side.BUY)


def _unexplained(state: State, held: Position) -> int:
    """Shares more (or fewer) than the day began with and the trades of since, 0 where the beginning is not known."""
    if state.money is None or state.money.base_cash is None:
        return 0
    net = sum(f.volume if f.side is Side.BUY else -f.volume for f in filed_fills(state).of(held.code))
    return held.volume - state.money.base_held.get(held.code, 0) - net


def settled(state: State, report: AccountReport) -> int:
    """厘 of cash as if there had been no trade today: it changes with nothing but what the books do not know."""
    return report.asset.cash + report.asset.frozen + spent(state.fills.values())


def at_rest(state: State) -> bool:
    """Whether cash and trades surely belong together: nothing traded for a while, and no trade is on its way."""
    return not any(
        (order.filled and state.at - order.updated_at < PASSING_MS) or order.told_filled > order.filled
        for order in state.orders.values()
    )


def idle_cash(state: State, report: AccountReport) -> int:
    """厘 frozen beyond what the listed buys cost: their fees are in it, which a counter freezes or not."""
    bids = [row for row in report.orders if row.side is Side.BUY and _holds_back(state, row)]
    return max(0, report.asset.frozen - sum(row.price * (row.volume - row.filled) for row in bids))


def idle_before(money: Money, state: State, report: AccountReport) -> Money:
    """What is held back for nothing here while no order is in doubt: what a later doubt is compared with.

    What was held back before an own order moved, and still is, is nothing of that order's.
    """
    cash = max(unexplained_cash(state, report), min(money.idle_cash, idle_cash(state, report)))
    before, now = money.idle_shares, idle_shares(state, report)
    shares = {
        code: max(volume, min(before.get(code, 0), now[code]))
        for code, volume in unexplained_shares(state, report).items()
    }
    return replace(money, idle_cash=cash, idle_shares=shares)


def unexplained_cash(state: State, report: AccountReport) -> int:
    """厘 that nothing here may be frozen for: what is held against an order in doubt may not be in it.

    A terminal may tell the cash of before: of an own order it does not list, or whose end it does not know yet.
    """
    return max(0, withheld(report) - sum(frozen_by(o.price, o.volume) for o in _passing(state, report, Side.BUY)))


def unexplained_shares(state: State, report: AccountReport) -> Mapping[str, int]:
    """Shares by code that cannot be sold, and that nothing here may hold back."""
    offered: Counter[str] = Counter()
    for row in report.orders:
        if row.side is Side.SELL and row.state not in FINAL and not _holds_back(state, row):
            offered[row.code] += row.volume - row.filled
    for order in _passing(state, report, Side.SELL):
        offered[order.code] += order.volume
    for fill in state.fills.values():
        one = state.instruments.get(fill.code)
        if fill.side is Side.BUY and one is not None and not one.t_plus_one and state.at - fill.at < PASSING_MS:
            # it may be sold at once, but a terminal may count it as sellable a while after it counts it as held
            offered[fill.code] += fill.volume
    return {code: max(0, idle - offered[code]) for code, idle in idle_shares(state, report).items()}


def _passing(state: State, report: AccountReport, side: Side) -> list[Order]:
    """Orders that are not listed: own ones that live, and all that moved a moment ago, a hand's too."""
    rows = {row.broker_id for row in report.orders if row.state not in FINAL}
    return [
        o
        for o in state.orders.values()
        if o.side is side
        and o.broker_id not in rows
        and ((o.live and o.owner.kind is not OwnerKind.FOREIGN) or state.at - o.updated_at < PASSING_MS)
    ]


def withheld(report: AccountReport) -> int:
    """厘 that are surely frozen for no buy that is listed."""
    bids = [row for row in report.orders if row.side is Side.BUY and row.state not in FINAL]
    return max(0, report.asset.frozen - sum(frozen_by(row.price, row.volume - row.filled) for row in bids))


def idle_shares(state: State, report: AccountReport) -> Mapping[str, int]:
    """Shares by code that cannot be sold, and neither are on sale by what is listed nor were bought today."""
    idle: dict[str, int] = {}
    for held in report.positions:
        sales = [r for r in report.orders if r.code == held.code and r.side is Side.SELL and _holds_back(state, r)]
        offered = sum(row.volume - row.filled for row in sales)
        one = state.instruments.get(held.code)
        fresh = 0
        if one is None or one.t_plus_one:
            today = sum(f.volume for f in filed_fills(state).of(held.code) if f.side is Side.BUY)
            fresh = max(held.bought_today, today)
        idle[held.code] = max(0, held.volume - held.can_use - offered - fresh)
    return idle


def _holds_back(state: State, row: BrokerOrder) -> bool:
    """Whether something is surely held back for it.

    One in a state nobody knows may be over, as is one known to be whatever an older list says: it hides no other's.
    """
    known = state.orders.get(state.refs.get(row.broker_id, ""))
    over = known is not None and known.state in FINAL
    return not over and row.state not in FINAL and row.state is not OrderState.UNKNOWN
