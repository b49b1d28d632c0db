"""The video's example, through the whole headless program: 2.65 × 47,896 lots = 12,692,440 CNY."""

from datetime import date
from pathlib import Path

import pytest
from replays import COLUMNS, of, replay

from qmtdesk.domain.sessions import at_of

CODE = "600103.SH"
AT = at_of(date(2024, 3, 6), 10, 15)


def _board(tmp_path: Path, rows: int) -> Path:
    """A board locked at 2.65 (previous close 2.41) with 47,896 lots on bid1; the file counts shares."""
    row = "{at},{code},2.65,2.45,2.65,2.44,2.41,10000000,26500000.0,2.65,2.64,2.63,2.62,2.61,4789600,900,800,700,600,"
    row += "0,0,0,0,0,0,0,0,0,0,2.65,2.17"
    path = tmp_path / "video.csv"
    lines = [row.format(at=AT + 3_000 * i, code=CODE) for i in range(rows)]
    path.write_text("\n".join([COLUMNS, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("readiness", ["auto", "once"])
@pytest.mark.parametrize("threshold", [20_000_000, 30_000_000])
@pytest.mark.parametrize("rows", [1, 2, 10])
def test_the_board_of_the_video_is_sold_under_twenty_and_thirty_million(
    tmp_path: Path, readiness: str, threshold: int, rows: int
) -> None:
    events, _, _ = replay(
        _board(tmp_path, rows), guards=(f"{CODE}={threshold},readiness={readiness}",), positions=(f"{CODE}=1800@2.40",)
    )
    (trigger,) = of(events, "guard_trigger")
    assert (trigger["seal_amount"], trigger["volume"], trigger["price"]) == ("12692440.000", 1800, "2.650")
    (order,) = of(events, "order")
    assert (order["side"], order["price"], order["volume"]) == ("sell", "2.650", 1800)
    assert sum(fill["volume"] for fill in of(events, "fill")) == 1800


@pytest.mark.parametrize("readiness", ["auto", "once", "above", "1"])
def test_the_board_of_the_video_is_left_alone_at_ten_million(tmp_path: Path, readiness: str) -> None:
    events, _, _ = replay(
        _board(tmp_path, 10), guards=(f"{CODE}=10000000,readiness={readiness}",), positions=(f"{CODE}=1800@2.40",)
    )
    assert of(events, "guard_trigger", "order", "fill") == []


def test_a_board_that_was_never_above_the_threshold_is_left_alone_by_above(tmp_path: Path) -> None:
    events, _, _ = replay(
        _board(tmp_path, 10), guards=(f"{CODE}=20000000,readiness=above",), positions=(f"{CODE}=1800@2.40",)
    )
    assert of(events, "guard_trigger", "order") == []
