"""What a guard's sale takes out of its way, and how it ends where others sold, or where only an odd rest is left."""

from qmtdesk.domain.order import Fill, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import aside, latched
from qmtdesk.engine.books import State, filed_fills, live_orders
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies import guard as rules
from qmtdesk.strategies.guard import Guard, GuardState


def make_way(work: Work, code: str) -> None:
    """Take off what the grid would sell, after the sale of what is free: a second takes so many messages only."""
    for order in live_orders(work.state, code):
        if aside.stands_aside(work.state, order):
            work.cancel(order)


def ended(work: Work, code: str, guard: Guard) -> bool:
    """Whether nothing is left that this guard may ever sell; SOLD, so that no grid buys back what is leaving."""
    rest = latched.odd_rest(work.state, guard)
    if rest is not None:
        work.set_guard(code, replace(guard, state=GuardState.SOLD, why_off=rest), keep=True)
        work.log(ALARM, code, rest)
    elif latched.sold_out(work.state, guard):
        work.set_guard(code, replace(guard, state=GuardState.SOLD), keep=True)
        work.log(NOTICE, code, latched.sold_elsewhere(guard))
    else:
        return False
    work.blocked(code, None)
    return True


def _sold_since(state: State, code: str, at: int) -> int:
    return sum([fill.volume for fill in filed_fills(state).of(code) if fill.side is Side.SELL and fill.at >= at])


def sold_beside(work: Work, fill: Fill) -> None:
    """Feed a grid's own sale of a code whose guard fired: what is gone the guard has not to sell any more."""
    guard, held = work.state.guards.get(fill.code), work.state.holdings.get(fill.code)
    if guard is None or guard.sale is None or guard.state is not GuardState.TRIGGERED or fill.side is Side.BUY:
        return
    # a counter may be slow to set free what a cancelled order of the grid held; locked shares it never does
    sale, gone = guard.sale, _sold_since(work.state, fill.code, guard.sale.fired_at)
    slow = min(held.volume - held.bought_today, guard.sale.free - gone) if held else 0
    left = max(held.sellable, slow) if held else 0
    target = max(min(sale.target, sale.sold + left), sale.target - fill.volume)
    beside = sale.beside + sale.target - target
    rest = rules.on_sold(replace(guard, sale=replace(sale, target=target, beside=beside)), 0, fill.at)
    work.set_guard(fill.code, rest, keep=True)
    if rest.state is GuardState.SOLD:
        work.log(NOTICE, fill.code, latched.sold_elsewhere(rest))
