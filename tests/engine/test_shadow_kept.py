"""Shadow statistics in the engine: what the rules would have done, kept over restarts and days."""

from datetime import date

from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.messages import DayOpened
from qmtdesk.domain.plans import RuleId
from qmtdesk.engine.books import State
from qmtdesk.engine.core import begin
from qmtdesk.simulate.market_day import STOCK, MarketDay, quote_of, sealed_quote

NEXT = date(2026, 11, 23)


def _fired(state: State) -> dict[int, int]:
    return {s.variant.threshold: s.fired for s in state.shadows[STOCK].scores if s.variant.rule is RuleId.R1}


def _a_board_that_seals_and_fades() -> MarketDay:
    """A held, unguarded stock: 33 million on the bid, then 16.5 million, then open."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    for lots in (30_000, 15_000):
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, 11_000, lots, prev=10_000))
    day.wait(3_000)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    return day


def test_an_unguarded_holding_teaches_what_rule_one_would_have_sold() -> None:
    fired = _fired(_a_board_that_seals_and_fades().state)
    assert fired[20_000_000_000] == 1
    assert fired[5_000_000_000] == 0


def test_the_statistics_come_back_from_the_journal() -> None:
    day = _a_board_that_seals_and_fades()
    again = begin(State(day.state.limits, day.state.fees), day.records, resume=False)
    assert _fired(again) == _fired(day.state)
    assert again.shadows[STOCK].seals == 1


def test_the_next_day_measures_the_sale_against_the_close() -> None:
    day = _a_board_that_seals_and_fades()
    day.wait(1_000)
    instruments = tuple(make_instrument(code, "", price, NEXT) for code, price in day.prices.items())
    day.feed(DayOpened(NEXT.isoformat(), instruments))
    (score,) = [s for s in day.state.shadows[STOCK].scores if s.variant.threshold == 20_000_000_000]
    assert (score.days, score.edge_bp) == (1, (11_000 - 10_900) * 10_000 // 11_000)
