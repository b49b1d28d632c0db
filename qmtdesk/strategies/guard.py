"""The limit-up guard (封单卫士): watches one sealed board and sells once when a rule says the seal is giving way."""

from msgspec import Struct

from qmtdesk.domain.calendar import is_trading_day
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, RuleId, RuleSetting
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase, at_of, shanghai_day
from qmtdesk.domain.timed import threshold_at, with_threshold
from qmtdesk.strategies.board import Board, began
from qmtdesk.strategies.guard_plan import (
    LEAST_THRESHOLD,
    check_lot,
    check_plan,
    check_threshold,
    rules_on,
    why_no_guard,
)
from qmtdesk.strategies.guard_progress import advance, forget, try_on
from qmtdesk.strategies.guard_rules import RULES, Finding, Look
from qmtdesk.strategies.guard_sale import (
    follow_up,
    on_sold,
    refresh_question,
    sale_price,
    sale_volume,
    set_pace,
    start_sale,
    wanted_sale,
    why_nothing,
)
from qmtdesk.strategies.guard_state import (
    IDLE,
    LATCH_MS,
    Asked,
    AskExpired,
    Evidence,
    Fired,
    Guard,
    GuardContext,
    GuardMove,
    GuardState,
    Near,
    NotSold,
    Owed,
    Progress,
    Question,
    StateShown,
    Try,
    WantedSale,
)

__all__ = [
    "AskExpired",
    "Asked",
    "Evidence",
    "Fired",
    "Guard",
    "GuardContext",
    "GuardMove",
    "GuardState",
    "Near",
    "NotSold",
    "StateShown",
    "WantedSale",
    "answer_ask",
    "arm_guard",
    "await_first",
    "begin_run",
    "disarm",
    "on_day",
    "on_sold",
    "pass_time",
    "set_pace",
    "set_threshold",
    "settle_owed",
    "shown_state",
    "step_guard",
    "wanted_sale",
    "why_no_guard",
]

NEAR_AGAIN = 20
_OF_THE_DAY = frozenset({Why.NO_LIMIT, Why.LIMIT_DISAGREES, Why.TICK_DISAGREES, Why.CLOSE_DISAGREES})
"""What keeps a guard off today may be otherwise tomorrow."""
_JUDGING = (GuardState.WATCHING, GuardState.ASKING)


class Scene(Struct, frozen=True):
    """One snapshot being judged, and what was said about it so far."""

    look: Look
    ctx: GuardContext
    moves: list[GuardMove]


def arm_guard(plan: GuardPlan, instrument: Instrument, at: int, *, least_threshold: int = LEAST_THRESHOLD) -> Guard:
    """A guard that watches from `at` on, or one that is OFF and says why: no limit, or a feed that says otherwise.

    PlanError when the plan itself makes no sense; a replay may try thresholds under the usual least one.
    """
    check_plan(plan, least_threshold)
    check_lot(plan, instrument, at)
    return _armed(plan, instrument, at)


def _anew(guard: Guard, instrument: Instrument, at: int) -> Guard:
    """The same plan armed by the program itself: what was let go stays so."""
    return await_first(replace(_armed(guard.plan, instrument, at), let_go=guard.parted))


def _armed(plan: GuardPlan, instrument: Instrument, at: int) -> Guard:
    why_off = why_no_guard(instrument)
    rules = rules_on(plan)
    return Guard(
        plan=plan,
        instrument=instrument,
        limit_up=instrument.limit_up,
        armed_at=at,
        day=shanghai_day(at),
        state=GuardState.OFF if why_off else GuardState.WATCHING,
        rules=rules,
        progress=Progress((IDLE,) * len(rules)),
        why_off=why_off,
    )


def await_first(guard: Guard, board: Board | None = None) -> Guard:
    """A guard armed when no snapshot could be acted on; what is known of the board tells which seal stood at arming.

    Where nothing is known of it, as before the open, none did: a board that seals later builds up from nothing.
    """
    first = board.seals if board is not None and board.sealed else 0
    return replace(guard, progress=replace(guard.progress, first_seal=first))


def step_guard(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> tuple[Guard, tuple[GuardMove, ...]]:
    """Judge the board's newest snapshot, once each; `board` must have been stepped with `quote` before.

    Nothing is decided on stale data, in an auction, or on a snapshot of an auction; what is not fresh loses its
    confirmations. With a SELL rule met the guard comes back TRIGGERED; for good, once its order has left.
    """
    if guard.state is GuardState.OFF:
        return guard, ()
    moves: list[GuardMove] = []
    guard = _expire_ask(guard, ctx.at, moves)
    if not ctx.fresh:
        guard = forget(guard)
    elif decides(guard, board, quote, ctx):
        guard = _settle(guard, board, quote, ctx, moves)
        if guard.state is GuardState.TRIGGERED:
            guard = follow_up(guard, board, quote, ctx)
        elif guard.state in _JUDGING and board.ticks != guard.progress.seen:
            guard = refresh_question(_judge(guard, board, quote, ctx, moves), board, quote, ctx)
    guard = _show(guard, shown_state(guard, board, fresh=ctx.fresh), moves)
    return guard, tuple(moves)


def pass_time(guard: Guard, at: int, *, fresh: bool) -> tuple[Guard, tuple[GuardMove, ...]]:
    """Let time pass without a snapshot: a question may run out, a stock may have gone blind."""
    if guard.state is GuardState.OFF:
        return guard, ()
    moves: list[GuardMove] = []
    guard = _expire_ask(guard, at, moves)
    if not fresh:
        guard = forget(guard)
        if guard.state in _JUDGING:
            guard = _show(guard, "blind", moves)
    return guard, tuple(moves)


def settle_owed(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> tuple[Guard, tuple[GuardMove, ...]]:
    """Carry out what a rule found before the account told what is held, now that it told; never on an old snapshot."""
    moves: list[GuardMove] = []
    if guard.owed is None or not ctx.fresh or not decides(guard, board, quote, ctx):
        return guard, ()
    guard = _settle(guard, board, quote, ctx, moves)
    return _show(guard, shown_state(guard, board, fresh=True), moves), tuple(moves)


def answer_ask(guard: Guard, ask: int, at: int, *, sell: bool) -> tuple[Guard, tuple[GuardMove, ...]]:
    """The user's answer to question `ask`; an answer to any other question, or after the deadline, sells nothing.

    A yes sells what the question shows; a no closes it, and the rule asks again only after it was not met once, or
    after the board sealed anew.
    """
    moves: list[GuardMove] = []
    guard = _expire_ask(guard, at, moves)
    question = guard.question
    if guard.state is not GuardState.ASKING or question is None or question.ask != ask:
        return guard, tuple(moves)
    if not sell:
        declined = AskExpired(ask, because(Why.ASK_DECLINED, ask=ask))
        return replace(guard, state=GuardState.WATCHING, question=None), (declined,)
    if question.volume <= 0:
        return guard, (NotSold(question.rule, because(Why.NOTHING_SELLABLE)),)
    fired = Fired(question.rule, question.reason, GuardAction.SELL, question.volume, question.price)
    moves.append(fired)
    guard = start_sale(
        guard, question.volume, question.price, at, question.reason, queue=question.queue, seal=question.seal
    )
    return _show(guard, "triggered", moves), tuple(moves)


def begin_run(guard: Guard) -> Guard:
    """A guard taken over from the journal by another process, which has seen no snapshot of its board yet."""
    return forget(replace(guard, progress=replace(guard.progress, seen=-1)))


def set_threshold(guard: Guard, threshold: int, at: int, *, least_threshold: int = LEAST_THRESHOLD) -> Guard:
    """Give R1 another threshold (厘) for the one in force at `at`, confirmations anew; PlanError below the least.

    Readiness earned with less is lost, so raising it sells nothing by itself; one sealed at arming keeps what was seen.
    """
    check_threshold(threshold, least_threshold)
    plan, progress = with_threshold(guard.plan, threshold, at), guard.progress
    earned = plan.readiness in (Readiness.ONCE, Readiness.SNAPSHOTS) or progress.top >= threshold
    ready = progress.ready and (earned or (plan.readiness is Readiness.AUTO and progress.first_seal == progress.seal))
    return forget(replace(guard, plan=plan, progress=replace(progress, ready=ready)))


def disarm(guard: Guard) -> Guard:
    """The guard off by hand; what it sold stays on record. Doing it twice is doing it once."""
    if guard.state is GuardState.SOLD or (guard.state is GuardState.OFF and not _kept_off(guard)):
        return guard
    return replace(guard, state=GuardState.OFF, question=None, why_off=because(Why.DISARMED), shown="")


def on_day(guard: Guard, instrument: Instrument, at: int) -> Guard:
    """Carry a guard into the day of `at`: one that was to be kept and has not fired is armed anew on the new limit.

    So is one armed in the evening: it was for today. Any other one ends at the close, a sale that was not finished
    included: its order died there, and its reason is of another day. On the same day a guard takes over what is now
    known of the instrument.
    """
    limitless = _kept_off(guard)
    if guard.day == shanghai_day(at):
        # what only the list kept off watches as soon as the list is corrected
        return _correct(guard, instrument, at) if guard.state in _JUDGING or limitless else guard
    kept, evening = guard.plan.keep_armed, not is_trading_day(guard.day) or guard.armed_at >= at_of(guard.day, 15, 0)
    if (guard.state in _JUDGING and (kept or evening)) or (limitless and kept):
        return _anew(guard, instrument, at)
    if guard.state is GuardState.OFF:
        return guard
    expired = because(Why.EXPIRED_AT_CLOSE)
    let_go = guard.parted or guard.state is GuardState.TRIGGERED
    return replace(guard, state=GuardState.OFF, question=None, why_off=expired, shown="", let_go=let_go)


def _kept_off(guard: Guard) -> bool:
    """Whether only what the list of the day says keeps it off."""
    return guard.state is GuardState.OFF and guard.why_off is not None and guard.why_off.why in _OF_THE_DAY


def shown_state(guard: Guard | None, board: Board, *, fresh: bool) -> str:
    """What the watchlist shows: sold | triggered | blind | sealed | broken | at_limit | open, the first that holds."""
    if guard is not None and guard.state in (GuardState.SOLD, GuardState.TRIGGERED):
        return str(guard.state.value)
    if not fresh:
        return "blind"
    return "broken" if board.broken else str(board.state.value)


def _correct(guard: Guard, instrument: Instrument, at: int) -> Guard:
    """A corrected limit makes another guard, on which R1 has yet to earn its readiness: nobody saw it armed."""
    anew = _anew(guard, instrument, at)
    if guard.state is not GuardState.OFF and anew.why_off is None and anew.limit_up == guard.limit_up:
        return replace(guard, instrument=instrument)
    return anew


def decides(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> bool:
    """Whether this is a time this guard decides in, and the newest snapshot one that says something."""
    if not (ctx.phase.continuous or (guard.plan.closing_auction and ctx.phase is Phase.CLOSE_AUCTION)):
        return False
    if guard.day != shanghai_day(ctx.at):
        # a limit of yesterday, and breaks that yesterday had: the day's list makes it another guard
        return False
    seen = board.decided and bool(board.history) and quote.at == board.last_at
    return seen and board.limit_up == guard.limit_up


def look_at(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> Look:
    """What a guard's rules look at now."""
    threshold = threshold_at(guard.plan, ctx.at)
    return Look(board, quote, guard.instrument.tick, threshold, ctx.day_amount or quote.amount, ctx.float_value)


def _judge(guard: Guard, board: Board, quote: Quote, ctx: GuardContext, moves: list[GuardMove]) -> Guard:
    look = look_at(guard, board, quote, ctx)
    scene, progress = Scene(look, ctx, moves), advance(guard, board, look.threshold)
    tries = list(progress.tries)
    for no, setting in enumerate(guard.rules):
        rule, tried = RULES[setting.rule], tries[no]
        judged = board.sealed or not rule.sealed_only
        finding = rule.check(look, setting) if judged else None
        if finding is None and tried is IDLE:
            continue
        then = try_on(setting, tried, finding, judged=judged, ready=progress.ready)
        _tell_near(setting.rule, tried, then.near, finding, scene)
        tries[no] = then
        if finding is not None and then.have >= setting.confirm:
            guard, spent = _fire(guard, setting, finding, scene, told=then.spent == board.seals + 1)
            if spent:
                tries[no] = replace(then, spent=board.seals + 1)
            if guard.state is GuardState.TRIGGERED:
                break
    return guard.judged(progress, tuple(tries))


def _tell_near(rule: RuleId, tried: Try, near: int, finding: Finding | None, scene: Scene) -> None:
    """Evidence on entering and leaving the zone within 2× of firing, and now and then in it."""
    board, at = scene.look.board, scene.ctx.at
    if finding is not None:
        if near % NEAR_AGAIN == 1:
            scene.moves.append(Near(Evidence(rule, at, board.state, finding.reason), inside=True))
    elif tried.near:
        left = because(RULES[rule].why, amount_milli=board.seal, snapshots=tried.near)
        scene.moves.append(Near(Evidence(rule, at, board.state, left), inside=False))


def _fire(guard: Guard, setting: RuleSetting, finding: Finding, scene: Scene, *, told: bool) -> tuple[Guard, bool]:
    """Do what the rule's action is: sell once per life, else speak once per seal, which is then spent."""
    if told and setting.action is not GuardAction.SELL:
        return guard, False
    look, ctx, moves, plan, instrument = scene.look, scene.ctx, scene.moves, guard.plan, guard.instrument
    price, queue = sale_price(plan, instrument, look.board, look.quote, ctx.at)
    volume = sale_volume(plan, instrument, ctx)
    if setting.action is not GuardAction.ALERT and volume == 0:
        if not ctx.known:
            # nobody has told yet what is held: nothing is said of it before the account tells
            return _owing(guard, setting, finding, scene), False
        if not told:
            moves.append(NotSold(setting.rule, why_nothing(plan, instrument, ctx)))
        return guard, True
    if setting.action is GuardAction.ASK:
        if guard.question is not None:
            return guard, False
        # numbered by its time, so that no later arming can ask under a number that was answered
        ask, deadline = max(ctx.at, guard.asks + 1), ctx.at + plan.ask_timeout_ms * ctx.pace
        moves.append(Asked(ask, deadline, finding.reason, volume, price))
        question = Question(
            ask, setting.rule, deadline, finding.reason, volume, price, queue, ctx.pace, look.board.seal
        )
        return replace(guard, state=GuardState.ASKING, asks=ask, question=question), True
    moves.append(Fired(setting.rule, finding.reason, setting.action, volume, price))
    if setting.action is GuardAction.ALERT:
        return guard, True
    if guard.question is not None:
        moves.append(AskExpired(guard.question.ask, because(Why.ALREADY_TRIGGERED, rule=setting.rule.value)))
    return start_sale(guard, volume, price, ctx.at, finding.reason, queue=queue, seal=look.board.seal), True


def _owing(guard: Guard, setting: RuleSetting, finding: Finding, scene: Scene) -> Guard:
    """The finding kept until the account tells; a question, or a later rule of the snapshot, takes no sale's place."""
    old, at, tick = guard.owed, scene.ctx.at, scene.look.board.ticks
    sale = old is not None and old.action is GuardAction.SELL and at - old.at <= LATCH_MS
    if old is not None and sale and (old.tick == tick or setting.action is GuardAction.ASK):
        return guard
    return replace(guard, owed=Owed(setting.rule, setting.action, finding.reason, at, tick))


def _settle(guard: Guard, board: Board, quote: Quote, ctx: GuardContext, moves: list[GuardMove]) -> Guard:
    """Do what was owed, once, where it was found a moment ago or on this very snapshot."""
    owed = guard.owed
    if owed is None or not ctx.known:
        return guard
    guard = replace(guard, owed=None)
    recent = owed.tick == board.ticks or ctx.at - owed.at <= LATCH_MS
    if guard.state not in _JUDGING or not recent or owed.at < began(ctx.phase, ctx.at):
        return guard
    seal, tries = board.seals + 1, list(guard.progress.tries)
    no = next(no for no, setting in enumerate(guard.rules) if setting.rule is owed.rule)
    scene, told = Scene(look_at(guard, board, quote, ctx), ctx, moves), tries[no].spent == seal
    guard, spent = _fire(guard, guard.rules[no], Finding(fires=True, reason=owed.reason), scene, told=told)
    if spent:
        tries[no] = replace(tries[no], spent=seal)
    return replace(guard, progress=replace(guard.progress, tries=tuple(tries)))


def _expire_ask(guard: Guard, at: int, moves: list[GuardMove]) -> Guard:
    question = guard.question
    if question is None or at < question.deadline:
        return guard
    moves.append(AskExpired(question.ask, because(Why.ASK_EXPIRED, ask=question.ask)))
    return replace(guard, state=GuardState.WATCHING, question=None)


def _show(guard: Guard, shown: str, moves: list[GuardMove]) -> Guard:
    if guard.shown == shown:
        return guard
    moves.append(StateShown(shown))
    return replace(guard, shown=shown)
