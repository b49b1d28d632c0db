"""What the paper counter's line can do wrong on demand, and how long its messages travel."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Milliseconds a message needs to the counter and back, and an accepted cancel from there to the book."""

    there_min: int = 60
    there_max: int = 250
    back_min: int = 30
    back_max: int = 120
    cancel_min: int = 20
    cancel_max: int = 90


AT_ONCE = Delays(there_min=0, there_max=0, back_min=0, back_max=0, cancel_min=0, cancel_max=0)
"""No delay at all, for the simplest of tests and for replays without a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Chances in parts per thousand, all 0 by default; the ids are those of the reliability page.

    `lose_order` the order never arrives and nothing is said (G1); `lose_answer` it lives, its answer is lost (G1);
    `ambiguous` the answer is "unknown" although it lives (G2); `late` a message is overtaken by later ones, by up to
    `late_ms` (G3); `twice` and `drop_trade` a trade push comes twice or not at all (G4, G5); `stale` an older state of
    the order is told again (G6); `lose_cancel` (G10); `reject` the counter refuses for no reason of ours (G11);
    `lose_query` no answer, `fail_query` an answer that says so (G20); `short_remark` the length a remark is cut to,
    -1 for not at all (G23); `odd_status` an order is told in a state nobody knows (G7); `empty_query` an answer lacks
    holdings, orders, trades or cash, at most `MOST_EMPTY` in a row (G20); `stray` something of another account comes
    too (G21); `change` another price or volume is taken than was sent (G24).
    """

    lose_order: int = 0
    lose_answer: int = 0
    ambiguous: int = 0
    late: int = 0
    late_ms: int = 800
    twice: int = 0
    drop_trade: int = 0
    stale: int = 0
    lose_cancel: int = 0
    reject: int = 0
    lose_query: int = 0
    fail_query: int = 0
    short_remark: int = -1
    odd_status: int = 0
    empty_query: int = 0
    stray: int = 0
    change: int = 0


MOST_EMPTY = 2
NO_FAULTS = Faults()
