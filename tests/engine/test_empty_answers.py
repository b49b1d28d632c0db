"""A terminal that has not loaded its positions, or clears the day, ends nothing; nor does a position a moment late."""

import pytest
from words import PLAN, answer, beat, by_hand, row_of, said, sell_out

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import reconcile
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Ready, sell_room
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of

GRID = replace(PLAN, adopt=100, live_per_side=2)


def running(adopt: int = 100, held: int = 300, **plan: object) -> MarketDay:
    day = MarketDay(held={BOND: (held, 110_000)}, cash=50_000_000).open()
    assert day.feed(m.ArmGrid(replace(GRID, adopt=adopt, **plan))).refusal is None
    return day.live_market(12_000)


def lists_nothing(
    day: MarketDay, seconds: int, last: int = 0, *, worth: bool = True, rows: tuple[Position, ...] = ()
) -> None:
    """For so long each answer lacks the positions; its total may still tell what they are worth."""
    day.mute, asked = True, 0
    for _ in range(seconds):
        day.at += 1_000
        if last:
            day.last[BOND] = last
            day.feed(m.Quoted(quote_of(BOND, day.at, last, prev=120_000)))
        day.feed(m.TimePassed())
        if day.state.request != asked:
            asked, report = day.state.request, day.exchange.report(day.at)
            total = report.asset if worth else replace(report.asset, total=report.asset.cash)
            day.feed(m.AccountReported(asked, replace(report, positions=rows, asset=total)))
    day.exchange.due(day.at)
    day.mute = False


def back_to_nothing(day: MarketDay, seconds: int, last: int = 0, *, rows: tuple[Position, ...] = ()) -> None:
    """The link goes and comes back to a terminal that lists no positions yet."""
    day.mute = True
    day.feed(m.LinkChanged(up=False, text="away"))
    day.wait(2_000)
    day.feed(m.LinkChanged(up=True))
    lists_nothing(day, seconds, last, rows=rows)


@pytest.mark.fault("G20")
@pytest.mark.parametrize("worth", [True, False])
@pytest.mark.parametrize("seconds", [8, 120])
def test_a_terminal_that_loads_its_positions_late_ends_no_kept_grid(seconds: int, *, worth: bool) -> None:
    day = running(keep_armed=True)
    morning(day, 9, 5)
    lists_nothing(day, seconds, worth=worth)
    assert day.state.ready is Ready.RECONCILING
    day.wait(20_000).jump(9, 31).quote_all()
    day.live_market(15_000)
    assert (day.state.grids[BOND].armed, dict(day.state.suspended)) == (True, {})
    assert day.live(BOND) != []


@pytest.mark.parametrize("worth", [True, False])
@pytest.mark.parametrize(("hour", "minute"), [(9, 5), (9, 40)])
@pytest.mark.parametrize("grid", [True, False])
def test_what_was_held_is_known_to_a_new_process(hour: int, minute: int, *, worth: bool, grid: bool) -> None:
    """Else it would call what is loaded seconds later money that moved, and buy no more."""
    day = running() if grid else MarketDay(held={BOND: (300, 110_000)}, cash=50_000_000).open()
    morning(day, hour, minute)
    lists_nothing(day, 20, worth=worth)
    assert day.state.ready is Ready.RECONCILING
    day.wait(20_000)
    assert (day.state.ready, dict(day.state.suspended)) == (Ready.READY, {})
    assert said(day, Why.MONEY_MOVED) == 0


@pytest.mark.parametrize("way", ["sold by hand", "a repo"])
def test_what_a_new_process_misses_beside_others_or_without_rules_holds_nothing_up(way: str) -> None:
    day = MarketDay(held={BOND: (300, 110_000), STOCK: (500, 9_000)}).open()
    if way == "sold by hand":
        assert day.feed(m.ArmGrid(replace(PLAN, keep_armed=True))).refusal is None
        day.live_market(6_000)
    morning(day, 9, 5)
    rows = (Position(STOCK, 500, 500),)
    if way == "a repo":
        base = [record for record in day.records if isinstance(record, r.DayBase)][-1]
        day.records.append(replace(base, held={"204001.SH": 1_000}))
        day.state, rows = day.folded(resume=False), ()
        day.connect()
    lists_nothing(day, 12, rows=rows, worth=False)
    assert (day.state.ready, said(day, Why.REPORT_SHRUNK)) == (Ready.READY, 0)
    if way == "sold by hand":
        part = day.state.grids[BOND].grid
        assert part is not None
        assert (part.held_total, part.base_holding) == (0, 0)


def test_nor_does_one_that_clears_the_day_in_the_evening() -> None:
    day = running(keep_armed=True)
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(90_000).jump(20, 0)
    back_to_nothing(day, 300)
    day.next_day()
    day.live_market(15_000)
    assert (day.state.grids[BOND].armed, dict(day.state.suspended)) == (True, {})


def test_a_lower_stop_that_is_met_meanwhile_sells_when_they_are_there() -> None:
    day = running(adopt=300, lower_stop=118_500)
    back_to_nothing(day, 30, 118_000)
    day.live_market(60_000)
    book = day.state.grids[BOND]
    assert book.grid is not None
    assert (book.armed, book.grid.stopped_low, book.grid.held_total) == (True, True, 0)


@pytest.mark.parametrize("seconds", [9, 55])
def test_a_stop_with_selling_goes_on_when_they_are_there(seconds: int) -> None:
    day = running(adopt=300)
    sell_out(day)
    back_to_nothing(day, seconds, 118_900)
    assert day.state.grids[BOND].winding is StopHow.SELL
    day.last[BOND] = 118_000
    day.live_market(60_000)
    book = day.state.grids[BOND]
    assert book.grid is not None
    assert (book.winding, book.grid.held_total) == (None, 0)


def test_one_that_finds_nothing_for_longer_says_what_it_leaves() -> None:
    day = running(adopt=300)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(6_000)
    # as if the process had died between the last cancel and the sale
    state = day.folded()
    day.state = replace(state, grids={BOND: replace(state.grids[BOND], winding=StopHow.SELL)})
    day.connect()
    lists_nothing(day, 30, 118_900)
    assert day.state.grids[BOND].winding is StopHow.SELL
    lists_nothing(day, 60, 118_900)
    assert day.state.grids[BOND].winding is None
    (line,) = [line for line in day.state.lines if line.reason.why is Why.POSITION_FLOOR]
    assert (line.level, line.reason.get("held"), line.reason.get("position")) == ("alarm", 300, 0)


def test_in_trading_hours_all_that_is_gone_for_a_minute_is_gone() -> None:
    day = running()
    lists_nothing(day, 30, 120_000)
    assert day.state.ready is Ready.RECONCILING
    lists_nothing(day, 45, 120_000)
    book = day.state.grids[BOND]
    assert (day.state.ready, book.armed, book.why and book.why.why) == (Ready.READY, False, Why.POSITION_FLOOR)


def morning(day: MarketDay, hour: int, minute: int, second: int = 0) -> None:
    """The program starts the next day beside a terminal whose words are up to the test."""
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(90_000)
    day.day, day.at = NEXT_DAY, at_of(NEXT_DAY, hour, minute, second)
    day.instruments = day.make_instruments(NEXT_DAY, day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.exchange.due(day.at)
    day.mute = True
    day.state = day.folded(resume=False)
    day.connect()


def test_the_minute_begins_with_the_open() -> None:
    day = running(keep_armed=True)
    morning(day, 9, 28, 55)
    lists_nothing(day, 100)
    day.live_market(20_000)
    assert (day.state.grids[BOND].armed, dict(day.state.suspended)) == (True, {})


@pytest.mark.parametrize("rows", [(Position(BOND, 0, 0),), (Position("511880.SH", 100, 100),)])
def test_in_the_evening_a_list_that_has_other_rows_ends_no_kept_grid(rows: tuple[Position, ...]) -> None:
    day = running(keep_armed=True)
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(90_000).jump(20, 0)
    back_to_nothing(day, 30, rows=rows)
    assert day.state.grids[BOND].armed


OTHER = Position("511880.SH", 100, 100)


def test_a_holding_nothing_works_for_that_is_gone_beside_others_holds_nothing_up() -> None:
    """An allotment became a bond in the evening, or he sold it by phone."""
    day = running(held=100)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(6_000)
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(90_000).jump(18, 0)
    back_to_nothing(day, 15, rows=(OTHER,))
    assert day.state.ready is Ready.READY


@pytest.mark.parametrize("rows", [(), (OTHER,)])
def test_ten_minutes_of_the_morning_are_enough(rows: tuple[Position, ...]) -> None:
    day = running(keep_armed=True)
    morning(day, 9, 4)
    lists_nothing(day, 650, rows=rows)
    assert day.state.ready is Ready.RECONCILING
    lists_nothing(day, 30, rows=rows)
    assert (day.state.ready, day.state.grids[BOND].armed) == (Ready.READY, False)


@pytest.mark.parametrize(("hour", "minute"), [(8, 50), (20, 0)])
def test_what_a_grid_that_is_off_is_said_to_hold_holds_up_no_evening(hour: int, minute: int) -> None:
    """It was converted, say, and no trade told of it."""
    day = running(held=100)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(6_000)
    day.exchange.account.holdings.clear()
    day.state = replace(day.state, held_before=frozenset(), holdings={})
    day.records.append(r.GridChanged(BOND, day.state.grids[BOND]))
    morning(day, hour, minute)
    day.state = replace(day.state, held_before=frozenset())
    lists_nothing(day, 15, worth=False)
    assert day.state.ready is Ready.READY


def filled_while_away(day: MarketDay, *, moves: bool) -> m.AccountReported:
    """A buy fills while the link is down; the answer after that has the trade, its positions are of before it."""
    before = day.exchange.report(day.at)
    buy = max((o for o in day.live(BOND) if o.side is Side.BUY), key=lambda o: o.price)
    day.mute = True
    day.feed(m.LinkChanged(up=False, text="away"))
    day.wait(1_000)
    day.last[BOND] = buy.price - 10
    day.exchange.market(quote_of(BOND, day.at, buy.price - 10, prev=120_000))
    day.wait(12_000)
    day.feed(m.LinkChanged(up=True))
    day.exchange.due(day.at)
    report = day.exchange.report(day.at)
    assert len(report.fills) == 1
    day.mute = moves
    return m.AccountReported(day.state.request, replace(report, positions=before.positions, asset=before.asset))


def test_a_position_that_knows_a_trade_a_moment_after_the_list_of_trades_stops_no_grid() -> None:
    day = running(held=100)
    day.feed(filled_while_away(day, moves=False))
    assert day.state.ready is Ready.RECONCILING
    day.live_market(15_000)
    book = day.state.grids[BOND]
    assert book.grid is not None
    assert (day.state.ready, book.armed, book.grid.held_total) == (Ready.READY, True, 200)


def test_one_that_never_knows_it_does() -> None:
    day = running(held=100)
    lacking = filled_while_away(day, moves=True)
    for _ in range(4):
        day.feed(replace(lacking, request=day.state.request, report=replace(lacking.report, at=day.at)))
        beat(day, 3)
    book = day.state.grids[BOND]
    assert (book.armed, book.why and book.why.why) == (False, Why.POSITION_FLOOR)


def test_a_report_never_says_that_more_may_be_sold_than_is_held() -> None:
    """A counter may list a sale before what it offers is held back."""
    day = MarketDay(held={STOCK: (2_000, 9_000)}).open()
    day.deaf = True
    day.feed(m.AskNow())
    sale = row_of(day, by_hand(STOCK, Side.SELL, 11_000, 1_000), OrderState.WORKING, remark="")
    answer(day, [sale], positions=[Position(STOCK, 2_000, 2_000)])
    assert (day.state.holdings[STOCK].sellable, sell_room(day.state, STOCK)) == (2_000, 1_000)


def test_an_order_that_ended_before_anybody_asked_again_is_looked_for_no_more() -> None:
    day = running(held=100)
    buy = next(order for order in day.live(BOND) if order.side is Side.BUY)
    day.mute = True
    day.feed(m.AskNow())
    day.at += 200
    report = day.exchange.report(day.at)
    rows = tuple(row for row in report.orders if row.broker_id != buy.broker_id)
    day.exchange.due(day.at)
    day.feed(m.AccountReported(day.state.request, replace(report, orders=rows)))
    day.mute = False
    assert list(day.state.missed) == [buy.ref]
    day.at += 500
    day.price(BOND, buy.price - 10, prev=120_000)
    day.live_market(30_000)
    assert day.state.orders[buy.ref].state is OrderState.FILLED
    assert dict(day.state.missed) == {}
    assert reconcile.ask_every(day.state) == day.state.limits.query_ms
    assert said(day, Why.ORDER_MISSING) == 0
