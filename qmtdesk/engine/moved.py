"""Money and shares that came or went without a trade: no loss and no gain of the day."""

from collections import Counter
from collections.abc import Iterable

from qmtdesk.domain.order import Fill, Order, Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine import records as r
from qmtdesk.engine.books import BUYS, Elsewhere, Money, Moving, State
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.engine.worth import close_of, listed_close, price_of

AGREE_MS = 4_000
CASH_MS = 15_000
"""So long a counter may take to tell the money, or the shares, of a trade it has told."""
MOVED_BP = 50
"""Changes below this share of the day's first total are fees and interest, and nobody's transfer."""


def begin_day(work: Work, turnover: int) -> None:
    """A day's result begins with what there was before its trades, at the last closes, whenever the first answer comes.

    Not with the counter's total: that is of the moment it was asked, one without prices leaves the holdings out, and it
    counts what nobody here can value, a fund or an unread holding, which would be a loss at once.
    """
    state = work.state
    if state.money is not None:
        cash, held = state.money.gross_cash + spent(state.fills.values()), _before_trades(state)
        closes = {code: close_of(state, code) for code in held}
        total = cash + sum(volume * closes[code] for code, volume in held.items())
        work.note(r.DayBase(total, cash, held, replace(state.elsewhere, used=turnover), closes))


def closes_told(work: Work) -> None:
    """A list that came after the first answer, or set a close right, corrects what the day's result begins with.

    Before the books' day has begun anew a terminal may show the closes of the next one.
    """
    state, money = work.state, work.state.money
    if money is None or money.base_cash is None or shanghai_day(state.at).isoformat() != state.day:
        return
    listed = {code: listed_close(one) for code in money.base_closes if (one := state.instruments.get(code)) is not None}
    changed = {code: close for code, close in listed.items() if close > 0 and close != money.base_closes[code]}
    if changed:
        more = sum(money.base_held.get(code, 0) * (close - money.base_closes[code]) for code, close in changed.items())
        closes = {**money.base_closes, **changed}
        total, most, left = money.base_total + more, money.base_most + more, {**money.base_left}
        held = {**money.base_held}
        work.note(r.DayBase(total, money.base_cash, held, state.elsewhere, closes, most, left))


def compare(work: Work, turnover: int) -> None:
    """Put an answer, taken over by now, beside the day's first one and every trade since.

    What came or went without a trade is taken out of the day's result. A counter may tell the money of a trade later
    than the trade, so only what a later answer still says, and no trade of just now explains, is a transfer; as nobody
    here knows why, the user is told then, and only sales leave until he has looked. What the `turnover` of his trades
    in codes without rules can explain is taken out as well, and nothing waits for him: he knows of his reverse repo.
    """
    state, money = work.state, work.state.money
    if money is None or money.base_cash is None or not money.base_total:
        return
    held = _before_trades(state)
    cash = money.gross_cash + spent(state.fills.values()) - money.base_cash
    came = changes(money, held)
    # what the price does from then on is no gain or loss of shares that are not here any more
    counted = state.moving.prices if state.moving is not None else {}
    prices = {
        code: (counted.get(code, 0) if change < 0 else 0) or price_of(state, code, agreed=True)
        for code, change in came.items()
    }
    shares = sum([change * prices[code] for code, change in came.items()])
    # a sale whose trade is told last is explained by its money at the price it got, which is nearer to the newest one
    newest = sum([change * price_of(state, code, agreed=True) for code, change in came.items()])
    # an answer without anything, believed and taken back, leaves a base below zero for a while
    scale = max(money.base_total, money.base_total + cash + shares, 0)
    if min(abs(cash + shares), abs(cash + newest)) * 10_000 <= scale * MOVED_BP:
        if state.moving is not None:
            work.state = replace(state, moving=None)
        return
    amount = cash + shares
    # a trade that is not here yet may be all there is to it: no loss until then, and nothing to tell either
    on_their_way = abs(amount) <= _traded_just_now(state, money.reported_at) or any(
        o.told_filled > o.filled or _as_if_filled(o, came, cash) for o in state.orders.values()
    )
    if on_their_way or state.moving is None or abs(state.moving.amount - amount) * 10_000 > scale * MOVED_BP:
        work.state = replace(state, moving=Moving(amount, money.reported_at, prices))
    elif money.reported_at - state.moving.since >= AGREE_MS:
        slack = max(0, money.base_total) * MOVED_BP // 10_000
        _tell(work, _base_after(state, money, cash, held, prices), amount, turnover, slack)


def _traded_just_now(state: State, at: int) -> int:
    """厘 of trades whose money, or shares, an answer of that time may not have yet."""
    return sum(f.price * f.volume + f.fee for f in state.fills.values() if abs(at - f.at) < CASH_MS)


def _as_if_filled(order: Order, came: dict[str, int], cash: int) -> bool:
    """Whether it is in doubt and shares or cash went its way; as a transfer they would be no sign of it any more."""
    way = 1 if order.side is Side.BUY else -1
    return order.in_doubt and (came.get(order.code, 0) * way > 0 or cash * way < 0)


def _base_after(state: State, money: Money, cash: int, held: dict[str, int], prices: dict[str, int]) -> r.DayBase:
    """What the day begins with once that much cash and these volumes came or went.

    What left counts at its price, and comes back at the price it left at: what its price did meanwhile is a loss or a
    gain, where an answer without it was believed and taken back.
    """
    closes = {code: close_of(state, code) for code in held} | dict(money.base_closes)
    left, total = dict(money.base_left), money.base_total + cash
    for code, change in changes(money, held).items():
        price = prices[code]
        total += change * (left.pop(code, price) if change > 0 else price)
        if change < 0:
            left[code] = price
    base_cash = (money.base_cash or 0) + cash
    return r.DayBase(total, base_cash, held, closes=closes, most=max(money.base_most, total - max(0, cash)), left=left)


def _elsewhere(known: Elsewhere, amount: int, turnover: int, slack: int) -> Elsewhere | None:
    """What is explained after this amount came or went, None when trades elsewhere cannot have done it.

    What was lent comes back the next day without a trade, and with interest.
    """
    room = max(0, turnover - known.used)
    back = known.back if amount > 0 else 0
    if not room + back or abs(amount) > room + back + slack:
        return None
    home = min(back, amount) if amount > 0 else 0
    used = known.used + min(room, abs(amount) - home)
    return Elsewhere(used, known.lent + max(0, -amount), known.back - home)


def _with_all_used(known: Elsewhere, amount: int, turnover: int) -> Elsewhere:
    """After an amount that was told as a transfer: whatever part of it the turnover explains, it explains no other."""
    room = max(0, turnover - known.used)
    return Elsewhere(known.used + room, known.lent + min(room, max(0, -amount)), known.back)


def _tell(work: Work, base: r.DayBase, amount: int, turnover: int, slack: int) -> None:
    known = work.state.elsewhere
    explained = _elsewhere(known, amount, turnover, slack)
    work.note(replace(base, elsewhere=explained or _with_all_used(known, amount, turnover)))
    work.state = replace(work.state, moving=None)
    if explained is not None:
        work.log(NOTICE, "", because(Why.MONEY_ELSEWHERE, amount_milli=amount))
        return
    reason = because(Why.MONEY_MOVED, amount_milli=amount)
    work.log(ALARM, "", reason)
    if BUYS not in work.state.suspended:
        work.note(r.Suspended(BUYS, work.state.at, reason))


def spent(fills: Iterable[Fill]) -> int:
    """厘 that these trades took out of the cash, fees included; below zero when they brought some in."""
    return sum((f.price * f.volume if f.side is Side.BUY else -f.price * f.volume) + f.fee for f in fills)


def _before_trades(state: State) -> dict[str, int]:
    """What would be held had there been no trade today."""
    held = Counter({code: each.volume for code, each in state.holdings.items()})
    for fill in state.fills.values():
        held[fill.code] -= fill.volume if fill.side is Side.BUY else -fill.volume
    return {code: volume for code, volume in held.items() if volume}


def changes(money: Money, held: dict[str, int]) -> dict[str, int]:
    """How much of each code came or went since the day's base, in the order of the books."""
    change = {code: held.get(code, 0) - money.base_held.get(code, 0) for code in (*held, *money.base_held)}
    return {code: volume for code, volume in change.items() if volume}
