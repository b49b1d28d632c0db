"""What must be true at the moment an order or a cancel leaves, judged by the counter's truth and by what was sent."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from qmtdesk.domain import messages as m
from qmtdesk.domain.calendar import is_trading_day, next_trading_day
from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.order import FINAL, OrderState, Owner, OwnerKind, Side, alike
from qmtdesk.domain.plans import Spacing, StopHow
from qmtdesk.domain.quote import BoardState, board_state, seal_amount
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import at_of, phase_at, shanghai_day
from qmtdesk.domain.timed import threshold_at
from qmtdesk.engine.beside import GONE_MS
from qmtdesk.engine.books import BUYS, Ready
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.grids import GRID_OWNERS
from qmtdesk.gateways.paper.truth import Entry
from qmtdesk.strategies.guard import GuardState
from qmtdesk.strategies.guard_state import LATCH_MS

if TYPE_CHECKING:
    from qmtdesk.simulate.checked_day import CheckedDay

IMMEDIATE = frozenset({OwnerKind.FIRST_BUY, OwnerKind.CLEAR, OwnerKind.GUARD})
FIRED = frozenset({GuardState.TRIGGERED, GuardState.SOLD})
COLLAR_BP = 200
BP = 10_000


def check_place(day: "CheckedDay", place: m.Place) -> None:
    """Before the counter hears of it."""
    if place.ref in day.sent_refs:
        day.fail("I6", f"{place.ref} was sent twice")
    day.sent_refs.add(place.ref)
    if place.ref not in day.journaled:
        day.fail("I6", f"an order left that was not written down: {place}")
    day.heard.check(day, place)
    _allowed(day, place)
    _asked_for(day, place)
    _still_weak(day, place)
    _shaped(day, place)
    _counted(day, place)
    _level(day, place)
    _pair(day, place)


def _allowed(day: "CheckedDay", place: m.Place) -> None:
    state = day.state
    if state.kill is not None or not state.master or not state.linked or state.ready is not Ready.READY:
        day.fail("I7", f"an order left although nothing may: {place}")
    guards, everything = place.owner.kind is OwnerKind.GUARD, state.suspended.get("")
    stands = everything is not None and not (guards and everything.why is Why.REJECT_STORM)
    held_back = place.code in state.suspended and not guards
    if stands or (held_back and not _way_out(day, place)):
        day.fail("I7", f"an order left although its code waits for the user: {place}")
    if BUYS in state.suspended and place.side is Side.BUY:
        day.fail("I7", f"bought although buying waits for the user: {place}")
    if day.at - state.quotes[place.code].quote.at > state.limits.quote_age_ms:
        day.fail("I7", f"an order left on an old price: {place}")
    if state.money is None or day.at - state.money.reported_at > state.limits.account_age_ms:
        day.fail("I7", f"an order left on an old account: {place}")
    if not phase_at(state.listings[place.code], day.at).takes_orders:
        day.fail("I7", f"an order left in a closed phase: {place}")


def _asked_for(day: "CheckedDay", place: m.Place) -> None:
    book, guard = day.state.grids.get(place.code), day.state.guards.get(place.code)
    kind = place.owner.kind
    if kind in GRID_OWNERS and not (book and book.armed):
        day.fail("I7", f"a grid that is off sent {place}")
    if kind in GRID_OWNERS and book and not book.plan.keep_armed and day.at >= ends_at(book.armed_at):
        day.fail("I7", f"a grid whose arming ended at the close sent {place}")
    if kind is OwnerKind.GUARD and guard and not guard.plan.keep_armed and day.at >= ends_at(guard.armed_at):
        day.fail("I7", f"a guard whose arming ended at the close sent {place}")
    if kind is OwnerKind.CLEAR and not (book and book.winding is StopHow.SELL):
        day.cleared.check(day, place)
    if kind is OwnerKind.GUARD and not (guard and guard.state is GuardState.TRIGGERED and place.side is Side.SELL):
        day.fail("I11", f"a guard that did not trigger sold: {place}")
    if place.side is Side.BUY and guard and guard.state in FIRED:
        day.fail("I11", f"what a guard sells was bought: {place}")
    if place.side is Side.BUY and kind in GRID_OWNERS and guard and guard.let_go:
        day.fail("I11", f"a grid bought back what a guard let go: {place}")
    if kind in GRID_OWNERS and guard and guard.state is GuardState.TRIGGERED:
        day.fail("I11", f"a grid did not stand aside for its guard: {place}")


def _still_weak(day: "CheckedDay", place: m.Place) -> None:
    """What leaves first long after the first rule fired leaves on a board that is weak or open now."""
    guard, quote = day.state.guards.get(place.code), day.state.quotes[place.code].quote
    if place.owner.kind is not OwnerKind.GUARD or guard is None or guard.sale is None or guard.plan.rules:
        return
    since = guard.sale.fired_at
    left = any(
        mine.code == place.code and mine.owner.kind is OwnerKind.GUARD and mine.created_at >= since
        for mine in day.state.orders.values()
        if mine.ref != place.ref and mine.state is not OrderState.REFUSED
    )
    healthy = board_state(quote, guard.limit_up) is BoardState.SEALED
    healthy = healthy and seal_amount(quote) >= max(threshold_at(guard.plan, day.at), guard.sale.seal)
    if healthy and not left and day.at - since > LATCH_MS:
        day.fail("I11", f"a guard that fired {day.at - since} ms ago sold a healthy board: {place}")


def ends_at(armed_at: int) -> int:
    """The close of the trading day an arming was for: one of the evening is for the next day."""
    day = shanghai_day(armed_at)
    if not is_trading_day(day) or armed_at >= at_of(day, 15, 0):
        day = next_trading_day(day)
    return at_of(day, 15, 0)


def _shaped(day: "CheckedDay", place: m.Place) -> None:
    """Price and volume as the exchange takes them, and near the market where the order trades at once."""
    one = day.state.instruments[place.code]
    if place.price <= 0 or place.price % one.tick:
        day.fail("I8", f"no price of the exchange: {place}")
    if (one.limit_up and place.price > one.limit_up) or (one.limit_down and place.price < one.limit_down):
        day.fail("I8", f"outside the day's limits: {place}")
    held = day.truth.account.holdings.get(place.code)
    rest = held.volume - place.volume if held else 0
    odd = place.side is Side.SELL and (day.foreign or not rest % one.lot or one.kind is Kind.STOCK)
    if place.volume <= 0 or (place.volume % one.lot and not odd):
        day.fail("I8", f"no volume of the exchange: {place}")
    quote = day.state.quotes[place.code].quote
    last = quote.last or one.prev_close
    if place.owner.kind is OwnerKind.GUARD and 0 < quote.bid1.price * BP < last * (BP - COLLAR_BP):
        # out of reach of what may be asked below the last price; a guard sells all the same
        last = quote.bid1.price
    away = place.price - last if place.side is Side.BUY else last - place.price
    if place.owner.kind is OwnerKind.CLEAR:
        away = _below(day, place, last)
    if (place.owner.kind in IMMEDIATE or _stops(day, place)) and away * 10_000 > last * COLLAR_BP + one.tick * 10_000:
        day.fail("I8", f"far from the last price {last}: {place}")


def _below(day: "CheckedDay", place: m.Place, last: int) -> int:
    """How far a sale on the user's word is below the market: a print above the book is over, and a bound is his."""
    confirmed = day.state.clears.get(place.code)
    if confirmed is not None and place.price >= confirmed.floor:
        return 0
    return min(last, day.state.quotes[place.code].quote.ask1.price or last) - place.price


def _stops(day: "CheckedDay", place: m.Place) -> bool:
    """Whether it is what a grid sells once the user's stop price was met: at no level, so near the market."""
    book = day.state.grids.get(place.code)
    return bool(place.owner.kind is OwnerKind.GRID and book and book.grid and book.grid.stopped_low)


def _way_out(day: "CheckedDay", place: m.Place) -> bool:
    """Whether it sells for good a code that waits for nothing but its own many trades."""
    traded = day.state.suspended[place.code].why in (Why.REPEATED_EXECUTION, Why.ROUND_TRIPS)
    return traded and place.side is Side.SELL and (place.owner.kind is OwnerKind.CLEAR or _stops(day, place))


def _counted(day: "CheckedDay", place: m.Place) -> None:
    """Messages of the last minute and of the day, counted by what left: of the minute, by what could be written."""
    if place.owner.kind is OwnerKind.GUARD:
        return
    caps, minute = day.limits, 0
    here, today = day.counted_at[place.ref]
    for_good = place.owner.kind is OwnerKind.CLEAR or (place.side is Side.SELL and _stops(day, place))
    if caps.per_day and today > caps.per_day and not for_good:
        day.fail("I10", f"{today} messages today with {place}")
    if caps.per_symbol_day and here > caps.per_symbol_day and not for_good:
        day.fail("I10", f"{here} messages in one code today with {place}")
    for at, intent in reversed(day.sent):
        if day.at - at >= 60_000:
            break
        minute += not isinstance(intent, m.Query) and (at, intent) not in day.unwritten
    if caps.per_minute and minute > caps.per_minute:
        day.fail("I10", f"{minute} messages in a minute with {place}")


def beyond_levels(place: m.Place, levels: Sequence[int], bid: int, ask: int) -> bool:
    """Whether it trades at once outside all levels (厘), where the exchange's cage takes it no nearer to them.

    Deep below the market a sale is raised to above the highest, far above it a buy is lowered to below the lowest.
    """
    if place.side is Side.SELL:
        return levels[-1] < place.price <= bid
    return levels[0] > place.price >= ask > 0


def _level(day: "CheckedDay", place: m.Place) -> None:
    """A gap trades at exact levels and sells a step above what it bought at, unless the user's stop price was met."""
    book = day.state.grids.get(place.code)
    if place.owner.kind is not OwnerKind.GRID or book is None or book.grid is None or book.grid.stopped_low:
        return
    grid, tick, even = book.grid, day.state.instruments[place.code].tick, book.plan.spacing is Spacing.ARITHMETIC
    quote = day.state.quotes[place.code].quote
    beyond = beyond_levels(place, grid.lattice.levels, quote.bid1.price, quote.ask1.price)
    # rolls of a week may carry a grid further from where it began than any day does
    reach = 2 if grid.anchor < 2 * place.price < 4 * grid.anchor else 64
    if not beyond and place.price not in exact_levels(grid.anchor, book.plan.step_bp, tick, reach, even=even):
        day.fail("I12", f"no level of {grid.anchor} in steps of {book.plan.step_bp} bp: {place}")
    gap = place.owner.slot - grid.slot0
    here = 0 <= gap < grid.lattice.gaps
    if not here or (place.side is Side.BUY and place.price > grid.lattice.levels[gap]):
        day.fail("I4", f"not the level of its gap: {place}")
    bought = day.bought_at.get((place.code, day.allotment(place.code).armed_at, place.owner.slot))
    if bought is None or place.side is Side.BUY:
        return
    # an even stair's steps are the base's, so above the base they are less than that share of the price
    if (place.price + tick) * 10_000 < bought * 10_000 + min(grid.anchor, bought) * book.plan.step_bp:
        day.fail("I12", f"bought at {bought}, for sale at {place.price}: {place}")


def _pair(day: "CheckedDay", place: m.Place) -> None:
    """A rolling pair stands a step around its centre, of which `CheckedDay.check_centre` says whether it is right."""
    book = day.state.grids.get(place.code)
    if place.owner.kind is not OwnerKind.ROLLING or book is None or book.rolling is None:
        return
    pair, tick = book.rolling, day.state.instruments[place.code].tick
    way = 1 if place.side is Side.SELL else -1
    off = place.price * BP - pair.centre * (BP + way * book.plan.step_bp)
    if abs(2 * off) > tick * BP and abs(place.price - pair.centre) != tick:
        day.fail("I12", f"not a step from {pair.centre}: {place}")


@lru_cache(maxsize=256)
def exact_levels(base: int, step_bp: int, tick: int, reach: int = 2, *, even: bool = False) -> frozenset[int]:
    """Every level up to `reach` times the base and down to as small a part of it.

    By whole fractions: another way than the program's to the same prices.
    """
    levels, whole, parts = {base}, BP, BP
    while whole < reach * parts:
        # this far away the price is base * whole / parts, and on the other side what makes it even or inverse
        whole, parts = (whole + step_bp, parts) if even else (whole * (BP + step_bp), parts * BP)
        other = (2 * parts - whole, parts) if even else (parts, whole)
        levels |= {(2 * base * up + tick * down) // (2 * tick * down) * tick for up, down in ((whole, parts), other)}
    return frozenset(levels)


def alive(day: "CheckedDay", code: str) -> list[tuple[m.Place, Entry]]:
    """Our orders of a code that may still fill at the counter, those on their way included."""
    entries = day.truth.entries
    return [
        (place, entries[number])
        for number, place in day.mine.items()
        if place.code == code and number in entries and entries[number].state not in FINAL
    ]


def _taken_for(day: "CheckedDay", mine: m.Place, entry: Entry) -> Owner:
    """Whose order a number counts as: of several that are alike but for their gap, each may have any of the numbers."""
    known = day.state.orders.get(day.state.refs.get(entry.broker_id, ""))
    same = known is not None and alike(known, mine) and (known.price, known.volume) == (mine.price, mine.volume)
    return known.owner if known is not None and same and known.owner.kind is mine.owner.kind else mine.owner


def check_together(day: "CheckedDay", place: m.Place) -> None:
    """With the newest one on its way: one order per owner and side, none crossing, no more than there is."""
    here = alive(day, place.code)
    seen = [each for each in here if not _beyond_its_gap(day, each[0])]
    keys: Counter[tuple[Owner, Side]] = Counter((_taken_for(day, *each), each[0].side) for each in seen)
    if keys and max(keys.values()) > 1:
        day.fail("I4", f"two live orders of one owner and side: {keys}")
    guards = sum(1 for mine, _ in here if mine.owner.kind is OwnerKind.GUARD)
    if guards > 1:
        day.fail("I11", f"two live sales of one guard: {here}")
    # a buy that for all the program knows may not exist holds up no guard, and for long nothing else sold for good
    buys = [(mine, at) for mine, at in here if mine.side is Side.BUY and not (guards and _unsure(day, mine.ref))]
    sells = [(mine, entry) for mine, entry in here if mine.side is Side.SELL]
    for buy, bid in buys:
        if any(bid.price >= offer.price and not _passes(day, buy, sale) for sale, offer in sells):
            day.fail("I4", f"own orders cross: {here}")
    if place.side is Side.SELL and not day.foreign:
        _enough(day, place.code, sum(entry.left for mine, entry in here if mine.side is Side.SELL))
    if place.side is Side.SELL:
        _own_shares(day, place)
    if place.side is Side.BUY:
        _within_caps(day, place)
        _within_plan(day, place, [(mine, entry) for mine, entry in here if mine.side is Side.BUY])


def _not_listed(day: "CheckedDay", ref: str) -> bool:
    known = day.state.orders.get(ref)
    return known is not None and known.text == NOT_LISTED


def _beyond_its_gap(day: "CheckedDay", mine: m.Place) -> bool:
    """Whether it is not listed any more and says nothing of the gap that has its number now.

    A stop leaves what may still sell its part, in whichever gap; one of an earlier start was another gap's.
    """
    if not _not_listed(day, mine.ref):
        return False
    return _stops(day, mine) or day.state.orders[mine.ref].created_at < day.allotment(mine.code).armed_at


def _passes(day: "CheckedDay", buy: m.Place, sale: m.Place) -> bool:
    known = day.state.orders.get(buy.ref)
    lost = known is not None and known.in_doubt and day.at - known.updated_at >= GONE_MS
    return lost and (sale.owner.kind is OwnerKind.CLEAR or _stops(day, sale))


def _unsure(day: "CheckedDay", ref: str) -> bool:
    known = day.state.orders.get(ref)
    return known is None or known.in_doubt or not known.live


def _within_plan(day: "CheckedDay", place: m.Place, buys: list[tuple[m.Place, Entry]]) -> None:
    """A grid's own caps hold whatever fills, and no level is bought twice because it was armed twice."""
    book, held = day.state.grids.get(place.code), day.truth.account.holdings.get(place.code)
    mine = [(each, entry) for each, entry in buys if each.owner.kind in GRID_OWNERS]
    if day.foreign or book is None or place.owner.kind not in GRID_OWNERS:
        return
    most = (held.volume if held else 0) + sum(entry.left for _, entry in mine)
    if book.plan.max_position and most > book.plan.max_position:
        day.fail("I5", f"{most} of {place.code} if all fills, {book.plan.max_position} is the plan's cap: {place}")
    part = book.grid or book.rolling
    used = (part.cash_used if part else 0) + sum(entry.price * entry.left for _, entry in mine)
    if book.plan.cash_cap and used > book.plan.cash_cap:
        day.fail("I5", f"{used} in {place.code} if all fills, {book.plan.cash_cap} is the plan's cap: {place}")
    alike = [day.state.orders[each.ref] for each, entry in mine if entry.price == place.price]
    left = [
        order for order in alike if order.created_at < book.armed_at and order.owner.kind is not OwnerKind.FIRST_BUY
    ]
    if left and place.ref not in {o.ref for o in left}:
        day.fail("I4", f"a level an earlier arming still buys is bought again: {left}, {place}")


def _enough(day: "CheckedDay", code: str, offered: int) -> None:
    held = day.truth.account.holdings.get(code)
    bound = held.bought_today if held and day.state.instruments[code].t_plus_one else 0
    room = held.volume - bound if held else 0
    if offered > room:
        day.fail("I1", f"{offered} of {code} on offer, {room} may be sold")


def _own_shares(day: "CheckedDay", place: m.Place) -> None:
    """Grid sales at the counter that are not booked yet never come to more than the grid of that code has.

    A guard's sale: what was sold since it triggered and what is on offer come to no more than its target.
    """
    guards = place.owner.kind is OwnerKind.GUARD
    open_volume = 0
    for number, mine in day.mine.items():
        if mine.code != place.code or mine.side is Side.BUY or (mine.owner.kind is OwnerKind.GUARD) is not guards:
            continue
        if mine.ref in day.cleared.whole:
            continue
        # of two alike whose remarks were cut the program may hold either for the one under this number
        entry, order = day.truth.entries.get(number), day.state.orders.get(day.state.refs.get(number, mine.ref))
        if entry is not None:
            most = entry.filled if entry.state in FINAL else entry.volume
            open_volume += most - (order.filled if order else 0)
    guard = day.state.guards.get(place.code)
    if not guards and not day.untold.guessing(place.code) and open_volume > day.allotment(place.code).held:
        has = day.allotment(place.code).held
        day.fail("I2", f"{open_volume} of {place.code} on offer, its grid has {has}: {place}")
    if guards and guard and guard.sale and open_volume + day.guard_sold[place.code] > guard.sale.target:
        day.fail("I11", f"more for sale than when it triggered, {guard.sale.target}: {place}")


def _within_caps(day: "CheckedDay", place: m.Place) -> None:
    """What stands to be bought plus what is held stays under both caps, orders in doubt counted as alive."""
    caps, sums = day.limits, Counter[str]()
    for code in day.prices:
        book = day.state.grids.get(code)
        part = (book.grid or book.rolling) if book else None
        sums[code] = part.cash_used if part else 0
        sums[code] += sum(e.price * e.left for mine, e in alive(day, code) if mine.side is Side.BUY)
    if caps.symbol_exposure and sums[place.code] > caps.symbol_exposure:
        day.fail("I5", f"{sums[place.code]} in {place.code}, {caps.symbol_exposure} is the cap: {place}")
    if caps.account_exposure and sum(sums.values()) > caps.account_exposure:
        day.fail("I5", f"{sum(sums.values())} in all, {caps.account_exposure} is the cap: {place}")


def check_cancel(day: "CheckedDay", cancel: m.Cancel) -> None:
    """Before the counter hears of it."""
    state = day.state
    order = state.orders.get(cancel.ref)
    if order is None:
        day.fail("I13", f"an order nobody knows was cancelled: {cancel}")
        return
    if not phase_at(classify(order.code), day.at).takes_cancels:
        day.fail("I7", f"a cancel left in a phase that takes none: {cancel}")
    if order.owner.kind is OwnerKind.FOREIGN or cancel.broker_id not in day.mine:
        day.fail("I13", f"an order of somebody else was cancelled: {order}")
    if not state.linked:
        day.fail("I7", f"a cancel left while the link was down: {cancel}")
    if day.at - order.created_at < state.limits.min_age_ms and not day.by_user and state.kill is None:
        day.fail("I10", f"an order younger than a second was cancelled: {order}")
