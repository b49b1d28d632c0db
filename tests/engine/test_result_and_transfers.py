"""Money and shares that come and go without a trade, or seem to, in the day's result and its loss limits."""

import pytest
from test_result_from_the_close import CASH, CLOSE, HELD, result

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine import gate
from qmtdesk.engine.apply import LOSS
from qmtdesk.engine.books import BUYS
from qmtdesk.engine.worth import day_base
from qmtdesk.gateways.paper.account import Holding
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay
from qmtdesk.strategies.guard import GuardState

OTHER_STOCK = "000001.SZ"
BID = m.Place("q261120-000099", BOND, Side.BUY, 119_990, 10, Owner(OwnerKind.GRID, 3))


def answers_nothing(day: MarketDay, seconds: int, last: int = 0) -> None:
    """A terminal that came back with an account of nothing for so long; `last`: what the stock comes to meanwhile."""
    day.feed(m.LinkChanged(up=False))
    day.wait(10_000)
    day.mute = True
    day.feed(m.LinkChanged(up=True))
    asked = 0
    for second in range(seconds):
        day.wait(1_000)
        if last and second == seconds - 3:
            day.last[STOCK] = last
            day.quote_all()
        if day.state.request != asked:
            asked = day.state.request
            nothing = AccountReport(day.at, day.day.isoformat(), Asset(0, 0, 0), (), (), ())
            day.feed(m.AccountReported(asked, nothing))
    day.exchange.due(day.at)
    day.mute = False
    day.feed(m.AskNow())


@pytest.mark.parametrize("empty_s", [12, 20])
def test_answers_without_anything_that_are_taken_back_leave_the_loss_limit_in_force(empty_s: int) -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=CASH, prices={BOND: 120_000, STOCK: CLOSE}).open()
    day.last[STOCK] = 10_300
    day.live_market(9_000)
    shown, base = result(day), day_base(day.state)
    answers_nothing(day, empty_s)
    day.live_market(30_000)
    assert (day_base(day.state), result(day)) == (base, shown)
    for last in (9_300, 9_200, 9_100, 9_100):
        day.last[STOCK] = last
        day.live_market(3_000)
    assert day.state.kill is not None
    assert day.state.kill.by == LOSS


@pytest.mark.parametrize("empty_s", [6, 12, 25])
def test_answers_without_anything_press_nothing_on_a_day_that_is_a_little_down(empty_s: int) -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=50_000_000, prices={BOND: 120_000, STOCK: CLOSE}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    day.last[STOCK] = 9_990
    day.live_market(9_000)
    answers_nothing(day, empty_s)
    day.live_market(20_000)
    assert (day_base(day.state), result(day)) == (550_000_000, -500_000)
    assert (day.state.kill, day.state.guards[STOCK].state) == (None, GuardState.WATCHING)


def test_what_a_price_did_while_answers_had_nothing_is_a_loss_of_the_day() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=50_000_000, prices={BOND: 120_000, STOCK: CLOSE}).open()
    day.last[STOCK] = 10_300
    day.live_market(9_000)
    answers_nothing(day, 25, last=9_700)
    day.live_market(30_000)
    assert (day_base(day.state), result(day), day.state.kill) == (550_000_000, HELD * (9_700 - CLOSE), None)
    for last in (9_400, 9_400, 9_400):
        day.last[STOCK] = last
        day.live_market(3_000)
    assert day.state.kill is not None


def test_shares_that_leave_keep_what_they_gained_and_what_comes_counts_from_now() -> None:
    prices = {BOND: 120_000, STOCK: CLOSE, OTHER_STOCK: 10_000}
    day = MarketDay(held={STOCK: (HELD, CLOSE), BOND: (4_000, 120_000)}, cash=20_000_000, prices=prices).open()
    day.last[BOND] = 130_000
    day.live_market(9_000)
    assert result(day) == 4_000 * 10_000
    # converted
    day.exchange.account.holdings.pop(BOND)
    day.feed(m.AskNow())
    day.live_market(30_000)
    assert (result(day), day.state.kill) == (4_000 * 10_000, None)
    day.last[OTHER_STOCK] = 9_000
    day.exchange.account.holdings[OTHER_STOCK] = Holding(60_000, 600_000_000)
    day.feed(m.AskNow())
    day.live_market(30_000)
    assert abs(result(day) - 4_000 * 10_000) < 1_000
    assert day.state.kill is None


def test_money_that_came_and_went_leaves_the_loss_limit_where_it_was() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=50_000_000).open()
    day.live_market(6_000)
    for amount in (1_000_000_000, -1_000_000_000):
        day.exchange.account.cash += amount
        day.feed(m.AskNow())
        day.live_market(30_000)
    assert day_base(day.state) == 550_000_000
    for last in (9_500, 9_500, 9_500):
        day.last[STOCK] = last
        day.live_market(3_000)
    assert day.state.kill is not None


def test_buying_goes_on_after_a_transfer_on_a_slightly_lower_day() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=500_000_000).open()
    day.last[STOCK] = 9_650
    day.live_market(9_000)
    day.exchange.account.cash -= 400_000_000
    day.feed(m.AskNow())
    day.live_market(30_000)
    day.feed(m.Release(BUYS))
    assert Why.LOSS_REDUCE not in {reason.why for reason in (gate.refusal(day.state, BID),) if reason is not None}


def test_holdings_a_morning_did_not_tell_are_in_what_a_loss_is_a_share_of() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=20_000_000, hour=9, minute=32)
    day.connect()
    tells_cash_alone(day, 14)
    day.live_market(30_000)
    day.feed(m.Release(""))
    day.last[STOCK] = 9_900
    day.live_market(30_000)
    tells_cash_alone(day, 14)
    day.live_market(30_000)
    assert (result(day), day.state.kill) == (-HELD * 100, None)


def tells_cash_alone(day: MarketDay, seconds: int) -> None:
    """A terminal that comes back and knows of no holding for so long."""
    day.mute = True
    day.feed(m.LinkChanged(up=False))
    day.wait(3_000)
    day.feed(m.LinkChanged(up=True))
    asked, cash = 0, day.exchange.account.cash
    for _ in range(seconds):
        day.wait(1_000)
        day.quote_all()
        if day.state.request != asked:
            asked = day.state.request
            bare = AccountReport(day.at, day.day.isoformat(), Asset(cash, 0, cash), (), (), ())
            day.feed(m.AccountReported(asked, bare))
    day.exchange.due(day.at)
    day.mute = False
    day.feed(m.AskNow())


def test_money_that_leaves_makes_no_larger_loss_of_a_small_one() -> None:
    day = MarketDay(held={STOCK: (HELD, CLOSE)}, cash=500_000_000, prices={BOND: 120_000, STOCK: CLOSE}).open()
    day.last[STOCK] = 9_500
    day.live_market(12_000)
    day.exchange.account.cash -= 480_000_000
    day.feed(m.AskNow())
    day.live_market(30_000)
    assert (day_base(day.state), result(day), day.state.kill) == (520_000_000, -25_000_000, None)
    # the morning's account and not what is left of it is what the limit is a share of
    for last in (9_100, 9_100, 9_100):
        day.last[STOCK] = last
        day.live_market(3_000)
    assert day.state.kill is not None


def test_a_transfer_that_stops_buying_is_not_told_again_at_every_snapshot() -> None:
    day = MarketDay(held={BOND: (100, 110_000)}, cash=CASH).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, adopt=100))).refusal is None
    day.live_market(6_000)
    day.exchange.account.cash += 50_000_000
    for _ in range(4):
        day.feed(m.AskNow())
        day.live_market(6_000)
    assert Why.MONEY_MOVED in {reason.why for reason in day.state.suspended.values()}
    day.price(BOND, 119_400)
    day.live_market(3_000)
    before = day.state.next_line
    day.price(BOND, 119_700)
    day.live_market(60_000)
    told = [line for line in day.state.lines if line.no >= before and line.reason.why is Why.MONEY_MOVED]
    assert told == []
