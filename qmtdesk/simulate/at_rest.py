"""What must be true once the faults have ended and a minute has passed."""

from collections import Counter
from typing import TYPE_CHECKING

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import FINAL, OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready, State, filed_orders
from qmtdesk.engine.grids import wish_of
from qmtdesk.engine.ledger import TELLING
from qmtdesk.gateways.paper import names
from qmtdesk.simulate.allotment import own_of
from qmtdesk.strategies.guard import GuardState

if TYPE_CHECKING:
    from qmtdesk.simulate.checked_day import CheckedDay

QUIET_MS, OFTEN, JUST_NOW_MS = 25_000, 3, 10_000
TRADED_OFTEN = (Why.REPEATED_EXECUTION, Why.ROUND_TRIPS, Why.SYMBOL_MESSAGES)
NO_ROOM = (names.NO_VOLUME, names.NO_CASH[:20])
BAD_SHAPE = tuple(text[:18] for text in (names.BAD_LOT, names.TOO_LARGE, names.BAD_TICK, names.OUTSIDE_LIMITS))


def check(day: "CheckedDay") -> None:
    """All promises about rest, the cheapest first."""
    state = day.state
    if state.ready is not Ready.READY:
        day.fail("live", f"never ready again: {state.ready}")
    for order in state.orders.values():
        if order.state in (OrderState.UNKNOWN, OrderState.SENT) or order.unsettled:
            day.fail("live", f"still in doubt after a minute: {order}")
    _orders(day)
    _fills(day)
    _account(day)
    _refusals(day)
    _stopped(day)
    _wishes(day)
    _clearings(day)
    _guards(day)
    for code, book in state.grids.items():
        own, held = day.allotment(code), own_of(book)
        if held is not None and held != own.held:
            day.fail("I3", f"{code} holds {held}, its trades come to {own.held}")
        if wrong := own.agrees(book):
            day.fail("I12", f"the figures of {code} are wrong, {wrong}")
    if day.state.messages != day.written_today.total() or dict(day.state.messages_of) != dict(+day.written_today):
        day.fail("I10", f"{day.state.messages_of} messages counted today, {day.written_today} written down")
    day.compare(day.folded())
    _queues(day)
    _to_and_fro(day)
    if day.shown is not None and (unlike := day.shown.differences(day.state, day.at)):
        day.fail("I15", f"a desk shows {unlike}")


def _queues(day: "CheckedDay") -> None:
    """Nothing is left on its way but a question and its answer, and nothing waits in the trader."""
    errands = {errand.kind for errand in day.truth.errands} - {"query"}
    letters = {letter.name for letter in day.truth.letters} - {"AccountReported"}
    if errands or letters or day.loop.waiting:
        day.fail("I15", f"still on their way: {errands} {letters}, {day.loop.waiting} in the inbox")


def _to_and_fro(day: "CheckedDay") -> None:
    """While no price moves nothing is put on the book again and again."""
    late = [intent for at, intent in day.sent if day.at - at < QUIET_MS and isinstance(intent, m.Place)]
    again = Counter((each.code, each.owner, each.side, each.price, each.volume) for each in late)
    for what, times in again.items():
        if times > OFTEN:
            day.fail("live", f"put on the book {times} times within {QUIET_MS} ms: {what}")


def _orders(day: "CheckedDay") -> None:
    entries = day.truth.entries
    theirs = {key: (e.state, e.filled) for key, e in entries.items() if e.state not in FINAL}
    ours = {o.broker_id: (o.state, o.filled) for o in day.state.orders.values() if o.state not in FINAL}
    if theirs != ours:
        day.fail("I14", f"live orders: the counter has {theirs}, the program {ours}")
    for order in day.state.orders.values():
        if order.owner.kind is OwnerKind.FOREIGN or not order.broker_id:
            continue
        if day.alike(order.broker_id) != (order.code, order.side, order.price, order.volume):
            day.fail("I13", f"taken for ours and is not: {order}")
    for broker_id, place in day.mine.items():
        ref = day.state.refs.get(broker_id, "")
        entry = entries[broker_id]
        # one that was turned down, and whose row comes too late and without a remark, may be anybody's
        lost = entry.state is OrderState.REJECTED and (not ref or len(entry.remark) < TELLING)
        if (not ref or ref.startswith("x")) and not lost:
            day.fail("I14", f"an own order was not recognised: {place}")
    if not {place.ref for place in day.mine.values()} <= day.journaled:
        day.fail("I6", "the counter has more of our orders than were written down")


def _fills(day: "CheckedDay") -> None:
    truth, state = day.truth, day.state
    theirs = {(f.trade_id, state.refs.get(f.broker_id)) for f in truth.fills if f.broker_id in day.mine}
    ours = {
        (f.trade_id, f.ref)
        for f in state.fills.values()
        if f.ref and state.orders[f.ref].owner.kind is not OwnerKind.FOREIGN
    }
    if theirs != ours:
        day.fail("I3", f"fills: missing {theirs - ours}, too many {ours - theirs}")
    if len(truth.fills) != len(state.fills):
        day.fail("I3", "the number of trades differs")


def _account(day: "CheckedDay") -> None:
    holdings = {code: held.volume for code, held in day.state.holdings.items() if held.volume}
    theirs = {code: held.volume for code, held in day.truth.account.holdings.items() if held.volume}
    if holdings != theirs:
        day.fail("I3", f"holdings {holdings}, at the counter {theirs}")
    if day.state.money is None or day.state.money.gross_cash != day.truth.account.cash:
        day.fail("I3", f"cash {day.state.money}, at the counter {day.truth.account.cash}")


def _refusals(day: "CheckedDay") -> None:
    """The counter never had to turn one of ours down for what we could know."""
    for broker_id in day.mine:
        entry = day.truth.entries[broker_id]
        text = entry.text
        # beside somebody who takes shares away what is left over of a lot may be another number when it arrives
        over = entry.side is Side.SELL and entry.volume % day.state.instruments[entry.code].lot > 0
        if text.startswith(BAD_SHAPE) and not (over and day.foreign):
            day.fail("I8", f"the counter had to refuse: {text}")
        if text.startswith(NO_ROOM) and not day.foreign:
            day.fail("I1", f"the counter had to refuse: {text}")


def _stopped(day: "CheckedDay") -> None:
    """Nothing of ours is left after a kill or a disarm that cancels."""
    if day.state.kill is not None and (day.live() or not day.state.kill.done_at):
        day.fail("live", f"alive after a kill: {day.live()}")
    for code in day.wanted_off:
        book = day.state.grids.get(code)
        if book is not None and not book.armed:
            left = [o for o in day.live(code) if o.owner.kind is not OwnerKind.GUARD]
            if left:
                day.fail("live", f"forgotten after a disarm: {left}")


def _wishes(day: "CheckedDay") -> None:
    """What an armed grid wants stands on the book, or the user is told why not."""
    for code, book in day.state.grids.items():
        wish = wish_of(day.state, code) if book.armed and day.state.kill is None else None
        if wish is None:
            continue
        live = {(o.owner, o.side) for o in day.live(code)}
        missing = [w for w in wish.orders if (w.owner, w.side) not in live]
        waits = day.state.blocked.get(code)
        if missing and waits is None:
            day.fail("live", f"{code} wants {missing} and nobody says why not")
        if missing and waits is not None and book.grid and book.grid.stopped_low and waits.why in TRADED_OFTEN:
            day.fail("live", f"{code} is below its stop and keeps {missing}: {waits}")


def _clearings(day: "CheckedDay") -> None:
    """What is being cleared stands on the book, or the user is told why not; what ended is off it."""
    for code, book in day.state.clears.items():
        live = any(order.owner.kind is OwnerKind.CLEAR for order in day.live(code))
        if book.why is not None or (not live and code not in day.state.blocked):
            day.fail("live", f"a clearing that neither goes on nor ends: {book}")


def _guards(day: "CheckedDay") -> None:
    """A guard that fired has sold or has its sale on the book, wherever anything may be sold at all."""
    state = day.state
    if state.kill is not None or "" in state.suspended:
        return
    for code, guard in state.guards.items():
        sale = guard.sale
        if guard.state is not GuardState.TRIGGERED or sale is None or day.at - sale.fired_at < JUST_NOW_MS:
            continue
        working = any(order.owner.kind is OwnerKind.GUARD for order in day.live(code))
        if not working and min(sale.target - sale.sold, _free(day, code)) >= state.instruments[code].lot:
            day.fail("live", f"a guard that neither sells nor has sold: {code} {sale}, {state.blocked.get(code)}")


def _free(day: "CheckedDay", code: str) -> int:
    """What a guard may sell by the counter's books: its grid's sales do not count, a doubt leaves nothing."""
    held, t_plus_one = day.truth.account.holdings.get(code), day.state.instruments[code].t_plus_one
    doubts = [order for order in day.live(code) if order.in_doubt]
    if held is None or doubts or filed_orders(day.state).not_listed(code) or code in day.state.clears:
        return 0
    theirs = [
        entry.left
        for number, entry in day.truth.entries.items()
        if (entry.code, entry.side) == (code, Side.SELL) and number not in day.mine and entry.state not in FINAL
    ]
    return held.volume - sum(theirs) - (held.bought_today if t_plus_one else 0)


def known(state: State) -> dict[str, object]:
    """What must survive a restart."""
    kill = state.kill and replace(state.kill, blocked=0)
    return {
        "orders": dict(state.orders),
        "refs": dict(state.refs),
        "fills": dict(state.fills),
        "grids": dict(state.grids),
        "clears": dict(state.clears),
        "bought": dict(state.bought),
        "guards": {code: (g.plan, g.state, g.sale, g.asks, g.shown) for code, g in state.guards.items()},
        "kill": kill,
        "watch": state.watch,
        "master": state.master,
        "suspended": dict(state.suspended),
        "messages": (state.messages, state.sent_at),
        "numbers": (state.next_ref, state.next_line),
        "day": state.day,
        "lines": state.lines,
    }
