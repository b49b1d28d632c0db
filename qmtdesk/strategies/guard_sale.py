"""How a guard's one sale is priced, sized and followed up."""

from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.money import round_up
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.rules import TradingRules, floor_lot, price_cage, rules_of, sellable_whole
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard_state import Guard, GuardContext, GuardState, Question, Sale, WantedSale

BP = 10_000
HALF = -1


def sale_volume(plan: GuardPlan, instrument: Instrument, ctx: GuardContext) -> int:
    """Shares a trigger would sell now: never more than may be sold, whole lots, or the whole odd remainder.

    Half is rounded down to whole lots, but to no less than one.
    """
    can_use = max(0, min(ctx.can_use, ctx.position))
    rules = rules_of(classify(instrument.code), shanghai_day(ctx.at))
    wanted = can_use if plan.sell_volume == 0 else plan.sell_volume
    if plan.sell_volume == HALF:
        wanted = max(can_use // 2, rules.lot)
    if wanted < can_use:
        return floor_lot(rules, wanted)
    whole = floor_lot(rules, can_use)
    # an odd remainder goes in one piece, so it must be all of what is odd in the position
    return can_use if can_use - whole == ctx.position - floor_lot(rules, ctx.position) else whole


def why_nothing(plan: GuardPlan, instrument: Instrument, ctx: GuardContext) -> Reason:
    """Why there is nothing to sell: bought today, less than an order may carry, or nothing there; or nobody knows."""
    if not ctx.known:
        return because(Why.RECONCILING)
    if min(ctx.can_use, ctx.position) > 0 and ctx.bought_today == 0:
        rules = rules_of(classify(instrument.code), shanghai_day(ctx.at))
        if plan.sell_volume > 0:
            return because(Why.SELL_NOT_LOT, volume=plan.sell_volume, lot=rules.lot, step=rules.step)
        return because(Why.BAD_LOT, volume=min(ctx.can_use, ctx.position), lot=rules.lot)
    why = Why.T_PLUS_ONE if ctx.bought_today > 0 else Why.NOTHING_SELLABLE
    return because(why, position=ctx.position, can_use=ctx.can_use, bought_today=ctx.bought_today)


def sale_price(plan: GuardPlan, instrument: Instrument, board: Board, quote: Quote, at: int) -> tuple[int, bool]:
    """Price of a first order, and whether it meets the queue: the limit price while sealed, else `open_price`."""
    if board.sealed:
        return board.limit_up, True
    return open_price(plan, instrument, quote, at), False


def open_price(plan: GuardPlan, instrument: Instrument, quote: Quote, at: int) -> int:
    """bid1 (last where nobody bids) less the slippage cap, on the tick, never under the price cage or the limit-down.

    The cap is counted from the bid at the moment the attempt starts, so each attempt risks that much and no more; a
    sale that stopped following the market would leave its owner with the stock the guard was set up to sell.
    """
    base = quote.bid1.price or quote.last
    price = round_up(base * (BP - plan.slippage_bp), BP * instrument.tick) * instrument.tick
    if not quote.bid1.price and quote.ask1.price:
        # nobody buys: it queues with whoever offers lowest
        price = min(price, quote.ask1.price)
    return min(max(price, lowest_price(instrument, quote, at)), instrument.limit_up)


def lowest_price(instrument: Instrument, quote: Quote, at: int) -> int:
    """The least a sell order may ask for now in continuous trading."""
    cage = price_cage(
        classify(instrument.code),
        shanghai_day(at),
        Side.SELL,
        quote.bid1.price,
        quote.ask1.price,
        quote.last,
        quote.prev_close,
    )
    return max(cage or 0, instrument.limit_down)


def start_sale(guard: Guard, volume: int, price: int, at: int, reason: Reason, *, queue: bool, seal: int) -> Guard:
    """The guard latched: from here on it wants this sale and nothing else, unless none of it can leave for long."""
    sale = Sale(
        target=volume, price=price, attempt=1, attempt_at=at, queue=queue, reason=reason, fired_at=at, seal=seal
    )
    return replace(guard, state=GuardState.TRIGGERED, question=None, sale=sale, owed=None)


def follow_up(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> Guard:
    """Begin a new attempt when the present one is too old, or waits at the limit of a board that opened.

    A new attempt goes lower, because an order at or below the bid would have been filled; it goes higher only where
    the price cage moved above the present price and would have the order refused. Where nobody bids it queues with
    the lowest offer, down to the limit. Nothing changes outside continuous trading: an order of a closing auction
    cannot be taken back.
    """
    sale = guard.sale
    bid = quote.bid1.price
    if sale is None or not ctx.phase.continuous or not (bid or quote.ask1.price):
        return guard
    # one snapshot without bids is no price to hurry after
    opened = sale.queue and not board.sealed and bid > 0
    if not opened and ctx.at - sale.attempt_at < guard.plan.follow_up_ms:
        return guard
    price = open_price(guard.plan, guard.instrument, quote, ctx.at)
    if price >= sale.price >= lowest_price(guard.instrument, quote, ctx.at):
        return guard
    return replace(
        guard, sale=replace(sale, price=price, attempt=sale.attempt + 1, attempt_at=ctx.at, queue=board.sealed)
    )


def refresh_question(guard: Guard, board: Board, quote: Quote, ctx: GuardContext) -> Guard:
    """Bring an open question's volume and price to the newest snapshot, so that a yes sells what is shown."""
    question = guard.question
    if question is None:
        return guard
    price, queue = sale_price(guard.plan, guard.instrument, board, quote, ctx.at)
    volume = sale_volume(guard.plan, guard.instrument, ctx)
    if volume == 0 and not ctx.known:
        volume = question.volume
    seal = max(question.seal, board.seal)
    asked: Question = replace(question, volume=volume, price=price, queue=queue, seal=seal)
    return guard if asked == question else replace(guard, question=asked)


def set_pace(guard: Guard, at: int, pace: int) -> Guard:
    """From `at` on market time runs `pace` times as fast as the wall clock: an open question keeps its real seconds."""
    question = guard.question
    if question is None or question.pace == pace:
        return guard
    left = max(question.deadline - at, 0)
    kept = replace(question, deadline=at + -(-left * pace // question.pace), pace=pace)
    return replace(guard, question=kept)


def wanted_sale(guard: Guard) -> WantedSale | None:
    """The one order that should be working now, None when there is none.

    Depends on the guard's latch alone: what a phase, a limit or a fault forbids is the engine's to say, and a wish
    that came and went with the market would have orders cancelled that should stay. More than one order may carry is
    sold in turn.
    """
    sale = guard.sale
    if guard.state is not GuardState.TRIGGERED or sale is None:
        return None
    rules = rules_of(classify(guard.instrument.code), guard.day)
    return WantedSale(sale.price, _piece(rules, sale.target - sale.sold))


def _piece(rules: TradingRules, left: int) -> int:
    """The most one order may carry of what is left, so that the rest after it may be sold too."""
    piece = sellable_whole(rules, left)
    rest = left - piece
    # where a lot is a least volume, a rest under it could only go with all that is held
    return piece - (rules.lot - rest) if rules.step < rules.lot and 0 < rest < rules.lot else piece


def on_sold(guard: Guard, volume: int, at: int) -> Guard:
    """Book a fill of the guard's own order, also one that comes after a disarm; SOLD when the target is reached."""
    if guard.sale is None:
        return guard
    sale = replace(guard.sale, sold=guard.sale.sold + volume, done_at=at)
    done = sale.sold >= sale.target and guard.state is GuardState.TRIGGERED
    return replace(
        guard, sale=sale, state=GuardState.SOLD if done else guard.state, let_go=guard.let_go or sale.sold > 0
    )
