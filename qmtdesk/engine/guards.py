"""Limit-up guards in the engine: boards followed, rules stepped, the one sale carried out."""

from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.order import Fill, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GuardAction, GuardPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.rules import rules_of, sellable_whole
from qmtdesk.domain.sessions import phase_at, shanghai_day
from qmtdesk.engine import aside, gate, guard_ends, latched
from qmtdesk.engine import records as r
from qmtdesk.engine.books import State, live_orders, put_all
from qmtdesk.engine.collar import guard_price
from qmtdesk.engine.grids import enact
from qmtdesk.engine.guard_sight import JUDGING, context, fresh
from qmtdesk.engine.work import ALARM, INFO, NOTICE, Work
from qmtdesk.strategies import board as boards
from qmtdesk.strategies import guard as rules
from qmtdesk.strategies import guard_again as again
from qmtdesk.strategies import shadow as shadows
from qmtdesk.strategies.grid import Wanted
from qmtdesk.strategies.guard import Guard, GuardState
from qmtdesk.strategies.guard_sale import refresh_question
from qmtdesk.strategies.plan_error import PlanError

MOVE_WORDS = {
    boards.MoveKind.SEALED: (NOTICE, Why.SEALED),
    boards.MoveKind.BROKE: (NOTICE, Why.BROKE),
    boards.MoveKind.RESEALED: (NOTICE, Why.RESEALED),
}

BROKE_AGAIN_MS = 300_000
"""A board that breaks again so soon is the same alarm."""


def begun(state: State) -> State:
    """The state at the start of a run: no snapshot was seen in it yet, and none is taken for one that was."""
    boards_kept = {code: replace(board, phase=None) for code, board in state.boards.items()}
    guards = {code: rules.begin_run(guard) for code, guard in state.guards.items()}
    return replace(state, boards=put_all(state.boards, boards_kept), guards=put_all(state.guards, guards))


def arm(work: Work, plan: GuardPlan) -> None:
    """Guard a holding. PlanError says why not; arming twice with the same plan changes nothing."""
    code = plan.code
    if code not in work.state.instruments:
        raise PlanError(because(Why.UNKNOWN_CODE, code=code))
    old = work.state.guards.get(code)
    if old is not None and old.plan == plan and old.state is GuardState.WATCHING:
        return
    if old is not None and old.state in (GuardState.ASKING, GuardState.TRIGGERED):
        raise PlanError(because(Why.ALREADY_ARMED, code=code))
    reason = gate.standstill(work.state, code)
    if reason is not None and reason.why in (Why.KILLED, Why.MASTER_OFF, Why.RECONCILING, Why.LINK_DOWN):
        raise PlanError(reason)
    guard = rules.arm_guard(
        plan, work.state.instruments[code], work.state.at, least_threshold=work.state.limits.least_threshold
    )
    if not _traded(work.state, code):
        guard = rules.await_first(guard, work.state.boards.get(code))
    watch(work, code, on=True)
    # another arming is no leave for a grid to buy back what the last one sold
    guard = replace(guard, let_go=old is not None and old.parted)
    work.set_guard(code, guard, keep=True)
    work.log(INFO, code, because(Why.ARMED, threshold_milli=plan.threshold))
    if guard.why_off is not None:
        work.log(ALARM, code, guard.why_off)
    elif code in work.state.quotes:
        # judged on what is known now: a board that seals later must not be taken for one sealed at arming
        board = _board(work, code)
        if boards.blind(board, 0, work.state.at, work.state.limits.quote_age_ms):
            work.set_guard(code, rules.await_first(guard, board), keep=True)
            timed(work, code)
        else:
            _step(work, code, guard, board)
        plan_orders(work, code)


def _traded(state: State, code: str) -> bool:
    """Whether this is a time of trading and no snapshot of before it, such as the auction's result, is the newest."""
    phase, seen = phase_at(state.listings[code], state.at), state.quotes.get(code)
    return phase.continuous and (seen is None or seen.quote.at >= boards.began(phase, state.at))


def disarm(work: Work, code: str, why: Reason | None = None) -> None:
    """Stop guarding; an order on its way is cancelled. Doing it twice is doing it once.

    Without a `why` it is the user who stops it. A sale that anything else broke off still has its reason.
    """
    guard = work.state.guards.get(code)
    if guard is None or rules.disarm(guard) == guard:
        return
    let_go = guard.let_go or (why is not None and guard.state is GuardState.TRIGGERED)
    work.set_guard(code, replace(rules.disarm(guard), let_go=let_go), keep=True)
    work.log(INFO if why is None else NOTICE, code, why or because(Why.DISARMED))
    plan_orders(work, code)


def set_pace(work: Work, pace: int) -> None:
    """The market's clock runs this many times as fast as the wall clock; open questions keep their real seconds."""
    work.state = replace(work.state, pace=pace)
    for code, guard in work.state.guards.items():
        work.set_guard(code, rules.set_pace(guard, work.state.at, pace), keep=True)


def give_up(work: Work, code: str, why: Reason) -> None:
    """Switch a guard off after a bug in its step; it stays in the books so that its order is not forgotten."""
    guard = work.state.guards[code]
    let_go = guard.parted or guard.state is GuardState.TRIGGERED
    work.set_guard(code, replace(guard, state=GuardState.OFF, question=None, why_off=why, let_go=let_go), keep=True)


def set_threshold(work: Work, code: str, threshold: int) -> None:
    """Change R1's threshold (厘) of a guard that is watching."""
    guard = work.state.guards.get(code)
    if guard is None or guard.state is GuardState.OFF:
        raise PlanError(because(Why.NOT_ARMED, code=code))
    if guard.state is GuardState.SOLD:
        raise PlanError(because(Why.SOLD, volume=guard.sold))
    state = work.state
    changed = rules.set_threshold(guard, threshold, state.at, least_threshold=state.limits.least_threshold)
    work.set_guard(code, changed, keep=True)
    work.log(INFO, code, because(Why.ARMED, threshold_milli=threshold))


def answer(work: Work, code: str, ask: int, *, sell: bool) -> None:
    """The user's answer to a confirm-sell question; a question that is gone is refused."""
    guard = work.state.guards.get(code)
    question = guard.question if guard is not None else None
    if guard is None or question is None or question.ask != ask or work.state.at >= question.deadline:
        raise PlanError(because(Why.ASK_EXPIRED, code=code))
    board, seen = work.state.boards.get(code), work.state.quotes.get(code)
    if board is not None and seen is not None:
        # what was sold since the newest snapshot is not there to be sold
        guard = refresh_question(guard, board, seen.quote, context(work.state, code))
    then, moves = rules.answer_ask(guard, ask, work.state.at, sell=sell)
    work.set_guard(code, latched.marked(work.state, then, guard), keep=True)
    _tell(work, code, moves)
    plan_orders(work, code)


def watch(work: Work, code: str, *, on: bool) -> None:
    """Put a code on the watchlist, or take it off (not while it is guarded)."""
    listed = work.state.watch
    if on and code not in listed:
        if code not in work.state.instruments:
            raise PlanError(because(Why.UNKNOWN_CODE, code=code))
        work.note(r.WatchSet((*listed, code)))
    guard = work.state.guards.get(code)
    if not on and (code in listed or (guard is not None and guard.parted)):
        if guard is not None and guard.state in (GuardState.WATCHING, GuardState.ASKING, GuardState.TRIGGERED):
            raise PlanError(because(Why.ALREADY_ARMED, code=code))
        if guard is not None and guard.parted and not _sells(work.state, code):
            # who takes it off has done with its sale, and a grid of the code may buy again
            off = because(Why.DISARMED) if guard.state is GuardState.SOLD else guard.why_off
            work.set_guard(code, replace(guard, state=GuardState.OFF, why_off=off, let_go=False), keep=True)
        disarm(work, code)
        if code in listed:
            work.note(r.WatchSet(tuple(c for c in listed if c != code)))


def _sells(state: State, code: str) -> bool:
    return any(order.owner.kind is OwnerKind.GUARD for order in live_orders(state, code))


def quoted(work: Work, code: str) -> None:
    """Feed the newest snapshot to the board and the guard of a watched code."""
    if not is_watched(work.state, code):
        return
    guard, before = work.state.guards.get(code), work.state.boards.get(code)
    board = _follow(work, code)
    if guard is not None:
        moves = len(work.moves)
        _step(work, code, guard, board)
        if before is not None and before.limit_up == board.limit_up and board.tally.breaks > before.tally.breaks:
            _say_broken(work, code, moves)
        plan_orders(work, code)


def _say_broken(work: Work, code: str, moves: int) -> None:
    """A board that broke and no rule was met: whoever relied on the guard has to know, at the first of several.

    `moves` were told before the guard saw it: where it fired, asked, or could not sell, it has said so itself.
    """
    guard = work.state.guards[code]
    if guard.state is not GuardState.WATCHING or guard.owed is not None:
        return
    spoke = any(isinstance(move, rules.Fired | rules.Asked | rules.NotSold) for _, move in work.moves[moves:])
    sells = guard.plan.action is GuardAction.ALERT or context(work.state, code).can_use > 0
    told = (line for line in work.state.lines if line.code == code and line.reason.why is Why.BROKE_UNSOLD)
    if not spoke and sells and all(work.state.at - line.at >= BROKE_AGAIN_MS for line in told):
        work.log(ALARM, code, because(Why.BROKE_UNSOLD, breaks=work.state.boards[code].tally.breaks))


def is_watched(state: State, code: str) -> bool:
    """Whether a code's board is followed: on the list, guarded, or a stock that is held."""
    guard = state.guards.get(code)
    if code in state.watch:
        return True
    if guard is not None and (guard.state is not GuardState.OFF or guard.let_go or _sells(state, code)):
        return True
    held = state.holdings.get(code)
    return held is not None and held.volume > 0 and state.instruments[code].kind is Kind.STOCK


def watched(state: State) -> tuple[str, ...]:
    """All followed codes: the user's list first, then what is guarded or held."""
    return tuple(
        code
        for code in dict.fromkeys((*state.watch, *state.guards, *state.holdings))
        if code in state.instruments and is_watched(state, code)
    )


def _board(work: Work, code: str) -> boards.Board:
    return work.state.boards.get(code) or _follow(work, code)


def _follow(work: Work, code: str) -> boards.Board:
    """Fold the newest snapshot into the code's board and tell its moves."""
    state = work.state
    guard = state.guards.get(code)
    limit, board = state.instruments[code].limit_up, state.boards.get(code)
    if board is None or board.limit_up != limit:
        board = boards.watch(code, limit)
    closing = guard is not None and guard.plan.closing_auction
    quote = state.quotes[code].quote
    # the exchange's own time decides: a slow clock here must not make an auction's tick a break
    phase = phase_at(state.listings[code], quote.at)
    before = board
    board, moves = boards.step_board(before, quote, phase, state.at, decide_in_close_auction=closing)
    work.set_board(board)
    shadow = shadows.step_shadow(state.shadows.get(code) or shadows.start_shadow(), board, moves, quote)
    work.set_shadow(code, shadow, keep=bool(moves))
    for move in moves:
        if move.kind in MOVE_WORDS:
            level, why = MOVE_WORDS[move.kind]
            _keep_board(work, code, board)
            work.log(level, code, because(why, amount_milli=move.amount))
    if not moves and guard is not None and guard.state in JUDGING and boards.keeps(board, before):
        _keep_board(work, code, board)
    return board


def _keep_board(work: Work, code: str, board: boards.Board) -> None:
    """Write a board down without the ticks between its turns; in memory it stays whole."""
    work.note(r.BoardMoved(code, boards.for_keeping(board)))
    work.set_board(board)


def timed(work: Work, code: str) -> None:
    """Let time pass for a guard: a question runs out, a stock that went quiet is said to be blind."""
    guard = work.state.guards.get(code)
    if guard is None:
        return
    guard, moves = rules.pass_time(guard, work.state.at, fresh=fresh(work.state, code))
    work.set_guard(code, guard, keep=bool(moves))
    _tell(work, code, moves)
    settle(work, code)
    plan_orders(work, code)


def settle(work: Work, code: str) -> None:
    """Carry out what a rule found before the account told what is held, as soon as it told."""
    guard, board, seen = work.state.guards.get(code), work.state.boards.get(code), work.state.quotes.get(code)
    if guard is None or guard.owed is None or board is None or seen is None:
        return
    moved, moves = rules.settle_owed(guard, board, seen.quote, context(work.state, code))
    moved = latched.marked(work.state, moved, guard)
    work.set_guard(code, moved, keep=bool(moves))
    _tell(work, code, moves)


def _step(work: Work, code: str, guard: Guard, board: boards.Board) -> None:
    quote = work.state.quotes[code].quote
    moved, moves = rules.step_guard(guard, board, quote, context(work.state, code))
    moved = latched.marked(work.state, moved, guard)
    changed = (moved.state, moved.sale, moved.progress.earned) != (guard.state, guard.sale, guard.progress.earned)
    work.set_guard(code, moved, keep=bool(moves) or changed)
    _tell(work, code, moves)


def _tell(work: Work, code: str, moves: tuple[rules.GuardMove, ...]) -> None:
    for move in moves:
        match move:
            case rules.Fired(reason=reason):
                work.log(ALARM, code, reason)
            case rules.Asked(reason=reason):
                work.log(ALARM, code, reason)
            case rules.AskExpired(reason=reason):
                work.log(NOTICE, code, reason)
            case rules.NotSold(reason=reason):
                work.log(ALARM, code, reason)
            case rules.StateShown(state=shown) if shown == "blind":
                seen = work.state.quotes.get(code)
                rough = seen is not None and seen.quote.rough
                work.log(ALARM, code, because(Why.UNIT_UNKNOWN if rough else Why.BLIND))
            case _:
                pass
        work.moves.append((code, move))


def plan_orders(work: Work, code: str) -> None:
    """Bring the working orders of a code's guard to the one sale it wants, or to none."""
    guard = work.state.guards.get(code)
    if guard is None or code not in work.state.quotes:
        return
    guard = _looked_again(work, code, guard)
    wanted = _wanted(work.state, guard) if guard is not None else ()
    if not wanted and not any(o.owner.kind is OwnerKind.GUARD for o in live_orders(work.state, code)):
        return
    for sale in wanted:
        # a grid's buy that this sale would meet goes first
        for order in live_orders(work.state, code):
            if order.side is Side.BUY and order.price >= sale.price:
                work.cancel(order)
    if wanted and aside.waits(work.state, code):
        reason: Reason | None = because(Why.WAITING_CANCEL)
    else:
        reason = enact(work, code, wanted, frozenset({OwnerKind.GUARD}))
    work.blocked(code, reason)
    if wanted:
        guard_ends.make_way(work, code)


def _looked_again(work: Work, code: str, guard: Guard) -> Guard | None:
    """The guard whose sale goes on; where none of it could leave for long, the board of the moment it may decides.

    None: its sale has to wait, or has ended.
    """
    if guard_ends.ended(work, code, guard):
        return None
    state = work.state
    sale, board, quote = latched.overdue(state, guard), state.boards.get(code), state.quotes[code].quote
    if sale is None or board is None:
        return guard
    now = again.priced_now(guard, sale, board, quote, state.at)
    if not all(latched.may_leave(state, code, each) for each in _wanted(state, now)):
        # goes on as always, so that the gate says what it waits for
        return now
    ctx = context(state, code)
    if not again.may_judge(guard, board, quote, ctx):
        work.blocked(code, because(Why.BLIND if ctx.phase.continuous else Why.AUCTION))
        return None
    then, moves = again.judge_again(guard, sale, board, quote, ctx)
    work.set_guard(code, then, keep=True)
    if then.state is GuardState.WATCHING:
        work.blocked(code, None)
    _tell(work, code, moves)
    return then


def _wanted(state: State, guard: Guard) -> tuple[Wanted, ...]:
    """The guard's sale, cut to what may be sold where somebody else sold some of it meanwhile."""
    sale, code = rules.wanted_sale(guard), guard.plan.code
    if sale is None or code not in state.instruments:
        return ()
    room, volume = aside.room(state, code), sale.volume
    if volume > room > 0:
        volume = sellable_whole(rules_of(state.listings[code], shanghai_day(state.at)), room)
    volume = latched.whole(state, code, volume)
    return (Wanted(Owner(OwnerKind.GUARD), Side.SELL, guard_price(state, guard, sale.price), volume),)


def filled(work: Work, fill: Fill) -> None:
    """Feed an own fill of a guard's order."""
    guard = work.state.guards.get(fill.code)
    if guard is None:
        return
    sold = rules.on_sold(guard, fill.volume, fill.at)
    work.set_guard(fill.code, sold, keep=True)
    if sold.state is GuardState.SOLD and guard.state is not GuardState.SOLD:
        work.log(NOTICE, fill.code, because(Why.SOLD, volume=sold.sold, price_milli=fill.price))
