"""When each of the guard's rules counts as met, from one snapshot and the board's last ten minutes."""

from bisect import bisect_left
from collections.abc import Callable

from msgspec import Struct

from qmtdesk.domain.plans import RuleId, RuleSetting
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.board import KEPT_MS, Board, trading_back, trading_between

BP = 10_000
MOST_CONFIRM = 1_000


class Look(Struct, frozen=True):
    """What a rule may look at. Amounts 厘; `threshold` is R1's at this time of day.

    `float_value` is the free float's market value, 0 = not known.
    """

    board: Board
    quote: Quote
    tick: int
    threshold: int
    day_amount: int
    float_value: int = 0


class Finding(Struct, frozen=True):
    """A rule that is met, or within 2× of it, with the inputs it saw."""

    fires: bool
    reason: Reason


class Cancelled(Struct, frozen=True):
    """Buy orders cancelled within a window of a seal, 股, and the `queue` at its beginning.

    `net` is estimated from what left the queue beyond what was traded: new buyers hide as many cancels, so it is never
    too high. `gross` is told by Level-2, all buy orders of whatever price; −1 where an end of the window lacks it.
    """

    queue: int
    net: int
    gross: int


class Rule(Struct, frozen=True):
    """One rule. `sealed_only`: it says something about a sealed board only.

    `threshold`, `floor` and `window` say what the setting's numbers mean, '' where a number is not used. A rule with
    a `window` needs one, at most ten minutes long, unless `whole_seal` (0 = since the seal).
    """

    check: Callable[[Look, RuleSetting], Finding | None]
    why: Why
    sealed_only: bool
    threshold: str
    floor: str
    window: str
    usual: RuleSetting
    whole_seal: bool = False


def amount_rule(look: Look, _setting: RuleSetting) -> Finding | None:
    """R1: seal amount < the threshold of this time of day (厘)."""
    amount, least = look.board.seal, look.threshold
    if amount >= 2 * least:
        return None
    bid = look.quote.bid1
    reason = because(
        Why.RULE_AMOUNT, amount_milli=amount, threshold_milli=least, bid1_milli=bid.price, volume=bid.volume
    )
    return Finding(amount < least, reason)


def drop_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R2: the amount is `threshold` bp or more below its maximum of the last `window_ms`, and by over `floor` 厘."""
    board = look.board
    top = max(amount for _, amount in board.history[_start(board, setting.window_ms) :])
    fall = top - board.seal
    if 2 * fall * BP < top * setting.threshold or 2 * fall <= setting.floor:
        return None
    fires = fall * BP >= top * setting.threshold and fall > setting.floor
    reason = because(
        Why.RULE_DROP,
        amount_milli=board.seal,
        peak_milli=top,
        drop_bp=fall * BP // top,
        threshold_bp=setting.threshold,
        window_ms=setting.window_ms,
    )
    return Finding(fires, reason)


def decay_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R3: at the pace of the last `window_ms` the amount is gone in less than `threshold` ms.

    It must have fallen by more than `floor` 厘 in that window. Says nothing until the seal is half a window old.
    """
    passed, fall = _pace(look.board, setting.window_ms)
    if 2 * passed < setting.window_ms or fall <= setting.floor:
        return None
    eta = look.board.seal * passed // fall
    if eta >= 2 * setting.threshold:
        return None
    reason = because(
        Why.RULE_DECAY,
        amount_milli=look.board.seal,
        fall_milli=fall,
        passed_ms=passed,
        eta_ms=eta,
        threshold_ms=setting.threshold,
    )
    return Finding(eta < setting.threshold, reason)


def consumed_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R4: volume traded against the seal is `threshold` bp or more of the queue left, and more than `floor` shares.

    Counted over the last `window_ms`; 0 = since the seal. The queue is the seal's: in an auction bid1 is the match.
    """
    board, queue = look.board, look.board.seal // look.board.limit_up
    before = board.volumes[_start(board, setting.window_ms)] if setting.window_ms else board.volume_at_seal
    traded = board.volume - before
    if 2 * traded * BP < setting.threshold * queue or traded <= setting.floor:
        return None
    reason = because(Why.RULE_CONSUMED, traded=traded, queue=queue, threshold_bp=setting.threshold)
    return Finding(traded * BP >= setting.threshold * queue, reason)


def net_cancel_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R5: buyers cancelled `threshold` bp of the queue, and over `floor` shares, in the last `window_ms`.

    Net, as estimated, unless the user chose the gross figure and the feed told it. Where the estimate is the higher one
    of the two, what was told lags behind: it counts then.
    """
    seen = cancelled_in(look.board, setting.window_ms)
    cancelled = max(seen.net, seen.gross) if setting.gross else seen.net
    if 2 * cancelled * BP < setting.threshold * seen.queue or cancelled <= setting.floor:
        return None
    exact = setting.gross and cancelled == seen.gross
    reason = because(
        Why.RULE_NET_CANCEL,
        cancelled=cancelled,
        queue=seen.queue,
        threshold_bp=setting.threshold,
        window_ms=setting.window_ms,
        figure="exact" if exact else "estimated",
        **({"gross": seen.gross} if seen.gross >= 0 and not exact else {}),
    )
    return Finding(cancelled * BP >= setting.threshold * seen.queue, reason)


def share_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R6: seal / day's amount < `threshold` bp, or seal / free-float value < `floor` bp; 0 switches either off.

    Without a known float value only the first counts.
    """
    amount, day, free = look.board.seal * BP, look.day_amount, look.float_value
    if amount >= 2 * setting.threshold * day and amount >= 2 * setting.floor * free:
        return None
    reason = because(
        Why.RULE_SHARE,
        amount_milli=look.board.seal,
        day_milli=day,
        float_milli=free,
        threshold_bp=setting.threshold,
        floor_bp=setting.floor,
    )
    return Finding(amount < setting.threshold * day or amount < setting.floor * free, reason)


def big_print_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R7: one snapshot traded `threshold` bp or more of the queue before it, and more than `floor` shares."""
    board = look.board
    traded, queue = board.print_volume, board.queue_before
    if queue == 0 or traded <= setting.floor or 2 * traded * BP < setting.threshold * queue:
        return None
    reason = because(Why.RULE_BIG_PRINT, traded=traded, queue=queue, threshold_bp=setting.threshold)
    return Finding(traded * BP >= setting.threshold * queue, reason)


def breaks_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R8: broken `threshold` times today, or open for `window_ms`, or sealed again below `floor` bp of the first seal.

    The first seal's maximum is meant, and time of trading. 0 switches each of the three off.
    """
    board = look.board
    if board.breaks == 0:
        return None
    open_ms = 0 if board.sealed else trading_between(board.broke_at, board.last_at)
    weak = board.sealed and board.seal * BP < setting.floor * board.tally.first_peak
    often = 0 < setting.threshold <= board.breaks
    reason = because(
        Why.RULE_BREAKS,
        breaks=board.breaks,
        threshold=setting.threshold,
        open_ms=open_ms,
        amount_milli=board.seal,
        first_milli=board.tally.first_peak,
    )
    return Finding(often or weak or 0 < setting.window_ms <= open_ms, reason)


def broken_rule(look: Look, setting: RuleSetting) -> Finding | None:
    """R11: after a seal today the last price, or an auction's match, is `threshold` ticks or more below the limit."""
    board = look.board
    if not board.broken:
        return None
    price = _price(look)
    below = (board.limit_up - price) // look.tick
    if 2 * below < setting.threshold:
        return None
    reason = because(
        Why.RULE_BROKEN,
        last_milli=price,
        limit_milli=board.limit_up,
        ticks=below,
        threshold=setting.threshold,
    )
    return Finding(below >= setting.threshold, reason)


def cancelled_in(board: Board, window_ms: int) -> Cancelled:
    """What buyers of a sealed board with a history cancelled in the last `window_ms`, or since the seal if later."""
    start = _start(board, window_ms)
    before = board.history[start][1] // board.limit_up
    net = before - board.seal // board.limit_up - (board.volume - board.volumes[start])
    return Cancelled(before, net, _told_cancels(board, start))


def eta_to(board: Board, threshold: int, window_ms: int = 60_000) -> int:
    """At the pace of the last `window_ms`: ms until the amount reaches `threshold` (厘); 0 = not falling, or below.

    A board taken over from the journal has no pace before its next snapshot.
    """
    if not board.sealed or not board.history:
        return 0
    passed, fall = _pace(board, window_ms)
    return max(0, board.seal - threshold) * passed // fall if fall > 0 else 0


def _usual(rule: RuleId, threshold: int, floor: int = 0, window_ms: int = 0, confirm: int = 1) -> RuleSetting:
    return RuleSetting(rule=rule, on=False, threshold=threshold, floor=floor, window_ms=window_ms, confirm=confirm)


RULES: dict[RuleId, Rule] = {
    RuleId.R1: Rule(
        amount_rule, Why.RULE_AMOUNT, True, "厘", "", "", RuleSetting(rule=RuleId.R1, threshold=20_000_000_000)
    ),
    RuleId.R2: Rule(
        drop_rule,
        Why.RULE_DROP,
        True,
        "bp of the maximum",
        "厘",
        "maximum of",
        _usual(RuleId.R2, 3000, 10_000_000_000, 60_000),
    ),
    RuleId.R3: Rule(
        decay_rule, Why.RULE_DECAY, True, "ms", "厘", "pace of", _usual(RuleId.R3, 30_000, 5_000_000_000, 60_000, 2)
    ),
    RuleId.R4: Rule(
        consumed_rule,
        Why.RULE_CONSUMED,
        True,
        "bp of the queue",
        "shares",
        "traded in",
        _usual(RuleId.R4, 10_000, 0, 60_000),
        whole_seal=True,
    ),
    RuleId.R5: Rule(
        net_cancel_rule,
        Why.RULE_NET_CANCEL,
        True,
        "bp of the queue",
        "shares",
        "cancelled in",
        _usual(RuleId.R5, 3000, 0, 60_000),
    ),
    RuleId.R6: Rule(
        share_rule, Why.RULE_SHARE, True, "bp of the day's amount", "bp of the float", "", _usual(RuleId.R6, 500, 0)
    ),
    RuleId.R7: Rule(big_print_rule, Why.RULE_BIG_PRINT, True, "bp of the queue", "shares", "", _usual(RuleId.R7, 2000)),
    RuleId.R8: Rule(
        breaks_rule,
        Why.RULE_BREAKS,
        False,
        "breaks",
        "bp of the first seal",
        "open for",
        _usual(RuleId.R8, 3),
        whole_seal=True,
    ),
    RuleId.R11: Rule(broken_rule, Why.RULE_BROKEN, False, "ticks", "", "", _usual(RuleId.R11, 1)),
}
"""Every rule in the order they are judged; all but R1 are off until the user turns them on."""


def rule_problem(setting: RuleSetting) -> Reason | None:
    """BAD_SETTING when a rule's numbers make no sense; R1's own numbers are the plan's and not looked at."""
    rule = RULES[setting.rule]
    if setting.rule is RuleId.R1 or not setting.on:
        return None
    least_window = 1 if rule.window and not rule.whole_seal else 0
    numbers = (setting.threshold, setting.floor, setting.window_ms)
    if min(numbers) < 0 or max(numbers) == 0 or not 1 <= setting.confirm <= MOST_CONFIRM:
        return _bad(setting, "numbers", min(numbers))
    if not least_window <= setting.window_ms <= KEPT_MS:
        return _bad(setting, "window_ms", setting.window_ms)
    if setting.threshold == 0 and setting.rule not in (RuleId.R6, RuleId.R8):
        return _bad(setting, "threshold", 0)
    return None


def _bad(setting: RuleSetting, field: str, value: int) -> Reason:
    return because(Why.BAD_SETTING, rule=setting.rule.value, field=field, value=value)


def _price(look: Look) -> int:
    """厘: the last price, or in the closing auction, where that one stands still, what the book makes of it.

    The match is best bid and best offer at once; where nothing matches, only an offer below the last price tells.
    """
    quote = look.quote
    if look.board.phase is not Phase.CLOSE_AUCTION:
        return quote.last
    price = max(quote.last, quote.bid1.price)
    return min(price, quote.ask1.price) if quote.offered else price


def _start(board: Board, window_ms: int) -> int:
    """Index of the oldest snapshot of this seal inside the window of trading; the newest one always counts."""
    since = max(trading_back(board.last_at, window_ms), board.sealed_since)
    return min(bisect_left(board.history, (since,)), len(board.history) - 1)


def _told_cancels(board: Board, start: int) -> int:
    """Shares of buy orders cancelled since that moment as the feed told them; −1 where an end is missing.

    Also where the day's total fell: one of the two was garbage, and nobody knows which.
    """
    if not board.withdrawn:
        return -1
    first, last = board.withdrawn[start], board.withdrawn[-1]
    return last - first if 0 <= first <= last else -1


def _pace(board: Board, window_ms: int) -> tuple[int, int]:
    """How long (ms of trading) and by how much (厘, may be negative) the seal fell within the window."""
    at, amount = board.history[_start(board, window_ms)]
    return trading_between(at, board.last_at), amount - board.seal
