"""Which words are not said again at every tick, and under what key it is remembered that they were said."""

from qmtdesk.domain.reason import Reason, Why

ONCE_A_DAY = frozenset(
    {
        Why.BUYS_ENDED,
        Why.CANCEL_RATIO,
        Why.DAY_MESSAGES_NEAR,
        Why.CANCEL_STUCK,
        Why.CLOCK_SKEWED,
        Why.OTHER_ACCOUNT,
        Why.OTHER_PROGRAM,
        Why.ORDER_LOOKALIKE,
        Why.DOUBT_KEPT,
        Why.PNL_UNKNOWN,
        Why.PULLED_LATE,
        Why.NOT_GUARDED,
    }
)
APART = {
    Why.CANCEL_STUCK: "ref",
    Why.ORDER_LOOKALIKE: "ref",
    Why.DOUBT_KEPT: "ref",
    Why.OTHER_PROGRAM: "install",
    Why.PULLED_LATE: "then",
}
"""Words that are said once for each of something."""
REFUSALS = frozenset(
    {
        Why.LIVE_UNSAID,
        Why.MASTER_OFF,
        Why.KILLED,
        Why.RECONCILING,
        Why.SUSPENDED,
        Why.LINK_DOWN,
        Why.NO_QUOTE,
        Why.QUOTE_STALE,
        Why.ACCOUNT_STALE,
        Why.PHASE_CLOSED,
        Why.MONEY_MOVED,
        Why.UNKNOWN_CODE,
        Why.SIDE_FROZEN,
        Why.REJECTED_TOO_OFTEN,
        Why.CASH_SHORT,
        Why.CASH_KEPT,
        Why.ORDER_VALUE,
        Why.ORDER_VOLUME,
        Why.SYMBOL_EXPOSURE,
        Why.ACCOUNT_EXPOSURE,
        Why.PRICE_COLLAR,
        Why.OUTSIDE_LIMITS,
        Why.PRICE_CAGE,
        Why.BAD_LOT,
        Why.BAD_TICK,
        Why.SELL_ROOM,
        Why.TOO_MANY_LIVE,
        Why.RATE_SECOND,
        Why.RATE_MINUTE,
        Why.DAY_MESSAGES,
        Why.SYMBOL_MESSAGES,
        Why.DUPLICATE_ORDER,
        Why.SELF_TRADE,
        Why.REPEATED_EXECUTION,
        Why.ROUND_TRIPS,
        Why.REJECT_STORM,
        Why.CLOCK_JUMPED,
        Why.JOURNAL_FAILED,
        Why.SETTINGS_REFUSED,
        Why.ACCOUNT_STATUS,
        Why.ACCOUNT_CHANGED,
        Why.REPORT_SHRUNK,
        Why.ORDERS_CHANGED,
        Why.LINK_FLAPS,
        Why.GATEWAY_SILENT,
        Why.CLOCK_WRONG,
        Why.LOSS_REDUCE,
        Why.CHECK_FAILED,
        Why.HOLDING_UNCLEAR,
    }
)


def told_key(code: str, reason: Reason) -> str:
    """What to remember a word under; '' for one that is said each time. One order's words are apart from another's."""
    if reason.why not in ONCE_A_DAY and reason.why not in REFUSALS:
        return ""
    one = dict(reason.args).get(APART[reason.why], "") if reason.why in APART else ""
    return f"{reason.why.value}:{code}:{one}"
