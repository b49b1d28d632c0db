import pytest
from grid_kit import NOON, buys, fill, gap, holding, live, make, moment, sells, whys

from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase, at_of, shanghai_day
from qmtdesk.strategies.grid import FIRST_BUY, Trail, set_sell_only, wanted
from qmtdesk.strategies.grid import pause_gap as pause

BUY, SELL = Side.BUY, Side.SELL


def test_the_two_nearest_gaps_on_each_side_are_on_the_book() -> None:
    grid = holding(make(), g10=80, g11=80, g12=80)
    wish = wanted(grid, moment(grid))
    assert sells(wish) == [(10, 101_000, 80), (11, 102_000, 80)]
    assert buys(wish) == [(9, 99_000, 80), (8, 98_000, 80)]
    assert [o.side for o in wish.orders] == [SELL, SELL, BUY, BUY]


def test_every_level_without_an_order_says_why() -> None:
    grid = holding(make(), g10=80, g11=80, g12=80)
    wish = wanted(grid, moment(grid))
    assert whys(wish) == (
        [Why.ARMED_BUY] * 8 + [None, None, Why.GAP_FULL, None, None, Why.ARMED_SELL] + [Why.NOTHING_HELD] * 7
    )
    assert wish.reasons[0] is not None
    assert wish.reasons[0].get("volume") == 80


def test_a_level_in_its_turn_promises_no_sale_of_what_cannot_be_sold_today() -> None:
    grid = holding(make(), g10=80, g11=80, g12=80, g13=80)
    bought_today = moment(grid, can_use=160, t_plus_one=True)
    assert whys(wanted(grid, bought_today))[11:15] == [None, None, Why.T_PLUS_ONE, Why.T_PLUS_ONE]
    some = moment(grid, can_use=170, t_plus_one=True)
    assert whys(wanted(grid, some))[11:15] == [None, None, Why.ARMED_SELL, Why.ARMED_SELL]


def test_a_partly_filled_gap_buys_what_it_lacks_and_sells_what_it_has() -> None:
    grid = holding(make(), g10=30)
    wish = wanted(grid, moment(grid))
    assert sells(wish) == [(10, 101_000, 30)]
    assert buys(wish) == [(10, 100_000, 50), (9, 99_000, 80)]


def test_only_whole_lots_are_offered_and_the_rest_is_stash() -> None:
    grid = holding(make(), g10=35, g11=5, g9=76)
    wish = wanted(grid, moment(grid))
    assert sells(wish) == [(9, 100_000, 70), (10, 101_000, 30)]
    assert buys(wish) == [(8, 98_000, 80), (7, 97_000, 80)]
    assert grid.stash == 5 + 5 + 6
    assert (whys(wish)[9], whys(wish)[12]) == (Why.STASH, Why.STASH)


def test_a_live_order_keeps_its_odd_rest() -> None:
    grid = fill(holding(make(), g10=80), 10, SELL, 101_000, 5)
    grid = fill(grid, 9, BUY, 99_000, 7)
    ctx = moment(grid, live=live((10, SELL), (9, BUY)))
    assert sells(wanted(grid, ctx))[-1] == (10, 101_000, 75)
    assert buys(wanted(grid, ctx))[0] == (9, 99_000, 73)


def test_a_live_order_stays_until_it_is_two_levels_outside_the_window() -> None:
    grid = holding(make(), g10=80, g11=80, g12=80, g13=80, g14=80)
    book = live((12, SELL), (13, SELL), (7, BUY), (6, BUY))
    wish = wanted(grid, moment(grid, live=book))
    assert [slot for slot, _, _ in sells(wish)] == [10, 11, 12]
    assert [slot for slot, _, _ in buys(wish)] == [9, 8, 7]
    assert [slot for slot, _, _ in sells(wanted(grid, moment(grid)))] == [10, 11]


def test_without_hysteresis_nothing_outside_the_window_stays() -> None:
    grid = holding(make(hysteresis=0), g10=80, g11=80, g12=80)
    wish = wanted(grid, moment(grid, live=live((12, SELL), (7, BUY), (11, BUY))))
    assert [slot for slot, _, _ in sells(wish)] == [10, 11]
    assert [slot for slot, _, _ in buys(wish)] == [9, 8]


def test_a_live_buy_just_above_the_price_stays_beside_the_window() -> None:
    grid = make()
    wish = wanted(grid, moment(grid, last=98_500, live=live((9, BUY))))
    assert [slot for slot, _, _ in buys(wish)] == [9, 8, 7]


def test_a_gap_the_price_jumped_over_is_sold_whatever_the_window() -> None:
    grid = holding(make(), g5=80, g6=80, g7=80, g8=80)
    wish = wanted(grid, moment(grid, last=97_500))
    assert sells(wish) == [(5, 97_000, 80), (6, 97_000, 80), (7, 98_000, 80), (8, 99_000, 80)]
    assert buys(wish) == [(4, 94_000, 80), (3, 93_000, 80)]


def test_a_sale_deep_below_the_market_is_raised_to_a_level_the_cage_takes() -> None:
    grid = holding(make(), g2=80)
    assert sells(wanted(grid, moment(grid, last=100_500))) == [(2, 99_000, 80)]
    assert sells(wanted(grid, moment(grid, last=100_500, bid1=0))) == [(2, 93_000, 80)]
    # above all levels the price itself is on the tick
    high = replace(moment(grid, last=115_000), bid1=115_000)
    assert sells(wanted(grid, high)) == [(2, 113_275, 80)]


def test_a_buy_far_above_the_market_is_lowered_to_a_level_the_cage_takes() -> None:
    grid = make()
    assert buys(wanted(grid, moment(grid, last=100_500, ask1=95_000)))[0] == (10, 96_000, 80)
    assert buys(wanted(grid, moment(grid, last=90_500, ask1=85_000)))[0] == (0, 86_275, 80)
    assert buys(wanted(grid, moment(grid, last=100_500, ask1=0)))[0] == (10, 100_000, 80)


def test_no_buy_stands_at_or_above_an_own_sale() -> None:
    grid = holding(make(), g9=80)
    wish = wanted(grid, moment(grid))
    assert sells(wish) == [(9, 100_000, 80)]
    assert [slot for slot, _, _ in buys(wish)] == [8, 7]
    assert whys(wish)[10] is None
    grid = holding(make(), g8=80)
    wish = wanted(grid, moment(grid))
    assert (sells(wish), whys(wish)[10]) == ([(8, 99_000, 80)], Why.SELF_TRADE)


def test_sales_take_no_more_than_may_be_sold_nearest_first() -> None:
    grid = holding(make(), g10=80, g11=80)
    wish = wanted(grid, moment(grid, can_use=115, t_plus_one=True))
    assert sells(wish) == [(10, 101_000, 80), (11, 102_000, 30)]
    wish = wanted(grid, moment(grid, can_use=80, t_plus_one=True))
    assert sells(wish) == [(10, 101_000, 80)]
    assert wish.reasons[12] is not None
    assert (wish.reasons[12].why, wish.reasons[12].get("volume")) == (Why.T_PLUS_ONE, 80)
    assert whys(wanted(grid, moment(grid, can_use=0)))[11] is Why.SELL_ROOM


def test_the_position_floor_stops_sales_and_the_cap_stops_buys() -> None:
    grid = holding(make(min_position=100, max_position=250), g10=80, g11=80)
    wish = wanted(grid, moment(grid))
    assert sells(wish) == [(10, 101_000, 60)]
    assert whys(wish)[12] is Why.POSITION_FLOOR
    assert buys(wish) == [(9, 99_000, 80)]
    assert set(whys(wish)[:9]) == {Why.POSITION_CAP}


def test_the_cash_cap_counts_what_is_held_and_ends_the_ladder() -> None:
    grid = holding(make(cash_cap=32_000_000), g10=80)
    wish = wanted(grid, moment(grid))
    assert [slot for slot, _, _ in buys(wish)] == [9, 8]
    assert whys(wish)[6:8] == [Why.CASH_CAP, Why.ARMED_BUY]
    assert wish.reasons[0] is not None
    assert wish.reasons[0].get("cap_milli") == 32_000_000


def test_cash_is_spent_nearest_first() -> None:
    grid = make()
    wish = wanted(grid, moment(grid, cash=8_000_000))
    assert buys(wish) == [(10, 100_000, 80)]
    assert whys(wish)[9] is Why.CASH_SHORT
    assert whys(wish)[8] is Why.ARMED_BUY


def test_a_first_buy_that_may_not_leave_takes_no_order_off_the_book_for_its_cash() -> None:
    grid = make(position=0, first_buy=True)
    cash = grid.first_left * grid.first_price
    below = next(order for order in buys(wanted(grid, moment(grid))) if order[0] >= 0)
    assert [slot for slot, _, _ in buys(wanted(grid, moment(grid, cash=cash)))] == [-1]
    # what is on the book has its cash already, and would be put there again as soon as it were off
    assert below in buys(wanted(grid, moment(grid, cash=cash, live=live((below[0], BUY)))))
    both = live((below[0], BUY)) | {(FIRST_BUY, BUY)}
    assert below not in buys(wanted(grid, moment(grid, cash=cash, live=both)))


def test_nothing_is_wanted_outside_the_days_limits() -> None:
    grid = holding(make(), g10=80)
    wish = wanted(grid, moment(grid, limit_up=100_900, limit_down=98_500))
    assert (sells(wish), buys(wish)) == ([], [(9, 99_000, 80)])
    assert (whys(wish)[11], whys(wish)[8]) == (Why.OUTSIDE_LIMITS, Why.OUTSIDE_LIMITS)
    assert buys(wanted(grid, moment(grid, limit_up=0, limit_down=0)))[0] == (9, 99_000, 80)


def test_sell_only_buys_nothing() -> None:
    grid = set_sell_only(holding(make(), g10=80), on=True)
    wish = wanted(grid, moment(grid))
    assert (sells(wish), buys(wish), whys(wish)[0]) == ([(10, 101_000, 80)], [], Why.SELL_ONLY)
    again = set_sell_only(grid, on=False)
    assert buys(wanted(again, moment(again))) != []


def test_a_paused_gap_is_left_alone() -> None:
    grid = pause(pause(holding(make(), g10=80, g11=80), 10, on=True), 9, on=True)
    wish = wanted(grid, moment(grid))
    assert sells(wish) == [(11, 102_000, 80)]
    assert [slot for slot, _, _ in buys(wish)] == [8, 7]
    assert (whys(wish)[11], whys(wish)[9]) == (Why.GAP_PAUSED, Why.GAP_PAUSED)
    assert pause(grid, 10, on=False).paused == {9}
    assert pause(grid, 99, on=True) == grid


def test_asleep_below_the_range_nothing_is_wanted() -> None:
    grid = replace(holding(make(), g0=80), asleep=True)
    wish = wanted(grid, moment(grid, last=89_000))
    assert (wish.orders, whys(wish)[1]) == ((), Why.SLEEPING)


def test_asleep_above_the_range_what_is_due_is_still_sold() -> None:
    grid = replace(holding(make(), g18=80), asleep=True)
    wish = wanted(grid, moment(grid, last=111_000))
    assert sells(wish) == [(18, 110_000, 80)]
    assert (buys(wish), whys(wish)[0]) == ([], Why.SLEEPING)


def test_at_the_lower_stop_everything_the_grid_holds_goes_at_the_bid() -> None:
    grid = replace(holding(make(lower_stop=95_000), g10=80, g11=80, g12=85), stopped_low=True, base_holding=500)
    wish = wanted(grid, moment(grid, last=94_900, bid1=94_850, can_use=745))
    assert sells(wish) == [(10, 94_326, 80), (11, 94_326, 80), (12, 94_326, 80)]
    assert (buys(wish), whys(wish)[0]) == ([], Why.LOWER_STOP)
    low = wanted(grid, moment(grid, last=94_900, bid1=0, limit_down=94_700))
    assert {price for _, price, _ in sells(low)} == {94_700}


def test_no_buy_rests_at_or_below_the_lower_stop() -> None:
    grid = make(lower_stop=99_000)
    wish = wanted(grid, moment(grid))
    assert buys(wish) == [(10, 100_000, 80)]
    assert set(whys(wish)[:10]) == {Why.LOWER_STOP}


def test_the_first_buy_goes_out_with_the_buys_below_it() -> None:
    grid = make(first_buy=True)
    wish = wanted(grid, moment(grid))
    assert buys(wish) == [(-1, 100_500, 160), (9, 99_000, 80), (8, 98_000, 80)]
    assert (wish.first, whys(wish)[10]) == (None, Why.FIRST_BUY_PENDING)


def test_a_live_first_buy_wants_exactly_its_rest() -> None:
    grid = fill(make(first_buy=True), -1, BUY, 100_500, 3)
    ctx = moment(grid)
    assert buys(wanted(grid, ctx))[0] == (-1, 100_500, 150)
    assert buys(wanted(grid, replace(ctx, live=frozenset({(FIRST_BUY, BUY)}))))[0] == (-1, 100_500, 157)


@pytest.mark.parametrize(
    ("plan", "ctx", "why"),
    [
        ({"sell_only": True}, {}, Why.SELL_ONLY),
        ({"cash_cap": 16_000_000}, {}, Why.CASH_CAP),
        ({"max_position": 150}, {}, Why.POSITION_CAP),
        ({}, {"cash": 16_000_000}, Why.CASH_SHORT),
        ({}, {"limit_up": 100_400}, Why.OUTSIDE_LIMITS),
    ],
)
def test_the_first_buy_says_why_it_waits(plan: dict[str, object], ctx: dict[str, object], why: Why) -> None:
    grid = make(first_buy=True, **plan)
    wish = wanted(grid, moment(grid, **ctx))
    assert wish.first is not None
    assert wish.first.why is why
    assert FIRST_BUY not in {order.owner for order in wish.orders}


def test_a_first_buy_that_lacks_less_than_a_lot_is_stash() -> None:
    grid = replace(make(first_buy=True), first_left=4)
    first = wanted(grid, moment(grid)).first
    assert first is not None
    assert first.why is Why.STASH


def test_a_first_buy_never_meets_an_own_sale() -> None:
    grid = holding(make(first_buy=True), g8=80)
    first = wanted(grid, moment(grid)).first
    assert first is not None
    assert first.why is Why.SELF_TRADE


def opening(hour: int, minute: int, second: int, phase: Phase) -> dict[str, object]:
    return {"at": at_of(shanghai_day(NOON), hour, minute, second), "phase": phase, "last": 0}


@pytest.mark.parametrize(
    ("when", "until"),
    [
        (opening(9, 10, 0, Phase.BEFORE_OPEN), (9, 24, 40)),
        (opening(9, 19, 59, Phase.OPEN_AUCTION), (9, 24, 40)),
        (opening(9, 24, 39, Phase.OPEN_AUCTION_LOCKED), (9, 24, 40)),
        (opening(9, 26, 0, Phase.OPEN_WAIT), (9, 30, 0)),
    ],
)
def test_in_the_opening_the_first_buy_waits_for_its_moment(
    when: dict[str, object], until: tuple[int, int, int]
) -> None:
    grid = make(first_buy=True)
    wish = wanted(grid, moment(grid, **when))
    assert wish.orders == ()
    assert wish.first is not None
    assert (wish.first.why, wish.first.get("until_ms")) == (Why.AUCTION_WAIT, at_of(shanghai_day(NOON), *until))


def test_at_nine_twenty_four_forty_only_the_first_buy_leaves() -> None:
    grid = make(first_buy=True)
    moment_of_act = moment(grid, **opening(9, 24, 40, Phase.OPEN_AUCTION_LOCKED))
    wish = wanted(grid, moment_of_act)
    assert buys(wish) == [(-1, 100_500, 160)]
    assert whys(wish)[0] is Why.AUCTION_WAIT
    late = make(first_buy=True, auction_start=False)
    wish = wanted(late, moment_of_act)
    assert (wish.orders, wish.first and wish.first.why) == ((), Why.AUCTION_WAIT)


@pytest.mark.parametrize("phase", [Phase.LUNCH, Phase.CLOSE_AUCTION, Phase.AFTER_CLOSE, Phase.OPEN_AUCTION])
def test_outside_continuous_trading_only_what_is_live_stays(phase: Phase) -> None:
    grid = holding(make(first_buy=True), g12=80, g10=80)
    book = live((12, SELL), (3, BUY)) | {(FIRST_BUY, BUY)}
    wish = wanted(grid, moment(grid, phase=phase, live=book, cash=0))
    assert (sells(wish), buys(wish)) == ([(12, 103_000, 80)], [(-1, 100_500, 160), (3, 93_000, 80)])
    expected = Why.AUCTION_WAIT if phase is Phase.OPEN_AUCTION else Why.PHASE_CLOSED
    assert (whys(wish)[11], whys(wish)[0]) == (expected, expected)


def test_without_a_price_what_is_live_stays_and_nothing_new_comes() -> None:
    grid = holding(make(), g10=80)
    wish = wanted(grid, moment(grid, last=0, live=live((9, BUY))))
    assert [(o.owner, o.side) for o in wish.orders] == [(gap(9), BUY)]
    assert (whys(wish)[0], whys(wish)[11]) == (Why.AWAIT_PRICE, Why.AWAIT_PRICE)


def test_trailing_gaps_wait_for_the_pull_back_and_then_stand_at_their_level() -> None:
    grid = holding(make(trail_bp=50), g10=80)
    wish = wanted(grid, moment(grid, last=101_500))
    assert (wish.orders, whys(wish)[11], whys(wish)[5]) == ((), Why.TRAIL_WAIT, Why.TRAIL_WAIT)
    trails = list(grid.trails)
    trails[10], trails[12] = Trail(peak=102_000, sell_fired=True), Trail(trough=101_000, buy_fired=True)
    fired = replace(grid, trails=tuple(trails))
    assert sells(wanted(fired, moment(fired, last=101_490))) == [(10, 101_000, 80)]
    fired = replace(holding(make(trail_bp=50)), trails=tuple(trails))
    assert buys(wanted(fired, moment(fired, last=101_490))) == [(12, 102_000, 80)]


def test_wishing_twice_is_wishing_once() -> None:
    grid = holding(make(first_buy=True), g9=35, g10=80, g12=80)
    ctx = moment(grid)
    once = wanted(grid, ctx)
    assert wanted(grid, ctx) == once
    placed = replace(ctx, live=frozenset((o.owner, o.side) for o in once.orders))
    assert {(o.owner, o.side, o.price) for o in wanted(grid, placed).orders} == {
        (o.owner, o.side, o.price) for o in once.orders
    }
