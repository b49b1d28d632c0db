"""A wild market leaps and touches its limits, and shows no price an exchange would not."""

from itertools import pairwise
from random import Random

from qmtdesk.domain.quote import Quote
from qmtdesk.simulate.market_day import STOCK, MarketDay
from qmtdesk.simulate.wild import wild_price, wild_quote


def snapshots(seed: int, count: int) -> list[Quote]:
    random, day = Random(seed), MarketDay().open()
    one = next(each for each in day.instruments if each.code == STOCK)
    last, told = one.prev_close, []
    for step in range(count):
        last = wild_price(random, one, last)
        told.append(wild_quote(random, one, day.at + step, last, prev=one.prev_close, volume=0))
    return told


def test_every_price_is_one_of_the_exchange_within_the_days_limits() -> None:
    for quote in snapshots(1, 2_000):
        levels = [level.price for level in (*quote.bids, *quote.asks) if level.volume]
        assert all(9_000 <= price <= 11_000 and price % 10 == 0 for price in (quote.last, *levels))
        # the best first, and nobody bids what is asked
        bids, asks = ([one.price for one in side if one.volume] for side in (quote.bids, quote.asks))
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert not bids or not asks or bids[0] < asks[0]


def test_it_leaps_touches_both_limits_and_shows_books_with_one_side() -> None:
    told = snapshots(2, 2_000)
    moves = [abs(new.last - old.last) * 100 // old.last for old, new in pairwise(told)]
    assert max(moves) >= 5
    assert {9_000, 11_000} <= {quote.last for quote in told}
    between = [quote for quote in told if 9_000 < quote.last < 11_000]
    assert any(not quote.bid1.volume for quote in between)
    assert any(not quote.ask1.volume for quote in between)
