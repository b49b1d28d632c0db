"""What a grid is started by before the market has opened: the sheet and arming know the same price."""

import pytest
from test_armed_early import EVENING, armed, closed, opened, trading

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan
from qmtdesk.domain.quote import Level
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of, phase_at
from qmtdesk.engine import anew
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, MarketDay, quote_of
from qmtdesk.strategies.grid_preview import Preview, preview_grid

PLAN = GridPlan(code=BOND, adopt=200)


def auction(prev: int, shown: int, at: tuple[int, int], told: tuple[int, int] | None = None) -> MarketDay:
    """Monday before the open: the auction shows that price in a snapshot of `told`, or of now."""
    day = opened(closed(200), prev)
    for hour, minute in {told or at, at}:
        day.at = at_of(NEXT_DAY, hour, minute)
        day.feed(m.TimePassed())
        day.wait(3_000)
    stamp = at_of(NEXT_DAY, *told, 50) if told else day.at
    day.feed(m.Quoted(quote_of(BOND, stamp, shown, prev=prev)))
    return day


def sheet(day: MarketDay, plan: GridPlan) -> Preview:
    state = day.state
    held = state.holdings[BOND]
    return preview_grid(
        plan,
        state.instruments[BOND],
        last=anew.starting_price(state, plan),
        cost=held.cost,
        position=held.volume,
        can_use=held.sellable,
        cash=10**10,
        at=state.at,
        day=state.day,
        phase=phase_at(state.listings[BOND], state.at),
        quote_age_ms=0,
        fees=state.fees,
    )


@pytest.mark.parametrize(
    ("prev", "shown", "stop", "at", "ok"),
    [
        (119_500, 114_500, 115_000, (9, 20), True),
        (119_500, 114_500, 115_000, (9, 27), False),
        (114_000, 119_000, 116_000, (9, 20), False),
        (114_000, 119_000, 116_000, (9, 27), True),
    ],
)
def test_the_auctions_price_counts_for_the_stop_once_it_is_the_result(
    prev: int, shown: int, stop: int, at: tuple[int, int], ok: bool
) -> None:
    day, plan = auction(prev, shown, at), replace(PLAN, lower_stop=stop)
    assert sheet(day, plan).ok is ok
    assert (day.feed(m.ArmGrid(plan)).refusal is None) is ok


def test_a_grid_refused_after_the_auction_sells_nothing_at_the_open() -> None:
    day = auction(119_500, 114_500, (9, 27))
    day.feed(m.ArmGrid(replace(PLAN, lower_stop=115_000)))
    trading(day, 114_500)
    assert day.places(BOND) == []


@pytest.mark.parametrize(("at", "base"), [((9, 20), 118_000), ((9, 27), 119_000)])
def test_the_base_at_the_last_price_is_the_previous_close_until_the_auction_has_one(
    at: tuple[int, int], base: int
) -> None:
    day, plan = auction(118_000, 119_000, at), replace(PLAN, base=BaseKind.LAST)
    assert sheet(day, plan).base == base
    assert day.feed(m.ArmGrid(plan)).refusal is None
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert (grid.anchor, grid.first_price or 118_000) == (base, 118_000)


def test_a_price_shown_before_the_result_stays_nobodys_after_it() -> None:
    day = auction(119_500, 114_500, (9, 27), told=(9, 24))
    assert anew.starting_price(day.state, PLAN) == 0


@pytest.mark.parametrize(
    ("bid", "ask", "price"), [(119_400, 119_600, 119_500), (123_000, 123_300, 123_000), (112_000, 125_000, 0)]
)
def test_a_day_without_a_trade_in_the_auction_is_started_by_the_book_it_left(bid: int, ask: int, price: int) -> None:
    """The close before where it lies within: a book above it would buy up what is offered by the close."""
    day = auction(119_500, 119_500, (9, 27))
    quote = quote_of(BOND, day.at, 119_500, prev=119_500)
    bids, asks = tuple(replace(quote.bids[0], price=bid - i) for i in range(5)), quote.asks
    day.feed(m.Quoted(replace(quote, last=0, bids=bids, asks=(replace(asks[0], price=ask), *asks[1:]))))
    assert anew.starting_price(day.state, replace(PLAN, base=BaseKind.LAST)) == price


def test_once_the_market_trades_it_is_the_last_price() -> None:
    day = trading(auction(119_500, 114_500, (9, 27)), 116_000)
    assert anew.starting_price(day.state, PLAN) == 116_000
    assert day.feed(m.ArmGrid(replace(PLAN, lower_stop=115_000, adopt=0))).refusal is None
    assert day.places(BOND)[0].side is Side.BUY


@pytest.mark.parametrize("mode", GridMode)
@pytest.mark.parametrize("shown", [116_000, 124_000])
def test_once_the_auction_is_over_a_first_buy_goes_by_its_result(mode: GridMode, shown: int) -> None:
    day = auction(120_000, shown, (9, 27))
    plan = GridPlan(code=BOND, mode=mode)
    told = sheet(day, plan)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    book = day.state.grids[BOND]
    part = book.grid or book.rolling
    assert part is not None
    assert part.first_price == told.first_price
    assert abs(part.first_price - shown) < shown // 100


@pytest.mark.parametrize(
    ("at", "now", "words"),
    [
        ((9, 20, 0), False, {Why.AUCTION_WAIT, Why.NO_CANCEL_PHASE}),
        ((9, 24, 45), True, {Why.NO_CANCEL_PHASE}),
        ((9, 27, 0), False, {Why.AUCTION_WAIT}),
    ],
)
def test_the_sheet_says_when_a_first_buy_leaves_and_whether_it_can_be_taken_back(
    at: tuple[int, int, int], now: bool, words: set[Why]
) -> None:
    day = auction(120_000, 120_000, at[:2])
    day.at = max(day.at, at_of(NEXT_DAY, *at))
    day.feed(m.Quoted(quote_of(BOND, day.at, 120_000, prev=120_000)))
    told = {check.reason.why for check in sheet(day, GridPlan(code=BOND)).checks if check.level == "warn"}
    assert told & {Why.AUCTION_WAIT, Why.NO_CANCEL_PHASE} == words
    day.feed(m.AskNow())
    day.wait(500)
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    assert bool(day.places(BOND)) is now


@pytest.mark.parametrize("mode", GridMode)
@pytest.mark.parametrize("printed", [116_000, 114_500, 119_500])
def test_a_grid_of_the_evening_found_after_the_auction_is_worked_out_from_the_first_price_of_trading(
    mode: GridMode, printed: int
) -> None:
    """Nothing leaves before 9:30, and a thin auction's print is often nobody's price a minute later."""
    day = opened(armed(GridPlan(code=BOND, mode=mode), EVENING), 120_000, (9, 26))
    day.feed(m.Quoted(quote_of(BOND, day.at, printed, prev=120_000)))
    day.wait(3_000)
    assert day.state.grids[BOND].fresh
    # the feed goes on with the print until the first price of trading
    day.at = at_of(NEXT_DAY, 9, 29, 58)
    day.feed(m.Quoted(quote_of(BOND, day.at, printed, prev=120_000)))
    day.at = at_of(NEXT_DAY, 9, 30)
    day.feed(m.TimePassed())
    assert day.state.grids[BOND].fresh
    assert day.places(BOND) == []
    # the first snapshot of trading is the print again where nothing has traded yet
    day.at = at_of(NEXT_DAY, 9, 30, 1)
    day.feed(m.Quoted(quote_of(BOND, day.at, printed, prev=120_000)))
    assert day.state.grids[BOND].fresh
    trading(day, 116_000).live_market(9_000)
    part = day.state.grids[BOND].grid or day.state.grids[BOND].rolling
    assert part is not None
    assert abs(part.first_price - 116_000) < 1_160
    assert [place.owner.kind for place in day.places(BOND)].count(OwnerKind.FIRST_BUY) == 1


@pytest.mark.parametrize(("bid", "ask", "counts"), [(116_100, 116_300, True), (116_000, 125_000, False)])
def test_by_hand_the_auctions_print_counts_only_where_the_book_bears_it_out(bid: int, ask: int, counts: bool) -> None:
    day = auction(118_000, 118_000, (9, 26))
    quote = quote_of(BOND, day.at, 116_200, prev=118_000)
    bids, asks = (
        (replace(quote.bids[0], price=bid), *quote.bids[1:]),
        (replace(quote.asks[0], price=ask), *quote.asks[1:]),
    )
    day.feed(m.Quoted(replace(quote, bids=bids, asks=asks)))
    assert anew.starting_price(day.state, PLAN) == (116_200 if counts else 0)
    refusal = day.feed(m.ArmGrid(PLAN)).refusal
    assert (refusal is None) is counts
    assert counts or refusal == because(Why.NO_QUOTE)


@pytest.mark.parametrize("empty", ["bids", "asks"])
@pytest.mark.parametrize(("printed", "price"), [(127_500, 0), (141_600, 141_600), (94_400, 94_400), (0, 118_000)])
def test_a_print_beside_half_a_book_is_no_price_but_at_the_days_limit(empty: str, printed: int, price: int) -> None:
    """At the limit an empty side is what a locked board looks like; without a trade the close before is no print."""
    day = auction(118_000, 118_000, (9, 26))
    quote = quote_of(BOND, day.at, printed or 118_000, prev=118_000)
    none = tuple(Level(0, 0) for _ in range(5))
    day.feed(m.Quoted(replace(quote, last=printed, **{empty: none})))
    assert anew.starting_price(day.state, PLAN) == price


def test_a_snapshot_of_before_trading_works_nothing_out_however_patient_the_limit_is() -> None:
    day = auction(118_000, 116_200, (9, 29))
    day.state = replace(day.state, limits=replace(day.state.limits, quote_age_ms=600_000))
    day.at = at_of(NEXT_DAY, 9, 30, 30)
    day.wait(12_000)
    assert not anew.known(day.state, BOND)
    day.feed(m.Quoted(quote_of(BOND, day.at, 116_200, prev=118_000)))
    assert anew.known(day.state, BOND)


def test_a_snapshot_of_the_day_before_is_no_result_of_this_mornings_auction() -> None:
    day = auction(118_000, 118_000, (9, 27))
    seen = day.state.quotes[BOND]
    old = replace(seen, quote=replace(seen.quote, at=seen.quote.at - 3 * 86_400_000))
    day.state = replace(day.state, quotes={**day.state.quotes, BOND: old})
    assert anew.starting_price(day.state, PLAN) == 0
