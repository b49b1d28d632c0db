"""What a grid is started by, and one armed before its day's prices were known worked out again from them."""

from collections.abc import Iterator
from datetime import date

from qmtdesk.domain.calendar import previous_trading_day
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan
from qmtdesk.domain.quote import supported_price
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase, at_of, phase_at, shanghai_day
from qmtdesk.engine import ex_rights, gate, others
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import GridBook, State, filed_orders
from qmtdesk.engine.prices import limits_of, price_of
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies.grid import Grid
from qmtdesk.strategies.grid import on_day as grid_day
from qmtdesk.strategies.grid_before import NOTHING_BEFORE, Before, before_of
from qmtdesk.strategies.grid_start import start_grid
from qmtdesk.strategies.grid_state import EMPTY_GAP, NO_EARLIER, NO_TRAIL
from qmtdesk.strategies.plan_error import PlanError
from qmtdesk.strategies.rolling import Rolling, start_rolling
from qmtdesk.strategies.rolling import on_day as pair_day

OPENING = frozenset({Phase.BEFORE_OPEN, Phase.OPEN_AUCTION, Phase.OPEN_AUCTION_LOCKED, Phase.OPEN_WAIT})

FIRST_TRADES_MS = 10_000
"""After 9:30 the first snapshots still show the auction's print; three more are enough for a price of trading."""


def start(state: State, plan: GridPlan, cost: int, position: int, own: Before | None = None) -> Grid | Rolling:
    """A plan's grid at the prices known now; PlanError says why there is none."""
    # once the auction's result is known a start is one at the price of now
    opening = phase_at(state.listings[plan.code], state.at) in OPENING - {Phase.OPEN_WAIT}
    make = start_rolling if plan.mode is GridMode.ROLLING else start_grid
    last, own = starting_price(state, plan), before(state, plan.code) if own is None else own
    return make(plan, state.instruments[plan.code], last, cost, position, state.at, state.day, opening, own)


def before(state: State, code: str) -> Before:
    """What a start of a code goes on with: the lots of its grid before and the day's figures.

    Shares that a split may have made more of are the account's, at its cost, and the figures beside them estimates.
    """
    book = state.grids.get(code)
    part = (book.grid or book.rolling) if book is not None else None
    if book is None or part is None:
        return NOTHING_BEFORE
    found = before_of(part, state.day)
    return replace(found, held=0, paid=0, exact=False) if ex_rights.may_have_split(state, book) else found


def starting_price(state: State, plan: GridPlan) -> int:
    """The price a plan is started by now, in the preview as in earnest, 0 for none.

    Until 9:25 what the auction shows is nobody's price, then its result is one where the book bears it out, and there
    is none before 9:30 where it does not. From 9:00 on the last price of the day before is none either: the reference
    may have been lowered over the night.
    """
    instrument, seen, listing = state.instruments[plan.code], state.quotes.get(plan.code), state.listings[plan.code]
    phase = phase_at(listing, state.at)
    last = price_of(seen.quote, instrument, phase) if seen else 0
    today = seen is not None and shanghai_day(seen.quote.at).isoformat() == state.day
    if phase is Phase.OPEN_WAIT:
        return _auction_result(state, plan.code) if today else 0
    if phase in OPENING and not (phase is Phase.BEFORE_OPEN and plan.base is BaseKind.LAST and today):
        return instrument.prev_close
    return last


def _auction_result(state: State, code: str) -> int:
    """What the opening auction found, or else the close before, as the book it left bears it out; 0: none."""
    quote, instrument = state.quotes[code].quote, state.instruments[code]
    if phase_at(state.listings[code], quote.at) is not Phase.OPEN_WAIT:
        return 0
    up, down = limits_of(instrument)
    if quote.last > 0 and quote.last not in (up, down) and not (quote.bid1.price and quote.ask1.price):
        # half a book bears no print out but that of a locked board
        return 0
    found = replace(quote, last=quote.last if quote.last > 0 else instrument.prev_close)
    return supported_price(found, up, down, instrument.tick)


def awaits(book: GridBook, day: str) -> bool:
    """Whether it is of another day's prices than this one's and nothing has come of it: no order, trade or move."""
    part = book.grid or book.rolling
    return book.armed and book.fresh and part is not None and part.day != day and _untouched(part)


def known(state: State, code: str) -> bool:
    """Whether the prices to work it out from are: until 9:25 the close before, from 9:30 on the last."""
    if code not in state.instruments:
        return False
    listing, seen = state.listings[code], state.quotes.get(code)
    phase = phase_at(listing, state.at)
    if phase in OPENING:
        # nothing leaves before trading, and a thin auction's print is often nobody's price a minute later
        return phase is not Phase.OPEN_WAIT
    if seen is None or phase_at(listing, seen.quote.at) in OPENING or state.at < _settled_at(state):
        # the print once more: a snapshot of before trading, or the first of it, when nothing has traded yet
        return False
    return price_of(seen.quote, state.instruments[code], phase) > 0 and gate.standstill(state, code) is None


def _settled_at(state: State) -> int:
    """When the day's first prices of trading are there."""
    return at_of(shanghai_day(state.at), 9, 30) + FIRST_TRADES_MS


def worked_out(state: State, book: GridBook) -> GridBook:
    """The book as arming now would make it, but for what the user set or was shown: his own base, pauses, 只卖不买."""
    old = book.grid or book.rolling
    if old is None:
        return book
    # what he was shown as a price and chose stays that price
    typed = replace(book.plan, base=BaseKind.TYPED, base_price=_anchor(old))
    plan = book.plan if book.plan.base is BaseKind.PREV_CLOSE else typed
    cost = old.cash_used // old.held_total if old.held_total else 0
    # its own lots, whatever the night did: an average of them would lose what is left over
    # what a hand sold of them meanwhile goes out of the new one as it went out of the old
    sold = max(0, plan.adopt - old.held_total)
    new = start(state, plan, cost, old.held_total + sold + old.base_holding, before_of(old, state.day))
    if isinstance(new, Grid) and isinstance(old, Grid):
        new = _found_late(state, plan, cost, old, new)
        kept = replace(new, plan=old.plan, sell_only=old.sell_only, exact=old.exact)
        kept = replace(kept, paused=frozenset(_paused(old, new)))
        return _without(replace(book, grid=kept, made_of=made_of(state, plan.code)), sold)
    if isinstance(new, Rolling) and isinstance(old, Rolling):
        kept_pair = replace(new, plan=old.plan, sell_only=old.sell_only, exact=old.exact, leg=old.leg)
        return _without(replace(book, rolling=kept_pair, made_of=made_of(state, plan.code)), sold)
    return book


def _without(book: GridBook, sold: int) -> GridBook:
    """The book without lots that a hand sold: out of the grid's own, whatever lies beside them."""
    part = book.grid or book.rolling
    if part is None or not sold:
        return book
    return _beside(others.less(_beside(book, 0), sold), part.base_holding)


def _beside(book: GridBook, base: int) -> GridBook:
    grid = replace(book.grid, base_holding=base) if book.grid else None
    return replace(book, grid=grid, rolling=replace(book.rolling, base_holding=base) if book.rolling else None)


def _found_late(state: State, plan: GridPlan, cost: int, old: Grid, new: Grid) -> Grid:
    """Where the close before is over the price of now its own lots lie as the close places them, as before the open.

    Nobody was shown that they would be offered any lower, nor another unit, nor more to buy; what is still to buy goes
    by the price of now.
    """
    instrument, last = state.instruments[plan.code], starting_price(state, plan)
    if not plan.adopt or last >= instrument.prev_close:
        return new
    position, own = plan.adopt + old.base_holding, before_of(old, state.day)
    close = instrument.prev_close
    try:
        shown = start_grid(
            plan, instrument, close, cost, position, state.at, state.day, opening_auction=True, before=own
        )
    except PlanError:
        # the close lies outside what it may trade in
        return new
    first = new.first_price if shown.first_left else 0
    return replace(new, gaps=shown.gaps, unit=shown.unit, first_left=shown.first_left, first_price=first)


def made_of(state: State, code: str) -> tuple[str, int]:
    """Today and its close before: what a grid is made of now."""
    return state.day, state.instruments[code].prev_close


def of_today(book: GridBook, day: str) -> GridBook:
    """The book of one that awaits the day's prices, as it stands, with figures of the day: it is being stopped."""
    if not awaits(book, day):
        return book
    grid = grid_day(book.grid, day) if book.grid else None
    return replace(book, grid=grid, rolling=pair_day(book.rolling, day) if book.rolling else None)


def waiting_on(book: GridBook) -> GridBook:
    """The book of one that awaits the new day's prices: it stays of its day, but that day's figures are over."""
    grid = replace(book.grid, earlier=NO_EARLIER) if book.grid else None
    pair = replace(book.rolling, earlier=NO_EARLIER) if book.rolling else None
    return replace(book, grid=grid, rolling=pair, rejects=0)


def list_corrected(work: Work) -> None:
    """A list of today with another close before than a grid was made of: it is made anew where it did nothing yet.

    Where it did, a wrong close forbade it, or it was made of the price of now, the user has to know. What goes on with
    figures of today stays as it is. Beside its day a list may tell the closes of the next one.
    """
    day = work.state.day
    if shanghai_day(work.state.at).isoformat() != day or work.state.at >= at_of(date.fromisoformat(day), 15, 0):
        return
    before = previous_trading_day(date.fromisoformat(day)).isoformat()
    for code, book in work.state.grids.items():
        part, now = book.grid or book.rolling, work.state.instruments.get(code)
        if part is None or now is None or not book.armed or book.made_of[0] != day or book.made_of[1] == now.prev_close:
            continue
        by_close = phase_at(work.state.listings[code], part.started_at) in OPENING - {Phase.OPEN_WAIT}
        fresh = book.fresh or _forbidden_idle(work.state, book)
        if fresh and by_close and _untouched(part) and part.earlier == NO_EARLIER:
            # what a wrong close took from it the right one gives back
            sells = part.sell_only if book.fresh else part.plan.sell_only
            grid = replace(book.grid, day=before, sell_only=sells) if book.grid else None
            pair = replace(book.rolling, day=before, sell_only=sells) if book.rolling else None
            work.set_grid(code, replace(book, grid=grid, rolling=pair, fresh=True), keep=True)
            if not book.fresh:
                # it was told that it buys nothing until it is started anew
                work.log(NOTICE, code, because(Why.CLOSE_GIVES_BACK, close_milli=now.prev_close))
        else:
            work.set_grid(code, replace(book, made_of=made_of(work.state, code)), keep=True)
            args = {"was_milli": book.made_of[1], "close_milli": now.prev_close}
            work.log(ALARM, code, because(Why.CLOSE_PUT_RIGHT, **args))


def _forbidden_idle(state: State, book: GridBook) -> bool:
    """Whether the day's close forbade it its buys and no order of its own has left since it was armed."""
    part = book.grid or book.rolling
    if part is None or not part.sell_only or part.plan.sell_only:
        return False
    own = (order for order in filed_orders(state).of(book.plan.code) if order.owner.kind in GRID_OWNERS)
    return not any(order.created_at >= book.armed_at for order in own)


def begin(work: Work, code: str, book: GridBook) -> GridBook | None:
    """What was armed before its day's prices were known, at these; None while they are not.

    Where they forbid it, its stop and its sales are what they were and it buys nothing until it is armed again.
    """
    if not known(work.state, code):
        return None
    try:
        today = worked_out(work.state, book)
    except PlanError as refusal:
        work.log(ALARM, code, told_forbidden(refusal.reason))
        today = forbidden(book, made_of(work.state, code), work.state.at)
        work.set_grid(code, today, keep=True)
        return today
    work.set_grid(code, today, keep=True)
    reason = moved(book, today)
    if reason is not None:
        work.log(NOTICE, code, reason)
    return today


def forbidden(book: GridBook, made: tuple[str, int], at: int) -> GridBook:
    """The book where the day's prices forbid it: stop and sales as it was armed, no first buy, and no buys."""
    day, _ = made
    grid, pair = book.grid, book.rolling
    if grid is not None:
        grid = grid_day(replace(grid, sell_only=True, first_left=0, first_price=0, started_at=at), day)
    if pair is not None:
        pair = pair_day(replace(pair, sell_only=True, first_left=0, first_price=0, started_at=at), day)
    return replace(book, grid=grid, rolling=pair, fresh=False, made_of=made)


def told_forbidden(refusal: Reason) -> Reason:
    """What the user hears of it: the stop and the price it is compared with, or the setting's name."""
    if refusal.why is Why.BUYS_ENDED:
        return refusal
    args = dict(refusal.args)
    kept = ("close_milli", "last_milli", "stop_milli") if "stop_milli" in args else ("name",)
    return because(Why.NOT_WORKED_OUT, **{key: args[key] for key in kept if key in args})


def moved(before: GridBook, after: GridBook) -> Reason | None:
    """What the user has to hear: the base and the first buy, before and now, and a new unit; None if none moved."""
    old, new = before.grid or before.rolling, after.grid or after.rolling
    if old is None or new is None:
        return None
    args: dict[str, int] = {}
    if _anchor(old) != _anchor(new):
        args |= {"was_milli": _anchor(old), "base_milli": _anchor(new)}
    if old.first_price not in (0, new.first_price):
        args |= {"first_was_milli": old.first_price, "first_price_milli": new.first_price}
    if old.unit != new.unit:
        args["unit"] = new.unit
    return because(Why.WORKED_OUT_ANEW, **args) if args else None


def _anchor(part: Grid | Rolling) -> int:
    # each end of the range is the base by the same share less and more, rounded down
    return part.anchor if isinstance(part, Grid) else (part.low + part.high + 1) // 2


def _untouched(part: Grid | Rolling) -> bool:
    # less than it was given: somebody else sold of it, which is no trade of its own
    if part.held_total > part.plan.adopt or part.fees or part.asleep:
        return False
    if isinstance(part, Rolling):
        return not (part.sold_ever or part.sold_leg or part.bought_leg)
    traded = any(replace(gap, held=0, cost=0) != EMPTY_GAP for gap in part.gaps)
    rolled = part.centre or part.slot0
    return not (traded or rolled or part.stopped_low) and all(trail == NO_TRAIL for trail in part.trails)


def _paused(old: Grid, new: Grid) -> Iterator[int]:
    """The slots at the prices of those that were paused."""
    for slot in old.paused:
        levels, at = old.lattice.levels, slot - old.slot0
        gap = new.lattice.cell((levels[at] + levels[at + 1]) // 2)
        if gap is not None:
            yield gap + new.slot0
