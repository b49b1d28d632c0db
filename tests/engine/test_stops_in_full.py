"""A grid's lower stop sells everything the grid holds, however often its code traded and whatever was left alone."""

import pytest
from words import WHOLE, buy_in, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import beside, stopping
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.grids import wish_of
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay
from qmtdesk.strategies.guard import GuardState

FALL = (115_000, 114_800, 114_500, 114_000)


def fallen(stop: int, *, every_ms: int, step: int = 190, limits: RiskLimits | None = None) -> MarketDay:
    """A grid that bought all the way down to just above its stop."""
    day = MarketDay(limits=limits or RiskLimits()).open()
    buy_in(day, replace(WHOLE, lower_stop=stop))
    price = 120_000
    while price > stop + 200:
        price -= step
        day.last[BOND] = price
        day.live_market(every_ms)
    return day


def goes_to(day: MarketDay, *prices: int, every_ms: int = 20_000) -> None:
    for price in prices:
        day.last[BOND] = price
        day.live_market(every_ms)


def held(day: MarketDay) -> int:
    grid = day.state.grids[BOND].grid
    return grid.held_total if grid else -1


def test_a_stop_that_finds_many_gaps_filled_sells_them_all() -> None:
    day = fallen(115_000, every_ms=60_000)
    assert len([gap for gap in day.state.grids[BOND].grid.gaps if gap.held]) > 10  # type: ignore[union-attr]
    goes_to(day, 114_900, 114_500, 114_000)
    assert (held(day), dict(day.state.suspended)) == (0, {})


def test_a_code_that_waits_for_its_own_trades_still_sells_at_its_stop() -> None:
    day = fallen(116_000, every_ms=3_000)
    assert day.state.suspended[BOND].why is Why.REPEATED_EXECUTION
    assert held(day) > 0
    goes_to(day, *FALL)
    assert held(day) == 0
    # what leaves ends nothing the user has to look at
    assert day.state.suspended[BOND].why is Why.REPEATED_EXECUTION
    goes_to(day, 117_000, 118_000, 119_000)
    assert held(day) == 0
    assert day.live(BOND) == []


def test_no_other_suspension_lets_a_stop_out() -> None:
    day = fallen(116_000, every_ms=60_000)
    day.state = replace(day.state, suspended={BOND: because(Why.ORDERS_CHANGED, count=3)})
    was = held(day)
    goes_to(day, *FALL)
    assert day.state.grids[BOND].grid.stopped_low  # type: ignore[union-attr]
    assert held(day) == was > 0


@pytest.mark.parametrize("by", ["desk", "terminal"])
def test_what_was_left_alone_before_the_stop_goes_with_it(by: str) -> None:
    day = MarketDay().open()
    buy_in(day, replace(WHOLE, lower_stop=117_000))
    for order in [order for order in day.live(BOND) if order.side is Side.SELL]:
        if by == "desk":
            day.feed(m.CancelOne(order.ref))
        else:
            day.exchange.cancel(day.at, m.Cancel("", order.broker_id))
            day.live_market(9_000)
    day.live_market(6_000)
    assert day.state.grids[BOND].grid.paused  # type: ignore[union-attr]
    assert all(order.side is Side.BUY for order in day.live(BOND))
    goes_to(day, 118_000, 117_100, 116_900, 116_500, 116_000)
    assert held(day) == 0


def test_a_gap_that_is_left_alone_below_the_stop_stays_so() -> None:
    day = fallen(116_000, every_ms=60_000)
    day.deaf = True
    day.last[BOND] = 115_900
    day.quote_all()
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert grid.stopped_low
    gap = next(i for i, each in enumerate(grid.gaps) if each.held)
    day.feed(m.PauseGap(BOND, gap, on=True))
    wish = wish_of(day.state, BOND)
    assert wish is not None
    assert [each.owner.slot - grid.slot0 for each in wish.orders] == [
        i for i, each in enumerate(grid.gaps) if each.held and i != gap
    ]


def test_a_user_who_stops_and_sells_a_code_that_waits_for_its_own_trades_is_heard() -> None:
    day = fallen(116_000, every_ms=3_000)
    assert day.state.suspended[BOND].why is Why.REPEATED_EXECUTION
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    day.live_market(20_000)
    assert held(day) == 0
    assert {place.owner.kind for place in day.places(BOND)[-1:]} == {OwnerKind.CLEAR}


def test_the_days_messages_of_a_code_hold_up_no_stop() -> None:
    day = fallen(116_000, every_ms=60_000)
    day.state = replace(day.state, messages_of={BOND: day.state.limits.per_symbol_day})
    goes_to(day, *FALL)
    assert held(day) == 0


def test_a_gap_whose_sale_the_counter_stopped_listing_is_not_sold_a_second_time() -> None:
    day = fallen(116_000, every_ms=60_000)
    gone = next(order for order in day.live(BOND) if order.side is Side.SELL)
    day.exchange.hidden.add(gone.broker_id)
    day.live_market(30_000)
    assert day.state.orders[gone.ref].text == NOT_LISTED
    was = held(day)
    goes_to(day, *FALL)
    assert held(day) == gone.volume < was
    day.exchange.hidden.clear()
    goes_to(day, 115_000)
    assert sum(order.left for order in day.live(BOND) if order.side is Side.SELL) <= held(day)


class Halted(MarketDay):
    """A counter that turns down every sale of the bond for so long."""

    until = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.waiting: list[m.Place] = []

    def let_go(self, intent: m.Intent) -> None:
        if isinstance(intent, m.Place) and (intent.code, intent.side) == (BOND, Side.SELL) and self.at < self.until:
            self.sent.append((self.at, intent))
            self.waiting.append(intent)
        else:
            super().let_go(intent)

    def refuse_for(self, seconds: int) -> None:
        """What it turns down it says no to within the second."""
        for _ in range(seconds):
            self.live_market(1_000, every=1_000)
            for place in self.waiting:
                self.feed(m.SubmitRefused(place.ref, "halted"))
            self.waiting.clear()


def halted_stop() -> Halted:
    """A stop that finds much to sell and is turned down for an hour, beside shares of another stock."""
    day = Halted(held={STOCK: (3_000, 9_000)})
    day.open()
    buy_in(day, replace(WHOLE, lower_stop=118_000))
    goes_to(day, *range(119_800, 118_150, -190), every_ms=60_000)
    day.until, day.last[BOND] = day.at + 3_600_000, 117_900
    return day


@pytest.mark.parametrize("told", [True, False])
def test_a_stop_that_is_turned_down_for_long_holds_up_nothing_else_and_sells_when_it_may(*, told: bool) -> None:
    day = Halted(held={STOCK: (3_000, 9_000)})
    day.open()
    buy_in(day, replace(WHOLE, lower_stop=118_000))
    goes_to(day, *range(119_800, 118_150, -190), every_ms=60_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    day.until = day.at + 300_000
    day.last[BOND], begun = 117_900, len(day.sent)
    for _ in range(290):
        day.live_market(1_000, every=1_000)
        for place in day.waiting:
            said = m.SubmitRefused(place.ref, "halted") if told else m.SubmitUnknown(place.ref, "halted")
            day.feed(said)
        day.waiting.clear()
    tries = [intent for _, intent in day.sent[begun:] if isinstance(intent, m.Place)]
    assert len(tries) < 40
    assert dict(day.state.suspended) == {}
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert held(day) > 0
    day.live_market(180_000)
    assert (held(day), day.state.grids[BOND].armed) == (0, True)


@pytest.mark.parametrize("refuses", ["rejected", "never arrived"])
def test_a_stop_whose_first_sales_are_turned_down_together_goes_on(refuses: str) -> None:
    day = fallen(116_000, every_ms=60_000)
    day.deaf = True
    before = len(day.places(BOND))
    goes_to(day, 115_900, every_ms=1_000)
    for place in day.places(BOND)[before:]:
        if refuses == "rejected":
            day.feed(m.SubmitRefused(place.ref, "busy"))
        else:
            day.feed(m.SubmitUnknown(place.ref, "busy"))
    day.deaf = False
    goes_to(day, *FALL, every_ms=60_000)
    assert (held(day), day.state.grids[BOND].armed) == (0, True)


def test_a_gap_whose_sale_is_listed_again_and_ends_is_sold_by_the_stop_after_all() -> None:
    day = fallen(116_000, every_ms=60_000)
    gone = next(order for order in day.live(BOND) if order.side is Side.SELL)
    day.exchange.hidden.add(gone.broker_id)
    day.live_market(30_000)
    goes_to(day, *FALL[:2])
    assert held(day) == gone.volume
    day.exchange.hidden.clear()
    day.feed(m.AskNow())
    goes_to(day, *FALL, every_ms=30_000)
    assert held(day) == 0


@pytest.mark.parametrize("no_after_ms", [250, 1_500, 2_000])
def test_a_stop_whose_orders_get_a_number_first_and_a_no_then_is_no_storm(no_after_ms: int) -> None:
    day = Halted(held={})
    day.open()
    buy_in(day, replace(WHOLE, lower_stop=118_000))
    goes_to(day, *range(119_800, 118_150, -190), every_ms=60_000)
    day.until = day.at + 300_000
    day.last[BOND], begun = 117_900, len(day.sent)
    owed: list[tuple[int, m.Place, str]] = []
    for number in range(1_160):
        day.live_market(250, every=3_000)
        for place in day.waiting:
            row = str(900_000 + number) + place.ref[-3:]
            day.feed(m.SubmitAnswered(place.ref, row))
            owed.append((day.at + no_after_ms, place, row))
        day.waiting.clear()
        for due, place, row in [each for each in owed if each[0] <= day.at]:
            told(day, place, OrderState.REJECTED, number=row, text="halted")
            owed.remove((due, place, row))
    tries = [intent for _, intent in day.sent[begun:] if isinstance(intent, m.Place)]
    assert len(tries) < 40
    assert dict(day.state.suspended) == {}
    day.live_market(180_000)
    assert held(day) == 0


def test_rejections_of_a_stop_are_no_storm_after_its_grid_was_taken_off_either() -> None:
    day = halted_stop()
    day.refuse_for(280)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert day.feed(m.ArmGrid(GridPlan(code=STOCK, base=BaseKind.LAST, first_buy=False, adopt=1_000))).refusal is None
    (first, *_) = day.places(STOCK)
    day.feed(m.SubmitRefused(first.ref, "busy"))
    assert "" not in day.state.suspended


def unlisted_buy(day: MarketDay) -> Order:
    """A buy that left the book unheard and is on no list any more."""
    gone = max((order for order in day.live(BOND) if order.side is Side.BUY), key=lambda order: order.price)
    day.mute = True
    day.exchange.cancel(day.at, m.Cancel("", gone.broker_id))
    day.at += 900
    day.exchange.due(day.at)
    day.mute = False
    day.exchange.hidden.add(gone.broker_id)
    day.live_market(30_000)
    assert day.state.orders[gone.ref].text == NOT_LISTED
    return gone


@pytest.mark.parametrize("by", ["stop", "user"])
def test_a_buy_that_may_not_be_on_the_book_holds_up_nothing_that_sells_for_good(by: str) -> None:
    day = MarketDay().open()
    buy_in(day, replace(WHOLE, lower_stop=117_000))
    unlisted_buy(day)
    goes_to(day, 119_500, 118_800)
    if by == "user":
        day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    goes_to(day, 118_000, 117_100, 116_900, 116_500, 116_000, 115_000, every_ms=60_000)
    assert held(day) == 0


def test_a_gap_whose_sale_is_given_up_for_lost_after_the_stop_is_sold_when_that_is_known() -> None:
    day = fallen(116_000, every_ms=60_000)
    gone = next(order for order in day.live(BOND) if order.side is Side.SELL)
    day.exchange.hidden.add(gone.broker_id)
    day.live_market(6_000)
    assert day.state.orders[gone.ref].text != NOT_LISTED
    goes_to(day, *FALL[:2], every_ms=30_000)
    assert day.state.orders[gone.ref].text == NOT_LISTED
    assert held(day) == gone.volume
    day.exchange.hidden.clear()
    day.feed(m.AskNow())
    goes_to(day, *FALL, every_ms=60_000)
    assert (held(day), dict(day.state.grids[BOND].grid.paused)) == (0, {})  # type: ignore[union-attr]


def test_the_days_messages_of_the_account_hold_up_no_stop() -> None:
    day = fallen(116_000, every_ms=60_000)
    day.state = replace(day.state, messages=day.state.limits.per_day)
    goes_to(day, *FALL)
    assert held(day) == 0


def test_rejections_of_a_stop_are_no_storm_when_its_grid_is_armed_again() -> None:
    day = halted_stop()
    day.refuse_for(100)
    rejected = [order for order in day.state.orders.values() if order.state is OrderState.REJECTED]
    assert len(rejected) >= day.state.limits.rejects_storm
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    again = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, adopt=160, unit=80)
    assert day.feed(m.ArmGrid(again)).refusal is None
    day.refuse_for(90)
    later = [order for order in day.state.orders.values() if order.state is OrderState.REJECTED]
    assert len(later) > len(rejected)
    assert dict(day.state.suspended) == {}


@pytest.mark.parametrize("keep", [False, True])
def test_a_stop_that_could_not_sell_what_was_bought_today_says_so_at_the_close(*, keep: bool) -> None:
    day = MarketDay(held={}, hour=14, minute=30).open()
    plan = GridPlan(code=STOCK, amount=20_000_000, lower_stop=9_700, step_bp=100, keep_armed=keep)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    for price in (10_000, 9_990, 9_980, 9_900, 9_800, 9_690, 9_680):
        day.last[STOCK] = price
        day.live_market(60_000)
    grid = day.state.grids[STOCK].grid
    assert grid is not None
    assert grid.stopped_low
    assert grid.held_total > 0
    day.jump(15, 0, 5)
    told_of = [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD]
    assert [(line.level, line.reason.get("volume")) for line in told_of] == (
        [] if keep else [("alarm", grid.held_total)]
    )


class OneNo(Halted):
    """A counter that turns down every sale for a while, and after it what was tried last for ever."""

    tried, all_until = -1, 0

    def let_go(self, intent: m.Intent) -> None:
        if isinstance(intent, m.Place) and intent.side is Side.SELL and self.at < self.all_until:
            self.tried = intent.owner.slot
        sale = isinstance(intent, m.Place) and intent.side is Side.SELL and intent.owner.slot == self.tried
        if sale and self.at < self.until:
            self.sent.append((self.at, intent))
            self.waiting.append(intent)  # type: ignore[arg-type]
        else:
            MarketDay.let_go(self, intent)


def test_a_sale_of_a_stop_that_is_always_turned_down_keeps_no_other_from_leaving() -> None:
    day = OneNo(held={})
    day.open()
    buy_in(day, replace(WHOLE, lower_stop=118_000))
    goes_to(day, *range(119_800, 118_150, -190), every_ms=60_000)
    for order in [order for order in day.live(BOND) if order.side is Side.SELL]:
        assert day.feed(m.CancelOne(order.ref)).refusal is None
    day.until, day.all_until, day.last[BOND] = day.at + 3_600_000, day.at + 20_000, 117_900
    day.refuse_for(240)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert grid.stopped_low
    assert [i + grid.slot0 for i, gap in enumerate(grid.gaps) if gap.held] == [day.tried]


def test_a_buy_in_doubt_for_a_moment_holds_a_stop_up_and_for_longer_does_not() -> None:
    day = fallen(116_000, every_ms=60_000)
    buy = max((o for o in day.live(BOND) if o.side is Side.BUY), key=lambda order: order.price)
    doubt = replace(buy, state=OrderState.UNKNOWN, broker_id="", updated_at=day.at)
    day.state = replace(day.state, orders={**day.state.orders, buy.ref: doubt})
    day.last[BOND] = 115_900
    day.quote_all()
    assert stopping.stops(day.state, BOND)
    sale = m.Place("q-new", BOND, Side.SELL, buy.price, 10, Owner(OwnerKind.GRID, 3))
    assert beside.crossed(day.state, sale) is not None
    assert beside.crossed(replace(day.state, at=day.at + beside.GONE_MS), sale) is None
    # a guard does not wait for it
    assert beside.crossed(day.state, replace(sale, owner=Owner(OwnerKind.GUARD))) is None
