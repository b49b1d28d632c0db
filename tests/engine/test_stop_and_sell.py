"""停止并卖出: what nobody else offers is sold near the market as the book has it, the rest when it is free."""

import pytest
from words import buy_in, by_hand, said, sell_out

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import FINAL, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridMode, GridPlan, StopHow
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.collar import collar
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, quote_of
from qmtdesk.trader.picture_grid import grid_row
from qmtdesk.trader.pictures import blockers

PLAN = GridPlan(code=BOND, adopt=400, unit=80, first_buy=False)
FAR = 130_000


def beside(volume: int, mode: GridMode = GridMode.LATTICE, held: int = 400) -> tuple[MarketDay, str]:
    """A grid of 400 is stopped and to be sold while the user himself offers so much of it, far from the market."""
    day = MarketDay(held={BOND: (held, 110_000)}).open()
    number = day.exchange.submit_foreign(day.at, BOND, Side.SELL, FAR, volume)
    day.live_market(3_000)
    assert day.feed(m.ArmGrid(replace(PLAN, mode=mode))).refusal is None
    day.live_market(9_000)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    return day.live_market(9_000), number


def sales(day: MarketDay) -> list[int]:
    return [place.volume for place in day.places(BOND) if place.owner.kind is OwnerKind.CLEAR]


def shown(day: MarketDay) -> Reason | None:
    why = grid_row(day.state, BOND).why
    assert blockers(day.state) == ([(BOND, why)] if why is not None else [])
    return why


@pytest.mark.parametrize("mode", GridMode)
def test_what_the_user_does_not_offer_himself_is_sold(mode: GridMode) -> None:
    day, _ = beside(200, mode)
    assert sales(day) == [200]
    assert day.exchange.account.holdings[BOND].volume == 200
    assert said(day, Why.SELL_ROOM) == 0


def test_the_rest_waits_says_so_and_is_sold_when_he_takes_his_order_back() -> None:
    day, number = beside(200)
    assert day.state.grids[BOND].winding is StopHow.SELL
    assert shown(day) == because(Why.SELL_ROOM, want=200, room=0)
    day.exchange.cancel(day.at, m.Cancel("", number))
    day.live_market(45_000)
    assert sales(day) == [200, 200]
    assert day.state.grids[BOND].winding is None
    assert shown(day) is None


def test_of_an_odd_room_whole_lots_are_sold() -> None:
    day, _ = beside(200, held=405)
    assert (sales(day), day.exchange.account.holdings[BOND].volume) == ([200], 205)


def test_where_he_offers_all_of_it_nothing_is_sold_until_his_sale_ends_it() -> None:
    day, _ = beside(400)
    assert (sales(day), day.state.grids[BOND].winding) == ([], StopHow.SELL)
    assert shown(day) == because(Why.SELL_ROOM, want=400, room=0)
    day.price(BOND, FAR + 100)
    day.live_market(9_000)
    assert BOND not in day.exchange.account.holdings or not day.exchange.account.holdings[BOND].volume
    assert (sales(day), day.state.grids[BOND].winding) == ([], None)


def test_what_the_sheet_promises_is_what_may_be_sold_beside_his_own_orders() -> None:
    day = MarketDay(held={BOND: (400, 110_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    assert grid_row(day.state, BOND).can_use == 400
    day.exchange.submit_foreign(day.at, BOND, Side.SELL, FAR, 200)
    day.live_market(9_000)
    assert grid_row(day.state, BOND).can_use == 200


def book(day: MarketDay, last: int, bid: int, ask: int) -> Quote:
    bids = tuple(Level(bid - 10 * i, 500) for i in range(5)) if bid else (EMPTY,) * 5
    asks = tuple(Level(ask + 10 * i, 500) for i in range(5))
    return Quote(BOND, day.at, last, 120_000, last, last, last, 0, 0, bids, asks)


def test_a_print_above_the_book_stops_no_sale() -> None:
    day = MarketDay().open()
    buy_in(day)
    day.quote(book(day, 120_000, 117_500, 119_500))
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    for i in range(5):
        day.wait(3_000)
        day.quote(book(day, 120_000, 117_500 - 20 * i, 119_500 - 20 * i))
    assert sum(sales(day)) == 240
    assert day.state.grids[BOND].winding is None
    assert said(day, Why.PRICE_COLLAR) == 0


@pytest.mark.parametrize(
    ("bid", "why"), [(110_000, Why.PRICE_COLLAR), (0, Why.NO_BID)], ids=["hollow bids", "nobody bids"]
)
def test_what_it_waits_for_stands_in_its_row(bid: int, why: Why) -> None:
    day = MarketDay().open()
    buy_in(day)
    day.exchange.market(book(day, 120_000, bid, 120_100))
    day.feed(m.Quoted(book(day, 120_000, bid, 120_100)))
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    assert (shown(day) or because(Why.ARMED)).why is Why.WAITING_CANCEL
    for _ in range(3):
        day.wait(1_000)
        day.quote(book(day, 120_000, bid, 120_100))
    reason = shown(day)
    assert reason is not None
    assert reason.why is why
    assert sales(day) == []


def test_the_master_switch_that_is_off_stands_there_too() -> None:
    day = MarketDay().open()
    buy_in(day)
    day.feed(m.SetMaster(on=False))
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(6_000)
    why = grid_row(day.state, BOND).why
    assert why is not None
    assert why.why is Why.MASTER_OFF


def test_a_grid_that_is_stopped_and_sells_nothing_shows_why_it_was_stopped() -> None:
    day = MarketDay().open()
    buy_in(day)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(6_000)
    assert shown(day) is None


@pytest.mark.parametrize(("price", "near"), [(116_000, True), (115_999, False)])
def test_a_clearing_goes_down_to_the_price_the_user_confirmed_whatever_was_printed(price: int, near: bool) -> None:
    day = MarketDay().open()
    buy_in(day)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    day.exchange.market(book(day, 121_000, 119_000, 120_900))
    assert day.feed(m.ClearHoldings((m.ClearRow(BOND, 160, 116_000),), whole=False)).refusal is None
    place = m.Place("q-1", BOND, Side.SELL, price, 160, Owner(OwnerKind.CLEAR))
    assert (collar(day.state, place) is None) is near


def frees_late(day: MarketDay) -> m.AccountReported:
    """An answer in which what was cancelled is off the book and not free yet."""
    report = day.exchange.report(day.at)
    held = tuple(replace(position, can_use=0) for position in report.positions)
    return m.AccountReported(day.state.request, replace(report, positions=held))


def test_a_counter_that_is_slow_to_set_free_what_was_cancelled_ends_no_stop_with_selling() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, cash=50_000_000).open()
    plan = replace(PLAN, adopt=300, unit=100, live_per_side=3)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    day.live_market(12_000)
    day.mute = True
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    said: list[m.Event] = []
    while any(row.state not in FINAL for row in day.exchange.report(day.at).orders):
        day.at += 50
        said += [event for _, event in day.exchange.due(day.at)]
    if not day.state.request_at:
        day.feed(m.AskNow())
    day.feed(frees_late(day))
    assert day.state.grids[BOND].winding is StopHow.SELL
    for event in said:
        day.feed(event)
    day.mute = False
    day.last[BOND] = 118_700
    day.live_market(60_000)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert (day.state.grids[BOND].winding, grid.held_total) == (None, 0)


class Locked(MarketDay):
    """An account of which some can never be sold."""

    def deliver(self) -> None:
        for _, event in self.exchange.due(self.at):
            if isinstance(event, m.AccountReported):
                held = tuple(replace(each, can_use=max(0, each.can_use - 100)) for each in event.report.positions)
                self.feed(replace(event, report=replace(event.report, positions=held)))
            elif not self.mute:
                self.feed(event)


def test_what_is_locked_ends_a_stop_with_selling_with_an_alarm_and_what_he_buys_later_is_his() -> None:
    day = Locked(held={BOND: (300, 110_000)}, cash=50_000_000)
    day.open()
    assert day.feed(m.ArmGrid(replace(PLAN, adopt=300, unit=100))).refusal is None
    day.live_market(12_000)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(300_000)
    assert (day.state.grids[BOND].winding, day.state.holdings[BOND].volume, BOND in day.state.blocked) == (
        None,
        100,
        False,
    )
    (line,) = [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD]
    assert (line.level, line.reason.get("volume")) == ("alarm", 100)
    sent = len(day.places())
    day.exchange.submit(day.at, by_hand(BOND, Side.BUY, 120_100, 100))
    day.live_market(60_000)
    assert day.state.holdings[BOND].volume == 200
    assert day.places()[sent:] == []


def test_one_that_may_sell_nothing_before_tomorrow_says_so() -> None:
    day = MarketDay(held={}, hour=14, minute=30).open()
    assert day.feed(m.ArmGrid(GridPlan(code=STOCK, amount=20_000_000, lower_stop=9_000, step_bp=100))).refusal is None
    for price in (10_000, 9_990, 9_980, 9_900):
        day.last[STOCK] = price
        day.live_market(30_000)
    grid = day.state.grids[STOCK].grid
    assert grid is not None
    assert grid.held_total > 0
    day.feed(m.DisarmGrid(STOCK, StopHow.SELL))
    day.live_market(30_000)
    assert day.state.grids[STOCK].winding is None
    lines = [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD]
    assert [(line.level, line.reason.get("volume")) for line in lines] == [("alarm", grid.held_total)]


def one_unlisted() -> tuple[MarketDay, Order]:
    """A grid beside shares of the user's own, one of whose sales no answer lists any more."""
    day = MarketDay(held={BOND: (500, 110_000)}).open()
    buy_in(day)
    for price in range(119_800, 118_000, -190):
        day.last[BOND] = price
        day.live_market(60_000)
    gone = next(order for order in day.live(BOND) if order.side is Side.SELL)
    day.exchange.hidden.add(gone.broker_id)
    return day.live_market(30_000), gone


@pytest.mark.parametrize("way", ["stop", "clear all", "clear bought"])
def test_beside_a_sale_that_is_not_listed_any_more_the_rest_is_sold(way: str) -> None:
    day, gone = one_unlisted()
    grid = day.state.grids[BOND].grid
    assert grid is not None
    had, held = grid.held_total, day.state.holdings[BOND].volume
    if way == "stop":
        day.feed(m.DisarmGrid(BOND, StopHow.SELL))
        day.live_market(60_000)
        assert held - day.state.holdings[BOND].volume == had - gone.volume
        return
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(10_000)
    whole = way == "clear all"
    row = m.ClearRow(BOND, day.state.holdings[BOND].sellable if whole else had, 110_000)
    assert day.feed(m.ClearHoldings((row,), whole=whole)).refusal is None
    day.live_market(60_000)
    assert day.state.holdings[BOND].volume == gone.volume + (0 if whole else 500)


@pytest.mark.parametrize("resume", [True, False])
def test_a_start_by_the_user_names_the_sale_it_does_not_go_on_with(*, resume: bool) -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, cash=50_000_000).open()
    assert day.feed(m.ArmGrid(replace(PLAN, adopt=300, unit=100))).refusal is None
    day.live_market(12_000)
    sell_out(day)
    day.last[BOND] = 119_000
    day.restart(resume=resume)
    day.live_market(30_000)
    lines = [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD]
    assert [(line.level, line.reason.get("volume")) for line in lines] == ([] if resume else [("alarm", 300)])
    assert BOND not in day.state.holdings if resume else day.state.holdings[BOND].volume == 300


def test_a_clearing_beside_a_sale_that_is_not_listed_any_more_rests_on_the_book() -> None:
    day, _ = one_unlisted()
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(10_000)
    day.exchange.market(quote_of(BOND, day.at, 117_900, prev=120_000))
    row, sent = m.ClearRow(BOND, day.state.holdings[BOND].sellable, 118_089), len(day.sent)
    assert day.feed(m.ClearHoldings((row,), whole=True)).refusal is None
    for _ in range(30):
        day.wait(1_000)
        day.feed(m.Quoted(quote_of(BOND, day.at, 118_100, prev=120_000)))
    orders = [intent for _, intent in day.sent[sent:] if not isinstance(intent, m.Query)]
    assert [type(intent) for intent in orders] == [m.Place]
    assert [(order.state, order.filled) for order in day.live(BOND)] == [(OrderState.WORKING, 0)]


def test_what_a_grid_bought_and_had_no_room_for_is_shown_and_sold_with_the_rest_and_the_users_own_is_kept() -> None:
    day = MarketDay(held={BOND: (550, 110_000)}).open()
    assert day.feed(m.ArmGrid(replace(PLAN, adopt=400))).refusal is None
    book = day.state.grids[BOND]
    assert book.grid is not None
    grid = replace(book.grid, surplus=50, surplus_cost=50 * 120_000)
    day.state = replace(day.state, grids={BOND: replace(book, grid=grid)})
    row = grid_row(day.state, BOND)
    assert (row.held, row.surplus, row.base_holding) == (400, 50, 150)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(30_000)
    assert (sum(sales(day)), day.exchange.account.holdings[BOND].volume) == (450, 100)
    assert day.state.grids[BOND].winding is None
