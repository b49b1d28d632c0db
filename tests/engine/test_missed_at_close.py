"""Trades of the last minutes that nobody told before the day rolled: explained from what the account holds."""

import pytest
from words import ID, KEPT, answer, beat, by_hand, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GridMode
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, MarketDay, quote_of
from qmtdesk.trader.picture_grid import grid_row

S = OrderState


def evening(
    held: int = 0, *, both: bool = False, mode: GridMode = GridMode.LATTICE
) -> tuple[MarketDay, dict[Side, Place]]:
    """A grid whose orders stand at the counter when the link breaks before the close; some of it was filled."""
    day = MarketDay(held={BOND: (held, 110_000)} if held else {}, hour=14, minute=50).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(KEPT, adopt=held, mode=mode))).refusal is None
    places = {place.side: place for place in day.places(BOND)}
    for number, place in enumerate(places.values()):
        told(day, place, S.WORKING, number=f"{ID}{number}")
    beat(day, 2)
    assert both == (len(places) == 2)
    day.feed(m.LinkChanged(up=False, text="cut"))
    return day, places


def morning(day: MarketDay, volume: int, *, restart: bool = False) -> None:
    """The next day, on which the account holds this much."""
    if restart:
        day.state = day.folded(resume=True)
    day.day = NEXT_DAY
    day.at += 3 * 86_400_000 - 4 * 3_600_000
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, day.last)))
    day.quote_all()
    held = [Position(BOND, volume, volume)] if volume else []
    for _ in range(6 if volume else 24):
        # an account that lists nothing at all is believed after a minute
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, positions=held)
    assert day.state.ready is Ready.READY


def words(day: MarketDay) -> list[Reason]:
    return [line.reason for line in day.state.lines if line.reason.why is Why.MISSED_TRADES]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("volume", [10, 100])
def test_a_missed_purchase_goes_into_its_gap_and_the_figures_are_estimates(volume: int, restart: bool) -> None:
    day, places = evening()
    morning(day, volume, restart=restart)
    grid = day.state.grids[BOND].grid
    assert grid.held_total == volume
    assert grid.held[places[Side.BUY].owner.slot - grid.slot0] == volume
    assert not grid.exact
    (reason,) = words(day)
    assert (reason.get("volume"), reason.get("side")) == (volume, "buy")
    assert sum(order.open_volume for order in day.live(BOND) if order.side is Side.SELL) <= volume
    assert max(p.volume for p in day.places(BOND) if p.side is Side.SELL) <= volume


@pytest.mark.parametrize("restart", [False, True])
def test_a_missed_sale_leaves_its_gap_and_nothing_is_oversold(restart: bool) -> None:
    day, places = evening(100, both=True)
    assert day.state.grids[BOND].grid.held_total == 100
    morning(day, 0, restart=restart)
    grid = day.state.grids[BOND].grid
    assert (grid.held_total, grid.exact) == (0, False)
    (reason,) = words(day)
    assert (reason.get("volume"), reason.get("side")) == (100, "sell")
    late = [p for p in day.places(BOND) if p.ref > places[Side.SELL].ref and p.side is Side.SELL]
    assert late == []


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("mode", list(GridMode))
def test_a_missed_sale_is_no_round_trip_of_the_day_that_finds_it_out(mode: GridMode, restart: bool) -> None:
    day, _ = evening(100, both=True, mode=mode)
    morning(day, 0, restart=restart)
    row, book = grid_row(day.state, BOND), day.state.grids[BOND]
    assert (row.held, row.trips, row.realised, row.fees, row.exact) == (0, 0, 0, 0, False)
    part = book.grid or book.rolling
    assert part.realised > 0
    assert part.day == NEXT_DAY.isoformat()


@pytest.mark.parametrize("restart", [False, True])
def test_a_missed_purchase_of_a_gap_was_not_bought_on_the_day_that_finds_it_out(restart: bool) -> None:
    day, _ = evening()
    morning(day, 100, restart=restart)
    grid = day.state.grids[BOND].grid
    assert [(gap.held, gap.bought) for gap in grid.gaps if gap.held or gap.bought] == [(100, 0)]


def unanswered(side: Side) -> MarketDay:
    """An order of ours is in doubt at the close, and somebody nobody has named traded just what it was to trade."""
    held = 100 if side is Side.SELL else 0
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=50).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(KEPT, adopt=held))).refusal is None
    place = next(place for place in day.places(BOND) if place.side is side)
    twin = by_hand(BOND, side, place.price, place.volume)
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    beat(day, 5)
    told(day, twin, S.FILLED, place.volume, remark="")
    traded(day, twin, place.volume)
    assert day.state.orders[place.ref].in_doubt
    return day


def test_what_may_have_been_our_sale_is_not_sold_once_more() -> None:
    day = unanswered(Side.SELL)
    morning(day, 200)
    grid = day.state.grids[BOND].grid
    assert (grid.held_total, grid.exact) == (0, False)
    (reason,) = words(day)
    assert (reason.get("volume"), reason.get("side")) == (100, "sell")


def test_what_may_have_been_our_purchase_is_not_sold_by_the_grid() -> None:
    day = unanswered(Side.BUY)
    morning(day, 400)
    assert day.state.grids[BOND].grid.held_total == 0


def test_with_nothing_missed_nothing_is_said_and_nothing_becomes_an_estimate() -> None:
    day, _ = evening()
    morning(day, 0)
    assert day.state.grids[BOND].grid.exact
    assert words(day) == []


def test_with_both_sides_open_an_equal_position_proves_nothing() -> None:
    day, _ = evening(100, both=True)
    morning(day, 100)
    assert day.state.grids[BOND].grid.held_total == 100
    assert not day.state.grids[BOND].grid.exact
    assert [reason.why for reason in words(day)] == [Why.MISSED_TRADES]
    assert [line.level for line in day.state.lines if line.reason.why is Why.MISSED_TRADES] == ["notice"]


def closing(day: MarketDay, low: int, high: int) -> None:
    """The quotes went on, and the last snapshot of the day tells how far the price came."""
    day.at = at_of(DAY, 15, 0, 3)
    day.quote(replace(quote_of(BOND, day.at, 120_000), low=low, high=high, volume=100))


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("reached", [False, True])
def test_a_price_the_day_never_came_to_explains_nothing(side: Side, reached: bool) -> None:
    """A bonus of shares, or the user's own converted, is no trade of an order that could not trade."""
    day, places = evening(100, both=True)
    far = {Side.BUY: (places[Side.BUY].price, 120_100), Side.SELL: (119_900, places[Side.SELL].price)}[side]
    closing(day, *(far if reached else (119_900, 120_100)))
    before = day.state.grids[BOND].grid
    volume = {Side.BUY: 200, Side.SELL: 0}[side]
    morning(day, volume)
    after = day.state.grids[BOND].grid
    if reached:
        assert (after.held_total, after.exact) == (volume, False)
        assert [reason.get("side") for reason in words(day)] == [side.value]
        return
    assert words(day) == []
    assert (after.held_total, after.realised, after.exact) == (before.held_total, 0, True)
    # more than the account has is nothing to go on with
    assert day.state.grids[BOND].armed == (side is Side.BUY)


def test_a_snapshot_of_another_day_says_nothing_of_this_one() -> None:
    day, _ = evening()
    day.at = at_of(NEXT_DAY, 9, 0, 1) - 10_000
    day.quote(replace(quote_of(BOND, day.at, 121_000), volume=100))
    day.at = at_of(DAY, 15, 0, 3)
    morning(day, 100)
    assert day.state.grids[BOND].grid.held_total == 100


def test_trades_the_counter_counted_and_never_told_are_missing_wherever_the_price_was() -> None:
    day, places = evening()
    told(day, places[Side.BUY], S.PARTIAL, 40, number=f"{ID}0")
    closing(day, 120_100, 120_200)
    morning(day, 40)
    assert day.state.grids[BOND].grid.held_total == 40
    assert [reason.get("volume") for reason in words(day)] == [40]


def test_what_no_open_order_explains_is_somebody_elses() -> None:
    day, _ = evening()
    morning(day, 340)
    grid = day.state.grids[BOND].grid
    assert grid.held_total == 100
    assert not grid.exact
    (reason,) = words(day)
    assert (reason.get("volume"), reason.get("rest")) == (100, 240)


def test_what_the_trials_order_may_have_bought_is_no_grids() -> None:
    day = MarketDay(hour=14, minute=50).open()
    day.deaf = True
    day.feed(m.ArmGrid(replace(KEPT, sell_only=True)))
    assert day.feed(m.PlaceTrial(BOND)).refusal is None
    (trial,) = day.places(BOND)
    told(day, trial, S.WORKING)
    day.feed(m.LinkChanged(up=False, text="cut"))
    morning(day, 10)
    assert day.state.grids[BOND].grid.held_total == 0
    assert day.places(BOND) == [trial]
    (reason,) = words(day)
    assert (reason.get("volume"), reason.get("side")) == (10, "buy")


def test_an_order_that_was_settled_in_the_evening_is_no_question_in_the_morning() -> None:
    day, places = evening()
    day.feed(m.LinkChanged(up=True))
    beat(day, 3)
    place = places[Side.BUY]
    rows = [row_of(day, place, S.PART_CANCELLED, 40, number=f"{ID}0")]
    answer(day, rows, [trade_of(day, place, 40, number=f"{ID}0")], [Position(BOND, 40, 40)])
    morning(day, 40)
    assert day.state.grids[BOND].grid.held_total == 40
    assert day.state.grids[BOND].grid.exact
    assert words(day) == []


def test_the_question_outlives_a_second_restart_before_the_first_answer() -> None:
    day, _ = evening()
    day.day = NEXT_DAY
    day.at += 3 * 86_400_000 - 4 * 3_600_000
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, day.last)))
    day.state = day.folded(resume=True)
    assert day.state.overnight is not None
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.make_instruments(NEXT_DAY, day.last)))
    day.quote_all()
    for _ in range(6):
        beat(day, 3)
        day.feed(m.AskNow())
        answer(day, positions=[Position(BOND, 60, 60)])
    assert day.state.grids[BOND].grid.held_total == 60
    assert day.folded().overnight is None
