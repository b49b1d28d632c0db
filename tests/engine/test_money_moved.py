"""Money and shares the user moves are no loss; what cannot be reckoned stops buying and never presses the switch."""

import pytest
from words import PLAN, answer, asked, beat, by_hand, deaf_grid, loss, row_of, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import Fill, OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import moved
from qmtdesk.engine.books import BUYS, Money
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay, quote_of

START = 1_000_000_000


def account(volume: int = 5_000) -> MarketDay:
    """1,000,000 CNY of cash and 5,000 bonds at 120."""
    day = MarketDay(held={BOND: (volume, 120_000)}, prices={BOND: 120_000, BOND2: 110_000}).open()
    day.live_market(3_000)
    return day


def withdraw(day: MarketDay, amount: int) -> None:
    day.exchange.account.cash -= amount
    asked(day)


@pytest.mark.parametrize("amount", [900_000_000, -900_000_000])
def test_cash_that_no_trade_explains_is_no_loss_and_no_gain(amount: int) -> None:
    day = account()
    withdraw(day, amount)
    day.live_market(3_000)
    assert day.state.kill is None
    assert loss(day) == 0
    line = next(each for each in day.state.lines if each.reason.why is Why.MONEY_MOVED)
    assert (line.level, line.reason.get("amount_milli")) == ("alarm", -amount)


def test_until_the_user_looked_only_sales_leave() -> None:
    day = account()
    withdraw(day, 900_000_000)
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    assert day.places() == []
    assert day.state.blocked[BOND].why is Why.MONEY_MOVED
    assert day.feed(m.Release("")).refusal is None
    day.live_market(3_000)
    assert len(day.places()) == 1


def test_a_wild_price_on_top_of_a_withdrawal_presses_nothing() -> None:
    day = account()
    withdraw(day, 900_000_000)
    day.price(BOND, 100_000)
    day.wait(2_000)
    assert day.state.kill is None


def test_a_true_loss_after_a_withdrawal_still_presses_the_switch() -> None:
    day = account()
    withdraw(day, 500_000_000)
    for _ in range(2):
        day.price(BOND, 107_000)
        day.wait(1_000)
    assert day.state.kill is not None


def test_a_withdrawal_while_the_trader_was_down_is_no_loss_either() -> None:
    day = account()
    day.exchange.account.cash -= 900_000_000
    day.restart(resume=True)
    day.live_market(12_000)
    assert day.state.kill is None
    assert loss(day) == 0
    assert Why.MONEY_MOVED in day.said()


def test_what_was_rebased_is_remembered() -> None:
    day = account()
    withdraw(day, 900_000_000)
    base = day.state.money.base_total  # type: ignore[union-attr]
    assert day.folded().money.base_total == base  # type: ignore[union-attr]
    day.restart(resume=True)
    day.live_market(12_000)
    assert day.said().count(Why.MONEY_MOVED) == 1


def test_shares_that_leave_by_themselves_are_no_loss() -> None:
    day = account()
    held = day.exchange.account.holdings[BOND]
    held.volume -= 4_000
    held.cost -= 4_000 * 120_000
    asked(day)
    day.live_market(3_000)
    assert day.state.kill is None
    assert loss(day) == 0
    assert Why.MONEY_MOVED in day.said()


def test_a_trade_that_is_told_after_the_account_moved_is_no_transfer() -> None:
    """Some counters list the trade later than its money and its shares."""
    day = MarketDay(held={BOND: (5_000, 120_000)}).open()
    day.deaf = True
    day.live_market(3_000)
    fill = Fill("9", day.day.isoformat(), "5", "", BOND, Side.SELL, 120_000, 4_000, day.at)
    moved = [Position(BOND, 1_000, 1_000, 120_000)]
    for fills in ((), (fill,)):
        day.wait(3_000)
        day.feed(m.AskNow())
        answer(day, fills=fills, positions=moved, cash=START + 480_000_000)
        day.quote_all()
    assert Why.MONEY_MOVED not in day.said()
    assert abs(loss(day)) < 1_000_000


def test_a_counter_that_tells_the_money_of_a_trade_later_than_the_trade_stops_no_buying() -> None:
    """Each trade is a transfer and back again for some seconds, and nobody is to be troubled with that."""
    day = MarketDay(held={BOND: (5_000, 120_000)}).open()
    day.deaf = True
    fills: list[Fill] = []
    for number in range(6):
        beat(day, 3)
        fills.append(Fill(str(number), day.day.isoformat(), "5", "", BOND, Side.SELL, 120_000, 500, day.at))
        left = 5_000 - 500 * len(fills)
        for paid in (len(fills) - 1, len(fills)):
            beat(day, 2)
            day.feed(m.AskNow())
            answer(day, fills=fills, positions=[Position(BOND, left, left)], cash=START + 60_000_000 * paid)
            assert abs(loss(day)) < 1_000_000
    assert Why.MONEY_MOVED not in day.said()
    assert BUYS not in day.state.suspended
    assert day.state.kill is None


def test_until_a_second_answer_says_so_it_is_no_loss_either_and_is_asked_about_soon() -> None:
    day = account()
    day.exchange.account.cash -= 900_000_000
    day.feed(m.AskNow())
    asked_at = day.state.request
    day.live_market(3_200)
    assert Why.MONEY_MOVED not in day.said()
    assert (day.state.kill, loss(day)) == (None, 0)
    assert day.state.request > asked_at


def test_money_that_moves_all_day_is_not_said_at_every_answer() -> None:
    day = account()
    for number in range(20):
        day.exchange.account.cash += 50_000_000 if number % 2 else -50_000_000
        day.feed(m.AskNow())
        day.live_market(3_000)
    assert day.said().count(Why.MONEY_MOVED) <= 1


def test_more_than_the_days_first_cash_may_be_taken_out_of_what_was_sold() -> None:
    day = account()
    day.deaf = True
    fill = Fill("9", day.day.isoformat(), "5", "", BOND, Side.SELL, 120_000, 4_000, day.at)
    moved = [Position(BOND, 1_000, 1_000, 120_000)]
    for taken in (0, 1_200_000_000, 1_200_000_000, 1_200_000_000, 1_400_000_000, 1_400_000_000, 1_400_000_000):
        day.wait(3_000)
        day.feed(m.AskNow())
        answer(day, fills=[fill], positions=moved, cash=START + 480_000_000 - taken)
        day.quote_all()
        day.wait(1_000)
    assert day.state.kill is None
    assert day.said().count(Why.MONEY_MOVED) == 2
    assert abs(loss(day)) < 1_000_000


def test_a_withdrawal_beside_a_trade_that_is_still_on_its_way_is_no_loss() -> None:
    day, place = deaf_grid(held={BOND: (5_000, 120_000)})
    day.live_market(3_000)
    before = loss(day)
    row = row_of(day, place, OrderState.PARTIAL, 50)
    for _ in range(4):
        day.wait(3_000)
        day.feed(m.AskNow())
        answer(day, [row], positions=[Position(BOND, 5_000, 5_000, 120_000)], cash=START // 10)
        day.quote_all()
        day.wait(1_000)
    order = day.state.orders[place.ref]
    assert order.told_filled > order.filled
    assert day.state.kill is None
    assert abs(loss(day) - before) < 1_000_000


def test_small_differences_are_fees_and_nobodys_transfer() -> None:
    day = account()
    withdraw(day, 50_000)
    assert Why.MONEY_MOVED not in day.said()


@pytest.mark.parametrize("price", [1_000, 990_000])
def test_a_price_outside_the_days_limits_makes_the_result_unknown(price: int) -> None:
    day = account()
    for _ in range(3):
        day.wait(1_000)
        day.feed(m.Quoted(quote_of(BOND, day.at, price, prev=120_000)))
    day.wait(2_000)
    assert day.state.kill is None
    assert day.said().count(Why.PNL_UNKNOWN) == 1
    assert day.feed(m.ArmGrid(replace(PLAN, code=BOND2))).refusal is None
    day.wait(2_000)
    assert day.state.blocked[BOND2].why is Why.PNL_UNKNOWN
    assert day.places() == []
    day.price(BOND, 120_000)
    day.live_market(3_000)
    assert len(day.places(BOND2)) == 1


def test_what_left_is_noted_in_the_order_of_the_books_and_not_of_a_set() -> None:
    """The journal of a story is the same in every process, whatever that makes of the order of a set."""
    codes = [f"1130{number}.SH" for number in range(50, 62)]
    money = Money(0, 0, 0, base_held=dict.fromkeys(codes, 10))
    assert list(moved.changes(money, {})) == codes
    assert list(moved.changes(money, {"123001.SZ": 10})) == ["123001.SZ", *codes]


@pytest.mark.parametrize(
    ("side", "late", "amount", "told"),
    [
        (Side.SELL, 12, 0, False),
        (Side.BUY, 12, 0, False),
        (Side.SELL, 12, 90_000_000, True),
        (Side.SELL, 40, 0, True),
    ],
)
def test_money_that_follows_its_trade_seconds_later_is_no_transfer(
    side: Side, late: int, amount: int, *, told: bool
) -> None:
    day = MarketDay(prices={BOND: 120_000}, held={BOND: (1_000, 120_000)}, cash=880_000_000).open()
    day.deaf = True
    trade = trade_of(day, by_hand(BOND, side, 120_000, 120), 120, number="h1")
    row = row_of(day, by_hand(BOND, side, 120_000, 120), OrderState.FILLED, 120, number="h1")
    day.feed(m.OrderReported(row))
    day.feed(m.FillReported(trade))
    sign = 1 if side is Side.SELL else -1
    held = [Position(BOND, 1_000 - sign * 120, 1_000 - sign * 120)]
    for second in range(45):
        beat(day)
        cash = 880_000_000 - amount + (sign * 120_000 * 120 if second >= late else 0)
        day.feed(m.AskNow())
        answer(day, [row], [trade], held, cash)
    assert (Why.MONEY_MOVED in day.said()) is told
    assert (BUYS in day.state.suspended) is told


def test_more_than_the_trades_of_just_now_explain_is_a_transfer_at_once() -> None:
    day = MarketDay(prices={BOND: 120_000}, held={BOND: (1_000, 120_000)}, cash=880_000_000).open()
    day.deaf = True
    hand = by_hand(BOND, Side.SELL, 120_000, 120)
    row, trade = row_of(day, hand, OrderState.FILLED, 120, number="h1"), trade_of(day, hand, 120, number="h1")
    day.feed(m.OrderReported(row))
    day.feed(m.FillReported(trade))
    for _ in range(10):
        beat(day)
        day.feed(m.AskNow())
        answer(day, [row], [trade], [Position(BOND, 880, 880)], 790_000_000)
    assert Why.MONEY_MOVED in day.said()


def test_a_fall_after_shares_have_left_is_no_loss_of_theirs() -> None:
    day = account()
    day.exchange.account.holdings[BOND].volume -= 4_000
    day.feed(m.AskNow())
    day.wait(500)
    assert day.state.moving is not None
    for _ in range(3):
        day.price(BOND, 100_000)
        day.wait(300)
    asked(day)
    day.live_market(15_000)
    assert day.state.moving is None
    assert day.state.kill is None
    # of the 1,000 that stayed
    assert loss(day) == pytest.approx(1_000 * 20_000, abs=1_000 * 1_000)


def test_a_sale_told_in_three_steps_is_a_loss_of_the_day_and_no_transfer() -> None:
    """Its shares first, then its money, its trade last; it got far less than the price when the shares were missed."""
    day = account()
    account_of = day.exchange.account
    account_of.holdings[BOND].volume -= 4_000
    day.feed(m.AskNow())
    day.wait(500)
    assert day.state.moving is not None
    for _ in range(3):
        day.price(BOND, 106_000)
        day.wait(300)
    account_of.cash += 4_000 * 106_000
    asked(day)
    asked(day)
    assert Why.MONEY_MOVED not in day.said()
    assert loss(day) == pytest.approx(5_000 * 14_000, rel=0.02)
    assert day.state.kill is not None
