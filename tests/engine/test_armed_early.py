"""A grid armed before its day's prices are known begins with those prices, as if it were armed just then."""

from datetime import date, timedelta

import pytest
from words import said

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import GridBook
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, MarketDay, quote_of

FRIDAYS_CLOSE = 118_000
EVENING, MONDAY = (DAY, 20, 0), (NEXT_DAY, 8, 50)
WHEN = pytest.mark.parametrize("when", [EVENING, MONDAY], ids=["evening", "morning"])
MODE = pytest.mark.parametrize("mode", GridMode)
EARLY = GridPlan(code=BOND)


def closed(held: int = 0) -> MarketDay:
    """Friday is over: it closed at 118.000, and 120.000 was Thursday's close."""
    day = MarketDay(held={BOND: (held, 110_000)} if held else {}, hour=14, minute=50).open()
    day.price(BOND, FRIDAYS_CLOSE)
    day.live_market(3_000)
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    return day.wait(3_000)


def armed(plan: GridPlan, when: tuple[object, int, int] = MONDAY, held: int = 0) -> MarketDay:
    """A grid of that plan, armed before Monday's list of instruments is there."""
    day = closed(held)
    day.at = at_of(*when)  # type: ignore[arg-type]
    day.feed(m.TimePassed())
    day.wait(3_000)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    return day


def opened(day: MarketDay, close: int = FRIDAYS_CLOSE, at: tuple[int, int] = (9, 1)) -> MarketDay:
    """Monday's list comes, with that previous close."""
    day.at, day.day = at_of(NEXT_DAY, *at), NEXT_DAY
    day.last[BOND] = close
    day.instruments, day.prices = day.make_instruments(NEXT_DAY, day.last), dict(day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    return day.wait(2_000)


def trading(day: MarketDay, last: int) -> MarketDay:
    """The market has opened at that price."""
    day.at = max(day.at, at_of(NEXT_DAY, 9, 30, 1))
    day.price(BOND, last)
    return day.live_market(6_000)


def book(day: MarketDay) -> GridBook:
    return day.state.grids[BOND]


def news(day: MarketDay) -> list[dict[str, int | str]]:
    return [dict(line.reason.args) for line in day.state.lines if line.reason.why is Why.WORKED_OUT_ANEW]


@MODE
@WHEN
@pytest.mark.parametrize("close", [114_000, 118_000, 126_000])
def test_it_is_what_arming_just_after_the_list_would_be(
    close: int, when: tuple[object, int, int], mode: GridMode
) -> None:
    plan = replace(EARLY, mode=mode)
    early = opened(armed(plan, when), close)
    late = opened(closed(), close)
    assert late.feed(m.ArmGrid(plan)).refusal is None
    for day in (early, late):
        day.price(BOND, close)
        trading(day, close)
    kinds = [(place.side, place.price, place.volume) for place in early.places(BOND)]
    assert kinds == [(place.side, place.price, place.volume) for place in late.places(BOND)]
    assert kinds[0][:2] == (Side.BUY, close)
    ours, theirs = (day.state.grids[BOND] for day in (early, late))
    assert ours.armed
    if ours.grid is not None and theirs.grid is not None:
        assert replace(ours.grid, started_at=0) == replace(theirs.grid, started_at=0)


@WHEN
def test_the_user_hears_where_it_stood_and_where_it_stands(when: tuple[object, int, int]) -> None:
    day = opened(armed(EARLY, when))
    # in the evening the first buy was at Friday's close already
    first = {"first_was_milli": 120_000, "first_price_milli": FRIDAYS_CLOSE} if when is MONDAY else {}
    assert news(day) == [{"was_milli": 120_000, "base_milli": FRIDAYS_CLOSE, **first}]


def test_nothing_is_said_where_nothing_moved() -> None:
    day = opened(armed(EARLY), 120_000)
    assert (book(day).grid.anchor, said(day, Why.WORKED_OUT_ANEW)) == (120_000, 0)
    assert book(day).grid.day == NEXT_DAY.isoformat()


@MODE
@pytest.mark.parametrize(
    ("plan", "base"),
    [
        (replace(EARLY, base=BaseKind.TYPED, base_price=119_000), 119_000),
        (replace(EARLY, base=BaseKind.COST, adopt=100), 110_000),
        (replace(EARLY, base=BaseKind.LAST), FRIDAYS_CLOSE),
    ],
)
def test_a_base_the_user_chose_stays_and_only_the_first_buy_is_todays(
    plan: GridPlan, base: int, mode: GridMode
) -> None:
    plan = replace(plan, mode=mode)
    day = opened(armed(plan, EVENING, held=300), 116_000)
    found = book(day)
    part = found.grid or found.rolling
    assert part.plan == plan
    assert (found.grid.anchor if found.grid else (part.low + part.high + 1) // 2) == base
    assert part.first_price == 116_000
    (told,) = news(day)
    assert ("base_milli" in told, told["first_price_milli"]) == (False, 116_000)


@MODE
def test_what_it_took_over_and_what_the_user_set_since_goes_with_it(mode: GridMode) -> None:
    day = armed(replace(EARLY, adopt=100, mode=mode), held=300)
    day.feed(m.SetSellOnly(BOND, on=True))
    paused = 0
    if mode is GridMode.LATTICE:
        lattice = book(day).grid.lattice
        paused = lattice.cell(117_000)
        assert day.feed(m.PauseGap(BOND, paused, on=True)).refusal is None
        price = lattice.levels[paused]
    opened(day)
    part = book(day).grid or book(day).rolling
    assert (part.held_total, part.base_holding, part.cash_used) == (100, 200, 100 * 110_000)
    assert part.sell_only
    if mode is GridMode.LATTICE:
        (slot,) = part.paused
        assert abs(part.lattice.levels[slot] - price) < 400
        assert part.held[part.first_slot] == part.unit
        assert slot != paused


def test_where_the_prices_forbid_it_its_stop_works_as_it_was_armed() -> None:
    day = armed(replace(EARLY, lower_stop=115_000, adopt=200), held=200)
    opened(day, 114_000)
    (line,) = [line for line in day.state.lines if line.reason.why is Why.NOT_WORKED_OUT]
    assert (line.level, line.code) == ("alarm", BOND)
    assert dict(line.reason.args) == {"stop_milli": 115_000, "close_milli": 114_000}
    assert said(day, Why.BAD_SETTING) == said(day, Why.WORKED_OUT_ANEW) == 0
    assert (book(day).armed, book(day).fresh) == (True, False)
    trading(day, 114_000)
    assert {place.side for place in day.places(BOND)} == {Side.SELL}
    assert sum(place.volume for place in day.places(BOND)) == 200


@MODE
@pytest.mark.parametrize(("stop", "close", "last"), [(117_500, 117_400, 117_800), (115_000, 114_000, 121_000)])
def test_where_the_prices_forbid_it_it_sells_what_it_holds_and_buys_nothing(
    stop: int, close: int, last: int, mode: GridMode
) -> None:
    plan = replace(EARLY, lower_stop=stop, mode=mode, adopt=100, step_bp=100, keep_armed=True)
    day = opened(armed(plan, held=100), close)
    day.state = day.folded()
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.feed(m.LinkChanged(up=True))
    day.wait(2_000)
    day.at = at_of(NEXT_DAY, 9, 24, 45)
    day.feed(m.Quoted(quote_of(BOND, day.at, last, prev=close)))
    day.wait(5_000)
    assert day.places(BOND) == []
    for price in (last, last - 100, last + 2_500, stop + 10):
        trading(day, price)
    assert {place.side for place in day.places(BOND)} == {Side.SELL}
    part = book(day).grid or book(day).rolling
    assert (part.sell_only, part.first_left, part.day) == (True, 0, NEXT_DAY.isoformat())


def test_once_stopped_and_armed_again_it_buys() -> None:
    day = opened(armed(replace(EARLY, lower_stop=117_500)), 117_400)
    trading(day, 118_000)
    assert day.places(BOND) == []
    assert day.feed(m.DisarmGrid(BOND, StopHow.CANCEL)).refusal is None
    assert day.feed(m.ArmGrid(replace(EARLY, lower_stop=117_500))).refusal is None
    assert {place.side for place in day.places(BOND)} == {Side.BUY}


def test_a_unit_that_these_prices_make_less_than_a_lot_is_told_by_its_name() -> None:
    day = opened(armed(replace(EARLY, amount=1_190_000, first_buy=False), EVENING), 119_500)
    (line,) = [line for line in day.state.lines if line.reason.why is Why.NOT_WORKED_OUT]
    assert dict(line.reason.args) == {"name": "amount"}
    assert book(day).grid.sell_only


def test_what_an_auction_shows_moves_no_grid_of_the_evening() -> None:
    day = armed(replace(EARLY, lower_stop=115_000))
    day.at, day.day = at_of(NEXT_DAY, 9, 20), NEXT_DAY
    day.last[BOND] = 119_500
    day.instruments = day.make_instruments(NEXT_DAY, day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.feed(m.Quoted(quote_of(BOND, day.at, 114_500, prev=119_500)))
    assert day.state.quotes[BOND].quote.last == 114_500
    day.wait(2_000)
    assert book(day).armed
    assert book(day).grid.anchor == 119_500


def test_a_list_that_comes_while_the_market_trades_waits_for_a_price() -> None:
    day = opened(armed(EARLY), at=(10, 0))
    assert book(day).grid.anchor == 120_000
    day.quote(Quote(BOND, day.at, 0, FRIDAYS_CLOSE, 0, 0, 0, 0, 0, (), ()))
    assert (book(day).grid.anchor, book(day).armed, day.places(BOND)) == (120_000, True, [])
    trading(day, 116_000)
    assert (book(day).grid.anchor, day.places(BOND)[0].price) == (FRIDAYS_CLOSE, 116_000)


def lots(day: MarketDay) -> dict[int, int]:
    """What lies in its gaps, by the price above each."""
    grid = book(day).grid
    assert grid is not None
    return {grid.lattice.levels[i + 1]: gap.held for i, gap in enumerate(grid.gaps) if gap.held}


def test_found_late_it_offers_its_lots_no_lower_than_found_early() -> None:
    plan = replace(EARLY, adopt=200, unit=100, base=BaseKind.LAST)
    early = trading(opened(armed(plan, EVENING, held=200)), 116_800)
    late = trading(opened(armed(plan, EVENING, held=200), at=(9, 28)), 116_800).live_market(9_000)
    assert lots(late) == lots(early)
    assert min(lots(late)) > FRIDAYS_CLOSE


def test_found_late_what_it_still_buys_goes_by_the_price_of_now() -> None:
    plan = replace(EARLY, adopt=100, unit=100, base=BaseKind.LAST)
    day = trading(opened(armed(plan, EVENING, held=200), at=(9, 28)), 116_800).live_market(9_000)
    grid = book(day).grid
    assert grid is not None
    assert (grid.first_price, grid.first_left) == (116_800, 100)
    assert min(lots(day)) > FRIDAYS_CLOSE
    day.price(BOND, 116_500)
    day.live_market(6_000)
    assert {fill.price <= 116_800 for fill in day.state.fills.values()} == {True}
    assert sum(lots(day).values()) == 200


def test_found_late_it_is_of_the_unit_its_sheet_showed_and_buys_nothing_more() -> None:
    """180 of them cost the plan's amount at the price of now, and 160 at the close."""
    plan = replace(EARLY, adopt=160, base=BaseKind.LAST)
    day = trading(opened(armed(plan, EVENING, held=160), at=(9, 28)), 110_500).live_market(9_000)
    early = opened(armed(plan, EVENING, held=160))
    grid, shown = book(day).grid, book(early).grid
    assert grid is not None
    assert shown is not None
    assert (grid.unit, grid.first_left, grid.first_price) == (shown.unit, 0, 0) == (80, 0, 0)
    assert lots(day) == lots(early)


def test_found_late_after_a_rise_it_offers_nothing_under_the_market() -> None:
    plan = replace(EARLY, adopt=200, unit=100)
    day = trading(opened(armed(plan, EVENING, held=200), at=(9, 28)), 120_000).live_market(9_000)
    assert min(lots(day)) > 120_000


def test_found_late_where_the_close_lies_outside_its_range_it_goes_by_the_price_of_now() -> None:
    plan = replace(EARLY, adopt=200, unit=100, base=BaseKind.TYPED, base_price=112_000, range_bp=500)
    day = armed(replace(plan, base_price=117_000), EVENING, held=200)
    grid = book(day).grid
    assert grid is not None
    day.state = replace(day.state, grids={BOND: replace(book(day), plan=plan, grid=replace(grid, anchor=112_000))})
    trading(opened(day, at=(10, 0)), 112_500)
    assert min(lots(day)) > 112_500
    assert max(lots(day)) < FRIDAYS_CLOSE


def test_until_then_no_price_moves_anything_in_it() -> None:
    """The first price of the day is far from the levels of the day before."""
    day = opened(armed(replace(EARLY, trail_bp=50, step_bp=50, range_bp=300)), 112_000, at=(10, 0))
    day.price(BOND, 112_000)
    assert (book(day).grid.asleep, said(day, Why.SLEEP)) == (False, 0)
    trading(day, 112_000)
    assert (book(day).grid.anchor, book(day).grid.asleep, said(day, Why.SLEEP)) == (112_000, False, 0)


def test_a_code_that_is_listed_late_is_worked_out_when_it_is() -> None:
    day = armed(EARLY)
    day.at, day.day = at_of(NEXT_DAY, 9, 1), NEXT_DAY
    day.last[BOND] = FRIDAYS_CLOSE
    day.instruments = day.make_instruments(NEXT_DAY, day.last)
    others = tuple(one for one in day.instruments if one.code != BOND)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), others))
    day.wait(2_000)
    assert book(day).grid.anchor == 120_000
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.wait(2_000)
    assert book(day).grid.anchor == FRIDAYS_CLOSE


def test_a_restart_before_the_list_changes_nothing_of_it() -> None:
    day = armed(replace(EARLY, keep_armed=True))
    day.state = day.folded(resume=False)
    day.feed(m.LinkChanged(up=True))
    opened(day)
    assert (book(day).armed, book(day).grid.anchor) == (True, FRIDAYS_CLOSE)
    assert day.folded().grids[BOND] == book(day)


def corrected(day: MarketDay, close: int, at: tuple[int, int] = (9, 16)) -> MarketDay:
    """The list of the morning was of an old page; the right one comes."""
    day.at = at_of(NEXT_DAY, *at)
    day.feed(m.TimePassed())
    day.wait(2_000)
    day.instruments = day.make_instruments(NEXT_DAY, {**day.last, BOND: close})
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    return day.wait(2_000)


@MODE
def test_a_list_put_right_works_out_anew_what_was_made_of_the_old_close(mode: GridMode) -> None:
    day = corrected(opened(armed(replace(EARLY, mode=mode), EVENING), 120_000), 114_000)
    right = opened(armed(replace(EARLY, mode=mode), EVENING), 114_000)
    part, other = book(day).grid or book(day).rolling, book(right).grid or book(right).rolling
    assert part is not None
    assert other is not None
    assert part.first_price == other.first_price == 114_000
    assert part.day == NEXT_DAY.isoformat()
    assert news(day)[-1]["first_price_milli"] == 114_000


@MODE
def test_a_restart_before_the_list_is_put_right_hides_nothing_of_it(mode: GridMode) -> None:
    day = opened(armed(replace(EARLY, mode=mode, keep_armed=True), EVENING), 120_000)
    day.state = day.folded(resume=False)
    day.feed(m.LinkChanged(up=True))
    corrected(day, 114_000)
    part = book(day).grid or book(day).rolling
    assert part is not None
    assert part.first_price == 114_000


@pytest.mark.parametrize("restarted", [True, False])
def test_a_list_put_right_moves_nothing_that_an_order_has_left_for_and_says_so_once(restarted: bool) -> None:
    day = MarketDay().open()
    assert day.feed(m.ArmGrid(replace(EARLY, keep_armed=True))).refusal is None
    day.wait(1_000)
    assert not book(day).fresh
    before = book(day).grid
    if restarted:
        day.state = day.folded(resume=True)
        day.feed(m.LinkChanged(up=True))
    right = day.make_instruments(day.day, {**day.last, BOND: 119_000})
    for _ in range(2):
        day.feed(m.DayOpened(day.day.isoformat(), right))
    assert book(day).grid == before
    (line,) = [line for line in day.state.lines if line.reason.why is Why.CLOSE_PUT_RIGHT]
    assert (line.level, dict(line.reason.args)) == ("alarm", {"was_milli": 120_000, "close_milli": 119_000})


@MODE
@WHEN
@pytest.mark.parametrize("first_buy", [False, True])
def test_what_a_wrong_close_forbade_the_right_one_gives_back_and_says_so(
    when: tuple[object, int, int], mode: GridMode, *, first_buy: bool
) -> None:
    plan = replace(EARLY, lower_stop=115_000, first_buy=first_buy, mode=mode, base=BaseKind.TYPED, base_price=118_000)
    day = opened(armed(plan, when), 114_500)
    assert (book(day).grid or book(day).rolling).sell_only
    corrected(day, 118_000)
    (line,) = [line for line in day.state.lines if line.reason.why is Why.CLOSE_GIVES_BACK]
    assert (line.level, dict(line.reason.args)) == ("notice", {"close_milli": 118_000})
    assert [told for told in news(day) if not all(told.values())] == []
    trading(day, 118_000)
    owners = {place.owner.kind for place in day.places(BOND) if place.side is Side.BUY}
    assert (OwnerKind.FIRST_BUY in owners) is first_buy
    assert owners


def test_what_the_price_of_now_forbade_a_close_put_right_does_not_give_back() -> None:
    plan = replace(EARLY, first_buy=False, base=BaseKind.TYPED, base_price=118_000, range_bp=300, step_bp=50)
    day = opened(armed(plan, MONDAY), 118_000, at=(9, 40))
    trading(day, 125_000).live_market(12_000)
    assert said(day, Why.NOT_WORKED_OUT) == 1
    trading(day, 119_000).live_market(6_000)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, {**day.last, BOND: 118_010})))
    day.live_market(12_000)
    assert book(day).grid.sell_only
    assert day.places(BOND) == []


@pytest.mark.parametrize("when", [(DAY, 20, 0), (NEXT_DAY, 8, 40)])
def test_a_list_of_the_next_days_closes_told_for_the_old_day_puts_nothing_right(when: tuple[date, int, int]) -> None:
    """Until 9:00 the list is asked for as the last day's, and a terminal may tell the closes of the next one."""
    day = MarketDay(hour=14, minute=50).open()
    assert day.feed(m.ArmGrid(replace(EARLY, keep_armed=True))).refusal is None
    day.wait(1_000)
    day.jump(15, 0, 1)
    day.at = at_of(*when)
    day.state = day.folded(resume=False)
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(DAY.isoformat(), day.make_instruments(DAY, {**day.last, BOND: 118_000})))
    assert said(day, Why.CLOSE_PUT_RIGHT) == 0


@MODE
def test_a_list_put_right_leaves_a_grid_alone_that_was_made_of_the_price_of_now(mode: GridMode) -> None:
    day = MarketDay(held={BOND: (200, 110_000)}, hour=11, minute=20).open()
    day.price(BOND, 116_000)
    day.jump(12, 0)
    day.wait(3_000)
    plan = replace(EARLY, mode=mode, adopt=200, unit=100, base=BaseKind.TYPED, base_price=118_000)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    before = book(day).grid, book(day).rolling
    assert book(day).fresh
    day.feed(m.DayOpened(day.day.isoformat(), day.make_instruments(day.day, {**day.last, BOND: 119_500})))
    assert said(day, Why.CLOSE_PUT_RIGHT) == 1
    assert (book(day).grid, book(day).rolling) == before


def test_a_grid_kept_from_the_day_before_is_not_made_of_the_close_of_today() -> None:
    day = MarketDay(hour=14, minute=50).open()
    assert day.feed(m.ArmGrid(replace(EARLY, keep_armed=True))).refusal is None
    day.wait(1_000)
    day.jump(15, 0, 1)
    corrected(opened(day, 120_000), 118_000)
    assert said(day, Why.CLOSE_PUT_RIGHT) == 0


@MODE
def test_stopped_with_a_sale_while_it_waits_its_figures_are_todays(mode: GridMode) -> None:
    plan = replace(EARLY, mode=mode, adopt=200, unit=100, keep_armed=True)
    day = opened(armed(plan, EVENING, held=200), at=(9, 28))
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    trading(day, 116_000).live_market(9_000)
    part = book(day).grid or book(day).rolling
    assert part is not None
    assert (part.held_total, part.day) == (0, NEXT_DAY.isoformat())
    assert day.feed(m.ArmGrid(replace(plan, adopt=0, first_buy=False))).refusal is None
    again = book(day).grid or book(day).rolling
    assert again is not None
    assert again.earlier.realised == part.realised != 0


@pytest.mark.parametrize("when", [(NEXT_DAY - timedelta(days=2), 10, 0), (NEXT_DAY, 8, 30), (NEXT_DAY, 9, 45)])
def test_a_sale_cannot_be_asked_for_before_the_days_list_is_there(when: tuple[date, int, int]) -> None:
    """It would end unsold when the list comes: that is the close of the day it was asked on."""
    day = armed(replace(EARLY, adopt=200, unit=100, keep_armed=True), EVENING, held=200)
    day.at = at_of(*when)
    day.feed(m.TimePassed())
    refusal = day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal
    assert refusal == because(Why.NO_DAY_YET)
    assert book(day).armed
    assert day.feed(m.DisarmGrid(BOND, StopHow.CANCEL)).refusal is None
    assert not book(day).armed


def test_a_grid_that_has_sent_an_order_keeps_its_levels_over_the_night() -> None:
    day = MarketDay(hour=14, minute=50).open()
    assert day.feed(m.ArmGrid(replace(EARLY, keep_armed=True))).refusal is None
    day.wait(1_000)
    assert day.places(BOND)[0].owner.kind is OwnerKind.FIRST_BUY
    assert not book(day).fresh
    assert day.folded().grids[BOND] == book(day)
    for order in day.live(BOND):
        day.feed(m.CancelOne(order.ref))
    day.jump(15, 0, 1)
    before = book(day).grid
    opened(day)
    assert (book(day).grid.anchor, book(day).grid.first_price) == (before.anchor, before.first_price)
    assert said(day, Why.WORKED_OUT_ANEW) == 0


def test_a_grid_that_an_earlier_ones_order_traded_for_keeps_its_levels() -> None:
    day = armed(EARLY)
    grid = book(day).grid
    gaps = tuple(
        replace(gap, held=80, bought=80, cost=1) if i == grid.first_slot else gap for i, gap in enumerate(grid.gaps)
    )
    day.state = replace(day.state, grids={BOND: replace(book(day), grid=replace(grid, gaps=gaps))})
    opened(day)
    assert (book(day).grid.anchor, book(day).grid.day) == (120_000, NEXT_DAY.isoformat())
    assert said(day, Why.WORKED_OUT_ANEW) == 0
