"""Why something did or did not happen: a code and its numbers, put into words only by the desk."""

from enum import Enum

from msgspec import Struct


class Why(str, Enum):
    """Every reason the program can give; the desk holds one Chinese and one English sentence for each."""

    # what keeps orders from leaving
    NOT_ARMED = "not_armed"
    MASTER_OFF = "master_off"
    KILLED = "killed"
    RECONCILING = "reconciling"
    SUSPENDED = "suspended"
    LINK_DOWN = "link_down"
    NO_QUOTE = "no_quote"
    AWAIT_PRICE = "await_price"
    QUOTE_STALE = "quote_stale"
    ACCOUNT_STALE = "account_stale"
    PHASE_CLOSED = "phase_closed"
    NO_CANCEL_PHASE = "no_cancel_phase"
    EXPIRED_AT_CLOSE = "expired_at_close"
    LEFT_UNSOLD = "left_unsold"
    SIDE_FROZEN = "side_frozen"
    REJECTED_TOO_OFTEN = "rejected_too_often"
    STEP_FAILED = "step_failed"
    WAITING_CANCEL = "waiting_cancel"
    TOO_YOUNG = "too_young"
    # the risk gate
    CASH_SHORT = "cash_short"
    CASH_KEPT = "cash_kept"
    CASH_CAP = "cash_cap"
    POSITION_CAP = "position_cap"
    POSITION_FLOOR = "position_floor"
    ORDER_VALUE = "order_value"
    ORDER_VOLUME = "order_volume"
    SYMBOL_EXPOSURE = "symbol_exposure"
    ACCOUNT_EXPOSURE = "account_exposure"
    PRICE_COLLAR = "price_collar"
    OUTSIDE_LIMITS = "outside_limits"
    PRICE_CAGE = "price_cage"
    BAD_LOT = "bad_lot"
    BAD_TICK = "bad_tick"
    SELL_ROOM = "sell_room"
    TOO_MANY_LIVE = "too_many_live"
    RATE_SECOND = "rate_second"
    RATE_MINUTE = "rate_minute"
    DAY_MESSAGES = "day_messages"
    DUPLICATE_ORDER = "duplicate_order"
    SELF_TRADE = "self_trade"
    REPEATED_EXECUTION = "repeated_execution"
    LOSS_REDUCE = "loss_reduce"
    LOSS_KILL = "loss_kill"
    CHECK_FAILED = "check_failed"
    SYMBOL_MESSAGES = "symbol_messages"
    DAY_MESSAGES_NEAR = "day_messages_near"
    CANCEL_RATIO = "cancel_ratio"
    CANCEL_STUCK = "cancel_stuck"
    ROUND_TRIPS = "round_trips"
    REJECT_STORM = "reject_storm"
    CLOCK_JUMPED = "clock_jumped"
    # live trading
    LIVE_UNSAID = "live_unsaid"
    LIVE_WORD_WRONG = "live_word_wrong"
    LIVE_SAID = "live_said"
    NOT_REPORTED = "not_reported"
    UNIT_UNKNOWN = "unit_unknown"
    TRIAL_TOO_NEAR = "trial_too_near"
    BUNDLE_MADE = "bundle_made"
    BUNDLE_FAILED = "bundle_failed"
    JOURNAL_FAILED = "journal_failed"
    # what the counter, its link or this computer's clock does that nobody planned
    ACCOUNT_STATUS = "account_status"
    ACCOUNT_CHANGED = "account_changed"
    OTHER_ACCOUNT = "other_account"
    OTHER_PROGRAM = "other_program"
    REPORT_SHRUNK = "report_shrunk"
    REPORT_BELIEVED = "report_believed"
    HOLDING_UNCLEAR = "holding_unclear"
    ORDER_NOT_UNDERSTOOD = "order_not_understood"
    ORDER_CHANGED = "order_changed"
    ORDERS_CHANGED = "orders_changed"
    LINK_FLAPS = "link_flaps"
    GATEWAY_SILENT = "gateway_silent"
    CLOCK_SKEWED = "clock_skewed"
    CLOCK_WRONG = "clock_wrong"
    RELEASED = "released"
    # rows of the ladder
    ARMED_BUY = "armed_buy"
    ARMED_SELL = "armed_sell"
    NOTHING_HELD = "nothing_held"
    GAP_FULL = "gap_full"
    SLEEPING = "sleeping"
    SELL_ONLY = "sell_only"
    LOWER_STOP = "lower_stop"
    STASH = "stash"
    T_PLUS_ONE = "t_plus_one"
    GAP_PAUSED = "gap_paused"
    FIRST_BUY_PENDING = "first_buy_pending"
    AUCTION_WAIT = "auction_wait"
    TRAIL_WAIT = "trail_wait"
    # arming a grid
    STEP_TOO_SMALL = "step_too_small"
    UNIT_NOT_LOT = "unit_not_lot"
    BAD_SETTING = "bad_setting"
    UNKNOWN_CODE = "unknown_code"
    ALREADY_ARMED = "already_armed"
    NOT_A_BOND = "not_a_bond"
    # the guard
    NO_LIMIT = "no_limit"
    LIMIT_DISAGREES = "limit_disagrees"
    TICK_DISAGREES = "tick_disagrees"
    CLOSE_DISAGREES = "close_disagrees"
    NOT_READY = "not_ready"
    NOT_CONFIRMED = "not_confirmed"
    NOTHING_SELLABLE = "nothing_sellable"
    BLIND = "blind"
    AUCTION = "auction"
    ALREADY_TRIGGERED = "already_triggered"
    NOT_SEALED = "not_sealed"
    ASK_DECLINED = "ask_declined"
    ASK_EXPIRED = "ask_expired"
    RULE_AMOUNT = "rule_amount"  # R1
    RULE_DROP = "rule_drop"  # R2
    RULE_DECAY = "rule_decay"  # R3
    RULE_CONSUMED = "rule_consumed"  # R4
    RULE_NET_CANCEL = "rule_net_cancel"  # R5
    RULE_SHARE = "rule_share"  # R6
    RULE_BIG_PRINT = "rule_big_print"  # R7
    RULE_BREAKS = "rule_breaks"  # R8
    RULE_BROKEN = "rule_broken"  # R11
    # the bond screen
    NOT_LISTED = "not_listed"
    SIZE_UNKNOWN = "size_unknown"
    SIZE_TOO_LARGE = "size_too_large"
    SIZE_ZERO = "size_zero"
    REDEEM_ANNOUNCED = "redeem_announced"
    REDEEM_UNKNOWN = "redeem_unknown"
    LAST_DAY_NEAR = "last_day_near"
    NAME_DYING = "name_dying"
    PRICE_UNKNOWN = "price_unknown"
    RANKED_OUT = "ranked_out"
    RANKED_IN = "ranked_in"
    DATA_OLD = "data_old"
    # clearing what is not on the list
    TERMS_UNKNOWN = "terms_unknown"
    NO_BID = "no_bid"
    NO_BOOK = "no_book"
    BID_BELOW = "bid_below"
    NOT_BOUGHT_HERE = "not_bought_here"
    SAME_DAY = "same_day"
    NOT_PROPOSED = "not_proposed"
    CLEARING = "clearing"
    CLEAR_STARTED = "clear_started"
    CLEAR_ENDED = "clear_ended"
    CLEARED = "cleared"
    # things that happened
    ARMED = "armed"
    DISARMED = "disarmed"
    TAKEN_OFF = "taken_off"
    RESUMED = "resumed"
    STARTED = "started"
    KILL_PRESSED = "kill_pressed"
    KILL_LIFTED = "kill_lifted"
    KILL_DONE = "kill_done"
    ORDER_SENT = "order_sent"
    ORDER_UNKNOWN = "order_unknown"
    ORDER_REJECTED = "order_rejected"
    ORDER_REFUSED = "order_refused"
    DECIDED_GONE = "decided_gone"
    OLD_BUY_UNLISTED = "old_buy_unlisted"
    FILLED = "filled"
    FOREIGN_ORDER = "foreign_order"
    ORDER_BEFORE_LOSS = "order_before_loss"
    ORDER_MISSING = "order_missing"
    ORDER_GONE = "order_gone"
    ORDER_LOOKALIKE = "order_lookalike"
    MISSED_TRADES = "missed_trades"
    BASE_LESS = "base_less"
    WORKED_OUT_ANEW = "worked_out_anew"
    MONEY_MOVED = "money_moved"
    MONEY_ELSEWHERE = "money_elsewhere"
    PNL_UNKNOWN = "pnl_unknown"
    FOREIGN_TRADE = "foreign_trade"
    RECONCILED = "reconciled"
    DAY_ROLLED = "day_rolled"
    SEALED = "sealed"
    BROKE = "broke"
    RESEALED = "resealed"
    TRIGGERED = "triggered"
    SOLD = "sold"
    SLEEP = "sleep"
    WAKE = "wake"
    ROLLED = "rolled"
    BAD_MARKET_DATA = "bad_market_data"
    CALENDAR_ENDS = "calendar_ends"
    JOURNAL_SET_ASIDE = "journal_set_aside"
    JOURNAL_MISSING = "journal_missing"
    JOURNAL_AGAIN = "journal_again"
    SETTINGS_REFUSED = "settings_refused"
    SETTINGS_TAKEN = "settings_taken"
    TRADER_RESTARTED = "trader_restarted"


class Reason(Struct, frozen=True):
    """One reason with its numbers.

    `args` are named values; a name ending in `_milli` is money or a price in 厘, `_ms` a duration or a time in
    milliseconds, `_bp` a ratio in basis points, `_yuan` whole CNY; any other int is a count or a volume.
    """

    why: Why
    args: tuple[tuple[str, int | str], ...] = ()

    def get(self, name: str) -> int | str:
        """The argument of that name; KeyError when the reason has none."""
        return dict(self.args)[name]


def because(why: Why, **args: int | str) -> Reason:
    """A reason, its arguments in the order they were given."""
    return Reason(why, tuple(args.items()))
