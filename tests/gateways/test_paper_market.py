"""The generated market: a pure function of seed, day and time in which something always happens."""

import time
from datetime import date

import pytest

from qmtdesk.domain.bond_terms import RedeemState
from qmtdesk.domain.calendar import next_trading_day
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.quote import EMPTY, BoardState, board_state
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.paper.market import PaperMarket, sealed_now
from qmtdesk.gateways.paper.universe import BONDS, BY_CODE, STOCKS_BEHIND, WATCH

DAY = date(2026, 11, 20)
MINUTES = [*range(9 * 60 + 30, 11 * 60 + 30), *range(13 * 60, 14 * 60 + 57)]


@pytest.fixture(scope="module")
def market() -> PaperMarket:
    return PaperMarket(7)


def test_thirty_bonds_their_stocks_and_twenty_stocks_are_listed(market: PaperMarket) -> None:
    assert (len(BONDS), len(STOCKS_BEHIND), len(WATCH)) == (30, 30, 20)
    instruments = market.instruments(DAY)
    assert len({one.code for one in instruments}) == len({one.name for one in instruments}) == 80
    assert all(one.limits_agree for one in instruments)
    assert sum(one.kind is Kind.BOND for one in instruments) == 30


def test_the_terms_hold_every_kind_of_reason_a_screen_can_give(market: PaperMarket) -> None:
    terms = market.terms(DAY)
    assert {one.redeem for one in terms} == set(RedeemState)
    assert any(not one.size_known for one in terms)
    assert any(one.size_known and one.remaining_yuan == 0 for one in terms)
    assert any(not one.listed for one in terms)
    assert any(one.name.startswith("Z") for one in terms)
    assert any(one.last_day == DAY.isoformat() for one in terms)
    assert sum(0 < one.remaining_yuan <= 300_000_000 for one in terms) >= 12
    assert sum(one.remaining_yuan > 300_000_000 for one in terms) >= 8
    assert all(one.stock_code in BY_CODE for one in terms)


def test_the_same_seed_gives_the_same_snapshots_and_another_seed_others() -> None:
    at = at_of(DAY, 10, 24)
    first, again, other = PaperMarket(7), PaperMarket(7), PaperMarket(8)
    # asked in another order, and for other days in between
    again.quote_at(date(2026, 11, 18), "113901.SH", at_of(date(2026, 11, 18), 14, 0))
    codes = first.codes()
    told = [first.quote_at(DAY, code, at) for code in codes]
    assert told == [again.quote_at(DAY, code, at) for code in reversed(codes)][::-1]
    assert told != [other.quote_at(DAY, code, at) for code in codes]


def test_a_snapshot_asked_alone_is_the_one_of_the_stream(market: PaperMarket) -> None:
    start = at_of(DAY, 11, 29, 40)
    stream = list(market.between(DAY, start, at_of(DAY, 13, 0, 9)))
    assert [quote.at for quote in stream] == sorted(quote.at for quote in stream)
    assert all(market.quote_at(DAY, quote.code, quote.at) == quote for quote in stream)
    assert not [quote for quote in stream if at_of(DAY, 11, 30, 3) < quote.at < at_of(DAY, 13, 0)]


def test_adjacent_windows_give_every_snapshot_once(market: PaperMarket) -> None:
    start, end = at_of(DAY, 9, 24, 50), at_of(DAY, 9, 30, 10)
    whole = list(market.between(DAY, start, end))
    parts = [q for at in range(start, end, 70) for q in market.between(DAY, at, min(at + 70, end))]
    assert [(q.at, q.code) for q in parts] == [(q.at, q.code) for q in whole]


def test_each_day_opens_on_the_close_of_the_day_before(market: PaperMarket) -> None:
    day = DAY
    for _ in range(6):
        following = next_trading_day(day)
        prev_closes = {one.code: one.prev_close for one in market.instruments(following)}
        assert prev_closes == {code: market.tape(day, code).last[-1] for code in market.codes()}
        day = following


@pytest.mark.parametrize("day", [DAY, date(2026, 11, 23), date(2026, 6, 30)])
def test_prices_and_books_keep_to_ticks_limits_and_order(market: PaperMarket, day: date) -> None:
    instruments = {one.code: one for one in market.instruments(day)}
    volumes: dict[str, int] = {}
    for quote in market.between(day, at_of(day, 9, 15), at_of(day, 9, 40)):
        one = instruments[quote.code]
        prices = [level.price for level in (*quote.bids, *quote.asks) if level.price] + [quote.last]
        assert all(price % one.tick == 0 for price in prices)
        if one.limit_up:
            assert all(one.limit_down <= price <= one.limit_up for price in prices if price)
        bids, asks = ([level.price for level in side if level.price] for side in (quote.bids, quote.asks))
        assert bids == sorted(set(bids), reverse=True)
        assert asks == sorted(set(asks))
        if quote.volume:
            assert not bids or not asks or bids[0] < asks[0]
            assert quote.low <= quote.last <= quote.high
            assert quote.low * quote.volume <= quote.amount <= quote.high * quote.volume
        assert quote.volume >= volumes.get(quote.code, 0)
        volumes[quote.code] = quote.volume


def test_in_the_opening_auction_the_first_levels_are_the_virtual_match(market: PaperMarket) -> None:
    quotes = list(market.between(DAY, at_of(DAY, 9, 15), at_of(DAY, 9, 24, 59)))
    assert quotes
    assert all(quote.bid1 == quote.ask1 != EMPTY and quote.last == quote.volume == 0 for quote in quotes)
    assert any(quote.bid1.price == quote.limit_up for quote in quotes)


def test_shanghai_bonds_trade_to_the_end_and_others_close_by_auction(market: PaperMarket) -> None:
    late = list(market.between(DAY, at_of(DAY, 14, 57, 30), at_of(DAY, 15, 5)))
    for quote in late:
        shanghai_bond = quote.code.endswith("SH") and quote.code.startswith("11")
        if quote.at < at_of(DAY, 15, 0):
            assert (quote.bid1 == quote.ask1) != shanghai_bond
        else:
            assert not shanghai_bond
    assert {quote.code for quote in late if quote.at >= at_of(DAY, 15, 0)} >= {one.code for one in WATCH}


def board_events(market: PaperMarket, day: date) -> dict[int, set[str]]:
    """Minute of the day to what boards did in it, read off the snapshots alone."""
    events: dict[int, set[str]] = {}
    for code in market.boards(day):
        limit = next(one.limit_up for one in market.instruments(day) if one.code == code)
        was_sealed, best, weak = False, 0, False
        quotes = market.between(day, at_of(day, 9, 30), at_of(day, 14, 57), frozenset({code}))
        for quote in quotes:
            minute = (quote.at - at_of(day, 0, 0)) // 60_000
            sealed = board_state(quote, limit) is BoardState.SEALED
            amount = sealed_now(quote)
            if sealed != was_sealed:
                events.setdefault(minute, set()).add("seal" if sealed else "break")
                best, weak = 0, False
            best = max(best, amount)
            if sealed and amount * 2 < best:
                if not weak:
                    events.setdefault(minute, set()).add("weaken")
                weak = True
            elif weak and amount * 3 > best * 2:
                best, weak = amount, False
            was_sealed = sealed
    return events


@pytest.mark.parametrize("seed", [1, 7])
@pytest.mark.parametrize("day", [DAY, date(2026, 11, 23)])
def test_in_every_minute_some_board_seals_weakens_or_breaks(seed: int, day: date) -> None:
    events = board_events(PaperMarket(seed), day)
    assert [minute for minute in MINUTES if not events.get(minute)] == []
    assert sum("seal" in told for told in events.values()) > 60
    assert sum("break" in told for told in events.values()) > 60
    assert sum("weaken" in told for told in events.values()) > 60


def test_queues_fall_below_twenty_million_a_while_before_some_boards_break(market: PaperMarket) -> None:
    warned = 0
    for code in market.boards(DAY):
        tape = market.tape(DAY, code)
        amounts = [seal * last for seal, last in zip(tape.seal, tape.last, strict=True)]
        assert max(amounts) <= 330_000_000_000
        for row in range(20, len(amounts)):
            if amounts[row] == 0 < amounts[row - 1]:
                before = amounts[row - 12 : row]
                warned += before[0] > 20_000_000_000 > before[-1] > 0
    assert warned >= 20


def test_one_board_stays_sealed_from_open_to_close(market: PaperMarket) -> None:
    locked = market.tape(DAY, market.boards(DAY)[-1])
    assert set(locked.last) == {locked.open}
    assert min(locked.seal) * locked.open >= 99_000_000_000


def test_a_grid_of_thirty_basis_points_trades_about_once_a_minute_on_a_lively_bond(market: PaperMarket) -> None:
    lively = [one for one in BONDS if one.restless > 60]
    assert len(lively) >= 12
    for bond in lively[:6]:
        tape = market.tape(DAY, bond.code)
        step = bond.base * 30 // 10_000
        rung, trades = tape.last[0], 0
        for price in tape.last:
            while abs(price - rung) >= step:
                rung += step if price > rung else -step
                trades += 1
        assert trades >= 237
        assert max(tape.high) < bond.base * 115 // 100
        assert min(tape.low) > bond.base * 85 // 100


def test_history_is_the_day_until_now(market: PaperMarket) -> None:
    until = at_of(DAY, 10, 0)
    history = market.history(DAY, "113901.SH", until)
    quote = market.quote_at(DAY, "113901.SH", until)
    assert quote is not None
    assert history[-1] == (quote.at, quote.last)
    assert len(history) == 601
    board = market.boards(DAY)[0]
    seals = market.seal_history(DAY, board, until)
    assert {amount > 0 for _, amount in seals} == {True, False}


def test_nothing_is_known_before_the_first_snapshot_or_of_strangers(market: PaperMarket) -> None:
    assert market.quote_at(DAY, "113901.SH", at_of(DAY, 9, 0)) is None
    assert market.quote_at(DAY, "600000.SH", at_of(DAY, 10, 0)) is None
    with pytest.raises(ValueError, match="no trading day"):
        market.instruments(date(2026, 11, 21))


@pytest.mark.bench
def test_a_whole_day_of_all_codes_is_computed_fast_enough_to_start_with(market: PaperMarket) -> None:
    fresh = PaperMarket(99)
    began = time.process_time()
    for code in fresh.codes():
        fresh.tape(DAY, code)
    spent = time.process_time() - began
    assert spent < 3
