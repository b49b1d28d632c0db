import pytest
from grid_kit import NOON, STOCK

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.instrument import Board, Instrument, Kind, Market
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.grid_preview import Preview, preview_grid

BUY, SELL = Side.BUY, Side.SELL
# the bond of the design picture: 115.268 now, 115.150 yesterday
BOND = Instrument("110097.SH", "bond", Market.SH, Kind.BOND, Board.BOND, 1, 10, 10, False, 115_150, 138_180, 92_120)
PLAN = GridPlan(code=BOND.code)


def look(
    plan: GridPlan = PLAN,
    instrument: Instrument = BOND,
    last: int = 115_268,
    cost: int = 0,
    position: int = 0,
    cash: int = 486_120_550,
    phase: Phase = Phase.MORNING,
    age: int = 800,
    ppm: int = 50,
    minimum: int = 0,
) -> Preview:
    fees = FeeSchedule(bond_commission_ppm=ppm, bond_commission_min=minimum)
    return preview_grid(plan, instrument, last, cost, position, position, cash, NOON, "2026-11-20", phase, age, fees)


def level_of(found: Preview, why: Why) -> str | None:
    return next((check.level for check in found.checks if check.reason.why is why), None)


def test_the_sheet_of_the_design_picture() -> None:
    found = look()
    assert found.ok
    assert (found.base, found.unit, found.first_volume, found.first_price) == (115_150, 90, 180, 115_268)
    assert (found.levels_up, found.levels_down) == (60, 74)
    assert [(o.side, o.price, o.volume, o.level, o.first, o.after_first) for o in found.orders] == [
        (BUY, 115_268, 180, 0, True, False),
        (BUY, 114_806, 90, -1, False, False),
        (BUY, 114_462, 90, -2, False, False),
        (SELL, 115_495, 90, 1, False, True),
        (SELL, 115_842, 90, 2, False, True),
    ]
    assert [check.level for check in found.checks] == ["ok"] * 4


def test_cash_adds_up_from_the_first_buy_to_the_lowest_level() -> None:
    found = look()
    assert [row[0] for row in found.levels] == list(range(60, -75, -1))
    assert {row[2:] for row in found.levels[:60]} == {(0, 0)}
    first = 180 * 115_268
    assert found.levels[60:63] == (
        (0, 115_150, 180, first),
        (-1, 114_806, 90, first + 90 * 114_806),
        (-2, 114_462, 90, first + 90 * (114_806 + 114_462)),
    )
    assert found.cash_full == first + 90 * sum(row[1] for row in found.levels[61:])
    assert found.cash_live == first + 90 * (114_806 + 114_462)
    assert found.cap_level == -74


def test_the_cash_cap_ends_the_buying_and_the_worst_loss() -> None:
    found = look(replace(PLAN, cash_cap=120_000_000))
    assert found.cap_level == -9
    used = found.levels[60 + 9][3]
    assert used <= 120_000_000 < found.levels[60 + 10][3]
    assert found.worst_price == found.levels[-1][1]
    assert found.worst_loss == used - (180 + 9 * 90) * found.worst_price
    assert level_of(found, Why.CASH_CAP) == "warn"
    assert found.ok


def test_the_position_cap_ends_the_buying_too() -> None:
    found = look(replace(PLAN, max_position=450))
    assert (found.cap_level, level_of(found, Why.POSITION_CAP)) == (-3, "warn")


def test_a_level_over_the_cash_cap_is_left_out_and_a_cheaper_one_below_it_is_bought() -> None:
    bond = replace(BOND, prev_close=105_000, limit_up=126_000, limit_down=84_000)
    found = look(replace(PLAN, amount=30_000_000, cash_cap=100_000_000), instrument=bond, last=105_000)
    rows = {row[0]: row for row in found.levels}
    before, bought = rows[-4][3], rows[found.cap_level]
    # 140 a level: the fifth buy does not fit, one far below it does
    assert before + 140 * rows[-5][1] > 100_000_000 >= before + 140 * bought[1]
    assert found.most == bought[3] == before + 140 * bought[1]
    assert found.skipped == tuple(range(-5, found.cap_level, -1)) != ()
    assert found.worst_loss == found.most - (280 + 5 * 140) * found.worst_price
    assert (
        found.cash_full
        == rows[found.levels[-1][0]][3]
        == 280 * 105_000 + 140 * sum(price for number, price, *_ in found.levels if number < 0)
    )
    assert level_of(found, Why.CASH_CAP) == "warn"


def test_a_pair_does_not_go_past_a_buy_over_its_cap() -> None:
    found = look(replace(PLAN, mode=GridMode.ROLLING, cash_cap=60_000_000))
    assert found.skipped == ()
    assert found.most == next(row[3] for row in found.levels if row[0] == found.cap_level)


@pytest.mark.parametrize("mode", GridMode)
def test_only_what_is_taken_over_counts_where_nothing_is_bought(mode: GridMode) -> None:
    found = look(replace(PLAN, mode=mode, sell_only=True, adopt=320), position=320, cost=115_000)
    assert {order.side for order in found.orders} == {SELL}
    assert (found.first_volume, found.cash_live) == (0, 0)
    assert found.most == found.cash_full == 320 * 115_000
    assert found.worst_loss == 320 * (115_000 - found.worst_price)
    assert {row[2] for row in found.levels} == {0}


@pytest.mark.parametrize("mode", GridMode)
def test_one_that_may_only_sell_and_holds_nothing_shows_no_orders_and_says_so(mode: GridMode) -> None:
    found = look(replace(PLAN, mode=mode, sell_only=True))
    assert (found.ok, found.orders, found.first_volume, found.most, found.worst_loss) == (True, (), 0, 0, 0)
    assert level_of(found, Why.NOTHING_HELD) == "warn"


@pytest.mark.parametrize("mode", GridMode)
def test_a_position_over_its_cap_from_the_start_buys_nothing_and_shows_nothing_bought(mode: GridMode) -> None:
    found = look(replace(PLAN, mode=mode, max_position=600), position=1_000, cost=115_000)
    assert (found.orders, found.first_volume, found.most, found.worst_loss) == ((), 0, 0, 0)
    assert found.cap_level > max(number for number, _, volume, _ in found.levels if volume)
    (check,) = (check for check in found.checks if check.reason.why is Why.POSITION_CAP)
    assert (check.level, dict(check.reason.args).keys()) == ("warn", {"cap", "lowest"})
    assert found.cash_full > 0


def test_what_is_taken_over_above_the_cash_cap_is_the_most_there_will_be() -> None:
    plan = replace(PLAN, cash_cap=50_000_000, adopt=500, base=BaseKind.TYPED, base_price=130_000)
    found = look(plan, position=500, cost=120_000)
    assert (found.most, {order.side for order in found.orders}) == (500 * 120_000, {SELL})


def test_a_stop_that_ends_the_buying_is_not_called_a_cap() -> None:
    found = look(replace(PLAN, lower_stop=110_000, max_position=100_000, cash_cap=10_000_000_000))
    assert found.cap_level > found.levels[-1][0]
    assert (level_of(found, Why.POSITION_CAP), level_of(found, Why.CASH_CAP)) == (None, None)


@pytest.mark.parametrize("mode", GridMode)
def test_where_the_days_limit_cuts_the_range_the_worst_loss_is_counted_at_it(mode: GridMode) -> None:
    bond = replace(BOND, prev_close=120_000, limit_up=144_000, limit_down=96_000)
    plan = replace(PLAN, mode=mode, base=BaseKind.LAST)
    cut = look(plan, instrument=bond, last=108_000)
    assert (cut.worst_price, cut.at_limit, cut.last) == (96_000, True, 108_000)
    whole = look(replace(plan, range_bp=1_000), instrument=bond, last=108_000)
    assert (whole.at_limit, whole.worst_price >= 97_200) == (False, True)


def test_a_stop_above_the_days_limit_is_where_the_worst_loss_is_counted() -> None:
    bond = replace(BOND, prev_close=120_000, limit_up=144_000, limit_down=96_000)
    found = look(replace(PLAN, base=BaseKind.LAST, lower_stop=100_000), instrument=bond, last=108_000)
    assert (found.worst_price, found.at_limit) == (100_000, False)


def test_the_worst_loss_ends_at_the_lower_stop() -> None:
    found = look(replace(PLAN, lower_stop=114_500))
    assert (found.worst_price, found.cap_level) == (114_500, -1)
    assert found.worst_loss == 180 * (115_268 - 114_500) + 90 * (114_806 - 114_500)
    assert level_of(found, Why.CASH_CAP) is None


@pytest.mark.parametrize(("ppm", "net"), [(50, 27_840), (100, 26_880), (200, 24_950)])
def test_a_round_trip_of_eighty_at_120_earns_what_it_should(ppm: int, net: int) -> None:
    bond = replace(BOND, prev_close=120_000, limit_up=144_000, limit_down=96_000)
    found = look(instrument=bond, last=120_000, ppm=ppm)
    assert found.trip_net == net
    assert found.trip_fee == 80 * 360 - net


@pytest.mark.fault("O6")
def test_a_step_of_at_most_twice_commission_and_tick_is_refused_with_its_numbers() -> None:
    found = look(replace(PLAN, step_bp=2, range_bp=100), ppm=100)
    assert not found.ok
    check = next(c for c in found.checks if c.reason.why is Why.STEP_TOO_SMALL)
    assert check.level == "refuse"
    # 115.150 × 0.0002 = 23 厘 against 2 × (11.5 + 1)
    assert (check.reason.get("step_milli"), check.reason.get("need_milli")) == (23, 26)
    assert (check.reason.get("step_bp"), check.reason.get("need_bp")) == (2, 3)


def test_the_minimum_commission_counts() -> None:
    # 346 厘 a piece against 2 × (10 CNY / 90 + 1)
    assert level_of(look(minimum=15_000), Why.STEP_TOO_SMALL) == "ok"
    assert level_of(look(minimum=16_000), Why.STEP_TOO_SMALL) == "refuse"


def test_cash_must_last_for_the_live_window_and_its_fees() -> None:
    need = look().cash_live + look().cash_live // 1000
    assert look(cash=need).ok
    short = look(cash=need - 1)
    assert (short.ok, level_of(short, Why.CASH_SHORT), short.cash) == (False, "refuse", need - 1)


def test_old_data_refuse_in_trading_and_warn_outside_it() -> None:
    assert level_of(look(age=8_001), Why.QUOTE_STALE) == "refuse"
    assert level_of(look(age=8_000), Why.QUOTE_STALE) == "ok"
    lunch = look(age=60_000, phase=Phase.LUNCH)
    assert (level_of(lunch, Why.QUOTE_STALE), level_of(lunch, Why.PHASE_CLOSED), lunch.ok) == ("warn", "warn", True)
    assert level_of(look(age=-1), Why.NO_QUOTE) == "refuse"


def test_before_the_open_the_sheet_says_when_the_first_buy_leaves() -> None:
    found = look(last=0, phase=Phase.BEFORE_OPEN, age=-1)
    assert (found.first_price, found.ok) == (115_150, True)
    assert (level_of(found, Why.AUCTION_WAIT), level_of(found, Why.NO_CANCEL_PHASE)) == ("warn", "warn")
    later = look(replace(PLAN, auction_start=False), phase=Phase.OPEN_AUCTION)
    assert (level_of(later, Why.AUCTION_WAIT), level_of(later, Why.NO_CANCEL_PHASE)) == ("warn", None)


def test_a_plan_that_cannot_start_says_why_and_nothing_else() -> None:
    found = look(replace(PLAN, unit=15))
    assert (found.ok, found.levels, [c.reason.why for c in found.checks]) == (False, (), [Why.UNIT_NOT_LOT])


def test_an_adopted_position_counts_as_used_and_sells_at_once() -> None:
    found = look(replace(PLAN, adopt=100), cost=114_000, position=300)
    assert (found.adopted, found.base_holding, found.first_volume) == (100, 200, 80)
    assert found.levels[0] == (60, found.levels[0][1], 0, 100 * 114_000)
    now = [(o.side, o.price, o.volume) for o in found.orders if not o.after_first]
    assert now[:2] == [(SELL, 115_495, 90), (SELL, 115_842, 10)]


def test_what_a_stock_buys_first_it_cannot_sell_today() -> None:
    plan = GridPlan(code=STOCK.code, unit=100)
    found = look(plan, instrument=STOCK, last=13_300)
    assert [o.side for o in found.orders] == [BUY, BUY, BUY]
    assert found.levels[0][1] <= STOCK.limit_up
    assert found.levels[-1][1] >= STOCK.limit_down


def test_levels_outside_the_days_limits_are_not_shown() -> None:
    found = look(instrument=replace(BOND, limit_up=120_000, limit_down=110_000))
    assert (found.levels[0][1] <= 120_000, found.levels[-1][1] >= 110_000) == (True, True)
    told = replace(BOND, limit_up=0, limit_down=0, told_up=120_000, told_down=110_000)
    assert look(instrument=told).levels == found.levels


def test_limits_that_leave_no_level_leave_an_empty_ladder() -> None:
    found = look(instrument=replace(BOND, limit_up=115_400, limit_down=115_200))
    assert (found.levels, found.cash_full, found.worst_price) == ((), 0, 115_200)


def test_a_rolling_pair_shows_its_pair_and_the_buys_that_would_follow() -> None:
    plan = replace(PLAN, mode=GridMode.ROLLING)
    found = look(plan)
    assert (found.ok, found.base, found.unit, found.first_volume) == (True, 115_268, 90, 180)
    assert [row[:3] for row in found.levels[:4]] == [
        (1, 115_614, 0),
        (0, 115_268, 180),
        (-1, 114_922, 90),
        (-2, 114_577, 90),
    ]
    assert found.levels[-1][1] >= 92_120
    assert [(o.side, o.price, o.level, o.first, o.after_first) for o in found.orders] == [
        (BUY, 115_268, 0, True, False),
        (SELL, 115_614, 1, False, True),
        (BUY, 114_922, -1, False, True),
    ]
    assert found.trip_net == 90 * 346 - found.trip_fee
    assert look(replace(plan, first_buy=False, base=BaseKind.LAST)).orders[0].level == -1


@pytest.mark.parametrize("stop", [0, 114_600])
def test_a_pairs_lower_stop_sells_nothing_and_its_worst_loss_is_counted_at_the_ranges_lower_end(stop: int) -> None:
    found = look(replace(PLAN, mode=GridMode.ROLLING, lower_stop=stop, cash_cap=60_000_000))
    # 115.150 less 20 % is the day's lower limit as well
    assert found.worst_price == 92_120
    held = sum(row[2] for row in found.levels if row[0] >= found.cap_level)
    used = next(row[3] for row in found.levels if row[0] == found.cap_level)
    assert found.worst_loss == used - held * 92_120 > 0
    assert (found.cap_level == -1) is (stop > 0)


def test_the_worst_price_of_a_pair_is_within_the_days_limits() -> None:
    plan = replace(PLAN, mode=GridMode.ROLLING, lower_stop=114_000)
    assert look(plan, instrument=replace(BOND, limit_down=110_000)).worst_price == 110_000


@pytest.mark.parametrize("mode", GridMode)
@pytest.mark.parametrize("base", [95_000, 160_000])
def test_a_price_outside_the_range_is_refused_with_its_numbers(mode: GridMode, base: int) -> None:
    plan = replace(PLAN, mode=mode, base=BaseKind.TYPED, base_price=base, adopt=90, first_buy=False)
    found = look(plan, position=90, cost=120_000)
    (check,) = found.checks
    assert (found.ok, check.level, check.reason.why) == (False, "refuse", Why.BAD_SETTING)
    names = ("name", "base_milli", "last_milli")
    assert [check.reason.get(name) for name in names] == ["base", base, 115_268]
    assert not int(check.reason.get("low_milli")) <= 115_268 <= int(check.reason.get("high_milli"))


@pytest.mark.parametrize("mode", GridMode)
def test_one_whose_name_says_that_it_leaves_could_only_buy_and_is_refused(mode: GridMode) -> None:
    found = look(replace(PLAN, mode=mode), instrument=replace(BOND, name="Z bond"))
    assert (found.ok, level_of(found, Why.BUYS_ENDED)) == (False, "refuse")


@pytest.mark.parametrize("mode", GridMode)
def test_what_is_taken_over_of_one_that_leaves_is_shown_for_sale_alone(mode: GridMode) -> None:
    plan = replace(PLAN, mode=mode, adopt=90, cash_cap=1_000_000)
    found = look(plan, instrument=replace(BOND, name="Z bond"), position=90, cost=115_000)
    assert (found.ok, level_of(found, Why.BUYS_ENDED), level_of(found, Why.CASH_CAP)) == (True, "warn", None)
    assert {order.side for order in found.orders} == {SELL}
    assert (found.first_volume, found.cash_live, found.cash_full) == (0, 0, 90 * 115_000)
    assert found.worst_loss == 90 * (115_000 - found.worst_price)


@pytest.mark.parametrize(
    ("cost", "adopt", "warned"), [(118_000, 270, True), (114_000, 270, False), (0, 270, False), (118_000, 0, False)]
)
def test_lots_that_would_be_offered_below_their_cost_are_told_with_the_loss(
    cost: int, adopt: int, warned: bool
) -> None:
    found = look(replace(PLAN, adopt=adopt, first_buy=False), cost=cost, position=270)
    assert (level_of(found, Why.SELLS_UNDER_COST) == "warn") is warned
    if warned:
        (reason,) = [check.reason for check in found.checks if check.reason.why is Why.SELLS_UNDER_COST]
        sells = [115_495, 115_842, 116_190]
        assert reason.get("price_milli") == sells[0]
        assert reason.get("cost_milli") == cost
        assert abs(int(str(reason.get("loss_milli"))) - sum(cost - price for price in sells) * 90) <= 500
    assert found.ok


def test_lots_whose_upper_levels_make_up_for_the_lower_ones_lose_nothing_in_all() -> None:
    found = look(replace(PLAN, adopt=270, first_buy=False), cost=115_600, position=270)
    (reason,) = [check.reason for check in found.checks if check.reason.why is Why.SELLS_UNDER_COST]
    assert reason.get("loss_milli") == 0
