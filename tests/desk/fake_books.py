"""Orders, fills, holdings, events and switches of the invented trader."""

from typing import Any

from fake_market import BOND, CLOCK, DAY, IN_LIST, STOCK, at, watches

from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import (
    AskRow,
    EventRow,
    FillRow,
    KillItem,
    KillRow,
    OrderRow,
    PositionRow,
    StatusRow,
)


def _order(
    ref: str,
    code: str,
    name: str,
    side: str,
    price: int,
    volume: int,
    filled: int,
    state: str,
    when: int,
    kind: str = "grid",
    slot: int = 0,
    text: str = "",
    ahead: int = -1,
) -> OrderRow:
    return OrderRow(
        ref=ref, code=code, name=name, side=side, price=price, volume=volume, filled=filled, amount=price * filled,
        state=state, at=when, updated_at=when + 400, kind=kind, slot=slot, text=text,
        cancellable=state in ("working", "partial") and kind != "foreign", ahead=ahead,
        looks=2 if state == "unknown" else 0,
    )  # fmt: skip


def orders() -> list[OrderRow]:
    """Orders in every state a person meets."""
    return [
        _order("s3", BOND, "星澜转债", "sell", 119_570, 80, 30, "partial", at(10, 24, 31), slot=2),
        _order("b1", BOND, "星澜转债", "buy", 118_856, 80, 0, "working", at(10, 21, 58), slot=1, ahead=1240),
        _order("s4", BOND, "星澜转债", "sell", 119_928, 80, 0, "working", at(10, 12, 7), slot=3),
        _order("b0", BOND, "星澜转债", "buy", 118_500, 80, 0, "working", at(10, 21, 58), slot=0),
        _order("c5", "123207.SZ", "冠禾转债", "sell", 126_788, 80, 0, "cancelling", at(10, 24, 29), slot=5),
        _order("g1", "002733.SZ", "澄江电子", "sell", 9_440, 4200, 4200, "filled", at(10, 5, 18), kind="guard", slot=1),
        _order("u1", "113678.SH", "海岳转债", "buy", 120_690, 80, 0, "unknown", at(10, 3, 40), slot=-2),
        _order("f1", "600036.SH", "招商银行", "buy", 38_210, 200, 0, "working", at(9, 41, 2), kind="foreign"),
        _order(
            "r1", "123207.SZ", "冠禾转债", "buy", 125_900, 80, 0, "rejected", at(9, 40, 1), text="可用资金不足 [251005]"
        ),
    ]


def fills() -> list[FillRow]:
    """Trades of the morning."""
    data = [
        ("sell", 119_570, 30, at(10, 24, 31), 2), ("buy", 118_856, 80, at(10, 8, 2), 1),
        ("sell", 119_212, 80, at(10, 20, 12), 1), ("buy", 119_212, 80, at(9, 44, 50), 2),
        ("buy", 119_928, 80, at(9, 31, 30), 3),
    ]  # fmt: skip
    rows = [
        FillRow(key=f"t{n}", ref=f"x{n}", code=BOND, name="星澜转债", side=side, price=price, volume=volume,
                at=when, fee=480, kind="grid", slot=slot, level=price)
        for n, (side, price, volume, when, slot) in enumerate(data)
    ]  # fmt: skip
    rows += [
        FillRow(key=f"m{n}", ref=f"y{n}", code="123207.SZ", name="冠禾转债", side="sell" if n % 2 else "buy",
                price=125_800 + n * 21, volume=80, at=at(9, 31) + n * 120_000, fee=500, kind="grid", slot=n % 5 - 2,
                level=125_800 + n * 21)
        for n in range(25)
    ]  # fmt: skip
    rows.append(
        FillRow(key="g1", ref="g1", code="002733.SZ", name="澄江电子", side="sell", price=9_440, volume=4200,
                at=at(10, 5, 18), fee=24_100, kind="guard", slot=1, level=9_440)
    )  # fmt: skip
    return rows


def positions() -> list[PositionRow]:
    """Nine holdings."""
    rows = [
        PositionRow(code=code, name=name, volume=210 if code == BOND else 160, can_use=210 if code == BOND else 160,
                    bought_today=0, cost=119_588 if code == BOND else last - 900, last=last,
                    value=last * (210 if code == BOND else 160),
                    floating=-42_000 if code == BOND else 144_000, grid_held=210 if code == BOND else 160)
        for code, name, state, last, *_ in IN_LIST if state
    ]  # fmt: skip
    for row in watches():
        if row.position:
            last = row.limit_up
            rows.append(
                PositionRow(code=row.code, name=row.name, volume=row.position, can_use=row.sellable,
                            bought_today=row.bought_today, cost=row.cost, last=last, value=last * row.position,
                            floating=(last - row.cost) * row.position, grid_held=0)
            )  # fmt: skip
    return rows


def events() -> list[EventRow]:
    """A morning's log."""
    fired = because(Why.TRIGGERED, rule="R1", seal_milli=17_120_000_000, threshold_milli=20_000_000_000)
    lines = [
        ("info", "", "", because(Why.RECONCILED), at(9, 12, 3)),
        ("info", BOND, "星澜转债", because(Why.ARMED), at(9, 30, 20)),
        ("info", STOCK, "华澜股份", because(Why.SEALED, seal_milli=31_200_000_000), at(9, 31, 6)),
        ("notice", STOCK, "华澜股份", because(Why.BROKE, breaks=1), at(9, 52, 11)),
        ("info", STOCK, "华澜股份", because(Why.RESEALED, seal_milli=8_200_000_000), at(9, 54, 23)),
        ("alarm", "113678.SH", "海岳转债", because(Why.ORDER_UNKNOWN, price_milli=120_690), at(10, 3, 43)),
        ("alarm", "002733.SZ", "澄江电子", fired, at(10, 5, 17)),
        ("info", "002733.SZ", "澄江电子", because(Why.SOLD, volume=4200, price_milli=9_440), at(10, 5, 18)),
        ("notice", "127012.SZ", "北辰转2", because(Why.SLEEP, price_milli=131_700), at(10, 14, 50)),
    ]  # fmt: skip
    return [
        EventRow(no=no, at=when, level=level, code=code, name=name, reason=why)
        for no, (level, code, name, why, when) in enumerate(lines, 1)
    ]


def status(**more: Any) -> StatusRow:
    """The top bar of the pictures."""
    row: dict[str, Any] = {
        "mode": "paper", "account": "演练账户", "day": DAY, "clock": CLOCK, "speed": 1, "phase": "morning",
        "phase_ends": at(11, 30), "lamp_quotes": "ok", "quote_age_ms": 800, "lamp_trade": "ok", "trade_age_ms": 1200,
        "total": 1_012_846_200, "cash": 486_120_550, "pnl": 3_482_600, "pnl_base": 1_009_363_600, "pnl_exact": True,
        "messages": 169, "messages_cap": 500, "ready": "ready", "master": True, "killed": False, "grids_running": 3,
        "grids_asleep": 1, "grids_sell_only": 1, "guards_armed": 5, "live_orders": 7, "live_value": 67_214_000,
        "unknown_orders": 1,
        "blockers": (because(Why.SIDE_FROZEN, price_milli=120_690, side="buy"), because(Why.SLEEPING)),
        "blocker_codes": ("113678.SH", "127012.SZ"), "lag_us": 61, "data_folder": "demo",
        "next_ask": CLOCK + 1_200,
    }  # fmt: skip
    return StatusRow(**{**row, **more})


def ask() -> AskRow:
    """One open question about 华澜股份."""
    return AskRow(
        code=STOCK, ask=1, asked_at=CLOCK, deadline=CLOCK + 15_000,
        reason=because(Why.RULE_AMOUNT, seal_milli=18_200_000_000, threshold_milli=20_000_000_000),
        seal=18_200_000_000, threshold=20_000_000_000, volume=4200, price=11_000, breaks=1, sealed=True,
    )  # fmt: skip


def kill_row(done: int = 5, *, complete: bool = False) -> KillRow:
    """The kill switch at work."""
    items = []
    for number, row in enumerate(order for order in orders() if order.kind != "foreign" and order.state != "rejected"):
        finished = complete or (row.state not in ("unknown", "cancelling") and number < done + 2)
        state = row.state if not finished or row.state == "filled" else "cancelled"
        items.append(
            KillItem(ref=row.ref, code=row.code, name=row.name, side=row.side, price=row.price,
                     left=row.volume - row.filled, filled=row.filled, state=state, done=finished,
                     took_ms=360 + 20 * number if finished else 0)
        )  # fmt: skip
    return KillRow(
        active=True, at=CLOCK, by="key", blocked=2, items=tuple(items), untouched=1, done=complete, took_ms=3600
    )


def blind_status() -> StatusRow:
    """No market data for 47 s."""
    return status(clock=CLOCK + 47_000, lamp_quotes="blind", quote_age_ms=47_000, trade_age_ms=1000,
                  blockers=(because(Why.QUOTE_STALE, age_ms=47_000),), blocker_codes=("",))  # fmt: skip


def killed_status() -> StatusRow:
    """All stopped."""
    return status(killed=True, grids_running=0, grids_asleep=0, grids_sell_only=0, guards_armed=0,
                  blockers=(because(Why.KILLED, by="key", at_ms=CLOCK),), blocker_codes=("",))  # fmt: skip
