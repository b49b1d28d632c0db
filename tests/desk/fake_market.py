"""Instruments, quotes, ladders and boards of the invented trader."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import msgspec

from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.rows import BondRow, GridRow, LevelRow, QuoteRow, ScreenRow, WatchRow

DAY = "2026-11-20"
BOND = "127089.SZ"
STOCK = "002455.SZ"


def at(hour: int, minute: int, second: int = 0) -> int:
    """Unix ms of that Shanghai time of the invented day."""
    midnight = 1_795_104_000_000
    return midnight + ((hour * 60 + minute) * 60 + second) * 1000


CLOCK = at(10, 24, 37)

# code, name, grid, last, change in bp, size in 万 yuan, redeem, trips, pnl; of the stock: code, name, last, conv price
IN_LIST = [
    (BOND, "星澜转债", "running", 119_388, 75, 12_400, "none", 4, -14_500, "300871.SZ", "星澜科技", 14_820, 17_150),
    (
        "123207.SZ",
        "冠禾转债",
        "running",
        126_410,
        132,
        10_800,
        "none",
        3,
        112_900,
        "300455.SZ",
        "冠禾股份",
        21_300,
        20_470,
    ),
    (
        "113678.SH",
        "海岳转债",
        "running",
        121_052,
        -48,
        14_100,
        "none",
        2,
        54_100,
        "603677.SH",
        "海岳股份",
        9_460,
        10_140,
    ),
    (
        "118041.SH",
        "澄江转债",
        "sell_only",
        108_930,
        -22,
        18_300,
        "counting",
        1,
        -18_200,
        "688113.SH",
        "澄江科技",
        24_900,
        34_810,
    ),
    ("127012.SZ", "北辰转2", "asleep", 131_700, 206, 15_200, "none", 0, 0, "002819.SZ", "北辰股份", 18_220, 15_510),
    ("123144.SZ", "云桥转债", "", 115_268, 10, 19_600, "none", 0, 0, "300603.SZ", "云桥信息", 16_540, 20_790),
]
_OUT = [
    ("恒沛转债", 112_606, 31, because(Why.SIZE_TOO_LARGE, size_yuan=420_000_000, max_yuan=300_000_000)),
    ("临海转债", 139_220, -115, because(Why.REDEEM_ANNOUNCED, day="2026-12-18")),
    ("金禾转债", 101_884, -6, because(Why.LAST_DAY_NEAR, day="2026-12-03", days=9, limit=15)),
    ("东曜转债", 148_003, 487, because(Why.RANKED_OUT, rank=9, value="3.46", keep=6)),
    ("博远转债", 123_450, 82, because(Why.REDEEM_UNKNOWN, as_of="11-18")),
    ("鸣泉转债", 117_190, -33, because(Why.RANKED_OUT, rank=11, value="3.38", keep=6)),
    ("长汀转债", 109_400, 0, because(Why.SIZE_TOO_LARGE, size_yuan=675_000_000, max_yuan=300_000_000)),
    ("榕江转债", 116_350, -12, because(Why.SIZE_TOO_LARGE, size_yuan=312_000_000, max_yuan=300_000_000)),
    ("天目转债", 133_871, 164, because(Why.RANKED_OUT, rank=13, value="3.68", keep=6)),
    ("齐岱转债", 105_512, -71, because(Why.SIZE_TOO_LARGE, size_yuan=390_000_000, max_yuan=300_000_000)),
]
_MORE = ["青岭", "沐川", "洛水", "瑞禾", "凌云", "岱山", "雁荡", "武夷", "漓江", "太湖", "祁连", "昆仑", "苍山"]

# code, name, last, bp, state, board, action, armed, seal in 万, threshold in 万, first seal, broke, breaks, t1
_STOCKS = [
    (STOCK, "华澜股份", 11_000, 1000, "sealed", "sealed", "sell", True, 2640, 2000, (9, 31), (9, 52), 1, False),
    ("603121.SH", "海岳精密", 22_560, 1000, "sealed", "sealed", "sell", True, 8412, 2000, (9, 31), None, 0, False),
    ("300567.SZ", "东曜科技", 35_120, 1870, "broken", "open", "ask", True, 0, 3000, (9, 34), (10, 19), 2, False),
    ("601177.SH", "临海重工", 7_920, 1000, "at_limit", "at_limit", "sell", True, 0, 2000, None, None, 0, False),
    ("301209.SZ", "恒沛材料", 48_600, 2000, "sealed", "sealed", "sell", False, 12_900, 5000, (9, 30), None, 0, True),
    ("603387.SH", "云桥医药", 18_440, 640, "open", "open", "sell", True, 0, 2000, None, None, 0, False),
    ("002733.SZ", "澄江电子", 9_310, 850, "sold", "open", "sell", False, 0, 2000, (9, 40), (10, 5), 1, False),
]


def quote(
    code: str, last: int, bp: int, *, tick: int = 1, when: int = CLOCK - 800, sealed_lots: int = 0, **more: Any
) -> QuoteRow:
    """A snapshot with a plausible book."""
    prev = round(last * 10_000 / (10_000 + bp)) if bp else last
    prev = prev // tick * tick
    if sealed_lots:
        bids = ((last, sealed_lots * 100), *((last - tick * n, 40_000 + 700 * n) for n in range(1, 5)))
        asks: tuple[tuple[int, int], ...] = ()
    else:
        bids = tuple((last - 2 - tick * n * 3, 320 + 110 * n) for n in range(5))
        asks = tuple((last + 13 + tick * n * 4, 150 + 90 * n) for n in range(5))
    row: dict[str, Any] = {
        "code": code,
        "at": when,
        "last": last,
        "prev_close": prev,
        "high": last + 30 * tick,
        "low": last - 200 * tick,
        "volume": 182_400,
        "amount": last * 182_400,
        "bids": bids,
        "asks": asks,
        "limit_up": round(prev * 1.2),
        "limit_down": round(prev * 0.8),
    }
    return QuoteRow(**{**row, **more})


def bonds() -> list[BondRow]:
    """Six in the list, 23 out of it, each with its reason."""
    rows = []
    for rank, (code, name, grid, _, _, size, redeem, trips, pnl, stock, stock_name, _, conv) in enumerate(IN_LIST, 1):
        base = _bond(code, name, size * 10_000, rank, because(Why.RANKED_IN, rank=rank), included=True)
        rows.append(
            msgspec.structs.replace(
                base,
                grid=grid,
                trips=trips,
                pnl=pnl,
                stock_code=stock,
                stock_name=stock_name,
                conv_price=conv,
                redeem=redeem,
                redeem_count=6 if redeem == "counting" else 0,
                position=210 if code == BOND else 160 if grid else 0,
                cost=119_588 if code == BOND else 0,
            )
        )
    for number, (name, _, _, why) in enumerate(_OUT):
        rows.append(_bond(out_code(number), name, 420_000_000, 7 + number, why, included=False))
    for number, stem in enumerate(_MORE):
        why = because(Why.SIZE_TOO_LARGE, size_yuan=330_000_000 + number * 20_000_000, max_yuan=300_000_000)
        rows.append(
            _bond(
                out_code(20 + number),
                stem + "转债",
                330_000_000 + number * 20_000_000,
                30 + number,
                why,
                included=False,
            )
        )
    return rows


def out_code(number: int) -> str:
    """Code of the n-th bond that is not in the list."""
    return f"1110{40 + number}.SH"


def _bond(code: str, name: str, size: int, rank: int, why: Reason, *, included: bool, **more: Any) -> BondRow:
    return BondRow(
        code=code,
        name=name,
        stock_code="600" + code[3:6] + ".SH",
        stock_name=name[:2] + "股份",
        conv_price=15_000,
        remaining_yuan=size,
        maturity="2030-04-23",
        years_left_bp=34_200,
        rating="AA-",
        redeem="none",
        redeem_count=0,
        redeem_need=15,
        last_day="",
        source="csv",
        as_of="2026-11-19",
        included=included,
        rank=rank,
        why=why,
        limit_up=142_200,
        limit_down=94_800,
        **more,
    )


def ladder_levels() -> tuple[LevelRow, ...]:
    """134 levels around 118.500, as in the pictures."""
    rows = []
    for no in range(-74, 61):
        price = int(118_500 * Fraction(1003, 1000) ** no + Fraction(1, 2))
        level: dict[str, Any] = {
            "no": no, "price": price, "held": {2: 50, 3: 80, 4: 80}.get(no, 0), "paused": no == -9,
            "buy": 0, "buy_total": 0, "buy_state": "", "buy_ref": "",
            "sell": 0, "sell_total": 0, "sell_state": "", "sell_ref": "",
            "bought": {2: 80, 1: 80}.get(no, 0), "sold": {3: 30, 2: 80}.get(no, 0), "pnl": 27_500 if no == 2 else 0,
            "why": None, "in_cap": True,
        }  # fmt: skip
        if no in (0, 1):
            level |= {"buy": 80, "buy_total": 80, "buy_state": "working", "buy_ref": f"b{no}"}
        elif no in (3, 4):
            level |= {"sell": 50 if no == 3 else 80, "sell_total": 80, "sell_ref": f"s{no}"}
            level["sell_state"] = "partial" if no == 3 else "working"
        elif no == 5:
            level["why"] = because(Why.ARMED_SELL, volume=80)
        elif no > 5:
            level["why"] = because(Why.NOTHING_HELD)
        elif -6 <= no < 0:
            level["why"] = because(Why.ARMED_BUY, volume=80)
        elif no < -6:
            level |= {"why": because(Why.CASH_CAP, cap_milli=60_000_000), "in_cap": False}
        rows.append(LevelRow(**level))
    return tuple(rows)


def grid(code: str = BOND, name: str = "星澜转债", state: str = "running", **more: Any) -> GridRow:
    """The grid of the pictures."""
    row: dict[str, Any] = {
        "code": code, "name": name, "state": state, "armed": state != "stopped",
        "plan": GridPlan(code=code, cash_cap=60_000_000),
        "base": 118_500, "unit": 80, "levels": ladder_levels(), "cell": 2, "held": 210, "base_holding": 0, "stash": 0,
        "position": 210, "can_use": 210, "cost": 119_588, "realised": 27_500, "floating": -42_000, "fees": 3_200,
        "improvement": 900, "trips": 4, "exact": True, "cash_used": 25_100_000, "started_at": at(9, 30, 20),
        "range_low": 94_800, "range_high": 142_200, "next_buy": 118_856, "next_buy_volume": 80,
        "next_sell": 119_570, "next_sell_volume": 50,
    }  # fmt: skip
    return GridRow(**{**row, **more})


def _sparks() -> dict[str, tuple[int, ...]]:
    def wave(values: Callable[[int], float]) -> tuple[int, ...]:
        return tuple(round(values(n)) for n in range(60))

    return {
        STOCK: wave(lambda n: -1 if 28 <= n < 34 else 3900 + 500 * math.sin(n / 4) - max(n - 45, 0) * 95),
        "603121.SH": wave(lambda n: 5200 + n * 52 + 300 * math.sin(n)),
        "300567.SZ": wave(
            lambda n: (
                2600 - (n - 10) ** 2 * 8 if n < 20 else -1 if n < 32 else 4100 - (n - 41) ** 2 * 22 if n < 50 else -1
            )
        ),
        "601177.SH": wave(lambda n: -1 if n < 55 else 900 + (n - 55) * 300),
        "301209.SZ": wave(lambda n: 12_900 + 800 * math.sin(n / 6)),
        "603387.SH": wave(lambda n: -1),
        "002733.SZ": wave(lambda n: 5200 - n * 62 if n < 52 else -1),
    }


def watches() -> list[WatchRow]:
    """Seven stocks, one in every state."""
    sparks = _sparks()
    rows = []
    for code, name, last, bp, state, board, action, armed, seal, limit, first, broke, breaks, t1 in _STOCKS:
        threshold = limit * 10_000_000
        sealed = board == "sealed"
        limit_up = last if bp in (1000, 2000) else round(last * 1.02 / 10) * 10
        volume = {STOCK: 4200, "603121.SH": 9000, "301209.SZ": 1500}.get(code, 3000)
        why = because(Why.T_PLUS_ONE, volume=volume) if t1 else None
        if state == "open":
            why = because(Why.NOT_SEALED)
        rows.append(
            WatchRow(
                code=code,
                name=name,
                limit_up=limit_up,
                limit_source="qmt",
                board=board,
                state=state,
                armed=armed,
                action=action,
                seal=seal * 10_000_000 if sealed else 0,
                threshold=threshold,
                ready=sealed,
                confirm_have=0,
                confirm_need=1,
                first_seal_at=at(*first) if first else 0,
                broke_at=at(*broke) if broke else 0,
                breaks=breaks,
                position=0 if state == "sold" else volume,
                sellable=0 if t1 or state == "sold" else volume,
                bought_today=volume if t1 else 0,
                cost=round(last * 0.93),
                spark=sparks[code],
                plan=GuardPlan(code=code, threshold=threshold, action=GuardAction(action)),
                why=why,
                eta_ms=52_000 if code == STOCK else 0,
                peak=59_800_000_000 if code == STOCK else seal * 12_000_000,
                sold=4200 if state == "sold" else 0,
                would_sell=volume if armed and not t1 and state != "sold" else 0,
            )
        )
    return rows


def quotes(*, stale: bool = False) -> list[QuoteRow]:
    """Snapshots of every code."""
    rows = []
    for code, _, _, last, bp, _, _, _, _, stock, _, stock_last, _ in IN_LIST:
        rows.append(quote(code, last, bp, stale=stale))
        rows.append(quote(stock, stock_last, 123, tick=10, stale=stale))
    for number, (_, last, bp, _) in enumerate(_OUT):
        rows.append(quote(out_code(number), last, bp, stale=stale))
    rows += [
        quote(out_code(20 + number), 104_000 + 1_317 * number, (number * 57) % 300 - 140, stale=stale)
        for number in range(len(_MORE))
    ]
    for code, _, last, bp, _, board, _, _, seal, *_ in _STOCKS:
        lots = seal * 10_000_000 // (last * 100) if board == "sealed" else 0
        rows.append(quote(code, last, bp, tick=10, sealed_lots=lots, stale=stale))
    return rows


def price_points() -> list[tuple[int, int]]:
    """The morning of 星澜转债 until now: falls in two waves, recovers, and stops."""
    dice = Random(7)
    knots = [(0, 119_750), (120, 119_928), (700, 119_300), (1000, 119_260), (1500, 118_820), (1750, 118_980),
             (2300, 118_740), (2700, 119_010), (3000, 119_150), (3277, 119_388)]  # fmt: skip
    drift = 0.0

    def shape(value: float) -> int:
        nonlocal drift
        drift = drift * 0.9 + dice.gauss(0, 16)
        return round(value + drift)

    return _walk(knots, shape, 5)


def seal_points() -> list[tuple[int, int]]:
    """华澜股份 until now: sealed, broken for 2:12, sealed again and melting."""
    dice = Random(3)
    wan = 10_000_000
    knots = [(1260, 900), (1300, 2400), (1620, 4400), (1900, 2500), (1901, -1), (2032, -1), (2033, 300),
             (2080, 900), (2250, 5300), (2400, 5150), (2620, 5900), (2630, 5650), (2950, 3300),
             (3277, 2640)]  # fmt: skip
    return _walk(knots, lambda value: -1 if value < 0 else round(value * (1 + dice.gauss(0, 0.006))) * wan, 3)


def _walk(knots: list[tuple[int, int]], shape: Callable[[float], int], step: int) -> list[tuple[int, int]]:
    points = []
    for (t0, v0), (t1, v1) in pairwise(knots):
        for t in range(t0, t1, step):
            part = (1 - math.cos(math.pi * (t - t0) / (t1 - t0))) / 2
            points.append((at(9, 30) + t * 1000, shape(-1 if v0 < 0 or v1 < 0 else v0 + (v1 - v0) * part)))
    points.append((at(9, 30) + knots[-1][0] * 1000, shape(knots[-1][1])))
    return points


def screen() -> ScreenRow:
    """The built-in screen."""
    return ScreenRow(name="small_low", max_size_yuan=300_000_000, redeem_days=15, keep=6, data_as_of="2026-11-19",
                     data_old=False, included=tuple(row[0] for row in IN_LIST))  # fmt: skip


def all_grids() -> list[GridRow]:
    """The grids behind the bond table."""
    rows = [grid()]
    for code, name, state, last, *_ in IN_LIST[1:5]:
        base = last // 100 * 100
        rows.append(grid(code, name, state, base=base, next_buy=base - 360, next_sell=base + 360,
                         why=because(Why.SLEEPING) if state == "asleep" else None, realised=0, floating=0))  # fmt: skip
    return rows
