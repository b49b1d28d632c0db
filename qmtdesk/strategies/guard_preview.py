"""What arming a guard would do, said before it is armed."""

from dataclasses import dataclass

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.plans import GuardAction, GuardPlan, RuleId
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.timed import threshold_at
from qmtdesk.strategies.board import Board, step_board
from qmtdesk.strategies.guard import Asked, Fired, Guard, GuardContext, arm_guard, shown_state, step_guard
from qmtdesk.strategies.guard_rules import BP, RULES, cancelled_in
from qmtdesk.strategies.guard_sale import sale_price, sale_volume, why_nothing
from qmtdesk.strategies.plan_error import PlanError

WARN, REFUSE = "warn", "refuse"
_WEIGHT = {None: 0, GuardAction.ALERT: 1, GuardAction.ASK: 2, GuardAction.SELL: 3}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the checklist. `level`: ok | warn | refuse."""

    level: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Preview:
    """What arming would do. Prices and `seal` in 厘, volumes in 股 / 张, `bid1_lots` in 手.

    `ok`: nothing refuses. `fires`: the most that a rule would do if the present snapshot came as often as its
    confirmations need, None: no rule fires; why stands first among `checks`. `board` as `shown_state` says it, without
    a guard. `volume` and `price` are what a trigger would sell now; `t1_volume` was bought today and stays.
    `threshold` is R1's at this time of day (厘). `shadow` is filled in by whoever keeps the statistics.
    `exact_cancels`: Level-2 tells cancelled buys; `gross_bp`: all of those in R5's window as a share of the queue,
    −1 = not known.
    """

    ok: bool
    fires: GuardAction | None
    board: str
    seal: int
    bid1: int
    bid1_lots: int
    volume: int
    t1_volume: int
    price: int
    limit_up: int
    told_up: int
    checks: tuple[CheckLine, ...]
    shadow: tuple[tuple[str, int], ...] = ()
    exact_cancels: bool = False
    gross_bp: int = -1
    threshold: int = 0


def preview_guard(plan: GuardPlan, instrument: Instrument, board: Board, quote: Quote, ctx: GuardContext) -> Preview:
    """Arm a guard nobody keeps and look at what it does; a board that has not seen `quote` yet is shown it first."""
    if board.last_at < quote.at:
        board, _ = step_board(board, quote, ctx.phase, ctx.at, decide_in_close_auction=plan.closing_auction)
    try:
        guard = arm_guard(plan, instrument, ctx.at)
    except PlanError as error:
        return _preview(plan, instrument, board, quote, ctx, (CheckLine(REFUSE, error.reason),))
    if guard.why_off is not None:
        return _preview(plan, instrument, board, quote, ctx, (CheckLine(REFUSE, guard.why_off),))
    fires, why = _fires(guard, board, quote, ctx)
    volume = sale_volume(plan, instrument, ctx)
    price, _ = sale_price(plan, instrument, board, quote, ctx.at)
    checks = _checks(plan, instrument, quote, ctx, volume)
    if why is not None:
        checks = (CheckLine(WARN, why), *checks)
    seen = _preview(plan, instrument, board, quote, ctx, checks)
    return replace(seen, fires=fires, volume=volume, price=price)


def _fires(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> tuple[GuardAction | None, Reason | None]:
    """What the rules would do, and why, if the present snapshot came as often as their confirmations need."""
    most: tuple[GuardAction | None, Reason | None] = (None, None)
    for more in range(max((setting.confirm for setting in guard.rules), default=0)):
        seen = replace(board, ticks=board.ticks + more, sealed_count=board.sealed_count + more)
        guard, moves = step_guard(guard, seen, quote, ctx)
        for move in moves:
            action = GuardAction.ASK if isinstance(move, Asked) else move.action if isinstance(move, Fired) else None
            if isinstance(move, (Asked, Fired)) and _WEIGHT[action] > _WEIGHT[most[0]]:
                most = action, move.reason
    return most


def _checks(
    plan: GuardPlan, instrument: Instrument, quote: Quote, ctx: GuardContext, volume: int
) -> tuple[CheckLine, ...]:
    lines = []
    if volume == 0:
        lines.append(CheckLine(WARN, why_nothing(plan, instrument, ctx)))
    elif ctx.bought_today > 0:
        lines.append(CheckLine(WARN, because(Why.T_PLUS_ONE, bought_today=ctx.bought_today, can_use=ctx.can_use)))
    if quote.rough:
        lines.append(CheckLine(WARN, because(Why.UNIT_UNKNOWN)))
    elif not ctx.fresh:
        lines.append(CheckLine(WARN, because(Why.BLIND)))
    if not ctx.phase.continuous:
        lines.append(CheckLine(WARN, because(Why.AUCTION if ctx.phase.auction else Why.PHASE_CLOSED)))
    return tuple(lines)


def _gross_bp(plan: GuardPlan, board: Board) -> int:
    if not board.sealed or not board.history:
        return -1
    setting = next((one for one in plan.rules if one.rule is RuleId.R5), RULES[RuleId.R5].usual)
    seen = cancelled_in(board, setting.window_ms)
    return seen.gross * BP // seen.queue if seen.gross >= 0 and seen.queue > 0 else -1


def _preview(
    plan: GuardPlan,
    instrument: Instrument,
    board: Board,
    quote: Quote,
    ctx: GuardContext,
    checks: tuple[CheckLine, ...],
) -> Preview:
    bid1 = quote.bid1
    return Preview(
        ok=all(line.level != REFUSE for line in checks),
        fires=None,
        board=shown_state(None, board, fresh=ctx.fresh),
        seal=board.seal,
        bid1=bid1.price,
        bid1_lots=bid1.volume // ctx.lot,
        volume=0,
        t1_volume=ctx.bought_today,
        price=0,
        limit_up=instrument.limit_up,
        told_up=instrument.told_up,
        checks=checks,
        exact_cancels=board.cancels_told,
        gross_bp=_gross_bp(plan, board),
        threshold=threshold_at(plan, ctx.at),
    )
