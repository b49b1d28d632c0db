"""What people do in a story: the user at the desk, and whoever trades by hand in the terminal."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.engine.books import filed_orders, own_volume
from qmtdesk.engine.lookalike import BY_HAND_MS
from qmtdesk.simulate.market_day import BOND, BOND2
from qmtdesk.simulate.storm import Storm
from qmtdesk.simulate.wishes import bad_grids, bad_guards, grid_plan, guard_plan


def arm_grid(storm: Storm) -> None:
    """Any grid; arming it twice is arming it once (O3)."""
    _arm_grid(storm, storm.random.choice(storm.codes))


def _arm_grid(storm: Storm, code: str) -> None:
    plan = grid_plan(storm.random, code, storm.last[code], storm.state.holdings.get(code))
    was = storm.state.grids.get(code)
    result = storm.feed(m.ArmGrid(plan))
    if result.refusal is None and storm.state.grids[code] is not was:
        storm.wanted_off.discard(code)
    now = storm.state.grids.get(code)
    storm.feed(m.ArmGrid(plan))
    storm.seen["twice_armed"] += 1
    if storm.state.grids.get(code) is not now:
        storm.fail("I4", "arming twice is not arming once")


def disarm_grid(storm: Storm) -> None:
    """Stop one, in any of the three ways."""
    code = storm.random.choice(storm.codes)
    how = storm.random.choice(tuple(StopHow))
    storm.feed(m.DisarmGrid(code, how))
    if how is StopHow.CANCEL:
        storm.wanted_off.add(code)
    elif how is StopHow.LEAVE:
        storm.wanted_off.discard(code)


def arm_guard(storm: Storm) -> None:
    """A guard on a stock, seldom on a bond; now and then beside a grid of the same code."""
    code = storm.random.choice((*storm.stocks, *storm.stocks, *storm.stocks, storm.random.choice(storm.codes)))
    storm.feed(m.ArmGuard(guard_plan(storm.random, code)))
    if storm.random.random() < 0.3:
        _arm_grid(storm, code)


def disarm_guard(storm: Storm) -> None:
    """Stop guarding."""
    storm.feed(m.DisarmGuard(storm.random.choice(storm.stocks)))


def answer(storm: Storm) -> None:
    """The user answers a question, in time or too late."""
    for code, guard in tuple(storm.state.guards.items()):
        if guard.asks:
            storm.feed(m.AnswerAsk(code, guard.asks, sell=storm.random.random() < 0.6))


def small_words(storm: Storm) -> None:
    """One of the lesser settings."""
    pick, chance = storm.random.choice, storm.random.random
    code, stock = pick(storm.codes), pick(storm.stocks)
    words = (
        m.SetSellOnly(code, on=chance() < 0.5),
        m.PauseGap(code, storm.random.randrange(60), on=chance() < 0.5),
        m.SetMaster(on=chance() < 0.8),
        m.SetThreshold(stock, pick((20_000_000_000, 1_000_000_000, 30_000_000_000))),
        m.WatchStock(stock, on=chance() < 0.5),
        m.AskNow(),
    )
    storm.feed(pick(words))


def bad_words(storm: Storm) -> None:
    """Something that makes no sense is refused, says why, and changes nothing (O5)."""
    storm.seen["bad_words"] += 1
    code = storm.random.choice(storm.codes)
    foreign = next((o.ref for o in storm.state.orders.values() if o.owner.kind is OwnerKind.FOREIGN), "")
    words: tuple[m.Event, ...] = (
        *map(m.ArmGrid, bad_grids(code)),
        *map(m.ArmGuard, bad_guards(storm.stocks[0])),
        m.SetThreshold(code, 3_000),
        m.PauseGap(code, 100_000, on=True),
        m.CancelOne(foreign),
        m.DecideUnknown(foreign),
        m.AnswerAsk(code, 1, sell=True),
    )
    word = storm.random.choice(words)
    before = storm.state
    refusal = storm.feed(word).refusal
    after = storm.state
    same = (before.orders, before.grids, before.guards) == (after.orders, after.grids, after.guards)
    if refusal is None or not same or before.next_ref != after.next_ref:
        storm.fail("I7", f"nonsense was obeyed: {word}")


def clear(storm: Storm) -> None:
    """Some bonds are not on the list any more: sold as far as qmtdesk bought them, or with the setting whole.

    Now and then more is confirmed than may be, or what was confirmed is taken back.
    """
    pick, chance, state = storm.random.choice, storm.random.random, storm.state
    if state.clears and chance() < 0.5:
        code = pick(("", *state.clears))
        storm.feed(m.StopClearing(code))
        storm.wanted_off.update((code,) if code else state.clears)
        return
    storm.seen["clear"] += 1
    whole = chance() < 0.3
    rows = [row for code in (BOND, BOND2) if (row := _clear_row(storm, code, whole=whole)) is not None]
    if storm.feed(m.ClearHoldings(tuple(rows), whole)).refusal is None:
        storm.wanted_off.difference_update(row.code for row in rows)


def _clear_row(storm: Storm, code: str, *, whole: bool) -> m.ClearRow | None:
    """What may be cleared of a code; a grid that is in the way is stopped first."""
    pick, chance = storm.random.choice, storm.random.random
    book = storm.state.grids.get(code)
    if book is not None and book.armed and storm.state.bought.get(code) and chance() < 0.8:
        storm.feed(m.DisarmGrid(code, StopHow.CANCEL))
        storm.wanted_off.add(code)
        storm.live_market(2_000, every=1_000)
    state = storm.state
    held, seen = state.holdings.get(code), state.quotes.get(code)
    most = held.volume if held and (whole or chance() < 0.2) else own_volume(state, code)
    if not most or seen is None:
        return None
    # above the bid it waits, and meanwhile much can happen to it
    floor = seen.quote.bid1.price * pick((995, 999, 1_000, 1_001, 1_002)) // 1_000
    return m.ClearRow(code, pick((most, most, min(most, 10))), max(floor, 1))


def kill(storm: Storm) -> None:
    """Everything stops (O4)."""
    storm.seen["kill"] += 1
    storm.by_user = True
    storm.feed(m.Kill("button"))
    storm.by_user = False


def lift(storm: Storm) -> None:
    """Take the switch back, where that is allowed."""
    storm.feed(m.LiftKill())


def release(storm: Storm) -> None:
    """Let what was suspended go on."""
    for code in tuple(storm.state.suspended):
        storm.feed(m.Release(code))


def cancel_one(storm: Storm) -> None:
    """Take one level off the book."""
    if live := storm.live():
        storm.by_user = True
        storm.feed(m.CancelOne(storm.random.choice(live).ref))
        storm.by_user = False


def decide(storm: Storm) -> None:
    """The user says what became of one order in doubt."""
    gone = [order for code in storm.codes for order in filed_orders(storm.state).not_listed(code)]
    for order in (*storm.live(), *gone):
        if (order in gone or order.state is OrderState.UNKNOWN) and storm.says_what_became_of(order.ref):
            return


def by_hand(storm: Storm) -> None:
    """An order in the terminal, beside the program (O1); now and then the very one the program has on the book."""
    if not storm.foreign:
        return
    storm.seen["by_hand"] += 1
    code, side = storm.random.choice(storm.codes), storm.random.choice(tuple(Side))
    price = storm.last[code] + storm.tick(code) * storm.random.randrange(-3, 4)
    volume = 100
    own = [order for order in storm.live() if storm.at - order.created_at > BY_HAND_MS]
    if own and storm.random.random() < 0.4:
        twin = storm.random.choice(own)
        code, side, price, volume = twin.code, twin.side, twin.price, twin.volume
    storm.exchange.submit_foreign(storm.at, code, side, price, volume)


def cancel_by_hand(storm: Storm) -> None:
    """Any order cancelled in the terminal, ours included (O1)."""
    alive = [entry for entry in storm.exchange.orders if entry.on_book]
    if storm.foreign and alive:
        storm.seen["by_hand"] += 1
        storm.exchange.cancel(storm.at, m.Cancel("", storm.random.choice(alive).broker_id))


def take_away(storm: Storm) -> None:
    """Some of a holding leaves by itself: converted, redeemed or transferred (O2)."""
    code = storm.random.choice(storm.codes)
    held = storm.truth.account.holdings.get(code)
    free = held.volume - held.frozen - held.bought_today if held else 0
    if storm.foreign and held is not None and free >= 10:
        storm.seen["take_away"] += 1
        volume = free // 20 * 10 or 10
        held.cost -= held.cost * volume // held.volume
        held.volume -= volume
