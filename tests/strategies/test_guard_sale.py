"""The guard's one sale: its price, its follow-ups, and the price cage."""

import pytest
from guard_kit import CODE, DAY, LIMIT, TEN, VIDEO, WAN, Walk, clock, context, instrument, opened, quote, sealed
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.codes import classify
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.rules import price_cage
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.guard import WantedSale, on_sold, wanted_sale
from qmtdesk.strategies.guard_sale import follow_up, lowest_price, open_price, refresh_question

PLAN = GuardPlan(code=CODE, threshold=2000 * WAN)


def selling(**changes) -> Walk:
    walk = Walk(replace(PLAN, **changes)).arm()
    walk.tick(VIDEO)
    return walk


def test_while_sealed_the_order_stands_at_the_limit_and_waits():
    walk = selling()
    for second in (1, 2):
        walk.tick(replace(VIDEO, at=TEN + 1000 * second))
    assert wanted_sale(walk.guard) == WantedSale(LIMIT, 18_000)
    assert walk.guard.attempt == 1


def test_an_order_not_filled_in_time_goes_below_the_bid_once():
    walk = selling()
    walk.tick(replace(VIDEO, at=TEN + 3000))
    # 2.65 less 0.5 % is 2.63675, on the tick and not lower: 2.64
    assert walk.guard.price == 2640
    assert (walk.guard.attempt, walk.guard.attempt_at) == (2, TEN + 3000)
    walk.tick(replace(VIDEO, at=TEN + 6000))
    assert walk.guard.attempt == 2


def test_a_board_that_opens_is_followed_at_once():
    walk = selling()
    walk.tick(opened(TEN + 1000, last=2600))
    assert (walk.guard.price, walk.guard.attempt) == (2590, 2)


def test_the_price_changes_only_when_an_attempt_begins():
    walk = selling()
    walk.tick(opened(TEN + 1000, last=2600))
    for ms in (1500, 2500, 3500):
        walk.tick(opened(TEN + ms, last=2500))
        assert walk.guard.price == 2590
    walk.tick(opened(TEN + 4000, last=2500))
    assert (walk.guard.price, walk.guard.attempt) == (2490, 3)


def test_a_market_that_comes_back_leaves_the_order_where_it_is():
    walk = selling()
    walk.tick(opened(TEN + 1000, last=2500))
    walk.tick(opened(TEN + 9000, last=2530))
    assert (walk.guard.price, walk.guard.attempt) == (2490, 2)


def test_an_order_the_price_cage_would_refuse_is_raised():
    walk = selling()
    walk.tick(opened(TEN + 1000, last=2300))
    assert walk.guard.price == 2290
    walk.tick(opened(TEN + 9000, last=2600))
    assert walk.guard.price == 2590


def test_an_empty_book_and_no_continuous_trading_change_no_order():
    walk = selling()
    guard = walk.guard
    nobody = quote(TEN + 9000, 2600, (0, 0), (0, 0))
    assert follow_up(guard, walk.board, nobody, context(TEN + 9000)) is guard
    assert follow_up(guard, walk.board, VIDEO, context(clock(14, 58))) is guard


def test_where_nobody_bids_it_follows_the_last_price_and_the_lowest_offer_once_its_time_is_over():
    walk = selling()
    guard = walk.guard
    nobody = quote(TEN + 9000, 2600, (0, 0), (2600, 100))
    assert follow_up(guard, walk.board, nobody, context(guard.sale.attempt_at + 2000)) is guard
    # 2.6 less 0.5 % is 2.587; an offer further down is met
    assert follow_up(guard, walk.board, nobody, context(TEN + 9000)).price == 2590
    lower = quote(TEN + 9000, 2600, (0, 0), (2500, 100))
    assert follow_up(guard, walk.board, lower, context(TEN + 9000)).price == 2500


def test_there_is_nothing_to_follow_or_to_refresh_before_a_trigger():
    walk = Walk(PLAN).arm()
    walk.tick(sealed(TEN, 9000))
    assert follow_up(walk.guard, walk.board, VIDEO, context(TEN)) is walk.guard
    assert refresh_question(walk.guard, walk.board, VIDEO, context(TEN)) is walk.guard


def test_more_than_one_order_may_carry_is_sold_in_turn():
    walk = Walk(PLAN, can_use=2_300_050, position=2_300_050).arm()
    walk.tick(VIDEO)
    assert wanted_sale(walk.guard) == WantedSale(LIMIT, 1_000_000)
    twice = on_sold(on_sold(walk.guard, 1_000_000, TEN), 1_000_000, TEN)
    assert wanted_sale(twice) == WantedSale(LIMIT, 300_050)


def test_with_no_bid_at_all_the_last_price_is_the_base():
    broken = RuleSetting(rule=RuleId.R11, threshold=1)
    walk = Walk(replace(PLAN, rules=(broken,))).arm()
    walk.tick(sealed(TEN, 9000))
    walk.tick(quote(TEN + 3000, 2600, (0, 0), (2600, 500)))
    assert walk.guard.price == 2590


def test_at_the_lowest_price_of_the_day_there_is_nothing_lower():
    stock = instrument()
    down = quote(TEN, stock.limit_down, (stock.limit_down, 100))
    assert open_price(PLAN, stock, down, TEN) == stock.limit_down


def test_a_bond_has_no_cage():
    bond = instrument("113050.SH", 110_000)
    falling = quote(TEN, 100_000, (100_000, 100), code="113050.SH", prev=110_000)
    assert lowest_price(bond, falling, TEN) == bond.limit_down
    assert open_price(replace(PLAN, slippage_bp=500), bond, falling, TEN) == 95_000


@given(bid=st.integers(218, 265), slip=st.integers(0, 1000), last=st.integers(217, 265))
def test_a_price_is_on_the_tick_inside_the_cage_and_inside_the_slippage(bid, slip, last):
    stock = instrument()
    seen = quote(TEN, last * 10, (bid * 10, 100), (bid * 10 + 10, 100))
    price = open_price(replace(PLAN, slippage_bp=slip), stock, seen, TEN)
    cage = price_cage(classify(CODE), DAY, Side.SELL, bid * 10, bid * 10 + 10, last * 10, seen.prev_close)
    assert price % stock.tick == 0
    assert max(cage, stock.limit_down) <= price <= bid * 10
    assert price * 10_000 >= bid * 10 * (10_000 - slip) or price == bid * 10


@pytest.mark.parametrize("phase", [Phase.LUNCH, Phase.CLOSE_AUCTION])
def test_what_is_wanted_stays_wanted_through_a_break(phase):
    walk = selling()
    walk.look(clock(11, 45), phase=phase)
    assert wanted_sale(walk.guard) == WantedSale(LIMIT, 18_000)
