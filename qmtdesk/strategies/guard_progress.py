"""What a guard makes of one snapshot after another: readiness of R1 on a seal, and each rule's confirmations."""

from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, RuleId, RuleSetting
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard_rules import Finding
from qmtdesk.strategies.guard_state import IDLE, Guard, Progress, Try


def advance(guard: Guard, board: Board, threshold: int) -> Progress:
    """Readiness of R1 on the present seal; another seal, or none, starts from nothing."""
    plan, old = guard.plan, guard.progress
    seal = board.seals if board.sealed else 0
    first_seal = seal if old.first_seal < 0 else old.first_seal
    same = seal == old.seal
    tries = old.tries if same else tuple(replace(tried, have=0) if tried.have else tried for tried in old.tries)
    top = max(old.top if same else 0, board.seal)
    ready = (same and old.ready) or (
        seal > 0 and _earned(plan, board, was_above=top >= threshold, at_arming=seal == first_seal)
    )
    return Progress(tries, board.ticks, first_seal, seal, top, ready)


def try_on(setting: RuleSetting, tried: Try, finding: Finding | None, *, judged: bool, ready: bool) -> Try:
    """One rule one snapshot further; `judged`: the rule says something of this board, `ready`: R1 counts."""
    fires = finding is not None and finding.fires
    counts = fires and (setting.rule is not RuleId.R1 or ready)
    recovered = judged and not fires and setting.action is GuardAction.ASK
    then = Try(
        have=tried.have + 1 if counts else 0,
        near=tried.near + 1 if finding is not None else 0,
        spent=0 if recovered else tried.spent,
    )
    if then == tried:
        return tried
    return IDLE if then == IDLE else then


def forget(guard: Guard) -> Guard:
    """Confirmations back to none, and what was found before the account told what is held."""
    tries = guard.progress.tries
    if guard.owed is None and not any(tried.have for tried in tries):
        return guard
    begun = tuple(replace(tried, have=0) for tried in tries)
    return replace(guard, progress=replace(guard.progress, tries=begun), owed=None)


def _earned(plan: GuardPlan, board: Board, *, was_above: bool, at_arming: bool) -> bool:
    if plan.readiness is Readiness.SNAPSHOTS:
        return board.sealed_count >= plan.snapshots
    if plan.readiness is Readiness.AUTO:
        return at_arming or was_above
    return plan.readiness is Readiness.ONCE or was_above
