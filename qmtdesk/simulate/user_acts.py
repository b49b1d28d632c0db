"""What people do in a story: the user at the desk, and whoever trades by hand in the terminal."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, GuardPlan, Readiness, RuleId, RuleSetting, StopHow
from qmtdesk.simulate.market_day import STOCK
from qmtdesk.simulate.storm import Storm


def arm_grid(storm: Storm) -> None:
    """Any grid; arming it twice is arming it once (O3)."""
    pick, chance = storm.random.choice, storm.random.random
    code = pick(storm.codes)
    held = storm.state.holdings.get(code)
    plan = GridPlan(
        code=code,
        mode=pick((GridMode.LATTICE, GridMode.LATTICE, GridMode.ROLLING)),
        base=BaseKind.LAST,
        step_bp=pick((30, 50, 100)),
        range_bp=pick((300, 2_000)),
        amount=pick((5_000_000, 20_000_000)),
        live_per_side=pick((1, 2, 3)),
        adopt=held.volume // 100 * 100 if held and chance() < 0.5 else 0,
        first_buy=chance() < 0.7,
        keep_armed=chance() < 0.3,
        rolls_per_day=pick((0, 0, 2)),
        lower_stop=pick((0, 0, 0, storm.last[code] * 98 // 100)),
    )
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
    """A guard on the stock, mostly with its first rule alone."""
    pick, chance = storm.random.choice, storm.random.random
    broken = RuleSetting(rule=RuleId.R11, threshold=1)
    plan = GuardPlan(
        code=STOCK,
        readiness=pick((Readiness.AUTO, Readiness.ONCE)),
        confirm=pick((1, 1, 2)),
        keep_armed=chance() < 0.5,
        sell_volume=pick((0, 0, -1, 200)),
        rules=(broken,) if chance() < 0.5 else (),
    )
    storm.feed(m.ArmGuard(plan))


def disarm_guard(storm: Storm) -> None:
    """Stop guarding."""
    storm.feed(m.DisarmGuard(STOCK))


def small_words(storm: Storm) -> None:
    """One of the lesser settings."""
    pick, chance = storm.random.choice, storm.random.random
    code = pick(storm.codes)
    words = (
        m.SetSellOnly(code, on=chance() < 0.5),
        m.PauseGap(code, storm.random.randrange(60), on=chance() < 0.5),
        m.SetMaster(on=chance() < 0.8),
        m.SetThreshold(STOCK, 20_000_000_000),
    )
    storm.feed(pick(words))


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
    """The user says of a lost order that it is lost; of one that lives he would not."""
    alive = {place.ref for place in storm.mine.values()}
    for order in storm.live():
        if order.state is OrderState.UNKNOWN and order.ref not in alive:
            storm.feed(m.DecideUnknown(order.ref))
            return


def by_hand(storm: Storm) -> None:
    """An order in the terminal, beside the program (O1)."""
    if not storm.foreign:
        return
    storm.seen["by_hand"] += 1
    code = storm.random.choice(storm.codes)
    side = storm.random.choice(tuple(Side))
    price = storm.last[code] + (10 if code == STOCK else 1) * storm.random.randrange(-3, 4)
    storm.exchange.submit_foreign(storm.at, code, side, price, 100)


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
