"""The day's result and its loss limits count from the last closes, whenever the program was started."""

from datetime import timedelta

import pytest
from words import buy_in, by_hand, row_of, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.apply import LOSS
from qmtdesk.engine.core import Step
from qmtdesk.engine.worth import day_base, total_value
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader.wanted_quotes import needed

HELD, CASH, CLOSE = 50_000, 300_000_000, 10_000
BEFORE = CASH + HELD * CLOSE


class WithoutPrices(MarketDay):
    """A terminal that has no prices yet: its total is the cash alone."""

    def feed(self, event: m.Event) -> Step:
        if isinstance(event, m.AccountReported):
            asset = event.report.asset
            bare = replace(asset, total=asset.cash + asset.frozen)
            event = replace(event, report=replace(event.report, asset=bare))
        return super().feed(event)


def result(day: MarketDay) -> int:
    return total_value(day.state) - day_base(day.state)


@pytest.mark.parametrize("quotes_first", [False, True])
@pytest.mark.parametrize("last", [9_500, 10_500])
def test_a_start_in_the_middle_of_the_day_counts_from_the_last_close(last: int, *, quotes_first: bool) -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH, hour=10, minute=30)
    day.last[STOCK] = last
    day.exchange.market(quote_of(STOCK, day.at, last, prev=CLOSE))
    day.connect()
    if quotes_first:
        day.quote_all()
    day.wait(2_000)
    day.live_market(9_000)
    assert day_base(day.state) == BEFORE
    assert result(day) == HELD * (last - CLOSE)


def test_trades_of_before_the_start_are_in_the_result() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH).open()
    buy_in(day)
    day.live_market(3_000)
    shown = result(day)
    base = day_base(day.state)
    day.state = MarketDay().state
    day.connect()
    day.live_market(9_000)
    assert (day_base(day.state), result(day)) == (base, shown)


def test_a_first_answer_without_prices_hides_no_loss() -> None:
    day = WithoutPrices(held={STOCK: (HELD, CLOSE)}, cash=CASH, hour=9, minute=5).open()
    day.live_market(9_000)
    assert (day_base(day.state), result(day)) == (BEFORE, 0)
    day.jump(9, 31)
    for last in (9_300, 9_200, 9_200):
        day.price(STOCK, last)
        day.wait(3_000)
    assert day.state.kill is not None
    assert day.state.kill.by == LOSS


def test_what_the_opening_auction_would_come_to_is_no_loss_before_it_is_matched() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH, hour=9, minute=10).open()
    day.jump(9, 16)
    for _ in range(3):
        day.price(STOCK, 9_000)
        day.wait(3_000)
    assert (result(day), day.state.kill) == (0, None)
    day.jump(9, 25, 1)
    for _ in range(3):
        day.price(STOCK, 9_000)
        day.wait(3_000)
    assert result(day) == -HELD * 1_000


def test_a_loss_of_yesterday_whose_cancels_end_over_night_leaves_todays_limit_in_force() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH, hour=14, minute=50).open()
    buy_in(day)
    day.at = at_of(day.day, 14, 57, 30)
    day.deliver()
    day.quote_all()
    day.wait(3_000)
    for last in (9_300, 9_290, 9_280):
        day.price(STOCK, last)
        day.wait(3_000)
    assert day.state.kill is not None
    assert not day.state.kill.done_at
    yesterday, day.mute = day.state.loss_day, True
    day.next_day()
    day.mute = False
    day.live_market(9_000)
    assert day.state.loss_day == yesterday
    assert day.feed(m.LiftKill()).refusal is None
    for last in (8_900, 8_600, 8_500, 8_450):
        day.price(STOCK, last)
        day.wait(3_000)
    assert day.state.kill is not None
    assert day.state.kill.by == LOSS


@pytest.mark.parametrize(("cost", "last"), [(15_000, 10_000), (6_000, 9_200)])
def test_a_holding_that_is_listed_only_after_the_first_answer_counts_from_its_close(cost: int, last: int) -> None:
    day = MarketDay(held={STOCK: (20_000, cost)}, cash=CASH, prices={BOND: 120_000, STOCK: CLOSE})
    day.last[STOCK] = last
    day.exchange.market(quote_of(STOCK, day.at, last, prev=CLOSE))
    whole = day.instruments
    day.instruments = tuple(one for one in whole if one.code == BOND)
    day.connect()
    day.price(BOND, 120_000)
    day.wait(2_000)
    assert result(day) == 0
    assert STOCK in needed(day.state)
    day.instruments = whole
    day.feed(m.DayOpened(day.day.isoformat(), whole))
    day.live_market(9_000)
    assert (day_base(day.state), result(day)) == (CASH + 20_000 * CLOSE, 20_000 * (last - CLOSE))
    assert day.state.kill is None
    base = day_base(day.state)
    # the list of another start of the day tells the same once more
    day.restart(resume=True)
    day.live_market(9_000)
    assert day_base(day.state) == base


def test_a_close_that_is_set_right_after_the_first_answer_sets_the_result_right() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH)
    right = day.instruments
    day.instruments = tuple(replace(one, prev_close=10_400) if one.code == STOCK else one for one in right)
    day.connect()
    day.live_market(6_000)
    assert day_base(day.state) == CASH + HELD * 10_400
    day.feed(m.DayOpened(day.day.isoformat(), right))
    day.live_market(6_000)
    assert (day_base(day.state), result(day), day.state.kill) == (BEFORE, 0, None)


def test_what_was_sold_before_the_start_counts_at_its_price_until_its_close_is_told() -> None:
    day = MarketDay(cash=CASH, prices={BOND: 120_000})
    day.deaf = True
    day.connect()
    day.price(BOND, 120_000)
    hand = by_hand(STOCK, Side.SELL, 10_000, 20_000)
    fill = replace(trade_of(day, hand, 20_000, number="501"), at=at_of(day.day, 9, 40))
    row = row_of(day, hand, OrderState.FILLED, 20_000, remark="", number="501")
    asset = Asset(500_000_000, 0, 500_000_000)
    report = AccountReport(day.at, day.day.isoformat(), asset, (), (row,), (fill,))
    day.feed(m.AccountReported(day.state.request, report))
    assert (day_base(day.state), result(day)) == (500_000_000, 0)
    assert STOCK in needed(day.state)
    listed = tuple(one for one in MarketDay().instruments if one.code == STOCK)
    close = listed[0].prev_close
    day.feed(m.DayOpened(day.day.isoformat(), (*day.instruments, *listed)))
    assert result(day) == 20_000 * (10_000 - close)


def bought_far_above_the_close() -> MarketDay:
    """Most of the account in a stock bought by hand today, 9 % above its last close."""
    day = MarketDay(cash=600_000_000, held={STOCK: (1_000, CLOSE)}, hour=9, minute=40).open()
    day.price(STOCK, 10_950)
    day.wait(2_000)
    day.exchange.submit_foreign(day.at, STOCK, Side.BUY, 10_960, 40_000)
    day.wait(500)
    day.quote(quote_of(STOCK, day.at, 10_950, prev=CLOSE, depth=50_000, volume=100_000))
    day.live_market(15_000)
    assert day.state.holdings[STOCK].volume == 41_000
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True))).refusal is None
    return day


def test_after_midnight_the_result_is_still_that_of_the_day() -> None:
    day = bought_far_above_the_close()
    day.at = at_of(day.day, 15, 0, 4)
    day.quote_all()
    day.live_market(9_000)
    shown = result(day)
    day.at = at_of(day.day + timedelta(days=1), 0, 0, 5)
    day.wait(20_000)
    assert (result(day), day.state.kill) == (shown, None)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


@pytest.mark.parametrize("hour", [13, 8])
def test_what_was_bought_today_is_no_loss_before_its_first_snapshot_after_a_start(hour: int) -> None:
    day = bought_far_above_the_close()
    if hour == 8:
        day.at = at_of(day.day, 15, 0, 4)
        day.quote_all()
        day.live_market(9_000)
        day.at = at_of(NEXT_DAY, 8, 45)
    else:
        day.at = at_of(day.day, 13, 30)
    day.state = day.folded(resume=hour == 13)
    day.connect()
    day.wait(3_000)
    assert STOCK not in day.state.quotes
    assert day.state.kill is None
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    # fees, and what rounding of a thousandth leaves; never the whole rise since the close
    assert abs(result(day)) < 2_000_000


def test_a_list_of_the_day_before_whose_close_the_snapshots_correct_makes_no_loss() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=30_000_000, hour=10, minute=30)
    day.last[STOCK] = 9_500
    day.connect()
    told = tuple(replace(one, told_close=9_500) if one.code == STOCK else one for one in day.instruments)
    for _ in range(4):
        day.feed(m.Quoted(quote_of(STOCK, day.at, 9_500, prev=9_500)))
        day.feed(m.DayOpened(day.day.isoformat(), told))
        day.wait(3_000)
    assert (result(day), day.state.kill) == (0, None)


def test_closes_of_the_next_day_are_none_of_the_day_the_books_stand_in() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=30_000_000, hour=9, minute=40).open()
    day.price(STOCK, 9_900)
    day.wait(2_000)
    day.exchange.submit_foreign(day.at, STOCK, Side.SELL, 9_860, 45_000)
    day.wait(500)
    day.quote(quote_of(STOCK, day.at, 9_900, prev=CLOSE, depth=50_000, volume=100_000))
    day.live_market(9_000)
    assert day.state.holdings[STOCK].volume == 5_000
    base = day_base(day.state)
    day.at = at_of(NEXT_DAY, 8, 45)
    day.state = day.folded(resume=False)
    day.instruments = tuple(replace(one, prev_close=10_500) if one.code == STOCK else one for one in day.instruments)
    day.connect()
    day.wait(3_000)
    assert (day_base(day.state), day.state.kill) == (base, None)


def test_a_price_paid_today_counts_for_no_more_than_was_bought() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH, hour=9, minute=40).open()
    day.price(STOCK, 10_950)
    day.wait(2_000)
    day.exchange.submit_foreign(day.at, STOCK, Side.BUY, 10_960, 100)
    day.wait(500)
    day.quote(quote_of(STOCK, day.at, 10_950, prev=CLOSE, depth=50_000, volume=100_000))
    day.live_market(15_000)
    assert day.state.holdings[STOCK].volume == HELD + 100
    day.at = at_of(day.day, 13, 30)
    day.state = day.folded(resume=True)
    day.connect()
    day.wait(3_000)
    assert abs(result(day)) < 1_000_000


def test_a_holding_the_list_lacks_after_a_start_is_worth_what_the_day_began_with() -> None:
    day = MarketDay(held={STOCK: (HELD, 8_000)}, cash=CASH).open()
    day.live_market(6_000)
    assert (day_base(day.state), result(day)) == (BEFORE, 0)
    day.instruments = tuple(one for one in day.instruments if one.code != STOCK)
    day.restart(resume=True)
    day.live_market(9_000)
    assert (day_base(day.state), result(day), day.state.kill) == (BEFORE, 0, None)


def test_no_loss_hangs_on_which_of_two_closes_is_right() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=30_000_000, hour=9, minute=40).open()
    # the list's is lowered, the snapshots' is not
    changed = {"prev_close": 9_000, "limit_up": 9_900, "limit_down": 8_100, "told_close": CLOSE}
    lowered = tuple(replace(one, **changed) if one.code == STOCK else one for one in day.instruments)
    day.feed(m.DayOpened(day.day.isoformat(), lowered))
    day.last[STOCK] = 9_000
    day.live_market(12_000)
    assert day.state.kill is None
    for last in (8_600, 8_500, 8_500):
        day.last[STOCK] = last
        day.live_market(3_000)
    assert day.state.kill is not None
