"""The limits every order has to pass, with the defaults of a small retail account."""

from dataclasses import dataclass

from qmtdesk.domain.replacing import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """Money in 厘, durations in ms, ratios in bp; 0 switches a limit off where that is safe to do.

    `order_value`, the exposures and the counts of live orders, of messages per minute and day bound grids; a guard
    sells what the user ticked, one order at a time, bounded by what may be sold and the messages per second.
    The exposures are 15 and 60 units of a default grid, a fall of some 4 % in a bond: a cap of two first buys would
    stop such a grid 0.6 % below its start, so that everybody would lift it at once and nobody be protected.
    `cash_share_bp` of the day's first cash may be used for buying. A quote may be two snapshots old and one late: a
    liquid stock ticks every 3 to 6 s. The account is asked every `query_ms`; one unheard answer is borne.
    """

    order_value: int = 30_000_000
    symbol_exposure: int = 150_000_000
    account_exposure: int = 600_000_000
    cash_share_bp: int = 8_000
    collar_bp: int = 200
    quote_age_ms: int = 8_000
    account_age_ms: int = 30_000
    live_per_symbol: int = 20
    live_total: int = 60
    per_second: int = 10
    per_minute: int = 100
    per_day: int = 1_000
    per_day_warn: int = 500
    min_age_ms: int = 1_000
    answer_ms: int = 5_000
    duplicate_ms: int = 3_000
    rejects_in_row: int = 3
    fills_per_minute: int = 6
    loss_reduce_bp: int = 200
    loss_kill_bp: int = 400
    query_ms: int = 10_000
    least_threshold: int = 1_000_000_000
    per_symbol_day: int = 200
    volume_bp: int = 15_000
    round_trips_per_day: int = 30
    rejects_storm: int = 10
    rejects_storm_ms: int = 300_000
    cancel_warn_bp: int = 5_000
    cancel_warn_from: int = 50
    cancel_tries: int = 3
    cancel_again_ms: int = 5_000
    query_answer_ms: int = 3_000
    refusal_again_ms: int = 300_000
    jump_ms: int = 10_000
    jump_arm_ms: int = 300_000
    losses: int = 3
    losses_ms: int = 60_000
    changes: int = 3


REPLAY_LIMITS = RiskLimits(
    order_value=0,
    symbol_exposure=0,
    account_exposure=0,
    cash_share_bp=0,
    live_per_symbol=0,
    live_total=0,
    per_second=0,
    per_minute=0,
    per_day=0,
    fills_per_minute=0,
    per_day_warn=0,
    per_symbol_day=0,
    round_trips_per_day=0,
    rejects_storm=0,
    cancel_warn_bp=0,
    loss_reduce_bp=0,
    loss_kill_bp=0,
    # a price path of one-minute bars has four points a minute
    quote_age_ms=90_000,
    account_age_ms=0,
    query_ms=300_000,
    least_threshold=1,
)
"""A replay is an experiment: what bounds an account is off, what keeps an order correct stays on."""


def paced(limits: RiskLimits, speed: int) -> RiskLimits:
    """The limits on a clock that runs `speed` times as fast: nobody answers faster because the market moves faster.

    What is old has two seconds of the computer's own time: one that stood still for half of one makes nothing old.
    """
    if speed <= 1:
        return limits
    answer, old = 400 * speed, 2_000 * speed
    age = limits.account_age_ms and max(limits.account_age_ms, old)
    return replace(
        limits,
        quote_age_ms=max(limits.quote_age_ms, old),
        answer_ms=max(limits.answer_ms, answer),
        query_answer_ms=max(limits.query_answer_ms, answer),
        cancel_again_ms=max(limits.cancel_again_ms, answer),
        account_age_ms=age,
    )
