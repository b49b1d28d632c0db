"""An invented trader for tests and pictures: the rows a real one would send, and wishes that are only noted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from fake_books import (
    ask,
    blind_status,
    events,
    fills,
    kill_row,
    killed_status,
    orders,
    positions,
    status,
)
from fake_market import (
    BOND,
    CLOCK,
    DAY,
    STOCK,
    all_grids,
    at,
    bonds,
    grid,
    ladder_levels,
    out_code,
    price_points,
    quote,
    quotes,
    screen,
    seal_points,
    watches,
)
from live_pictures import PICTURES, live_rows

from qmtdesk.desk.link.commands import Wishes
from qmtdesk.desk.link.mirror import TAGS, Mirror
from qmtdesk.domain.plans import GridPlan, GuardPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.rows import StatusRow, Suspension, key_of
from qmtdesk.wire.talk import (
    Ack,
    Act,
    Body,
    Check,
    Gone,
    GridPreview,
    GuardPreview,
    PreviewGrid,
    PreviewGuard,
    PreviewOrder,
    event_of,
)

__all__ = [
    "BOND",
    "CLOCK",
    "DAY",
    "STOCK",
    "FakeCommands",
    "all_grids",
    "ask",
    "at",
    "blind_status",
    "bonds",
    "events",
    "fill_mirror",
    "fills",
    "gone",
    "grid",
    "grid_preview",
    "guard_preview",
    "idle_status",
    "kill_row",
    "killed_status",
    "ladder_levels",
    "orders",
    "out_code",
    "paused_status",
    "positions",
    "price_points",
    "quote",
    "quotes",
    "screen",
    "seal_points",
    "status",
    "stopped_rows",
    "suspended_rows",
    "watches",
]


def fill_mirror(mirror: Mirror, picture: str = "main") -> None:
    """The whole picture: main | blind | killed | suspended | paused | empty | loading, or one of a live trader."""
    if picture == "loading":
        return
    mirror.set_link("attached")
    if picture == "empty":
        mirror.apply([idle_status()])
        mirror.flush()
        return
    blind = picture == "blind"
    mirror.begin_snapshot()
    mirror.apply([status(), screen(), *bonds(), *all_grids(), *watches(), *quotes(stale=blind), *orders(), *fills()])
    mirror.apply([*positions(), *events()])
    mirror.end_snapshot()
    mirror.set_series(BOND, "price", price_points())
    mirror.set_series(STOCK, "seal", seal_points())
    if blind:
        mirror.apply([blind_status()])
    elif picture == "killed":
        mirror.apply([killed_status(), kill_row(), *stopped_rows()])
    elif picture == "suspended":
        mirror.apply(suspended_rows())
    elif picture == "paused":
        mirror.apply([paused_status()])
    elif picture in PICTURES:
        mirror.apply(live_rows(picture))
    mirror.select_bond(BOND)
    mirror.select_stock(STOCK)
    mirror.flush()


def suspended_rows() -> list[Any]:
    """One bond that filled again and again waits for the user's word."""
    why = because(Why.REPEATED_EXECUTION, fills=7, cap=6)
    held = Suspension(code=BOND, at=CLOCK - 125_000, reason=why)
    rows: list[Any] = [status(grids_running=2, grids_suspended=1, suspended=(held,))]
    rows += [msgspec.structs.replace(row, grid="suspended") for row in bonds() if row.code == BOND]
    rows += [msgspec.structs.replace(row, state="suspended", why=why) for row in all_grids() if row.code == BOND]
    return rows


def paused_status() -> StatusRow:
    """The counter said no again and again: everything waits for the user's word."""
    why = because(Why.REJECT_STORM, count=10, wait_ms=300_000)
    held = Suspension(code="", at=CLOCK - 42_000, reason=why)
    return status(suspended=(held,), blockers=(why,), blocker_codes=("",))


def idle_status() -> StatusRow:
    """Nothing started yet."""
    nothing = dict.fromkeys(("grids_running", "grids_asleep", "grids_sell_only", "guards_armed", "live_orders"), 0)
    return status(**nothing, live_value=0, blockers=(), blocker_codes=(), pnl=0, unknown_orders=0)


def stopped_rows() -> list[Any]:
    """Grids and guards after the kill switch."""
    rows: list[Any] = [msgspec.structs.replace(row, state="stopped", armed=False) for row in all_grids()]
    rows += [msgspec.structs.replace(row, grid="stopped") for row in bonds() if row.grid]
    rows += [msgspec.structs.replace(row, armed=False) for row in watches()]
    return rows


def grid_preview(plan: GridPlan) -> GridPreview:
    """What that grid would do."""
    levels = []
    cash = 0
    for no in range(10, -20, -1):
        volume = 80 if no < 2 else 0
        price = round(118_500 * 1.003**no)
        cash += price * volume
        levels.append((no, price, volume, cash))
    return GridPreview(
        id=1, ok=True, base=118_500, unit=80, first_volume=160, first_price=119_388, adopted=0, base_holding=0,
        levels_up=60, levels_down=74, levels=tuple(levels), cap_level=-6, cash_full=640_000_000, cash_live=19_000_000,
        cash=486_120_550, worst_loss=4_120_000, worst_price=94_940, trip_net=27_500, trip_fee=1_020,
        orders=(
            PreviewOrder("buy", 119_388, 160, 2, first=True, after_first=False),
            PreviewOrder("sell", 119_928, 80, 4, first=False, after_first=True),
            PreviewOrder("sell", 119_570, 80, 3, first=False, after_first=True),
            PreviewOrder("buy", 118_856, 80, 1, first=False, after_first=False),
            PreviewOrder("buy", 118_500, 80, 0, first=False, after_first=False),
        ),
        checks=(
            Check("ok", because(Why.RECONCILED)),
            Check("warn", because(Why.CASH_CAP, cap_milli=plan.cash_cap or 60_000_000)),
        ),
        last=119_388, most=next(cash for no, _, _, cash in levels if no == -6),
    )  # fmt: skip


SHADOW = (
    ("threshold_milli", 20_000_000_000), ("seals", 21), ("fired", 14), ("broke", 11), ("held", 3), ("missed", 2),
    ("edge_bp", 415), ("days", 9),
)  # fmt: skip


def guard_preview(plan: GuardPlan) -> GuardPreview:
    """The video's example."""
    seal = 12_692_440_000
    fires = plan.threshold > seal
    check = Check("warn", because(Why.RULE_AMOUNT, seal_milli=seal, threshold_milli=plan.threshold))
    return GuardPreview(
        id=1, ok=True, fires=plan.action.value if fires else "", board="sealed", seal=seal,
        bid1=2_650, bid1_lots=47_896, volume=18_000,
        t1_volume=0, price=2_650, limit_up=2_650, told_up=2_650,
        checks=(check,) if fires else (Check("ok", because(Why.RECONCILED)),), shadow=SHADOW,
        threshold=plan.threshold,
    )  # fmt: skip


@dataclass
class FakeCommands(Wishes):
    """Notes what was wished, answers previews and acks at once."""

    wished: list[Any] = field(default_factory=list)
    ok: bool = True
    reason: Reason | None = None
    reconnects: int = 0

    def send(self, body: Body, done: Callable[..., None] | None = None) -> None:
        self.wished.append(event_of(body) if isinstance(body, Act) else body)
        if done is None:
            return
        if isinstance(body, PreviewGrid):
            done(grid_preview(body.plan))
        elif isinstance(body, PreviewGuard):
            done(guard_preview(body.plan))
        else:
            done(Ack(len(self.wished), self.ok, 1, self.reason))

    def reconnect(self) -> None:
        self.reconnects += 1


def gone(row: Any) -> Gone:
    """That row is no more."""
    return Gone(next(tag for tag, kind in TAGS.items() if kind is type(row)), key_of(row))
