"""The bond table as the desk draws it: terms, place in the screen, what we have in each bond."""

from collections.abc import Mapping
from datetime import date

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine.books import Holding, State
from qmtdesk.strategies.grid import Grid, summary
from qmtdesk.strategies.rolling import Rolling
from qmtdesk.strategies.rolling import summary as rolling_summary
from qmtdesk.strategies.screen import ScreenPlan, ScreenResult, Verdict, run_screen
from qmtdesk.trader.picture_grid import grid_state
from qmtdesk.wire.rows import BondRow, ScreenRow

NO_VERDICT = Verdict(included=False, rank=0, why=because(Why.PRICE_UNKNOWN))


def screen_now(state: State, terms: Mapping[str, BondTerms], plan: ScreenPlan) -> ScreenResult:
    """The screen at the newest prices."""
    prices = {
        code: seen.quote.last or seen.quote.prev_close for code in terms if (seen := state.quotes.get(code)) is not None
    }
    return run_screen(plan, terms, prices, shanghai_day(state.at))


def screen_row(plan: ScreenPlan, result: ScreenResult) -> ScreenRow:
    """The screen in force."""
    return ScreenRow(
        name=plan.name,
        max_size_yuan=plan.max_size_yuan,
        redeem_days=plan.redeem_days,
        keep=plan.keep,
        data_as_of=result.as_of,
        data_old=result.data_old,
        included=result.included,
    )


def _years_left_bp(maturity: str, today: date) -> int:
    """Years to maturity in ten-thousandths, 0 where the source gave no date."""
    if not maturity:
        return 0
    return max(0, (date.fromisoformat(maturity) - today).days * 10_000 // 365)


def figures(part: Grid | Rolling | None, last: int) -> tuple[int, int]:
    """Today's round trips and the net of a grid in 厘: today's realised less its fees, and all that floats."""
    if part is None:
        return 0, 0
    sums = summary(part, last) if isinstance(part, Grid) else rolling_summary(part, last)
    return sums.trips_today, sums.realised_today + sums.floating - sums.fees_today


def shown(state: State, terms: BondTerms, result: ScreenResult) -> tuple[object, ...]:
    """Everything a bond's row is made of: while this is the same, so is the row."""
    code = terms.code
    book, seen = state.grids.get(code), state.quotes.get(code)
    last = seen.quote.last if seen is not None and book is not None else 0
    verdict = result.verdicts.get(code)
    grid = grid_state(state, code) if book is not None else ""
    return (
        verdict,
        state.day,
        result.data_old,
        grid,
        last,
        book,
        state.holdings.get(code),
        state.instruments.get(code),
    )


def bond_row(state: State, terms: BondTerms, result: ScreenResult) -> BondRow:
    """One convertible bond."""
    code = terms.code
    verdict = result.verdicts.get(code, NO_VERDICT)
    held = state.holdings.get(code, Holding(code, 0, 0, 0, 0))
    book = state.grids.get(code)
    seen = state.quotes.get(code)
    trips, pnl = figures((book.grid or book.rolling) if book else None, seen.quote.last if seen else 0)
    instrument = state.instruments.get(code)
    return BondRow(
        code=code,
        name=terms.name,
        stock_code=terms.stock_code,
        stock_name=terms.stock_name,
        conv_price=terms.conv_price,
        remaining_yuan=terms.remaining_yuan if terms.size_known else -1,
        maturity=terms.maturity,
        years_left_bp=_years_left_bp(terms.maturity, shanghai_day(state.at)),
        rating=terms.rating,
        redeem=terms.redeem.value,
        redeem_count=terms.redeem_count,
        redeem_need=terms.redeem_need,
        last_day=terms.last_day,
        source=terms.source,
        as_of=terms.as_of,
        included=verdict.included,
        rank=verdict.rank,
        why=verdict.why,
        position=held.volume,
        cost=held.cost,
        grid=grid_state(state, code),
        trips=trips,
        pnl=pnl,
        limit_up=instrument.limit_up if instrument else 0,
        limit_down=instrument.limit_down if instrument else 0,
        data_old=result.data_old,
        origins=terms.origins,
    )
