"""Recorded boards through the whole headless program, judged by what the raw files say."""

from pathlib import Path

import pytest
from replays import Event, of, read_rows, replay

from qmtdesk.domain.sessions import clock_text, shanghai_ms_of_day

CLIPPED = "ticks_clipped_000400_L20.60.csv.gz"
CODE = "000400.SZ"
CLOSE_AUCTION = (14 * 60 + 57) * 60_000
WORDS = {"SEALED": "sealed", "AT_LIMIT": "at_limit", "OPEN": "open"}


def _truth_changes(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """(time, board) whenever the truth column changes before the closing auction."""
    changes: list[tuple[str, str]] = []
    for row in rows:
        at = int(row["time_ms"])
        if shanghai_ms_of_day(at) >= CLOSE_AUCTION:
            break
        board = WORDS[row["truth"]]
        if not changes or changes[-1][1] != board:
            changes.append((clock_text(at), board))
    return changes


def test_the_board_seals_breaks_and_reseals_at_the_times_of_the_truth(shared_data: Path) -> None:
    rows = read_rows(shared_data / CLIPPED)
    events, state, _ = replay(shared_data / CLIPPED, guards=(f"{CODE}=1000000000,readiness=above",))
    told = [(e["time"], e["board"]) for e in of(events, "guard_state") if e["state"] != "off"]
    assert told == _truth_changes(rows)
    assert [board for _, board in told].count("sealed") == 2
    assert state.boards[CODE].breaks == 1
    assert of(events, "guard_trigger") == []


def _first_below(rows: list[dict[str, str]], threshold: int, *, above_first: bool) -> str:
    """When R1 has to fire, straight from the raw columns: lots are whole hundreds of the file's shares."""
    ready = not above_first
    for row in rows:
        at = int(row["time_ms"])
        if row["truth"] != "SEALED":
            ready = not above_first
            continue
        if shanghai_ms_of_day(at) >= CLOSE_AUCTION:
            return ""
        amount = round(float(row["bid1"]) * 1000) * (int(row["bid_vol1"]) // 100) * 100
        ready = ready or amount >= threshold * 1000
        if ready and amount < threshold * 1000:
            return clock_text(at)
    return ""


@pytest.mark.parametrize("readiness", ["once", "above"])
@pytest.mark.parametrize(
    "threshold", [13_000, 100_000, 300_000, 330_000, 800_000, 1_000_000, 1_147_420, 1_500_000, 1_800_000, 5_000_000]
)
def test_it_triggers_exactly_where_the_amount_falls_below_the_threshold(
    shared_data: Path, readiness: str, threshold: int
) -> None:
    rows = read_rows(shared_data / CLIPPED)
    expected = _first_below(rows, threshold, above_first=readiness == "above")
    events, _, _ = replay(
        shared_data / CLIPPED, guards=(f"{CODE}={threshold},readiness={readiness}",), positions=(f"{CODE}=1000@18.00",)
    )
    assert [e["time"] for e in of(events, "guard_trigger")] == ([expected] if expected else [])
    assert len(of(events, "order")) <= 2
    assert sum(f["volume"] for f in of(events, "fill")) in ((1000,) if expected else (0,))


def _codes(rows: list[dict[str, str]]) -> list[str]:
    return sorted({row["code"] for row in rows})


@pytest.mark.parametrize(
    "name", ["ticks_20211201_sh6.csv.gz", "ticks_20220601_sz2.csv.gz", "ticks_20230201_600519_000333.csv.gz"]
)
def test_a_recorded_day_without_a_seal_triggers_nothing(shared_data: Path, name: str) -> None:
    codes = _codes(read_rows(shared_data / name))
    events, _, _ = replay(
        shared_data / name,
        guards=tuple(f"{code}=100000000,readiness=once" for code in codes),
        positions=tuple(f"{code}=1000@5.00" for code in codes),
    )
    assert of(events, "guard_trigger", "order", "fill") == []
    assert {e["board"] for e in of(events, "guard_state")} <= {"open", "at_limit"}


def _auction_faking_a_limit(shared_data: Path, tmp_path: Path) -> tuple[Path, int]:
    """The opening auction of the clipped board with its virtual match put on the limit and nothing offered."""
    source = read_rows(shared_data / "ticks_20220601_sz2.csv.gz")
    rows = [r for r in source if r["code"] == CODE and shanghai_ms_of_day(int(r["time_ms"])) < (9 * 60 + 30) * 60_000]
    names = list(rows[0])
    lines = [",".join(names)]
    for row in rows:
        fake: Event = {**row, "bid1": "21.32", "bid_vol1": "900000", "ask1": "0.0", "ask_vol1": "0", "ask_vol2": "0"}
        lines.append(",".join(str(fake[name]) for name in names))
    path = tmp_path / "auction.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, len(rows)


def test_call_auction_rows_that_fake_a_limit_lead_to_nothing(shared_data: Path, tmp_path: Path) -> None:
    path, rows = _auction_faking_a_limit(shared_data, tmp_path)
    assert rows > 10
    events, _, _ = replay(path, guards=(f"{CODE}=90000000,readiness=once",), positions=(f"{CODE}=1000@18.00",))
    assert of(events, "guard_trigger", "order", "fill") == []
    assert {e["board"] for e in of(events, "guard_state")} <= {"open"}
