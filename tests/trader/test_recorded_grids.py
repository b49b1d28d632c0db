"""Grids over recorded and synthetic days through the whole headless program, judged from its events alone."""

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from replays import Event, of, replay

BARS = "bars_cb_1m_SYNTHETIC_from_real_daily_ohlc_2024Q1.csv.gz"
TICKS = "ticks_20230201_600519_000333.csv.gz"
FINAL = ("cancel", "reject")


def _milli(text: str) -> int:
    whole = Fraction(text) * 1000
    assert whole.denominator == 1
    return int(whole)


def _levels(base: int, step_bp: int, range_bp: int, tick: int) -> set[int]:
    """The lattice, computed anew from its definition with fractions."""
    levels, up = set(), Fraction(10_000 + step_bp, 10_000)
    for sign in (1, -1):
        level = Fraction(base)
        while Fraction(base) * (10_000 - range_bp) / 10_000 <= level <= Fraction(base) * (10_000 + range_bp) / 10_000:
            levels.add(int((level / tick + Fraction(1, 2)).__floor__()) * tick)
            level = level * up if sign > 0 else level / up
    return levels


def _check(events: list[Event], code: str, levels: set[int], unit: int) -> int:
    """Every promise of a grid that its events can show. Returns how many grid fills there were."""
    live: dict[tuple[str, int, str], str] = {}
    left: dict[str, int] = {}
    held: dict[int, int] = defaultdict(int)
    fills = 0
    for event in events:
        if event.get("code") != code or event["event"] not in ("order", "fill", *FINAL):
            continue
        owner, slot, ref = event["owner"], event["slot"], event["ref"]
        key = (owner, slot, event["side"])
        if event["event"] == "order":
            assert key not in live, f"a second live order on {key}: {event}"
            live[key], left[ref] = ref, event["volume"]
            if owner == "grid":
                assert _milli(event["price"]) in levels, event
        elif event["event"] == "fill":
            left[ref] -= event["volume"]
            assert left[ref] >= 0, event
            if owner == "grid":
                fills += 1
                better = _milli(event["price"]) - _milli(event["level"])
                assert better <= 0 if event["side"] == "buy" else better >= 0, event
                held[slot] += event["volume"] if event["side"] == "buy" else -event["volume"]
                assert held[slot] <= unit, event
            if not left[ref]:
                live.pop(key, None)
        elif live.get(key) == ref:
            del live[key]
    return fills


def _check_money(events: list[Event], cash: int, held: dict[str, tuple[int, int]]) -> None:
    """Cash and profit of the summary, added up again to the 厘 from the fills alone."""
    flow = fees = 0
    volumes = {code: volume for code, (volume, _) in held.items()}
    for fill in of(events, "fill"):
        amount = _milli(fill["price"]) * fill["volume"]
        sign = 1 if fill["side"] == "sell" else -1
        flow += sign * amount - _milli(fill["fee"])
        fees += _milli(fill["fee"])
        volumes[fill["code"]] = volumes.get(fill["code"], 0) - sign * fill["volume"]
    summary = events[-1]
    assert summary["event"] == "summary"
    assert _milli(summary["cash"]) == cash + flow
    assert _milli(summary["cash_flow"]) == flow
    assert _milli(summary["fees"]) == fees
    positions = {code: p["volume"] for code, p in summary["positions"].items()}
    assert positions == {code: volume for code, volume in volumes.items() if volume}
    worth = sum(p["volume"] * _milli(p["last"]) for p in summary["positions"].values())
    paid = sum(volume * cost for volume, cost in held.values())
    assert _milli(summary["realised"]) + _milli(summary["floating"]) - fees == worth - paid + flow


def _days(path: Path, code: str, days: int, target: Path) -> Path:
    """The first days of one code of a bar file."""
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") as file:
        head, *rows = file.read().splitlines()
    mine = [row for row in rows if row.startswith(code)]
    kept = sorted({row.split(",")[1][:10] for row in mine})[:days]
    target.write_text("\n".join([head, *(r for r in mine if r.split(",")[1][:10] in kept)]) + "\n", encoding="utf-8")
    return target


@pytest.mark.parametrize("code", ["123230.SZ"])
def test_a_grid_on_synthetic_bond_bars_keeps_its_promises(
    shared_data: Path, tmp_path: Path, code: str, long_run: bool
) -> None:
    path = _days(shared_data / BARS, code, 58 if long_run else 6, tmp_path / "bars.csv")
    events, _, _ = replay(path, grids=(code,), cash=500_000_000)
    first = of(events, "order")[0]
    levels = _levels(_milli(first["price"]), 30, 2000, 1)
    fills = _check(events, code, levels, unit=of(events, "grid_state")[0]["unit"])
    assert fills > 20
    _check_money(events, 500_000_000, {})
    assert of(events, "reject", "unknown") == []


def test_a_grid_on_a_days_real_ticks_of_a_stock_sells_only_what_was_held_before(shared_data: Path) -> None:
    code, held = "000333.SZ", 3_000
    events, _, _ = replay(
        shared_data / TICKS,
        grids=(f"{code},unit=500,amount=60000",),
        positions=(f"{code}={held}@54.00",),
        cash=500_000_000,
    )
    base = 55_200
    levels = _levels(base, 30, 2000, 10)
    assert _check(events, code, levels, unit=500) > 5
    assert sum(f["volume"] for f in of(events, "fill") if f["side"] == "sell") <= held
    _check_money(events, 500_000_000, {code: (held, 54_000)})
    assert of(events, "reject", "unknown") == []


def test_the_same_input_and_seed_give_the_same_bytes_and_another_seed_others(shared_data: Path) -> None:
    def once(seed: int) -> bytes:
        return replay(shared_data / TICKS, grids=("000333.SZ,unit=100",), cash=500_000_000, seed=seed)[2]

    first = once(1)
    assert once(1) == first
    assert once(2) != first
