"""A sale that could not leave for a while: whether the board of now still asks for it."""

from qmtdesk.domain.plans import RuleSetting
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard import decides, look_at, shown_state
from qmtdesk.strategies.guard_progress import advance
from qmtdesk.strategies.guard_rules import RULES, Look
from qmtdesk.strategies.guard_sale import sale_price
from qmtdesk.strategies.guard_state import (
    IDLE,
    LATCH_MS,
    Guard,
    GuardContext,
    GuardMove,
    GuardState,
    NotSold,
    Sale,
    StateShown,
)


def waited_long(guard: Guard, at: int) -> bool:
    """Whether a guard fired so long ago that, unless an order left, the board has to be looked at again."""
    sale = guard.sale
    return guard.state is GuardState.TRIGGERED and sale is not None and not sale.sold and at - sale.fired_at > LATCH_MS


def priced_now(guard: Guard, sale: Sale, board: Board, quote: Quote, at: int) -> Guard:
    """The guard with its sale at the price it would have if it had fired just now."""
    price, queue = sale_price(guard.plan, guard.instrument, board, quote, at)
    return replace(guard, sale=replace(sale, price=price, queue=queue, attempt_at=at))


def judge_again(
    guard: Guard, sale: Sale, board: Board, quote: Quote, ctx: GuardContext
) -> tuple[Guard, tuple[GuardMove, ...]]:
    """A guard that still has to sell, at the price of now; or one that watches again, and says why with the numbers.

    Ask it on a fresh snapshot that decides something, see `decides`, and before any order of this trigger left.
    """
    look, fired = look_at(guard, board, quote, ctx), _fired_by(guard, sale)
    if fired is None or not _recovered(look, fired, sale):
        return priced_now(guard, sale, board, quote, ctx.at), ()
    return _watching(guard, fired, look, ctx, _said(look, fired, sale, ctx.at - sale.fired_at))


def may_judge(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> bool:
    """Whether the newest snapshot says how the board stands now."""
    return ctx.fresh and decides(guard, board, quote, ctx)


def _fired_by(guard: Guard, sale: Sale) -> RuleSetting | None:
    return next((setting for setting in guard.rules if RULES[setting.rule].why is sale.reason.why), None)


def _recovered(look: Look, fired: RuleSetting, sale: Sale) -> bool:
    """Whether the board is well: sealed, by the rule and by R1's amount, and no weaker than when the rule fired.

    A rule about a moment is not met any more soon after it, however the board goes on: only the seal tells.
    """
    board = look.board
    if not board.sealed or board.seal < max(look.threshold, sale.seal):
        return False
    finding = RULES[fired.rule].check(look, fired)
    return finding is None or not finding.fires


def _said(look: Look, fired: RuleSetting, sale: Sale, waited: int) -> Reason:
    was = {"was_milli": sale.seal} if sale.seal else {}
    return because(
        Why.BOARD_RECOVERED,
        rule=fired.rule.value,
        waited_ms=waited,
        amount_milli=look.board.seal,
        threshold_milli=look.threshold,
        **was,
    )


def _watching(
    guard: Guard, fired: RuleSetting, look: Look, ctx: GuardContext, reason: Reason
) -> tuple[Guard, tuple[GuardMove, ...]]:
    """Back to watching: R1 counts on this seal, and every rule may fire, or ask, anew."""
    board = look.board
    progress = advance(guard, board, look.threshold)
    tries = tuple(
        IDLE if setting is fired else replace(tried, have=0)
        for setting, tried in zip(guard.rules, progress.tries, strict=True)
    )
    shown = shown_state(None, board, fresh=ctx.fresh)
    watching = replace(
        guard,
        state=GuardState.WATCHING,
        sale=None,
        progress=replace(progress, tries=tries, ready=True),
        shown=shown,
    )
    return watching, (NotSold(fired.rule, reason), StateShown(shown))
