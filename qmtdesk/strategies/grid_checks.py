"""What is looked at before a grid is armed: what refuses it, what the user should know, what is in order."""

from collections.abc import Iterator
from dataclasses import dataclass

from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.grid_state import Grid, GridContext
from qmtdesk.strategies.grid_wish import OPENING, first_buy_wait, standing
from qmtdesk.strategies.lattice import BP
from qmtdesk.strategies.rolling import Rolling

QUOTE_AGE_MS = 8_000
"""An older quote is stale; the engine's own limit is the same by default."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist. `level`: ok | warn | refuse."""

    level: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Depth:
    """The ladder if the price falls all the way: (number, price, volume bought there, 厘), highest first.

    The 厘 are what is in use once the level is bought; where it is left out, what all levels down to it would use.
    `cap_level` is the lowest level that the caps and the lower stop still let buy, `skipped` those above it that a cap
    leaves out, `broken` the caps that leave any out. `held` and `used` are what the grid holds in the end and what that
    cost, `full` what it would cost with no cap.
    """

    levels: tuple[tuple[int, int, int, int], ...]
    cap_level: int
    skipped: tuple[int, ...]
    broken: frozenset[Why]
    held: int
    used: int
    full: int


def check_sizes(part: Grid | Rolling, low: int, high: int, fee: int, live: int, cash: int) -> Iterator[Check]:
    """The step against both fees (厘 of one unit's trip from `low` to `high`), the cash of what rests, and the lot."""
    yield _check_step(part, low, high, fee)
    yield _check_cash(live, cash)
    yield Check("ok", because(Why.UNIT_NOT_LOT, unit=part.unit, lot=part.lot))


def _check_step(part: Grid | Rolling, low: int, high: int, fee: int) -> Check:
    """The step has to be more than twice (commission + 1 tick): both sides' fees and two ticks."""
    need = fee + 2 * part.tick * part.unit
    need_bp = -(-need * BP // (low * part.unit))
    numbers = because(
        Why.STEP_TOO_SMALL,
        step_bp=part.plan.step_bp,
        need_bp=need_bp,
        step_milli=high - low,
        need_milli=-(-need // part.unit),
    )
    return Check("ok" if (high - low) * part.unit > need else "refuse", numbers)


def _check_cash(live: int, cash: int) -> Check:
    """The counter freezes commission with the price; a thousandth covers it."""
    need = live + live // 1_000
    return Check("ok" if need <= cash else "refuse", because(Why.CASH_SHORT, need_milli=need, have_milli=cash))


def check_quote(phase: Phase, age_ms: int) -> Check:
    """Old data refuse where prices should be coming, and warn where none are expected."""
    numbers = because(Why.QUOTE_STALE, age_ms=age_ms, limit_ms=QUOTE_AGE_MS)
    if age_ms < 0:
        numbers = because(Why.NO_QUOTE)
    elif age_ms <= QUOTE_AGE_MS:
        return Check("ok", numbers)
    return Check("refuse" if phase.continuous else "warn", numbers)


def check_buys(part: Grid | Rolling, ctx: GridContext, depth: Depth) -> Iterator[Check]:
    """Tell what keeps it from buying: the name, the plan's own caps, and that one that only sells has nothing to sell.

    Of the caps also down to which level it buys, if any.
    """
    plan, lowest = part.plan, depth.levels[-1][0] if depth.levels else 0
    if ctx.dying:
        yield Check("warn", because(Why.BUYS_ENDED, name=ctx.dying))
    reach = {"level": depth.cap_level} if depth.held > part.held_total else {}
    if Why.CASH_CAP in depth.broken:
        yield Check("warn", because(Why.CASH_CAP, cap_milli=plan.cash_cap, **reach, lowest=lowest))
    if Why.POSITION_CAP in depth.broken:
        yield Check("warn", because(Why.POSITION_CAP, cap=plan.max_position, **reach, lowest=lowest))
    if plan.sell_only and plan.adopt == 0:
        yield Check("warn", because(Why.NOTHING_HELD))
    if isinstance(part, Grid):
        yield from _check_cost(part)


def _check_cost(grid: Grid) -> Iterator[Check]:
    """Tell where lots taken over are offered for less than they cost: a start offers them by today's price."""
    lots = [(grid.lattice.levels[i + 1], gap.held) for i, gap in enumerate(grid.gaps) if gap.held]
    loss = grid.cash_used - sum(price * held for price, held in lots)
    lowest = min((price for price, _ in lots), default=0)
    cost = grid.cash_used // grid.held_total if lots else 0
    if lowest < cost:
        yield Check("warn", because(Why.SELLS_UNDER_COST, price_milli=lowest, cost_milli=cost, loss_milli=max(0, loss)))


def check_phase(plan: GridPlan, part: Grid | Rolling, ctx: GridContext, phase: Phase) -> Iterator[Check]:
    """Tell when orders do not leave at once; a first buy that leaves before 9:25 cannot be taken back before 9:30."""
    if phase in OPENING:
        now = replace(ctx, phase=phase)
        wait = first_buy_wait(now, auction_start=plan.auction_start) if part.first_left else standing(now)
        if wait is not None:
            yield Check("warn", wait)
        if part.first_left and plan.auction_start and phase is not Phase.OPEN_WAIT:
            yield Check("warn", because(Why.NO_CANCEL_PHASE))
    elif not phase.continuous:
        yield Check("warn", because(Why.PHASE_CLOSED, phase=phase.value))
