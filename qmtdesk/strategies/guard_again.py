"""A sale that could not leave for a while: whether the board of now still asks for it."""

from qmtdesk.domain.plans import RuleId, RuleSetting
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard import advance, decides, shown_state, threshold_at
from qmtdesk.strategies.guard_rules import RULES, Look
from qmtdesk.strategies.guard_sale import sale_price
from qmtdesk.strategies.guard_state import (
    IDLE,
    Guard,
    GuardContext,
    GuardMove,
    GuardState,
    NotSold,
    Sale,
    StateShown,
)

LATCH_MS = 5_000
"""So long after the trigger a sale leaves without another look: a board does not get well in that time."""


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
    look = Look(
        board,
        quote,
        guard.instrument.tick,
        threshold_at(guard.plan, ctx.at),
        ctx.day_amount or quote.amount,
        ctx.float_value,
    )
    fired = _fired_by(guard, sale)
    if fired is None or _holds(look, fired):
        return priced_now(guard, sale, board, quote, ctx.at), ()
    return _watching(guard, fired, look, ctx, _recovered(look, fired, ctx.at - sale.fired_at))


def may_judge(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> bool:
    """Whether the newest snapshot says how the board stands now."""
    return ctx.fresh and decides(guard, board, quote, ctx)


def _fired_by(guard: Guard, sale: Sale) -> RuleSetting | None:
    return next((setting for setting in guard.rules if RULES[setting.rule].why is sale.reason.why), None)


def _holds(look: Look, fired: RuleSetting) -> bool:
    """Whether the rule is still met; one that says something of a seal is, where there is none any more."""
    rule = RULES[fired.rule]
    if rule.sealed_only and not look.board.sealed:
        return True
    finding = rule.check(look, fired)
    return finding is not None and finding.fires


def _recovered(look: Look, fired: RuleSetting, waited: int) -> Reason:
    amount = {"amount_milli": look.board.seal} if look.board.sealed else {}
    least = {"threshold_milli": look.threshold} if fired.rule is RuleId.R1 else {}
    return because(Why.BOARD_RECOVERED, rule=fired.rule.value, waited_ms=waited, **amount, **least)


def _watching(
    guard: Guard, fired: RuleSetting, look: Look, ctx: GuardContext, reason: Reason
) -> tuple[Guard, tuple[GuardMove, ...]]:
    """Back to watching: what the seal earned is kept, and the rule may fire, or ask, anew."""
    board, before = look.board, guard.progress
    progress = advance(guard, board, look.threshold)
    tries = tuple(
        IDLE if setting is fired else replace(tried, have=0)
        for setting, tried in zip(guard.rules, progress.tries, strict=True)
    )
    ready = progress.ready or (before.ready and board.sealed)
    shown = shown_state(None, board, fresh=ctx.fresh)
    watching = replace(
        guard,
        state=GuardState.WATCHING,
        sale=None,
        progress=replace(progress, tries=tries, ready=ready),
        shown=shown,
    )
    return watching, (NotSold(fired.rule, reason), StateShown(shown))
