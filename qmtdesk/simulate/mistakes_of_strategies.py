"""Deliberate mistakes in levels, prices, money, latches and what a desk is told."""

from collections.abc import Callable
from itertools import count

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import CANCELLABLE, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import RuleId
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import apply as folding
from qmtdesk.engine import (
    aside,
    beside,
    books,
    clearing,
    collar,
    connection,
    core,
    gate,
    grids,
    guard_days,
    guard_sight,
    guards,
    selling_off,
    work,
)
from qmtdesk.engine import records as r
from qmtdesk.simulate.patching import Anything, Patch, check_as
from qmtdesk.strategies import grid as lattice_grid
from qmtdesk.strategies import grid_fills, grid_moves, grid_start, grid_wish, guard_rules, rolling
from qmtdesk.strategies import guard as rules
from qmtdesk.trader import loop, publisher

# --- shape, room and counts of orders


def _placed_as(patch: Patch, change: Callable[[m.Place], m.Place], *unchecked: str) -> None:
    """Orders leave otherwise than they were decided."""
    real = m.Place
    for name in unchecked:
        check_as(patch, name, lambda *_: None)
    patch.set(work, "Place", lambda *fields: change(real(*fields)))


def off_tick(patch: Patch) -> None:
    _placed_as(
        patch, lambda place: replace(place, price=place.price + (1 if place.code.startswith("6") else 0)), "_whole"
    )


def odd_lots(patch: Patch) -> None:
    _placed_as(patch, lambda place: replace(place, volume=place.volume + (place.side is Side.BUY)), "_whole", "_volume")


def caps_forget_doubts(patch: Patch) -> None:
    real = gate._exposure

    def exposure(state: books.State, place: m.Place) -> Anything:
        known = {ref: order for ref, order in state.orders.items() if order.state in CANCELLABLE}
        kind: Anything = type(state.orders)
        return real(replace(state, orders=kind(known)), place)

    check_as(patch, "_exposure", exposure)


def day_uncapped(patch: Patch) -> None:
    real = gate._rate
    check_as(
        patch,
        "_rate",
        lambda state, place: real(replace(state, limits=replace(state.limits, per_day=0, per_symbol_day=0)), place),
    )


def counters_kept(patch: Patch) -> None:
    real = folding._day_began

    def began(state: books.State, day: str) -> books.State:
        return replace(real(state, day), messages=state.messages, messages_of=state.messages_of)

    patch.set(folding, "_day_began", began)


def arms_for_ever(patch: Patch) -> None:
    patch.set(grids, "expire", lambda *_: None)
    patch.set(guard_days, "expire", lambda *_: None)


def never_asks(patch: Patch) -> None:
    patch.set(connection, "ask_in_time", lambda *_: None)


def silent_refusals(patch: Patch) -> None:
    patch.set(work.Work, "blocked", lambda *_: None)


# --- levels and money


def clears_everything(patch: Patch) -> None:
    def everything(state: books.State, code: str, _book: books.GridBook) -> int:
        held = state.holdings.get(code)
        return held.sellable // 100 * 100 if held else 0

    patch.set(selling_off, "to_clear", everything)
    check_as(patch, "_volume", lambda *_: None)


def clears_the_users_own(patch: Patch) -> None:
    def held(state: books.State, code: str) -> int:
        return state.holdings[code].volume if code in state.holdings else 0

    patch.set(clearing, "own_volume", held)


def clearing_goes_on(patch: Patch) -> None:
    real = clearing._end

    def end(doing: work.Work, code: str, ended: str, error: str = "") -> None:
        if ended not in ("user", "kill"):
            real(doing, code, ended, error)

    patch.set(clearing, "_end", end)


def clears_at_any_price(patch: Patch) -> None:
    real = clearing._sell
    patch.set(clearing, "_sell", lambda doing, book, left: real(doing, replace(book, floor=1), left))


def adopts_twice(patch: Patch) -> None:
    real = grid_start._adopted
    patch.set(
        grid_start,
        "_adopted",
        lambda adopt, *rest: tuple(replace(gap, held=2 * gap.held) for gap in real(adopt, *rest)),
    )


def roll_keeps_slots(patch: Patch) -> None:
    real = grid_moves._rolled

    def rolled(grid: Anything, last: int) -> Anything:
        moved, reasons = real(grid, last)
        return replace(moved, slot0=grid.slot0), reasons

    patch.set(grid_moves, "_rolled", rolled)


def trails_unwritten(patch: Patch) -> None:
    real = work.Work.note

    def note(self: work.Work, record: r.Record) -> None:
        real(self, record)
        if isinstance(record, r.TrailsMoved):
            self.records.pop()

    patch.set(work.Work, "note", note)


def sells_a_level_low(patch: Patch) -> None:
    real = grid_wish._sell_price

    def price(draft: Anything, gap: int) -> int:
        level = draft.grid.lattice.levels[gap]
        return level if real(draft, gap) == draft.grid.lattice.levels[gap + 1] else real(draft, gap)

    patch.set(grid_wish, "_sell_price", price)


def pair_follows_the_fill(patch: Patch) -> None:
    real = rolling.on_fill

    def on_fill(pair: Anything, owner: Anything, side: Anything, price: int, *rest: Anything) -> Anything:
        then = real(pair, owner, side, price, *rest)
        return then if then.leg == pair.leg else replace(then, centre=price)

    patch.set(rolling, "on_fill", on_fill)


def fees_forgotten(patch: Patch) -> None:
    real = grid_fills.on_fill

    def forgetful(
        grid: Anything, owner: Anything, side: Side, price: int, volume: int, *rest: int, earlier: bool = False
    ) -> Anything:
        order_price, _fee, at = rest
        return real(grid, owner, side, price, volume, order_price, 0, at, earlier=earlier)

    patch.set(grid_fills, "on_fill", forgetful)
    patch.set(lattice_grid, "on_fill", forgetful)


def cost_stays(patch: Patch) -> None:
    patch.set(grid_fills, "_less", lambda gap, take: replace(gap, held=gap.held - take))


# --- guards


def guard_counts_nothing(patch: Patch) -> None:
    patch.set(rules, "on_sold", lambda guard, *_: guard)


def guard_sells_todays(patch: Patch) -> None:
    real = guard_sight.context
    patch.set(
        guards, "context", lambda state, code: replace(ctx := real(state, code), can_use=ctx.position, bought_today=0)
    )
    check_as(patch, "_room", lambda *_: None)


def guard_asks_too_much(patch: Patch) -> None:
    def old(state: books.State, code: str) -> int:
        last = state.quotes[code].quote.last
        return last - last * state.limits.collar_bp // 10_000

    patch.set(collar, "least_for_guard", old)
    patch.set(guards, "guard_price", lambda _state, _guard, price: price)


def grid_keeps_its_sales(patch: Patch) -> None:
    def left(state: books.State, code: str, orders: Anything) -> Anything:
        fired = aside.guard_sells(state, code)
        return tuple(want for want in orders if want.side is Side.SELL) if fired else real(state, code, orders)

    def theirs(state: books.State, code: str) -> int:
        return sum(order.open_volume for order in books.live_orders(state, code) if on_offer(state, order))

    real, on_offer = aside.left_to_grid, aside.stands_aside
    patch.set(aside, "left_to_grid", left)
    patch.set(aside, "standing_aside", theirs)
    patch.set(aside, "stands_aside", lambda *_: False)


def threshold_doubled(patch: Patch) -> None:
    first = guard_rules.RULES[RuleId.R1]

    def check(look: Anything, setting: Anything) -> Anything:
        return first.check(replace(look, threshold=2 * look.threshold), setting)

    patch.set(rules, "RULES", {**guard_rules.RULES, RuleId.R1: replace(first, check=check)})


# --- what is told


def texts_unread(patch: Patch) -> None:
    patch.set(loop, "cleaned", lambda event: event)


def desk_misses_orders(patch: Patch) -> None:
    real = publisher.Publisher._put

    def put(self: publisher.Publisher, out: Anything, row: Anything) -> None:
        if type(row).__name__ != "OrderRow" or row.state != OrderState.CANCELLED.value:
            real(self, out, row)

    patch.set(publisher.Publisher, "_put", put)


def event_left_behind(patch: Patch) -> None:
    real = loop.Loop.handle

    def handle(self: loop.Loop, at: int, event: m.Event, *, command: int = 0) -> core.Step:
        if isinstance(event, m.CancelRefused):
            self.post(at, event)
            event = m.TimePassed()
        return real(self, at, event, command=command)

    patch.set(loop.Loop, "handle", handle)


def remembers_other_runs(patch: Patch) -> None:
    numbers = count()
    real = work.Work.log

    def log(self: work.Work, level: str, code: str, reason: Anything) -> None:
        real(self, level, code, replace(reason, args=(*reason.args, ("run", next(numbers)))))

    patch.set(work.Work, "log", log)


def foreign_is_cancelled(patch: Patch) -> None:
    real = grids.enact

    def enact(doing: work.Work, code: str, *rest: Anything, **more: Anything) -> Anything:
        for order in books.live_orders(doing.state, code, own=False):
            if order.owner.kind is OwnerKind.FOREIGN:
                doing.intents.append(m.Cancel(order.ref, order.broker_id))
        return real(doing, code, *rest, **more)

    patch.set(grids, "enact", enact)


def plans_forget_what_is_going(patch: Patch) -> None:
    patch.set(beside, "_buy", lambda *_: None)
