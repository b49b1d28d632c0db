"""A holding that was told and could not be read stops its own code and nothing else, and is never taken for none."""

from words import PLAN

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay


def told(day: MarketDay, *unclear: str, times: int = 3) -> None:
    """Answers in which these holdings could not be read, four seconds apart."""
    for _ in range(times):
        day.live_market(3_000)
        day.at += 1_000
        report = day.exchange.report(day.at)
        report = replace(report, positions=tuple(p for p in report.positions if p.code not in unclear), unclear=unclear)
        day.feed(m.AskNow())
        day.feed(m.AccountReported(day.state.request, report))


def held_day() -> MarketDay:
    day = MarketDay(
        held={BOND: (50, 110_000), BOND2: (30, 100_000)}, prices={BOND: 120_000, BOND2: 105_000, STOCK: 10_000}
    ).open()
    day.live_market(3_000)
    return day


def test_its_code_is_suspended_once_and_what_was_held_is_still_held() -> None:
    day = held_day()
    told(day, BOND)
    assert [code for code, reason in day.state.suspended.items() if reason.why is Why.HOLDING_UNCLEAR] == [BOND]
    assert day.said().count(Why.HOLDING_UNCLEAR) == 1
    assert day.state.holdings[BOND].volume == 50
    assert day.state.ready is Ready.READY
    assert Why.REPORT_SHRUNK not in day.said()
    assert day.folded().suspended[BOND].why is Why.HOLDING_UNCLEAR


def test_everything_else_in_the_answer_counts() -> None:
    day = held_day()
    day.exchange.account.holdings[BOND2].volume = 20
    told(day, BOND)
    assert day.state.holdings[BOND2].volume == 20
    assert day.feed(m.ArmGrid(replace(PLAN, code=BOND2))).refusal is None
    assert {place.code for place in day.places()} == {BOND2}


def test_an_armed_grid_stays_armed_and_sends_nothing() -> None:
    day = held_day()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=50, first_buy=False)))
    told(day, BOND)
    sent = len(day.places())
    day.price(BOND, 118_000)
    day.live_market(6_000)
    assert day.state.grids[BOND].armed
    assert len(day.places()) == sent


def test_it_is_told_again_after_the_user_went_on_as_long_as_it_is_so() -> None:
    day = held_day()
    told(day, BOND)
    day.feed(m.Release(BOND))
    assert BOND not in day.state.suspended
    told(day, BOND, times=1)
    assert BOND in day.state.suspended
    day.feed(m.Release(BOND))
    told(day)
    assert BOND not in day.state.suspended


def test_a_holding_nobody_here_needs_does_not_hold_up_the_start() -> None:
    day = MarketDay(held={BOND: (50, 110_000)})
    day.deaf = True
    day.connect()
    report = replace(day.exchange.report(day.at), positions=(), unclear=(BOND,))
    day.feed(m.AccountReported(day.state.request, report))
    assert day.state.ready is Ready.READY
    assert BOND in day.state.suspended


def test_at_a_start_a_grid_that_holds_some_of_it_waits_and_is_not_wound_up() -> None:
    day = MarketDay(held={BOND: (160, 110_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=160, first_buy=False)))
    day.live_market(3_000)
    assert day.state.grids[BOND].grid.held_total == 160
    day.deaf = True
    day.restart(resume=True)
    report = replace(day.exchange.report(day.at), positions=(), unclear=(BOND,))
    for _ in range(3):
        day.at += 5_000
        day.feed(m.AccountReported(day.state.request, replace(report, at=day.at)))
    assert day.state.ready is not Ready.READY
    assert day.state.grids[BOND].armed
    assert Why.HOLDING_UNCLEAR in day.said()


def test_a_guard_still_sells_what_was_known_to_be_held() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.live_market(3_000)
    told(day, STOCK)
    plan = GuardPlan(code=STOCK, action=GuardAction.SELL)
    assert day.feed(m.ArmGuard(plan)).refusal is None
    assert day.state.holdings[STOCK].sellable == 1_000
