"""A snapshot that comes again with another figure of cancelled buys beside it is the same old snapshot."""

from words import by_hand, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import STOCK, MarketDay, quote_of, sealed_quote


def test_it_makes_no_old_price_look_fresh() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    quote = replace(quote_of(STOCK, day.at, 10_000), withdrawn=100)
    day.quote(quote)
    day.wait(day.state.limits.quote_age_ms - 1_000)
    day.feed(m.Quoted(replace(quote, withdrawn=300)))
    assert why(day, by_hand(STOCK, Side.SELL, 10_000, 100)) is None
    day.wait(2_000)
    day.feed(m.Quoted(replace(quote, withdrawn=-1)))
    assert day.state.quotes[STOCK].at == quote.at
    assert why(day, by_hand(STOCK, Side.SELL, 10_000, 100)) is Why.QUOTE_STALE


def test_it_is_no_second_look_at_a_board() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    quote = replace(sealed_quote(STOCK, day.at + 1, 11_000, 1_000, prev=10_000), withdrawn=100)
    day.at += 1
    day.quote(quote)
    before = day.state.boards[STOCK]
    day.at += 2_000
    day.feed(m.Quoted(replace(quote, withdrawn=900)))
    assert day.state.boards[STOCK] == before
