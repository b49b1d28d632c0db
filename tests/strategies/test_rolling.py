import pytest
from grid_kit import BOND, NOON, PLAN, STOCK, buys, moment, sells

from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase, at_of, shanghai_day
from qmtdesk.strategies.grid import FIRST_BUY, GridContext
from qmtdesk.strategies.grid_start import PlanError
from qmtdesk.strategies.rolling import (
    Rolling,
    mark_inexact,
    on_cleared,
    on_day,
    on_fill,
    on_others,
    on_price,
    put_back,
    set_sell_only,
    start_rolling,
    summary,
    wanted,
)

BUY, SELL = Side.BUY, Side.SELL


def make(last: int = 100_000, position: int = 0, cost: int = 0, **plan: object) -> Rolling:
    """Steps of 1 %, units of 80, adopted or bought first as the plan says; its first price came."""
    return replace(new(last, position, cost, **plan), unpriced=False, starting=False)


def new(last: int = 100_000, position: int = 0, cost: int = 0, **plan: object) -> Rolling:
    """The same before its first price."""
    return start_rolling(
        replace(PLAN, **plan),  # type: ignore[arg-type]
        BOND,
        last,
        cost,
        position,
        NOON,
        "2026-11-20",
        opening_auction=False,
    )


def holding(volume: int = 160, **plan: object) -> Rolling:
    return make(position=volume, cost=100_000, adopt=volume, **plan)


def now(pair: Rolling, last: int = 100_000, **more: object) -> GridContext:
    return replace(moment(pair, last), **more)  # type: ignore[arg-type]


def see(pair: Rolling, last: int = 100_000, **more: object) -> tuple[Rolling, list[Why]]:
    """One price, and what the user hears of it."""
    pair, reasons = on_price(pair, now(pair, last, **more))
    return pair, [reason.why for reason in reasons]


def fill(pair: Rolling, side: Side, volume: int, price: int = 0, leg: int = -1, fee: int = 0) -> Rolling:
    owner = Owner(OwnerKind.ROLLING, pair.leg if leg < 0 else leg)
    level = pair.sell_price if side is SELL else pair.buy_price
    return on_fill(pair, owner, side, price or level, volume, level, fee, NOON)


def why(pair: Rolling, side: Side, **more: object) -> Why | None:
    wish = wanted(pair, now(pair, **more))
    reason = wish.reasons[side is SELL]
    return reason.why if reason else None


def test_one_sale_above_and_one_buy_below_the_centre() -> None:
    pair = holding()
    wish = wanted(pair, now(pair))
    assert (sells(wish), buys(wish)) == ([(0, 101_000, 80)], [(0, 99_000, 80)])
    assert wish.reasons == (None, None)


def test_the_first_buy_is_the_centre_and_the_buy_below_waits_for_it() -> None:
    pair = make(last=100_500, first_buy=True)
    wish = wanted(pair, now(pair))
    assert buys(wish) == [(-1, 100_500, 160)]
    assert (pair.centre, why(pair, BUY), why(pair, SELL)) == (100_500, Why.FIRST_BUY_PENDING, Why.NOTHING_HELD)
    pair = on_fill(pair, FIRST_BUY, BUY, 100_400, 160, 100_500, 0, NOON)
    assert (pair.held_total, pair.first_left, pair.leg, pair.improvement) == (160, 0, 0, 16_000)
    # the market may stand far below by then: a snapshot of after it prices the pair
    assert wanted(pair, now(pair)).orders == ()
    pair, _ = see(pair, last=100_300)
    assert buys(wanted(pair, now(pair))) == [(0, pair.buy_price, 80)]
    assert len(wanted(pair, now(pair)).orders) == 2


def test_a_first_buy_that_a_falling_market_filled_is_followed_by_a_buy_below_that_market() -> None:
    pair = make(last=100_500, first_buy=True)
    pair = on_fill(pair, FIRST_BUY, BUY, 100_400, 60, 100_500, 0, NOON)
    assert pair.first_left == 100
    pair = on_fill(pair, FIRST_BUY, BUY, 100_400, 100, 100_500, 0, NOON)
    pair, told = see(pair, last=98_000)
    assert pair.buy_price <= 98_000
    assert told == [Why.ROLLED]


def test_a_market_that_rose_after_the_first_buy_is_sold_to_and_not_followed() -> None:
    pair = make(last=100_500, first_buy=True)
    pair = on_fill(pair, FIRST_BUY, BUY, 100_400, 160, 100_500, 0, NOON)
    risen, told = see(pair, last=102_500)
    assert (risen.centre, told) == (pair.centre, [])
    assert sells(wanted(risen, now(risen, last=102_500))) == [(0, risen.sell_price, 80)]


def test_without_a_first_buy_the_base_is_the_centre() -> None:
    pair = make(last=101_000, base=BaseKind.TYPED, base_price=98_000)
    assert (pair.centre, pair.low, pair.high) == (98_000, 88_200, 107_800)


def test_partial_fills_add_up_and_move_nothing() -> None:
    pair = fill(fill(holding(), SELL, 50), BUY, 30)
    assert (pair.leg, pair.centre, pair.held) == (0, 100_000, 140)
    wish = wanted(pair, now(pair))
    assert (sells(wish), buys(wish)) == ([(0, 101_000, 30)], [(0, 99_000, 50)])


@pytest.mark.parametrize(("side", "centre"), [(SELL, 101_000), (BUY, 99_000)])
def test_a_completed_order_moves_the_centre_to_its_own_price(side: Side, centre: int) -> None:
    pair = fill(fill(holding(), side, 30), side, 50, price=centre + (5 if side is SELL else -5))
    assert (pair.centre, pair.leg, pair.sold_leg, pair.bought_leg) == (centre, 1, 0, 0)
    assert pair.improvement == 250


def test_the_new_pair_waits_until_the_old_order_is_surely_gone() -> None:
    pair = fill(holding(), SELL, 80)
    old = frozenset({(Owner(OwnerKind.ROLLING, 0), BUY)})
    wish = wanted(pair, now(pair, live=old))
    assert (wish.orders, [r and r.why for r in wish.reasons]) == ((), [Why.WAITING_CANCEL] * 2)
    pair, _ = see(pair, 101_000, live=old)
    assert wanted(pair, now(pair, 101_000, live=old)).orders == ()
    assert sells(wanted(pair, now(pair, 101_000))) == [(1, 102_010, 80)]


def test_a_late_fill_of_the_old_order_is_held_and_moves_nothing() -> None:
    pair = fill(fill(holding(), SELL, 80), BUY, 80, price=99_000, leg=0)
    assert (pair.held, pair.centre, pair.leg, pair.bought_leg) == (160, 101_000, 1, 0)


def test_a_sale_that_completes_gives_up_the_rest_of_the_first_buy() -> None:
    pair = on_fill(make(first_buy=True), FIRST_BUY, BUY, 100_000, 30, 100_000, 0, NOON)
    live_first = frozenset({(FIRST_BUY, BUY)})
    assert sells(wanted(pair, now(pair, live=live_first))) == [(0, 101_000, 30)]
    pair = fill(pair, SELL, 30)
    assert (pair.first_left, pair.leg, pair.held) == (0, 1, 0)
    assert wanted(pair, now(pair, live=live_first)).orders == ()
    after, _ = see(pair)
    assert buys(wanted(after, now(after))) == [(1, 99_990, 80)]
    assert on_fill(pair, FIRST_BUY, BUY, 100_000, 130, 100_000, 0, NOON).first_left == 0


def test_live_orders_keep_their_odd_rest_and_new_ones_are_whole() -> None:
    pair = fill(fill(holding(), SELL, 3), BUY, 4)
    both = frozenset({(pair.owner, SELL), (pair.owner, BUY)})
    assert [o.volume for o in wanted(pair, now(pair, live=both)).orders] == [77, 76]
    assert [o.volume for o in wanted(pair, now(pair)).orders] == [70, 70]


def test_a_rest_below_a_lot_is_stash_until_the_day_ends_the_order() -> None:
    pair = fill(fill(holding(), SELL, 75), BUY, 76)
    assert (why(pair, SELL), why(pair, BUY)) == (Why.STASH, Why.STASH)
    assert on_day(pair, pair.day) == pair
    pair = on_day(fill(holding(), BUY, 76), "2026-11-23")
    assert (pair.leg, pair.centre) == (1, 99_000)
    pair = on_day(fill(holding(), SELL, 75), "2026-11-23")
    assert (pair.leg, pair.centre, pair.sold_today) == (1, 101_000, 0)
    assert on_day(fill(holding(), SELL, 30), "2026-11-23").leg == 0


@pytest.mark.parametrize(
    ("plan", "ctx", "side", "expected"),
    [
        ({}, {"can_use": 5}, SELL, Why.SELL_ROOM),
        ({}, {"can_use": 5, "t_plus_one": True}, SELL, Why.T_PLUS_ONE),
        ({"min_position": 155}, {}, SELL, Why.POSITION_FLOOR),
        ({}, {"limit_up": 100_900}, SELL, Why.OUTSIDE_LIMITS),
        ({}, {"phase": Phase.LUNCH}, SELL, Why.PHASE_CLOSED),
        ({}, {"limit_down": 99_500}, BUY, Why.OUTSIDE_LIMITS),
        ({"max_position": 230}, {}, BUY, Why.POSITION_CAP),
        ({"cash_cap": 23_919_999}, {}, BUY, Why.CASH_CAP),
        ({}, {"cash": 7_919_999}, BUY, Why.CASH_SHORT),
        ({"lower_stop": 99_000}, {}, BUY, Why.LOWER_STOP),
        ({"sell_only": True}, {}, BUY, Why.SELL_ONLY),
        ({}, {"phase": Phase.LUNCH}, BUY, Why.PHASE_CLOSED),
        ({}, {"last": 0}, BUY, Why.AWAIT_PRICE),
        ({}, {"last": 0, "bid1": 0, "ask1": 0}, BUY, Why.NO_QUOTE),
        ({"lower_stop": 98_000}, {"last": 98_000}, BUY, Why.LOWER_STOP),
    ],
)
def test_each_missing_order_says_why(
    plan: dict[str, object], ctx: dict[str, object], side: Side, expected: Why
) -> None:
    assert why(holding(**plan), side, **ctx) is expected


def test_the_sale_is_cut_to_what_may_be_sold() -> None:
    pair = holding()
    assert sells(wanted(pair, now(pair, can_use=55))) == [(0, 101_000, 50)]


def test_sell_only_can_be_taken_back() -> None:
    pair = set_sell_only(holding(), on=True)
    assert buys(wanted(pair, now(pair))) == []
    pair = set_sell_only(pair, on=False)
    assert len(wanted(pair, now(pair)).orders) == 2


def test_outside_continuous_trading_what_is_live_stays() -> None:
    pair = holding()
    both = frozenset({(pair.owner, SELL), (pair.owner, BUY)})
    assert len(wanted(pair, now(pair, live=both, phase=Phase.CLOSE_AUCTION)).orders) == 2
    pair = make(first_buy=True)
    first = frozenset({(FIRST_BUY, BUY)})
    assert buys(wanted(pair, now(pair, live=first, phase=Phase.LUNCH))) == [(-1, 100_000, 160)]
    assert wanted(pair, now(pair, phase=Phase.LUNCH)).orders == ()


def test_the_first_buy_leaves_at_nine_twenty_four_forty() -> None:
    pair = make(first_buy=True)
    act = at_of(shanghai_day(NOON), 9, 24, 40)
    locked = {"phase": Phase.OPEN_AUCTION_LOCKED, "last": 0}
    assert wanted(pair, now(pair, at=act - 1, **locked)).orders == ()
    assert buys(wanted(pair, now(pair, at=act, **locked))) == [(-1, 100_000, 160)]


def test_a_first_buy_that_lacks_less_than_a_lot_is_stash() -> None:
    pair = replace(make(first_buy=True), first_left=4)
    first = wanted(pair, now(pair)).first
    assert first is not None
    assert first.why is Why.STASH


def test_it_sleeps_outside_the_range_and_wakes_one_step_inside() -> None:
    pair, heard = see(holding(), 89_999)
    assert (heard, pair.asleep) == ([Why.SLEEP], True)
    assert see(pair, 89_000) == (pair, [])
    assert (why(pair, SELL, last=89_000), why(pair, BUY, last=89_000)) == (Why.SLEEPING, Why.SLEEPING)
    assert see(pair, 90_999) == (pair, [])
    pair, heard = see(pair, 91_000)
    # the market came back far from where the pair stood: it follows instead of buying unit after unit
    assert (heard, pair.asleep) == ([Why.WAKE, Why.ROLLED], False)
    assert pair.buy_price < 91_000
    assert see(pair, 0) == (pair, [])


def test_nothing_is_new_before_the_first_price_of_a_pair_or_a_day() -> None:
    pair = new(position=160, cost=100_000, adopt=160)
    both = frozenset({(pair.owner, SELL), (pair.owner, BUY)})
    assert wanted(pair, now(pair)).orders == ()
    assert len(wanted(pair, now(pair, live=both)).orders) == 2
    assert see(pair, 0) == (pair, [])
    pair, heard = see(pair)
    assert (len(wanted(pair, now(pair)).orders), heard) == (2, [])
    assert wanted(on_day(pair, "2026-11-23"), now(pair)).orders == ()


def test_a_first_buy_does_not_wait_for_a_price() -> None:
    pair = new(first_buy=True)
    assert buys(wanted(pair, now(pair))) == [(-1, 100_000, 160)]
    pair, heard = see(pair, 90_500)
    assert (pair.centre, pair.unpriced, heard) == (100_000, False, [])


@pytest.mark.parametrize(
    ("last", "centre"),
    [(99_001, 100_000), (99_000, 99_000), (97_100, 98_010), (97_000, 97_030), (100_999, 100_000), (104_000, 103_030)],
)
def test_the_first_price_moves_the_centre_by_whole_steps_and_trades_nothing(last: int, centre: int) -> None:
    pair = replace(holding(), unpriced=True)
    moved, heard = see(pair, last)
    assert (moved.centre, heard) == (centre, [] if centre == 100_000 else [Why.ROLLED])
    assert (moved.buy_price < last < moved.sell_price, len(wanted(moved, now(moved, last)).orders)) == (True, 2)
    assert (moved.leg, moved.held) == (pair.leg, pair.held)


def test_the_next_prices_of_a_pair_leave_its_centre_alone() -> None:
    pair = holding()
    assert see(pair, 96_000) == (pair, [])
    assert buys(wanted(pair, now(pair, 96_000))) == [(0, 99_000, 80)]


@pytest.mark.parametrize(
    ("plan", "last"),
    [
        ({"sell_only": True}, 96_000),
        ({"max_position": 200}, 96_000),
        ({"cash_cap": 20_000_000}, 96_000),
        ({"lower_stop": 97_000}, 96_000),
        ({"min_position": 160}, 104_000),
    ],
)
def test_a_side_that_may_not_trade_does_not_draw_the_centre_along(plan: dict[str, object], last: int) -> None:
    pair, heard = see(replace(holding(**plan), unpriced=True), last)
    assert (pair.centre, heard) == (100_000, [])


@pytest.mark.parametrize(
    ("plan", "ctx", "blocked"),
    [
        ({"sell_only": True}, {}, Why.SELL_ONLY),
        ({"sell_only": True}, {"cash": 0}, Why.SELL_ONLY),
        ({"sell_only": True}, {"dying": "退市示例"}, Why.BUYS_ENDED),
        ({"max_position": 200}, {}, Why.POSITION_CAP),
        ({"cash_cap": 20_000_000}, {}, Why.CASH_CAP),
    ],
)
def test_a_new_pair_that_may_not_buy_sells_a_step_above_the_market_and_not_above_its_base(
    plan: dict[str, object], ctx: dict[str, object], blocked: Why
) -> None:
    pair, heard = see(new(last=96_000, position=160, cost=100_000, adopt=160, **plan), 96_000, **ctx)
    assert (pair.centre, heard, why(pair, BUY, last=96_000, **ctx)) == (96_060, [Why.ROLLED], blocked)
    assert sells(wanted(pair, now(pair, 96_000, **ctx))) == [(0, 97_021, 80)]
    later, heard = see(pair, 93_000, **ctx)
    assert (later.centre, heard) == (96_060, [])
    morning, heard = see(on_day(later, "2026-11-23"), 93_000, **ctx)
    assert (morning.centre, heard) == (96_060, [])


@pytest.mark.parametrize(
    ("plan", "last", "heard"),
    [
        ({"sell_only": True, "lower_stop": 96_000}, 96_000, []),
        ({"max_position": 200, "lower_stop": 96_000}, 96_000, []),
        ({"sell_only": True}, 89_000, [Why.SLEEP]),
        ({"min_position": 160}, 104_000, []),
    ],
)
def test_a_new_pair_stays_at_its_base_at_its_lower_stop_outside_its_range_and_below_a_market_it_may_not_sell_to(
    plan: dict[str, object], last: int, heard: list[Why]
) -> None:
    pair, said = see(new(position=160, cost=100_000, adopt=160, **plan), last)
    assert (pair.centre, said) == (100_000, heard)


def test_a_pair_that_saw_its_first_day_end_without_a_price_is_not_new_any_more() -> None:
    pair = on_day(new(position=160, cost=100_000, adopt=160, sell_only=True), "2026-11-23")
    assert see(pair, 96_000)[0].centre == 100_000


def test_what_the_first_buy_bought_is_sold_a_step_higher_where_a_cap_lets_nothing_more_be_bought() -> None:
    pair = on_fill(new(first_buy=True, max_position=160), FIRST_BUY, BUY, 100_000, 160, 100_000, 0, NOON)
    pair, heard = see(pair, 96_000)
    assert (heard, sells(wanted(pair, now(pair, 96_000)))) == ([], [(0, 101_000, 80)])


def test_the_next_pair_of_one_that_only_sells_stays_where_its_sale_was() -> None:
    pair = fill(new(position=160, cost=100_000, adopt=160, sell_only=True), SELL, 80)
    assert see(pair, 96_000)[0].centre == 101_000


def test_a_centre_below_the_market_waits_there_while_nothing_is_held() -> None:
    pair, _ = see(new(last=101_000, base=BaseKind.TYPED, base_price=98_000), 101_000)
    assert pair.centre == 98_000


def test_a_pair_with_an_order_that_may_still_fill_stays_where_it_is() -> None:
    pair = on_day(holding(), "2026-11-23")
    doubtful = frozenset({(pair.owner, BUY)})
    assert see(pair, 96_000, live=doubtful)[0].centre == 100_000


def test_a_level_that_the_new_limits_leave_outside_is_passed_too() -> None:
    pair, _ = see(replace(holding(), unpriced=True), 92_000, limit_up=96_000, limit_down=91_000)
    assert pair.buy_price < 92_000 < pair.sell_price


def test_at_one_tick_nothing_is_left_to_move() -> None:
    pair = replace(holding(range_bp=9_000), centre=1, low=1, unpriced=True)
    assert see(pair, 1)[0].centre == 1


def test_above_the_range_the_sale_that_is_due_still_stands() -> None:
    pair = replace(holding(), asleep=True)
    assert sells(wanted(pair, now(pair, last=111_000))) == [(0, 101_000, 80)]


def test_figures_count_round_trips_and_profit() -> None:
    pair = fill(fill(holding(), SELL, 80, fee=40), BUY, 80, fee=40)
    figures = summary(pair, 100_000)
    assert (figures.held, figures.realised, figures.trips, figures.trips_today) == (160, 80_000, 1, 1)
    assert (figures.fees, figures.fees_today, figures.cash_used) == (80, 80, 80 * 100_000 + 80 * 99_990)
    assert figures.floating == 160 * 100_000 - figures.cash_used
    assert summary(pair, 0).floating == 0
    later = summary(on_day(pair, "2026-11-23"), 100_000)
    assert (later.trips, later.trips_today, later.realised_today, later.fees_today) == (1, 0, 0, 0)


def test_a_fill_of_nothing_changes_nothing() -> None:
    assert fill(holding(), SELL, 0) == holding()


def test_clearing_sells_what_is_held_and_more_than_that_is_an_estimate() -> None:
    pair = on_cleared(make(position=200, cost=100_000, adopt=160), 100, 99_000, 10)
    assert (pair.held, pair.realised, pair.fees, pair.leg, pair.exact) == (60, -100_000, 10, 0, True)
    pair = on_cleared(pair, 70, 99_000, 0)
    assert (pair.held, pair.cost, pair.base_holding, pair.exact) == (0, 0, 30, False)
    assert not on_cleared(pair, 10, 99_000, 0).exact


def test_what_others_trade_is_base_holding_first() -> None:
    pair = make(position=200, cost=100_000, adopt=160)
    assert (on_others(pair, BUY, 10).base_holding, on_others(pair, BUY, 10).held) == (50, 160)
    assert on_others(pair, SELL, 30).base_holding == 10
    short = on_others(pair, SELL, 80)
    assert (short.base_holding, short.held, short.cost, short.exact) == (0, 120, 12_000_000, False)
    gone = on_others(pair, SELL, 900)
    assert (gone.base_holding, gone.held, gone.cost) == (0, 0, 0)
    back = put_back(short, 40, 100_000)
    assert (back.base_holding, back.held, back.cost, back.exact) == (0, 160, 16_000_000, False)


def test_a_foreign_trade_makes_the_figures_an_estimate() -> None:
    assert not mark_inexact(holding()).exact


def test_a_cheap_stock_still_has_a_tick_between_its_prices() -> None:
    pair = start_rolling(
        replace(PLAN, code=STOCK.code, step_bp=10, unit=100), replace(STOCK, prev_close=1_000), 1_000, 0, 0, NOON,
        "2026-11-20", opening_auction=False,
    )  # fmt: skip
    assert (pair.buy_price, pair.centre, pair.sell_price) == (990, 1_000, 1_010)
    assert replace(pair, centre=10).buy_price == 10


def test_a_plan_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(PlanError):
        make(step_bp=0)
