"""The pictures a trader sends a desk: flat rows, each replacing the row with the same key.

Money and prices are integers in 厘, volumes 股 / 张, times Unix ms of market time unless said otherwise, 0 or ''
where there is nothing. Adding a field: at the end, with a default.
"""

import msgspec

from qmtdesk.domain.plans import GridPlan, GuardPlan
from qmtdesk.domain.reason import Reason
from qmtdesk.wire.bond_talk import BondListRow
from qmtdesk.wire.live_talk import FoundRow, HealthRow, TrialRow


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """Base of all rows."""


class QuoteRow(Row, frozen=True, tag=1):
    """Newest snapshot of one code; the only row that may be skipped for a newer one.

    `rough`: what one volume stands for is not known yet, so its volumes and seals say nothing.
    """

    code: str
    at: int
    last: int
    prev_close: int
    high: int
    low: int
    volume: int
    amount: int
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    limit_up: int = 0
    limit_down: int = 0
    stale: bool = False
    rough: bool = False


class Suspension(Row, frozen=True):
    """A code ('' = everything, or with `buys_only` all buying) that waits for the user's word, since when and why."""

    code: str
    at: int
    reason: Reason
    buys_only: bool = False


class StatusRow(Row, frozen=True, tag=2):
    """The top bar and the strip. One row; key ''.

    `lamp_quotes` / `lamp_trade`: ok | late | blind. `ready`: starting | reconciling | ready | suspended.
    `*_age_ms` are ages at `clock`. `blockers` are worst first. `phase` is a `domain.sessions.Phase` value of stocks.
    `asked_at` is when the question left that is still without an answer, `next_ask` when the broker is asked again at
    the latest; 0 = not as things stand. `cancel_on_exit`: own orders are cancelled when the trader is told to end.
    `live_said`: real money may move, the word was typed in this run. `reported_day`: when (ISO) the user said
    that program trading was reported to the broker, '' when he did not. `clearing`: so many holdings are being
    cleared.
    """

    mode: str
    account: str
    day: str
    clock: int
    speed: int
    phase: str
    phase_ends: int
    lamp_quotes: str
    quote_age_ms: int
    lamp_trade: str
    trade_age_ms: int
    total: int
    cash: int
    pnl: int
    pnl_base: int
    pnl_exact: bool
    messages: int
    messages_cap: int
    ready: str
    master: bool
    killed: bool
    grids_running: int
    grids_asleep: int
    grids_sell_only: int
    guards_armed: int
    live_orders: int
    live_value: int
    unknown_orders: int
    blockers: tuple[Reason, ...] = ()
    blocker_codes: tuple[str, ...] = ()
    lag_us: int = 0
    data_folder: str = ""
    grids_suspended: int = 0
    suspended: tuple[Suspension, ...] = ()
    asked_at: int = 0
    next_ask: int = 0
    cancel_on_exit: bool = False
    live_said: bool = False
    reported_day: str = ""
    clearing: int = 0


class BondRow(Row, frozen=True, tag=3):
    """One convertible bond: terms, where it stands in the screen, what we have in it. Live prices are in QuoteRow.

    `grid`: '' | running | sell_only | asleep | frozen | suspended | stopped | fired | waiting. `why` is the first
    rule that excluded it, or RANKED_IN with its rank. `pnl` is today's realised less fees, and all that floats.
    """

    code: str
    name: str
    stock_code: str
    stock_name: str
    conv_price: int
    remaining_yuan: int
    maturity: str
    years_left_bp: int
    rating: str
    redeem: str
    redeem_count: int
    redeem_need: int
    last_day: str
    source: str
    as_of: str
    included: bool
    rank: int
    why: Reason
    position: int = 0
    cost: int = 0
    grid: str = ""
    trips: int = 0
    pnl: int = 0
    limit_up: int = 0
    limit_down: int = 0
    data_old: bool = False
    origins: tuple[tuple[str, str, str], ...] = ()


class ScreenRow(Row, frozen=True, tag=4):
    """The screen in force. One row; key ''."""

    name: str
    max_size_yuan: int
    redeem_days: int
    keep: int
    data_as_of: str
    data_old: bool
    included: tuple[str, ...]


class LevelRow(Row, frozen=True):
    """One ladder level and the gap above it.

    `held` is the gap's holding of `unit`. `buy` / `sell` are volumes left of working orders at this price, `*_total`
    the ordered volumes, `*_state` the order's state, '' when none. `bought` / `sold` are today's volumes at this level,
    `pnl` today's realised round trips of the gap whose upper level this is. `why` says why nothing rests here.
    """

    no: int
    price: int
    held: int
    paused: bool
    buy: int
    buy_total: int
    buy_state: str
    buy_ref: str
    sell: int
    sell_total: int
    sell_state: str
    sell_ref: str
    bought: int
    sold: int
    pnl: int
    why: Reason | None = None
    in_cap: bool = True


class GridRow(Row, frozen=True, tag=5):
    """A ladder, lowest first. `state`: BondRow.grid; `surplus`: 底仓 it bought; stop not done: `winding`, `selling`."""

    code: str
    name: str
    state: str
    armed: bool
    plan: GridPlan
    base: int
    unit: int
    levels: tuple[LevelRow, ...]
    cell: int
    held: int
    base_holding: int
    stash: int
    position: int
    can_use: int
    cost: int
    realised: int
    floating: int
    fees: int
    improvement: int
    trips: int
    exact: bool
    cash_used: int
    started_at: int
    range_low: int
    range_high: int
    why: Reason | None = None
    next_buy: int = 0
    next_buy_volume: int = 0
    next_sell: int = 0
    next_sell_volume: int = 0
    first_left: int = 0
    surplus: int = 0
    winding: bool = False
    selling: bool = False


class WatchRow(Row, frozen=True, tag=6):
    """One stock of the limit-up watchlist.

    `board`: open | at_limit | sealed | blind. `state`: idle | open | at_limit | sealed | broken | triggered | sold |
    blind. `spark` are the last ten minutes' seal amounts in 万元, -1 where not sealed, oldest first, one each 10 s.
    `eta_ms`: time to the threshold, 0 = not falling. `would_sell`: a trigger's now. `unseen`: no board yet.
    """

    code: str
    name: str
    limit_up: int
    limit_source: str
    board: str
    state: str
    armed: bool
    action: str
    seal: int
    threshold: int
    ready: bool
    confirm_have: int
    confirm_need: int
    first_seal_at: int
    broke_at: int
    breaks: int
    position: int
    sellable: int
    bought_today: int
    cost: int
    spark: tuple[int, ...]
    plan: GuardPlan
    why: Reason | None = None
    eta_ms: int = 0
    peak: int = 0
    sold: int = 0
    order_ref: str = ""
    would_sell: int = 0
    unseen: bool = False


class AskRow(Row, frozen=True, tag=7):
    """One open confirm-sell question; key `code:ask`. Removed (Gone) when answered or timed out."""

    code: str
    ask: int
    asked_at: int
    deadline: int
    reason: Reason
    seal: int
    threshold: int
    volume: int
    price: int
    breaks: int
    sealed: bool


class OrderRow(Row, frozen=True, tag=8):
    """One order. `kind`: OwnerKind; `slot`: level or attempt, or None; `looks`: answers without it, or LISTED."""

    ref: str
    code: str
    name: str
    side: str
    price: int
    volume: int
    filled: int
    amount: int
    state: str
    at: int
    updated_at: int
    kind: str
    slot: int | None
    text: str
    cancellable: bool
    ahead: int = -1
    looks: int = 0


class FillRow(Row, frozen=True, tag=9):
    """One booked trade: `key` is its own, trade ids may repeat. `level` is the price of the order it filled."""

    key: str
    ref: str
    code: str
    name: str
    side: str
    price: int
    volume: int
    at: int
    fee: int
    kind: str
    slot: int | None
    level: int


class PositionRow(Row, frozen=True, tag=10):
    """One holding."""

    code: str
    name: str
    volume: int
    can_use: int
    bought_today: int
    cost: int
    last: int
    value: int
    floating: int
    grid_held: int


class EventRow(Row, frozen=True, tag=11):
    """One line of the event log. `level`: info | notice | alarm."""

    no: int
    at: int
    level: str
    code: str
    name: str
    reason: Reason


class KillItem(Row, frozen=True):
    """One own order that was live when the kill switch was pressed."""

    ref: str
    code: str
    name: str
    side: str
    price: int
    left: int
    filled: int
    state: str
    done: bool
    took_ms: int


class KillRow(Row, frozen=True, tag=12):
    """How the kill switch stands. One row; key ''. `over`: its day has closed, no cancel can be proved any more."""

    active: bool
    at: int
    by: str
    blocked: int
    items: tuple[KillItem, ...]
    untouched: int
    done: bool
    took_ms: int = 0
    over: bool = False


AnyRow = (
    QuoteRow
    | StatusRow
    | BondRow
    | ScreenRow
    | GridRow
    | WatchRow
    | AskRow
    | OrderRow
    | FillRow
    | PositionRow
    | EventRow
    | KillRow
    | BondListRow
    | HealthRow
    | FoundRow
    | TrialRow
)

ONE = (StatusRow, ScreenRow, KillRow, BondListRow, HealthRow, FoundRow, TrialRow)
"""Rows there is one of."""
KEYS: dict[type, tuple[str, ...]] = {
    **dict.fromkeys((QuoteRow, BondRow, GridRow, WatchRow, PositionRow), ("code",)),
    AskRow: ("code", "ask"),
    OrderRow: ("ref",),
    FillRow: ("key",),
    EventRow: ("no",),
    **dict.fromkeys(ONE, ()),
}


def key_of(row: AnyRow) -> str:
    """The key under which a row replaces its predecessor, '' for the rows there is one of."""
    return ":".join(str(getattr(row, name)) for name in KEYS[type(row)])
