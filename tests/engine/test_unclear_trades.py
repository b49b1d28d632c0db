"""A holding that cannot be read beside trades, restarts and armings: never counted twice, never taken for sold."""

import pytest
from words import KEPT, PLAN, answer, beat, by_hand, deaf_grid, row_of, said, told, traded, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import BUYS, Ready
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay

S = OrderState
PRICES = {BOND: 120_000, BOND2: 105_000, STOCK: 10_000}
ARMINGS = [m.ArmGrid(PLAN), m.ArmGuard(GuardPlan(code=STOCK, action=GuardAction.SELL))]


def unread(day: MarketDay, code: str) -> None:
    """The newest question is answered, with one holding that could not be read."""
    report = day.exchange.report(day.at)
    positions = tuple(each for each in report.positions if each.code != code)
    day.feed(m.AccountReported(day.state.request, replace(report, positions=positions, unclear=(code,))))


def goes_on(day: MarketDay, code: str, seconds: int) -> None:
    """Time passes, and every question is answered like that."""
    for _ in range(seconds):
        beat(day)
        if day.state.request_at:
            unread(day, code)


def started(held: dict[str, tuple[int, int]], code: str) -> MarketDay:
    """The first answer of the day could not be read in one row."""
    day = MarketDay(held=held, prices=PRICES)
    day.deaf = True
    day.connect()
    day.quote_all()
    unread(day, code)
    return day


def test_a_trade_the_answer_does_not_list_yet_is_not_counted_twice() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    beat(day, 4)
    day.feed(m.AskNow())
    answer(day, orders=[row_of(day, place, S.WORKING)])
    traded(day, place, 100)
    beat(day)
    day.feed(m.AskNow())
    rows, cash = (row_of(day, place, S.FILLED, 100),), Asset(1_000_000_000, 0, 1_000_000_000)
    report = AccountReport(day.at, day.day.isoformat(), cash, (), rows, (), (BOND,))
    day.feed(m.AccountReported(day.state.request, report))
    held = day.state.holdings[BOND]
    assert (held.volume, held.sellable) == (100, 100)


def test_after_a_restart_a_grid_that_sold_some_of_it_is_not_wound_up() -> None:
    day = MarketDay(held={BOND: (160, 110_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=160, first_buy=False, unit=10)))
    for price in range(120_000, 124_000, 100):
        day.price(BOND, price)
        day.live_market(3_000)
    left = day.state.grids[BOND].grid.held_total
    assert 0 < left < 160
    day.deaf = True
    day.restart(resume=True)
    goes_on(day, BOND, 20)
    assert day.state.grids[BOND].armed
    assert day.state.grids[BOND].grid.held_total == left
    assert day.state.ready is not Ready.READY


def test_after_a_restart_what_nobody_needs_is_no_loss_and_no_transfer_and_is_not_for_sale() -> None:
    day = MarketDay(held={BOND: (5_000, 110_000)}).open()
    day.live_market(6_000)
    day.deaf = True
    day.restart(resume=False)
    goes_on(day, BOND, 20)
    assert day.state.ready is Ready.READY
    assert said(day, Why.MONEY_MOVED) == 0
    assert BUYS not in day.state.suspended
    held = day.state.holdings[BOND]
    assert (held.volume, held.sellable) == (5_000, 0)


def test_at_the_start_of_a_day_what_cannot_be_read_is_no_loss() -> None:
    day = started({BOND: (5_000, 110_000)}, BOND)
    goes_on(day, BOND, 10)
    assert day.state.ready is Ready.READY
    assert day.state.kill is None


@pytest.mark.parametrize("arming", ARMINGS)
def test_a_code_whose_holding_was_never_read_is_not_armed(arming: m.ArmGrid | m.ArmGuard) -> None:
    code = arming.plan.code
    day = started({code: (1_000, 9_000)}, code)
    refusal = day.feed(arming).refusal
    assert refusal is not None
    assert refusal.why is Why.HOLDING_UNCLEAR
    goes_on(day, code, 40)
    assert why(day, by_hand(BOND2, Side.BUY, 105_000, 10)) is None


def test_the_users_own_order_of_it_holds_up_nothing() -> None:
    day = started({STOCK: (1_000, 9_000)}, STOCK)
    told(day, by_hand(STOCK, Side.SELL, 10_500, 100), S.WORKING, number="9")
    goes_on(day, STOCK, 40)
    assert why(day, by_hand(BOND2, Side.BUY, 105_000, 10)) is None


@pytest.mark.parametrize("armed", [True, False])
def test_whether_everything_waits_for_it_is_said_with_it(armed: bool) -> None:
    day = MarketDay(held={BOND: (160, 110_000)}).open()
    if armed:
        day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=160, first_buy=False)))
    day.live_market(3_000)
    day.deaf = True
    day.restart(resume=True)
    goes_on(day, BOND, 20)
    lines = [line.reason.get("then") for line in day.state.lines if line.reason.why is Why.HOLDING_UNCLEAR]
    assert lines == (["everything"] if armed else ["alone"])
    assert (day.state.ready is Ready.READY) is not armed


def test_what_was_harmless_and_holds_up_everything_is_said_again() -> None:
    day = started({BOND: (160, 110_000)}, BOND)
    day.feed(m.Release(BOND))
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    goes_on(day, BOND, 40)
    lines = [line.reason.get("then") for line in day.state.lines if line.reason.why is Why.HOLDING_UNCLEAR]
    assert lines == ["alone", "everything"]
    assert why(day, by_hand(BOND2, Side.BUY, 105_000, 10)) is Why.ACCOUNT_STALE


def test_an_answer_without_any_order_settles_no_doubt_whatever_else_is_unread_in_it() -> None:
    day, place = deaf_grid(KEPT)
    told(day, by_hand(BOND2, Side.BUY, 100_000, 10), S.WORKING, number="9")
    beat(day, 12)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    for _ in range(5):
        beat(day, 3)
        day.feed(m.AskNow())
        cash = Asset(1_000_000_000, 0, 1_000_000_000)
        report = AccountReport(day.at, day.day.isoformat(), cash, (), (), (), (BOND,))
        day.feed(m.AccountReported(day.state.request, report))
    assert day.state.orders[place.ref].state is S.UNKNOWN
