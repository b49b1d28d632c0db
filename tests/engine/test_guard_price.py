"""A guard's sale reaches the bid it is meant for: within the collar if it can, within cage and limits always."""

import pytest
from words import told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.quote import EMPTY, Level
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.collar import guard_price
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

BEIJING = "920002.BJ"
CLOSE, LIMIT, OPENED = 10_000, 11_000, 10_900
ON_BREAK = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R11, threshold=1))


def guarded(slippage_bp: int, code: str = STOCK, limits: RiskLimits | None = None) -> MarketDay:
    """A sealed board whose guard sells when it opens."""
    prices = {STOCK: CLOSE, BEIJING: CLOSE, BOND: 120_000}
    day = MarketDay(held={code: (1_000, 9_000)}, prices=prices, limits=limits or RiskLimits()).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=code, slippage_bp=slippage_bp, rules=ON_BREAK))).refusal is None
    limit = day.state.instruments[code].limit_up
    for _ in range(2):
        day.wait(3_000)
        day.quote(sealed_quote(code, day.at, limit, 30_000, prev=CLOSE))
    return day


def falls(day: MarketDay, code: str, last: int, bid: int) -> None:
    """Three seconds later: a last price, and bids that begin further down."""
    day.wait(3_000)
    quote = quote_of(code, day.at, last, prev=day.prices[code], volume=20_000 + day.at % 10_000_000, depth=10_000)
    bids = tuple(Level(bid - 10 * step, 10_000) for step in range(5))
    day.quote(replace(quote, bids=bids))


@pytest.mark.parametrize("slippage_bp", [1, 50, 150, 190, 200])
@pytest.mark.parametrize("ticks", [1, 2, 6, 17, 21, 22, 60])
@pytest.mark.parametrize("code", [STOCK, BEIJING])
def test_however_far_the_bid_is_under_the_last_price_the_guard_sells(slippage_bp: int, ticks: int, code: str) -> None:
    day = guarded(slippage_bp, code)
    top = day.state.instruments[code].limit_up
    falls(day, code, top - 100, top - 100 - 10 * ticks)
    (place,) = day.places()
    assert place.price <= top - 100 - 10 * ticks
    for step in range(1, 3):
        falls(day, code, top - 100 - 30 * step, top - 100 - 30 * step - 10 * ticks)
    assert day.state.guards[code].state is GuardState.SOLD
    assert Why.PRICE_COLLAR not in day.said()


@pytest.mark.parametrize("code", [STOCK, BEIJING])
def test_a_book_with_nothing_near_the_last_price_is_sold_into_within_the_days_limits(code: str) -> None:
    day = guarded(200, code)
    down = day.state.instruments[code].limit_down
    falls(day, code, OPENED, down + 50)
    assert [place.price for place in day.places()] == [down]
    falls(day, code, OPENED, down + 50)
    assert day.state.guards[code].state is GuardState.SOLD


def test_a_sale_that_reaches_the_bid_within_the_collar_goes_no_lower() -> None:
    day = guarded(200)
    falls(day, STOCK, OPENED, OPENED - 100)
    # 2 % under the bid would be 10,590
    assert [place.price for place in day.places()] == [10_690]


def test_a_collar_narrower_than_the_slippage_does_not_hold_the_sale_back() -> None:
    day = guarded(200, limits=RiskLimits(collar_bp=30))
    falls(day, STOCK, OPENED, OPENED - 10)
    assert [place.price for place in day.places()] == [10_870]


def test_without_a_collar_the_price_is_the_bid_less_the_slippage() -> None:
    day = guarded(200, limits=RiskLimits(collar_bp=0))
    falls(day, STOCK, OPENED, OPENED - 100)
    assert [place.price for place in day.places()] == [10_590]


def test_a_sale_raised_to_the_collar_stays_while_the_price_moves_and_goes_lower_with_the_next_attempt() -> None:
    day = guarded(200)
    day.deaf = True
    falls(day, STOCK, OPENED, OPENED - 100)
    (first,) = day.places()
    day.feed(m.SubmitAnswered(first.ref, "77001"))
    day.wait(1_500)
    day.quote(replace(quote_of(STOCK, day.at, 10_920, prev=CLOSE, volume=30_000)))
    assert (day.places(), day.cancels()) == ([first], [])
    falls(day, STOCK, 10_700, 10_600)
    assert [cancel.ref for cancel in day.cancels()] == [first.ref]


def test_a_price_that_rose_away_from_the_attempt_does_not_hold_the_sale_back() -> None:
    day = guarded(200)
    day.feed(m.SetMaster(on=False))
    falls(day, STOCK, 10_300, 10_290)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    falls(day, STOCK, 10_800, 10_790)
    day.wait(200)
    day.feed(m.SetMaster(on=True))
    day.quote(replace(quote_of(STOCK, day.at, 10_990, prev=CLOSE, volume=30_000)))
    falls(day, STOCK, 10_980, 10_970)
    assert day.state.guards[STOCK].state is GuardState.SOLD


def fired(last: int, bid: int) -> MarketDay:
    """A guard that fired while nothing may leave, and one snapshot later."""
    day = guarded(200)
    day.feed(m.SetMaster(on=False))
    falls(day, STOCK, OPENED, OPENED - 10)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    falls(day, STOCK, last, bid)
    return day


def test_a_sale_is_raised_to_the_price_cage_in_continuous_trading_alone() -> None:
    day = fired(10_500, 10_700)
    guard = day.state.guards[STOCK]
    assert guard_price(day.state, guard, 10_200) == 10_490
    assert guard_price(replace(day.state, at=at_of(day.day, 14, 58)), guard, 10_200) == 10_290
    assert guard_price(day.state, guard, 10_600) == 10_600


def test_a_sale_is_raised_to_the_lower_limit_the_feed_tells_where_the_rules_know_none() -> None:
    day = fired(10_500, 10_490)
    guard, one = day.state.guards[STOCK], day.state.instruments[STOCK]
    told = {**day.state.instruments, STOCK: replace(one, limit_down=0, told_down=10_400)}
    assert guard_price(day.state, guard, 10_200) == 10_290
    assert guard_price(replace(day.state, instruments=told), guard, 10_200) == 10_400


def test_an_order_above_the_bid_keeps_its_price_until_the_follow_up_is_due() -> None:
    day = guarded(200)
    day.deaf = True
    falls(day, STOCK, OPENED, OPENED - 100)
    guard, seen = day.state.guards[STOCK], day.state.quotes[STOCK]
    lower = replace(seen.quote, last=10_700, bids=(Level(10_680, 100),))
    state = replace(day.state, quotes={STOCK: replace(seen, quote=lower)})
    assert guard_price(state, guard, 10_590) == 10_690
    assert guard_price(replace(state, at=state.at + guard.plan.follow_up_ms), guard, 10_590) == 10_590


def without_bids(day: MarketDay, last: int, ask: int) -> None:
    """Three seconds later: nobody buys, and the lowest offer is so much."""
    day.wait(3_000)
    quote = quote_of(STOCK, day.at, last, prev=CLOSE, volume=40_000 + day.at % 10_000_000)
    day.quote(replace(quote, bids=(EMPTY,) * 5, asks=(Level(ask, 1_000_000), *(EMPTY,) * 4)))


@pytest.mark.parametrize("seal", [True, False])
def test_a_sale_follows_the_price_into_a_lock_at_the_lower_limit_where_nobody_bids(*, seal: bool) -> None:
    day = guarded(50)
    if seal:
        day.feed(m.DisarmGuard(STOCK))
        day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.deaf, lots = True, 15_000
    if seal:
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=CLOSE))
    else:
        falls(day, STOCK, OPENED, OPENED - 10)
    (first,) = day.places()
    told(day, first, OrderState.WORKING, 0)
    day.wait(1_000)
    without_bids(day, 9_000, 9_000)
    assert [cancel.ref for cancel in day.cancels()] == [first.ref]
    told(day, first, OrderState.CANCELLED, 0)
    without_bids(day, 9_000, 9_000)
    assert [place.price for place in day.places()] == [first.price, 9_000]


def test_where_nobody_bids_or_offers_a_sale_stays_and_its_own_offer_is_not_undercut() -> None:
    day = guarded(50)
    day.deaf = True
    falls(day, STOCK, OPENED, OPENED - 10)
    (first,) = day.places()
    told(day, first, OrderState.WORKING, 0)
    without_bids(day, OPENED, first.price)
    without_bids(day, OPENED, first.price)
    without_bids(day, 9_000, 0)
    lows = [guard.sale.price for guard in (day.state.guards[STOCK],)]
    assert lows == [first.price]
    assert day.cancels() == []
